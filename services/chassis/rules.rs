//! The build script of every projection: names the rules by which it makes rows of events, by their
//! sources. A read model that other rules have made is built anew.

use std::hash::{DefaultHasher, Hasher};
use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

/// What makes rows: the projection itself, what an event is and how one of an older shape is read,
/// and how text gets into tables.
const SOURCES: [&str; 4] = ["src", "sql", "../../proto/events/src", "../chassis/src/tables"];
/// What only reads rows, and what only tests.
const READS: [&str; 4] = ["queries", "queries.rs", "read", "arbitrary.rs"];

fn main() -> io::Result<()> {
    let mut cargo = io::stdout().lock();
    for sources in SOURCES {
        writeln!(cargo, "cargo:rerun-if-changed={sources}")?;
    }
    writeln!(cargo, "cargo:rustc-env=PROJECTION_RULES={}", rules(&env::current_dir()?)?)
}

/// The name of the rules of the projection in `folder`.
pub(crate) fn rules(folder: &Path) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    for sources in SOURCES {
        take(&folder.join(sources), &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn take(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.file_name().is_some_and(|name| READS.iter().any(|reads| name == *reads)) {
        return Ok(());
    }
    if !path.is_dir() {
        hasher.write(&fs::read(path)?);
        return Ok(());
    }
    let entries: io::Result<Vec<_>> = fs::read_dir(path)?.collect();
    let mut paths: Vec<_> = entries?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().try_for_each(|path| take(path, hasher))
}
