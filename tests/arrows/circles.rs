//! No circle of more than two files: a file can be understood when those are that it stands on.
//!
//! A file uses another when a path in it leads to an item that is defined there. A re-export and a
//! `mod` line are no uses, and what is compiled for tests alone does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::modules::{Uses, uses};
use crate::sources::{Source, crates};

#[test]
fn no_circle_has_more_than_two_files() {
    let mut beyond = String::new();
    for (name, dir) in crates() {
        let lib = dir.join("src/lib.rs");
        let (uses, lost) = uses(Source::read(&lib));
        assert!(lost.is_empty(), "{name} has paths that this test cannot follow:\n{lost:#?}");
        for circle in circles(&uses) {
            let _ = writeln!(beyond, "{name}, a circle of files:\n{}", show(&circle, &uses, &dir));
        }
    }
    assert!(beyond.is_empty(), "\n{beyond}");
}

/// The files that reach each other, where they are more than two.
pub(crate) fn circles(uses: &Uses) -> Vec<BTreeSet<PathBuf>> {
    let reached: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> =
        uses.keys().map(|file| (file, reach(uses, file))).collect();
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for (file, reach) in &reached {
        let back = |to: &&&PathBuf| reached.get(**to).is_some_and(|reach| reach.contains(file));
        let circle: BTreeSet<PathBuf> = reach.iter().filter(back).map(|&to| to.clone()).collect();
        if circle.len() > 2 && !seen.contains(*file) {
            seen.extend(circle.iter().cloned());
            circles.push(circle);
        }
    }
    circles
}

fn reach<'a>(uses: &'a Uses, from: &PathBuf) -> BTreeSet<&'a PathBuf> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for to in uses.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(to) {
                open.push(to);
            }
        }
    }
    reached
}

fn show(circle: &BTreeSet<PathBuf>, uses: &Uses, dir: &Path) -> String {
    let short = |file: &Path| file.strip_prefix(dir).unwrap_or(file).display().to_string();
    let mut shown = format!("  circle of {} files:\n", circle.len());
    for from in circle {
        for (to, items) in uses.get(from).into_iter().flatten() {
            if circle.contains(to) {
                let items: Vec<&str> = items.iter().map(String::as_str).collect();
                let _ =
                    writeln!(shown, "    {} → {} by {}", short(from), short(to), items.join(", "));
            }
        }
    }
    shown
}
