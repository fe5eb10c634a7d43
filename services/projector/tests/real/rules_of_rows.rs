//! What counts as a rule by which rows are made.

use std::fs;
use std::path::Path;

use crate::rules::rules;

/// A workspace with a projection, whose folder is returned.
fn workspace(root: &Path) -> std::path::PathBuf {
    let projection = root.join("services/rooms");
    for folder in ["src/queries", "sql/read", "sql/write", "../projector/src/sql"] {
        fs::create_dir_all(projection.join(folder)).expect("make a folder");
    }
    fs::create_dir_all(root.join("proto/events/src")).expect("make a folder");
    projection
}

#[test]
fn what_makes_rows_is_a_rule_and_what_only_reads_them_is_none() {
    let root = tempfile::tempdir().unwrap();
    let projection = workspace(root.path());
    let now = || rules(&projection).unwrap();
    let mut known = now();
    for rule in [
        "src/project.rs",
        "src/write.rs",
        "src/batch.rs",
        "sql/schema.sql",
        "sql/write/rooms.sql",
        "../../proto/events/src/decode.rs",
        "../projector/src/sql/text.rs",
    ] {
        for text in ["one rule", "another rule"] {
            fs::write(projection.join(rule), text).unwrap();
            assert_ne!(now(), known, "{rule}: {text}");
            known = now();
        }
    }
    for reads in ["src/queries.rs", "src/queries/rooms.rs", "sql/read/rooms.sql"] {
        fs::write(projection.join(reads), "a question").unwrap();
        assert_eq!(now(), known, "{reads}");
    }
}
