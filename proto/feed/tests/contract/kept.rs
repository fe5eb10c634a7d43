//! Files that are made from the types, and kept in the repository for others to read.

use std::path::PathBuf;

/// A path in this crate.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names of the files in a directory of this crate, in order.
pub(crate) fn names_in(directory: &str) -> Vec<String> {
    let entries = std::fs::read_dir(path(directory)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Asserts that the file says `made`; with `UPDATE=1`, sees to it.
#[track_caller]
pub(crate) fn assert_kept(name: &str, made: &str) {
    let kept = std::fs::read_to_string(path(name)).unwrap_or_default();
    if kept != made && std::env::var_os("UPDATE").is_some() {
        return std::fs::write(path(name), made).unwrap();
    }
    assert!(
        kept == made,
        "proto/feed/{name} is not what the types say today. If readers of the old shape can \
         read the new one, run `UPDATE=1 cargo test -p feed` and commit the file; if they \
         cannot, the fact needs a new version."
    );
}
