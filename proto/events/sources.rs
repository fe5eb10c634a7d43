//! For build scripts that name a set of rules by a hash of its sources.

use std::hash::{DefaultHasher, Hasher};
use std::path::Path;
use std::{fs, io};

/// Hashes a file, or all files of a folder in the order of their names, except those whose name is
/// one of `others`.
pub(crate) fn take(path: &Path, others: &[&str], hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.file_name().is_some_and(|name| others.iter().any(|other| name == *other)) {
        return Ok(());
    }
    if !path.is_dir() {
        hasher.write(&fs::read(path)?);
        return Ok(());
    }
    let entries: io::Result<Vec<_>> = fs::read_dir(path)?.collect();
    let mut paths: Vec<_> = entries?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().try_for_each(|path| take(path, others, hasher))
}
