//! Names the rules: a roster that was folded by others must not be taken for ours.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "the crate is pure; its build script reads the sources, and speaks to cargo"
)]

use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::path::Path;

#[path = "../../proto/events/sources.rs"]
mod sources;

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for path in ["src", "../../proto/events/src"] {
        println!("cargo:rerun-if-changed={path}");
        sources::take(Path::new(path), &[], &mut hasher)?;
    }
    println!("cargo:rustc-env=ROSTER_RULES={:016x}", hasher.finish());
    Ok(())
}
