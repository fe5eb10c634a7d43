//! What the tests of projections share: events in order, read models in a database of their own, and
//! the laws that hold for each of them.

mod given;
mod history;
mod laws;
mod read_model;
mod statements;

pub use given::{acme, at, log, recorded};
pub use history::{ALERTS_FROM, check, history, strict_guard};
pub use laws::{assert_passed_over_changes_nothing, parked};
pub use read_model::{World, build, rows};
pub use statements::assert_statements_are_understood;
