//! The rules: what an [`Intent`] means, given everything that has happened.
//!
//! [`decide`] turns an intent into the events that make it true, or says why it cannot be;
//! [`evolve`] takes an event into the [`Roster`], which is the fold of the whole log; [`alarm`] tells
//! when what was decided is too much within too short a time. All are plain functions: no clock, no chance, no network. Time and new ids come in as arguments.

mod access;
mod alarm;
mod bookings;
mod changes;
mod decide;
mod evolve;
mod groups;
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
mod watch;

#[cfg(test)]
mod tests;

pub use access::{Credential, Integration};
pub use alarm::{Loss, alarm};
pub use bookings::{Booking, Bookings};
pub use decide::decide;
pub use evolve::evolve;
pub use groups::{Group, Groups};
pub use intent::{Intent, MemberChange, NewMember, PersonRef};
pub use people::People;
pub use person::Person;
pub use refusal::{BadExtension, BadText, Refusal};
pub use roster::Roster;
pub use teams::{Effective, Origin, Rank};
pub use tenant::{Member, TenantRoster};
pub use watch::{Alert, Decision, Kept, Watch};
