//! The user that Postgres runs as: it refuses to run as root.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::EmbeddedError;

/// As whom Postgres runs: it refuses to run as root, and to be set up by a user without a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// As ourselves.
    Own,
    /// As `nobody` in a user namespace, whom the rest of the machine still sees as us. Files below
    /// a closed directory such as `/root` stay within reach, and change no owner.
    Namespace,
    /// As another user, who then owns the data.
    Other { uid: u32, gid: u32 },
}

/// The user `nobody`, on most systems. The name is not used.
const NOBODY: u32 = 65534;

impl Account {
    /// The account for `data`, which may not exist yet.
    pub(crate) fn choose(data: &Path) -> Self {
        if !is_root() {
            return if has_user_name() || !namespaces_work() { Self::Own } else { Self::Namespace };
        }
        // Whoever has the data keeps it: in a namespace even root could not read it.
        match fs::metadata(data) {
            Ok(data) if data.uid() != 0 => Self::Other { uid: data.uid(), gid: data.gid() },
            Ok(_) | Err(_) if namespaces_work() => Self::Namespace,
            Ok(_) | Err(_) => Self::Other { uid: NOBODY, gid: NOBODY },
        }
    }

    /// Every account that works for who we are and where we run.
    #[cfg(test)]
    pub(crate) fn possible() -> Vec<Self> {
        let mut accounts = Vec::new();
        if is_root() {
            accounts.push(Self::Other { uid: NOBODY, gid: NOBODY });
        } else if has_user_name() {
            accounts.push(Self::Own);
        }
        if namespaces_work() {
            accounts.push(Self::Namespace);
        }
        assert!(!accounts.is_empty(), "no way to run Postgres as whoever this is");
        accounts
    }

    /// Gives `dir` with all that is in it to the account.
    pub(crate) fn own(self, dir: &Path) -> Result<(), EmbeddedError> {
        match self {
            Self::Own | Self::Namespace => Ok(()),
            Self::Other { uid, gid } => give(dir, uid, gid),
        }
    }

    /// Makes sure that the account can run `program` and write in `dir`.
    pub(crate) fn check(self, program: &Path, dir: &Path) -> Result<(), EmbeddedError> {
        let Self::Other { uid, .. } = self else { return Ok(()) };
        for (test, path) in [("-x", program), ("-w", dir)] {
            let mut command = self.command(OsStr::new("test"));
            command.arg(test).arg(path).current_dir("/");
            if !command.status().is_ok_and(|status| status.success()) {
                return Err(EmbeddedError::NoAccount { uid, path: path.to_owned() });
            }
        }
        Ok(())
    }

    /// The words to put before a command line.
    pub(crate) fn prefix(self) -> &'static [&'static str] {
        match self {
            Self::Own | Self::Other { .. } => &[],
            Self::Namespace => {
                &["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]
            }
        }
    }

    /// The user and group to start the process as, if not ours.
    pub(crate) fn owner(self) -> Option<(u32, u32)> {
        match self {
            Self::Own | Self::Namespace => None,
            Self::Other { uid, gid } => Some((uid, gid)),
        }
    }

    /// A command that runs `program` under this account.
    pub(crate) fn command(self, program: &OsStr) -> Command {
        let mut words = self.prefix().iter().map(OsStr::new).chain([program]);
        let mut command = Command::new(words.next().expect("at least the program"));
        command.args(words);
        if let Some((uid, gid)) = self.owner() {
            command.uid(uid).gid(gid);
        }
        command
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Containers often run as a number that no user has.
fn has_user_name() -> bool {
    Command::new("id").arg("-un").output().is_ok_and(|output| output.status.success())
}

/// Containers often forbid them, and not every system has `unshare`.
fn namespaces_work() -> bool {
    let mut command = Account::Namespace.command(OsStr::new("true"));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn give(path: &Path, uid: u32, gid: u32) -> Result<(), EmbeddedError> {
    let metadata = fs::symlink_metadata(path).map_err(EmbeddedError::file("look at", path))?;
    if (metadata.uid(), metadata.gid()) != (uid, gid) {
        lchown(path, Some(uid), Some(gid)).map_err(EmbeddedError::file("change owner of", path))?;
    }
    if metadata.is_dir() {
        for entry in fs::read_dir(path).map_err(EmbeddedError::file("list", path))? {
            give(&entry.map_err(EmbeddedError::file("list", path))?.path(), uid, gid)?;
        }
    }
    Ok(())
}
