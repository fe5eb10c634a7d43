use std::collections::BTreeSet;
use std::path::PathBuf;

use super::*;

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema")
}

#[test]
fn every_schema_is_what_its_type_says_and_there_is_no_other() {
    let mut files = BTreeSet::new();
    for (name, schema) in all() {
        let mut made = serde_json::to_string_pretty(&schema).unwrap();
        made.push('\n');
        let file = format!("{name}.json");
        let path = directory().join(&file);
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        if kept != made && std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &made).unwrap();
        } else {
            assert!(
                kept == made,
                "services/operations/schema/{file} is not what the type says today. If readers of \
                 the old shape can read the new one, run `UPDATE=1 cargo test -p operations`; if \
                 they cannot, the answer needs a new version."
            );
        }
        jsonschema::validator_for(&Value::from(schema)).unwrap();
        assert!(files.insert(file), "{name} is there twice");
    }
    let kept: BTreeSet<String> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(kept, files);
}
