//! What the tests of projections share: events in order, read models in a database of their own, and
//! the laws that hold for each of them.

mod erasures;
mod given;
mod history;
mod laws;
mod parking;
mod read_model;
mod scopes;
mod single_events;
mod statements;

pub use erasures::erasure;
pub use eventlog::PersonEvents;
pub use given::{acme, at, log, recorded};
pub use history::{ALERTS_FROM, check, guarding, history, strict_guard};
pub use laws::{
    Logs, assert_a_person_is_replaced, assert_a_replay_without_the_erased_comes_to_the_same,
    assert_a_tenant_is_replaced, assert_batches_do_not_matter,
    assert_digests_are_the_same_anywhere, assert_parking_leaves_no_trace,
    assert_waiting_leaves_no_trace,
};
pub use parking::ParkingWorld;
pub use read_model::{World, build, build_by, rows};
pub use scopes::assert_rows_of_people_are_told;
pub use single_events::{assert_passed_over_changes_nothing, assert_unreadable_keys_suffice};
pub use statements::assert_statements_are_understood;
