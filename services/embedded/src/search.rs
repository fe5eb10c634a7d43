//! Where the programs of the servers are found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::EmbeddedError;
use crate::fetch::{NATS_SERVER, POSTGRES};

/// Where to look for the servers' programs, in this order; what is not found is fetched.
#[derive(Clone, Debug)]
pub struct Search {
    /// The nats-server to use and no other (`NATS_SERVER`).
    pub nats_server: Option<PathBuf>,
    /// The folder of Postgres's programs to use and no other (`POSTGRES_BIN`).
    pub postgres_bin: Option<PathBuf>,
    /// Folders of programs: `PATH`, and the places where packages put them.
    pub folders: Vec<PathBuf>,
    /// What was fetched before, and what will be (`ROLLCALL_SERVERS`).
    pub cache: PathBuf,
}

/// The first nats-server with atomic batches, which the log is built on.
const OLDEST_NATS: (u32, u32) = (2, 12);
const OLDEST_POSTGRES: (u32, u32) = (15, 0);

impl Search {
    /// As the environment says.
    pub fn from_env() -> Self {
        let variable = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let cache = variable("ROLLCALL_SERVERS")
            .or_else(|| variable("XDG_CACHE_HOME").map(|dir| dir.join("rollcall/servers")))
            .or_else(|| variable("HOME").map(|dir| dir.join(".cache/rollcall/servers")));
        Self {
            nats_server: variable("NATS_SERVER"),
            postgres_bin: variable("POSTGRES_BIN"),
            folders: std::env::split_paths(&path).chain(well_known()).collect(),
            cache: cache.unwrap_or_else(|| std::env::temp_dir().join("rollcall-servers")),
        }
    }

    /// A nats-server that is new enough.
    pub fn nats_server(&self, progress: &dyn Fn(&str)) -> Result<PathBuf, EmbeddedError> {
        if let Some(program) = &self.nats_server {
            return match usable_nats(program) {
                Ok(()) => Ok(program.clone()),
                Err(fault) => {
                    let (variable, path) = (NATS_SERVER.variable, program.clone());
                    Err(EmbeddedError::BadProgram { variable, path, fault })
                }
            };
        }
        let found = self.folders.iter().map(|folder| folder.join("nats-server"));
        if let Some(program) = found.into_iter().find(|program| usable_nats(program).is_ok()) {
            return Ok(program);
        }
        let bin = match NATS_SERVER.cached(&self.cache) {
            Some(bin) => bin,
            None => NATS_SERVER.fetch(&self.cache, progress)?,
        };
        Ok(bin.join("nats-server"))
    }

    /// A folder with `postgres` and `initdb`, new enough, and of the major version that made
    /// `data` if that exists already: no other can read it.
    pub(crate) fn postgres_bin(
        &self,
        data: &Path,
        progress: &dyn Fn(&str),
    ) -> Result<PathBuf, EmbeddedError> {
        let made_by = fs::read_to_string(data.join("PG_VERSION"))
            .ok()
            .and_then(|version| version.trim().parse().ok());
        if let Some(bin) = &self.postgres_bin {
            return usable_postgres(bin, made_by).map_err(|fault| EmbeddedError::BadProgram {
                variable: POSTGRES.variable,
                path: bin.clone(),
                fault,
            });
        }
        let found = self.folders.iter().find_map(|folder| usable_postgres(folder, made_by).ok());
        if let Some(bin) = found {
            return Ok(bin);
        }
        let bin = match POSTGRES.cached(&self.cache) {
            Some(bin) => bin,
            None => POSTGRES.fetch(&self.cache, progress)?,
        };
        match (usable_postgres(&bin, made_by), made_by) {
            (Ok(bin), _) => Ok(bin),
            (Err(_), Some(made_by)) => {
                Err(EmbeddedError::OtherVersion { data: data.to_owned(), made_by })
            }
            (Err(fault), None) => {
                let (variable, path) = ("the cache", bin);
                Err(EmbeddedError::BadProgram { variable, path, fault })
            }
        }
    }
}

/// Where package managers put programs without putting them on `PATH`; newest Postgres first.
fn well_known() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    let others = ["/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"].map(PathBuf::from);
    versions.into_iter().map(|(_, bin)| bin).chain(others).collect()
}

fn usable_nats(program: &Path) -> Result<(), String> {
    match version(program)? {
        (major, minor) if (major, minor) < OLDEST_NATS => Err(format!(
            "is version {major}.{minor}, but atomic batches need {}.{}",
            OLDEST_NATS.0, OLDEST_NATS.1
        )),
        (_, _) => Ok(()),
    }
}

/// The real folder of the programs: a `postgres` on `PATH` is often a link into it.
fn usable_postgres(bin: &Path, made_by: Option<u32>) -> Result<PathBuf, String> {
    let postgres = bin.join("postgres");
    let found = version(&postgres)?;
    if found < OLDEST_POSTGRES {
        return Err(format!("is Postgres {}, but {} is needed", found.0, OLDEST_POSTGRES.0));
    }
    if let Some(made_by) = made_by.filter(|made_by| *made_by != found.0) {
        return Err(format!("is Postgres {}, but Postgres {made_by} made the data", found.0));
    }
    let real = fs::canonicalize(&postgres).map_err(|e| e.to_string())?;
    match real.parent() {
        Some(bin) if bin.join("initdb").is_file() => Ok(bin.to_owned()),
        Some(_) | None => Err("has no initdb beside postgres".to_owned()),
    }
}

/// The version that a program says it is.
fn version(program: &Path) -> Result<(u32, u32), String> {
    if !program.is_file() {
        return Err(format!("has no {}", program.display()));
    }
    let output = Command::new(program)
        .arg("--version")
        .output()
        .map_err(|e| format!("does not run ({e})"))?;
    let words = String::from_utf8_lossy(&output.stdout);
    read_version(&words).ok_or_else(|| format!("does not say its version, but {words:?}"))
}

/// Reads `nats-server: v2.15.1`, `postgres (PostgreSQL) 15.18 (Debian 15.18-0)`, `… 19beta1`.
fn read_version(words: &str) -> Option<(u32, u32)> {
    let number = words
        .split_whitespace()
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut parts = number.split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..end].parse().unwrap_or(0)
    });
    Some((parts.next()?, parts.next().unwrap_or(0)))
}

#[cfg(test)]
mod tests;
