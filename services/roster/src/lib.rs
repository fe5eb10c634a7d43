//! The rules: what an [`Intent`] means, given everything that has happened.
//!
//! [`decide`] turns an intent into the events that make it true, with what the mass-change guard says
//! about them, or says why it cannot be; [`evolve`] takes an event into the [`Roster`], which is the
//! fold of the whole log. Both are plain functions: no clock, no chance, no network. Time and new
//! ids come in as arguments.

#![warn(missing_docs)]

mod access;
mod administrator_intent;
mod administrators;
mod bookings;
mod changes;
mod decide;
mod due;
mod evolve;
mod groups;
mod guard;
mod intent;
mod last_word;
mod leavers;
mod lookups;
mod member_change;
mod members;
mod order_index;
mod people;
mod person;
mod person_ref;
mod refusal;
mod roster;
mod subscribers;
mod teams;
mod tenant;
mod touched;

#[cfg(test)]
mod tests;

pub use access::{Credential, Integration};
pub use administrator_intent::AdministratorIntent;
pub use administrators::{Administrator, Administrators, SignInLink, has_any_role};
pub use bookings::{Booking, BookingDecision, Bookings, Cancellation, Decided, HandedOver};
pub use decide::{Occasion, decide, fit_for_cancelling};
pub use due::{Task, TaskAction};
pub use evolve::evolve;
pub use groups::{Group, Groups};
pub use guard::{Alert, AlertOutcome, GuardState, HeldPeople, StandingOverride};
pub use intent::{BookingWish, Intent, LeaversIntent};
pub use last_word::LastWord;
pub use leavers::{Departure, SetPolicy};
pub use member_change::MemberChange;
pub use people::People;
pub use person::Person;
pub use person_ref::PersonRef;
pub use refusal::{BadExtension, BadText, Refusal};
pub use roster::Roster;
pub use subscribers::{
    Disabled, Paused, Replay, ReplayEnd, Subscriber, SubscriberSecret, Subscribers, Tested,
    concerns,
};
pub use teams::{EffectiveTeam, Origin, PrimaryRule, Rank};
pub use tenant::{Member, TenantRoster};
pub use touched::Touched;
