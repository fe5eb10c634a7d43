//! Files that are made from the types, and kept in the repository for others to read.

use std::path::PathBuf;

/// The files of one crate.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Where the crate is: its `CARGO_MANIFEST_DIR`.
    pub directory: &'static str,
    /// What it is called.
    pub package: &'static str,
}

impl Kept {
    /// The path of one of its files.
    pub fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(self.directory).join(name)
    }

    /// What one of its files says.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The names of the files in one of its directories, in order.
    pub fn names_in(&self, directory: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(directory));
        let entries = entries.unwrap_or_else(|e| panic!("{directory}: {e}"));
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry of a directory").file_name().into_string().expect("UTF-8")
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    /// Asserts that a file says `made`; with `UPDATE=1`, sees to it.
    #[track_caller]
    pub fn assert_says(&self, name: &str, made: &str) {
        let path = self.path(name);
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        if kept != made && std::env::var_os("UPDATE").is_some() {
            return std::fs::write(&path, made).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        let package = self.package;
        assert!(
            kept == made,
            "proto/{package}/{name} is not what the types say today. If readers of the old shape \
             can read the new one, run `UPDATE=1 cargo test -p {package}` and commit the file; if \
             they cannot, it needs a new version."
        );
    }
}
