//! How far each subscriber has come, in Postgres.
//!
//! What is kept is kept for many subscribers at once, in one transaction, by whoever holds the lease.
//! It is never ahead of what receivers have accepted.

mod error;
mod holder;
mod load;
mod of_feed;
mod rows;
mod save;
mod tested;

pub use error::ProgressError;
pub(super) use holder::Holder;
pub(super) use load::{Loaded, begin_anew, forget_all_but, forgive, load, resends};
pub(super) use of_feed::hold_to_feed;
pub use rows::{DeadLetter, Troubles, WebhookState, dead_letters, resend, states, troubles};
pub(super) use save::{GivenUp, Save, save};
pub use tested::{SentTest, sent_test};
pub(super) use tested::{keep_test, kept_test};

#[cfg(test)]
mod tests;
