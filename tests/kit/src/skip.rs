//! Tests whose precondition a machine lacks.

use std::io::Write as _;

/// Says that a test checks nothing on this machine, past the test harness, which would keep it to
/// itself. Where `NO_SKIPS` is set, as on a machine that promises everything, this fails.
pub fn skipped(test: &str, missing: &str) {
    let line = format!("SKIPPED: {test}: {missing}");
    assert!(std::env::var_os("NO_SKIPS").is_none(), "{line}");
    // What is printed by the macros is shown for tests that fail alone.
    writeln!(std::io::stderr(), "{line}").expect("write to standard error");
}
