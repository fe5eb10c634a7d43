//! The build script of every projection: names the rules by which it makes rows of events, by their
//! sources. A read model that other rules have made is built anew.

use std::hash::{DefaultHasher, Hasher};
use std::io::Write as _;
use std::path::Path;
use std::{env, io};

#[path = "../../proto/events/sources.rs"]
mod sources;

/// What makes rows: the projection itself, what an event is and how one of an older shape is read,
/// and how text gets into columns.
const SOURCES: [&str; 4] = ["src", "sql", "../../proto/events/src", "../projector/src/sql"];
/// What only reads rows, and what only tests.
const READS: [&str; 5] = ["queries", "queries.rs", "read", "arbitrary.rs", "arbitrary"];

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
    for path in SOURCES {
        sources::take(&folder.join(path), &READS, &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}
