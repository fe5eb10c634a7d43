//! What the tests of projections share: events in order, read models in a database of their own, and
//! the laws that hold for each of them.

mod erasures;
mod given;
mod history;
mod laws;
mod read_model;
mod statements;

pub use erasures::{assert_a_replay_without_the_erased_comes_to_the_same, erasure, without_erased};
pub use eventlog::PersonEvents;
pub use given::{acme, at, log, recorded};
pub use history::{ALERTS_FROM, check, history, strict_guard};
pub use laws::{assert_passed_over_changes_nothing, parked};
pub use read_model::{World, build, rows};
pub use statements::assert_statements_are_understood;
