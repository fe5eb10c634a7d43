//! Every statement is one that Postgres understands.

use kit::projection::assert_statements_are_understood;
use teams::Teams;

#[test]
fn postgres_understands_every_statement_in_any_slot() {
    assert_statements_are_understood::<Teams>(env!("CARGO_MANIFEST_DIR"));
}
