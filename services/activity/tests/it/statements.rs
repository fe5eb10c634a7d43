//! Every statement is one that Postgres understands.

use activity::Activity;
use kit::projection::assert_statements_are_understood;

#[test]
fn postgres_understands_every_statement_in_any_slot() {
    assert_statements_are_understood::<Activity>(env!("CARGO_MANIFEST_DIR"));
}
