//! Names the rules: a roster that was folded by others must not be taken for ours.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "the crate is pure; its build script reads the sources, and speaks to cargo"
)]

use std::hash::{DefaultHasher, Hasher};
use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for sources in ["src", "../../proto/events/src"] {
        println!("cargo:rerun-if-changed={sources}");
        take(Path::new(sources), &mut hasher)?;
    }
    println!("cargo:rustc-env=ROSTER_RULES={:016x}", hasher.finish());
    Ok(())
}

fn take(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if !path.is_dir() {
        hasher.write(&fs::read(path)?);
        return Ok(());
    }
    let entries: io::Result<Vec<_>> = fs::read_dir(path)?.collect();
    let mut paths: Vec<_> = entries?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().try_for_each(|path| take(path, hasher))
}
