//! The documents name files and tests that exist, so that "where do I change …" stays true.

use std::collections::BTreeSet;
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

/// How many words a name has at least that is looked up: names of tests have as many, and few names of
/// other software.
const MIN_WORDS: usize = 4;

#[test]
fn every_long_name_that_a_document_says_is_in_the_source() {
    let (mut named, mut lost) = (0, Vec::new());
    let known = long_names_in_source();
    for document in documents() {
        let text = fs::read_to_string(&document).expect("can be read");
        for name in quoted(&text).filter(|word| is_long_name(word)) {
            named += 1;
            if !known.contains(name) {
                let document = document.strip_prefix(root()).expect("is ours");
                lost.push(format!("{}: {name}", document.display()));
            }
        }
    }
    assert!(named > 10, "only {named} names were found: is this still how documents say them?");
    assert!(lost.is_empty(), "{lost:#?}");
}

/// Whether this is a name as `a_test_has_one`, of [`MIN_WORDS`] words or more. Names of metrics are put
/// together while the program runs, so they are not looked up.
fn is_long_name(word: &str) -> bool {
    word.split('_').count() >= MIN_WORDS
        && !word.starts_with("rollcall_")
        && word.split('_').all(|part| !part.is_empty())
        && word.chars().all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// All long names in our Rust and SQL.
fn long_names_in_source() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut dirs: Vec<PathBuf> = TOP.iter().map(|top| root().join(top)).collect();
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).expect("can be listed") {
            let entry = entry.expect("can be listed");
            let (path, kind) = (entry.path(), entry.file_type().expect("has a type"));
            let is_source = path.extension().is_some_and(|end| end == "rs" || end == "sql");
            if kind.is_dir() && entry.file_name() != "target" {
                dirs.push(path);
            } else if is_source {
                let text = fs::read_to_string(&path).expect("can be read");
                let words = text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
                names.extend(words.filter(|word| is_long_name(word)).map(str::to_owned));
            }
        }
    }
    names
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
    quoted(text).filter(is_path)
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
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
fn long_names_are_told_from_other_words() {
    let text = "`a_law_has_a_name` and `x_1_y_2`, but no `three_words_only`, `A_B_C_D`, `a__b_c`, \
                `rollcall_is_a_metric` or a_b_c_d";
    let found: Vec<&str> = quoted(text).filter(|word| is_long_name(word)).collect();
    assert_eq!(found, ["a_law_has_a_name", "x_1_y_2"]);
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
