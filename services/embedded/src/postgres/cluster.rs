//! The data directory: made by initdb, and cleaned of what a crash left.

use std::fs;
use std::path::{Path, PathBuf};

use super::USER;
use super::account::Account;
use super::wire::Session;
use crate::EmbeddedError;

/// Makes the data directory unless it is there; what is there stays.
pub(super) fn make(bin: &Path, data: &Path, account: Account) -> Result<(), EmbeddedError> {
    if data.exists() {
        return Ok(());
    }
    // Under another name until it is whole: half a data directory cannot be told from a broken one.
    let part = data.with_extension("part");
    if part.exists() {
        fs::remove_dir_all(&part).map_err(EmbeddedError::file("remove", &part))?;
    }
    let initdb = bin.join("initdb");
    let mut command = account.command(initdb.as_os_str());
    command
        .arg("--pgdata")
        .arg(&part)
        .args(["--username", USER, "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync"])
        .current_dir(data.parent().unwrap_or(data));
    let output = command.output().map_err(EmbeddedError::file("run", &initdb))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(EmbeddedError::Initdb { data: data.to_owned(), reason });
    }
    fs::rename(&part, data).map_err(EmbeddedError::file("name the new database", data))
}

/// Removes the `postmaster.pid` of a crashed server.
///
/// Postgres does so itself, unless its old pid belongs to somebody else by now, as it often does
/// after a container's restart. Nobody whom we started runs here (the caller holds the lockfile), so
/// the file counts only if a server answers at the socket it names: then somebody else started it.
pub(super) fn remove_stale_pid(dir: &Path, data: &Path) -> Result<(), EmbeddedError> {
    let file = data.join("postmaster.pid");
    let Ok(words) = fs::read_to_string(&file) else { return Ok(()) };
    // Its lines: pid, data directory, start time, port, socket directory, …
    let lines: Vec<&str> = words.lines().collect();
    if let [pid, _, _, port, folder, ..] = lines[..] {
        let socket = PathBuf::from(folder).join(format!(".s.PGSQL.{port}"));
        if !folder.is_empty() && Session::open(&socket, USER, "postgres").is_ok() {
            let (dir, pid) = (dir.to_owned(), pid.to_owned());
            return Err(EmbeddedError::InUse { dir, pid });
        }
    }
    fs::remove_file(&file).map_err(EmbeddedError::file("remove", &file))
}
