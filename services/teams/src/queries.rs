//! What can be asked about teams.
//!
//! Each question takes a client or a transaction, so that several can share one snapshot.

mod layers;
mod memberships;
mod people;
mod teams;

pub use layers::{ChosenPrimary, Edit, SyncedTeam, TeamEdit, TeamLayers, layers, team_edits};
pub use memberships::{Kind, Member, Membership, members, memberships, memberships_of_many};
pub(crate) use people::PEOPLE;
pub use projector::sql::{BadCursor, Page, QueryError};
pub use teams::{Team, team, teams};

pub use crate::change::Origin;

/// An origin as the tables name it.
fn origin(name: &str) -> Origin {
    if name == "local" { Origin::Local } else { Origin::Synced }
}
