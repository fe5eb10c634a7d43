//! The documents name files that are there, so that "where do I change …" stays true.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sources::root;

/// Where a path begins that is meant from the top of the repository.
const TOP: [&str; 5] = ["proto", "services", "tests", "deploy", ".ci"];

/// What the name of a file ends in that is meant from its document, or from `src` beside it
/// and its directories.
const FILES: [&str; 8] = [".rs", ".sql", ".md", ".json", ".conf", ".yml", ".yaml", ".toml"];

#[test]
fn every_path_that_a_document_names_is_there() {
    let (mut named, mut lost) = (0, Vec::new());
    for document in documents() {
        let text = fs::read_to_string(&document).expect("can be read");
        for path in paths(&text) {
            named += 1;
            if !is_there(&document, path) {
                let document = document.strip_prefix(root()).expect("is ours");
                lost.push(format!("{}: {path}", document.display()));
            }
        }
    }
    assert!(named > 20, "only {named} paths were found: is this still how documents name them?");
    assert!(lost.is_empty(), "{lost:#?}");
}

fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md")];
    for pattern in ["proto/*", "services/*", "tests", "tests/*", "deploy", "deploy/*"] {
        let dirs = matching(&root(), pattern);
        found.extend(dirs.into_iter().map(|dir| dir.join("README.md")));
    }
    found.retain(|path| path.exists());
    assert!(found.len() > 1, "there are no documents");
    found
}

/// What stands in backticks and is the path of a file or a directory of ours.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let is_path = |word: &&str| {
        let (first, rest) = word.split_once('/').unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-*".contains(c);
        let is_file = FILES.iter().any(|ending| word.ends_with(ending));
        // `NAME` stands for whatever its reader chooses.
        let is_chosen = ["NAME", "ROLE", "PART"].iter().any(|name| word.contains(name));
        !is_chosen
            && word.chars().all(plain)
            && (TOP.contains(&first) || is_file && !rest.is_empty() && !first.is_empty())
    };
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).filter(is_path)
}

fn is_there(document: &Path, path: &str) -> bool {
    let beside = document.parent().expect("is in a directory");
    let mut from = vec![root(), beside.to_owned(), beside.join("src"), beside.join("tests")];
    from.extend(matching(beside, "src/*"));
    // A crate's document may name another crate by its name.
    from.extend(["proto", "services"].map(|group| root().join(group)));
    from.iter().any(|from| !matching(from, path).is_empty())
}

/// What is there by a path in which `*` stands for any part of a name.
fn matching(from: &Path, path: &str) -> Vec<PathBuf> {
    let mut found = vec![from.to_owned()];
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let next = |dir: PathBuf| -> Vec<PathBuf> {
            if let Some((start, end)) = name.split_once('*') {
                let entries = fs::read_dir(dir).into_iter().flatten();
                let entries = entries.map(|entry| entry.expect("can be listed"));
                let fits = |entry: &fs::DirEntry| {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    name.starts_with(start) && name.ends_with(end)
                };
                return entries.filter(fits).map(|entry| entry.path()).collect();
            }
            let path = dir.join(name);
            if path.exists() { vec![path] } else { vec![] }
        };
        found = found.into_iter().flat_map(next).collect();
    }
    found
}

#[test]
fn paths_are_told_from_other_words() {
    let text = "`services/web/src/tls.rs`, `gateway/query.rs` and `tests/*/main.rs`, but no \
                `application/json`, `GET /x.rs`, `/api/v1/openapi.json` or `a/b`";
    let found: Vec<&str> = paths(text).collect();
    assert_eq!(found, ["services/web/src/tls.rs", "gateway/query.rs", "tests/*/main.rs"]);
    assert!(is_there(&root().join("README.md"), "tests/*/main.rs"));
    assert!(!is_there(&root().join("README.md"), "services/no/such.rs"));
}
