//! The rules: what an [`Intent`] means, given everything that has happened.
//!
//! [`decide`] turns an intent into the events that make it true, with what the mass-change guard says
//! about them, or says why it cannot be; [`evolve`] takes an event into the [`Roster`], which is the
//! fold of the whole log. Both are plain functions: no clock, no chance, no network. Time and new
//! ids come in as arguments.

mod access;
mod bookings;
mod changes;
mod decide;
mod evolve;
mod groups;
mod guard;
mod in_order;
mod intent;
mod looks;
mod members;
mod people;
mod person;
mod refusal;
mod roster;
mod teams;
mod tenant;

#[cfg(test)]
mod tests;

pub use access::{Credential, Integration};
pub use bookings::{Booking, Bookings};
pub use decide::{Occasion, decide};
pub use evolve::evolve;
pub use groups::{Group, Groups};
pub use guard::{Alert, Decision, GuardState, StandingOverride};
pub use intent::{Intent, MemberChange, NewMember, PersonRef};
pub use people::People;
pub use person::Person;
pub use refusal::{BadExtension, BadText, Refusal};
pub use roster::Roster;
pub use teams::{EffectiveTeam, Origin, Rank};
pub use tenant::{Member, TenantRoster};
