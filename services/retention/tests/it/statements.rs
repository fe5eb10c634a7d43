//! Every statement is one that Postgres understands.

use kit::projection::assert_statements_are_understood;
use retention::Retention;

#[test]
fn postgres_understands_every_statement_in_any_slot() {
    assert_statements_are_understood::<Retention>(env!("CARGO_MANIFEST_DIR"));
}
