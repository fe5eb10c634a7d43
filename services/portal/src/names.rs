//! Who is who: the names of those who did something, and whom a form means by a user name.

use std::sync::Arc;

use access::CommandError;
use events::EmployeeId;
use roster::Roster;
use serde::Deserialize;

use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// The roster, as far as the log is known to go.
pub(crate) async fn roster(portal: &Portal) -> Result<Arc<Roster>, Refused> {
    Ok(portal.access().current_roster().await.map_err(CommandError::from)?)
}

#[derive(Debug, Deserialize)]
struct Found {
    employees: Vec<FoundPerson>,
}

#[derive(Debug, Deserialize)]
struct FoundPerson {
    id: EmployeeId,
    standing: String,
}

/// Whoever has this user name: who is Active before who is not. A blank one is nobody's; asked without a
/// name, the API would answer with everybody.
pub(crate) async fn by_user_name(
    portal: &Portal,
    signed: &Signed,
    user_name: &str,
) -> Result<Option<EmployeeId>, Refused> {
    let user_name = user_name.trim();
    if user_name.is_empty() {
        return Ok(None);
    }
    let query = query::write([("userName", user_name)]);
    let path = format!("/api/v1/{}/employees?{query}", signed.tenant);
    let found: Found = portal.apis().get(signed, &path).await?;
    let active = found.employees.iter().find(|person| person.standing == "active");
    Ok(active.or(found.employees.first()).map(|person| person.id))
}
