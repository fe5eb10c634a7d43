//! Who is who, as the writer's roster has it: the names of those who did something.

use std::sync::Arc;

use access::CommandError;
use roster::Roster;

use crate::portal::Portal;
use crate::refused::Refused;

/// The roster, as far as the log is known to go.
pub(crate) async fn roster(portal: &Portal) -> Result<Arc<Roster>, Refused> {
    Ok(portal.access().current_roster().await.map_err(CommandError::from)?)
}
