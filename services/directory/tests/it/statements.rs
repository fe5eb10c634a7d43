//! Every statement is one that Postgres understands.

use directory::Directory;
use kit::projection::assert_statements_are_understood;

#[test]
fn postgres_understands_every_statement_in_any_slot() {
    assert_statements_are_understood::<Directory>(env!("CARGO_MANIFEST_DIR"));
}
