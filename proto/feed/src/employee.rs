//! People, as they count.

use events::{AlertId, EmployeeId, Profile, ResourceId, Standing, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Change;

/// A person: what the directory says about them, where they stand, and the teams that count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Employee {
    /// The person, for good; the same through every change, departure and return.
    pub id: EmployeeId,
    /// The SCIM resource that describes the person; null once it was deleted.
    pub resource_id: Option<ResourceId>,
    /// The sign-in name; in the Workplace product, the e-mail address.
    pub user_name: String,
    /// The directory's own key for the person, null if it gave none.
    pub external_id: Option<String>,
    /// The name to show: what the directory calls them, else given and family name, else the user
    /// name.
    pub display_name: String,
    /// Whether the person works here, all things considered: what counts.
    pub standing: Standing,
    /// What the directory said last. It says `former` of somebody Active who is held, or whose
    /// departure was reversed.
    pub directory_standing: Standing,
    /// The alert that keeps a leaver Active until somebody decides; null for all others.
    pub held: Option<AlertId>,
    /// The teams that count, whether they are synced or local: the Primary one first, then in order
    /// of joining. Somebody Former keeps theirs. Of more than 1,000, the first.
    pub teams: Vec<Membership>,
    /// What the directory says about the person, whole, every value as it was sent.
    pub profile: Profile,
}

impl Employee {
    /// The most teams that are told of one person.
    pub const MAX_TEAMS: usize = 1_000;
}

/// A team that counts for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The team. Its name is in the events of the team.
    pub id: TeamId,
    /// Everybody with a team has one Primary team.
    pub kind: Rank,
    pub origin: Origin,
}

/// Whether a team is somebody's Primary team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rank {
    Primary,
    Additional,
}

/// Where a team, or a membership, comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The directory.
    Synced,
    /// An administrator.
    Local,
}

/// A person after the event, and what changed with it. The body of all events about people but
/// `employee.erased`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmployeeEvent {
    pub employee: Employee,
    #[serde(flatten)]
    pub change: Change,
}

/// A person who was erased. All earlier events about them and their bookings are removed from the
/// feed; the body of `employee.erased`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasedEmployee {
    /// The person.
    pub id: EmployeeId,
    /// The numbers (`ce-sequence`) of the events that are removed, so that whoever had not read
    /// them knows why they are missing.
    pub sequences: Vec<u64>,
}
