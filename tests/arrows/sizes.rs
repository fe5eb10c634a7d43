//! No file of more than 300 lines, blank lines and comments included, outside of tests.
//!
//! Test code is what stands in a crate's `tests` directory, and what only `#[cfg(test)]` modules
//! reach. Nothing of ours is generated.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sources::{Source, crates, root};

const LINES: usize = 300;

#[test]
fn no_file_has_more_than_300_lines() {
    let mut beyond = Vec::new();
    for (_, dir) in crates() {
        let tests = Source::read(&dir.join("src/lib.rs")).test_files;
        let mut files = Vec::new();
        collect(&dir, &mut files);
        for file in files.iter().filter(|file| !tests.contains(*file)) {
            let lines = fs::read_to_string(file).expect("can be read").lines().count();
            let name = file.strip_prefix(root()).expect("is ours").display().to_string();
            if lines > LINES {
                beyond.push(format!("{name} has {lines} lines"));
            }
        }
    }
    assert!(beyond.is_empty(), "{beyond:#?}");
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("can be listed") {
        let path = entry.expect("can be listed").path();
        if path.is_dir() && !path.ends_with("tests") {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
