//! Teams, as they count.

use events::TeamId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Change, Origin};

/// A team: a synced group, or one of the administrators' own. Who is in it is told by the people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Team {
    /// The team, for good.
    pub id: TeamId,
    pub name: String,
    pub description: Option<String>,
    /// The directory's own key for the group, null if it gave none.
    pub external_id: Option<String>,
    pub origin: Origin,
}

/// A team after the event, or as it was last if it is gone. The body of all events about teams.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamEvent {
    pub team: Team,
    #[serde(flatten)]
    pub change: Change,
}
