//! What the tests of projections share: events in order, read models in a database of their own, and
//! the laws that hold for each of them.

mod erasures;
mod given;
mod history;
mod laws;
mod parking;
mod read_model;
mod scopes;
mod statements;

pub use erasures::{assert_a_replay_without_the_erased_comes_to_the_same, erasure, without_erased};
pub use eventlog::PersonEvents;
pub use given::{acme, at, log, recorded};
pub use history::{ALERTS_FROM, check, history, strict_guard};
pub use laws::{assert_passed_over_changes_nothing, assert_unreadable_keys_suffice, parked};
pub use parking::ParkingWorld;
pub use read_model::{World, build, rows};
pub use scopes::{
    Damage, assert_a_person_is_replaced, assert_a_tenant_is_replaced,
    assert_digests_are_the_same_anywhere, assert_rows_of_people_are_told, beside_another_tenant,
};
pub use statements::assert_statements_are_understood;
