//! The data directory of an `up`: its servers' files, and what other verbs need to find it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use eventlog::Issuer;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Where it is, if nobody says otherwise.
pub(crate) const DEFAULT: &str = ".rollcall";

/// What a running `up` tells the other verbs. Readable for its owner only: it holds the operator
/// token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) nats_url: String,
    pub(crate) database_url: String,
    pub(crate) operator_token: String,
}

/// The demo tenant's credentials, so that a second start can tell them again. Secrets of real
/// tenants are never written down.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DemoCredentials {
    pub(crate) tenant: String,
    pub(crate) secret_token: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) api_token: String,
}

/// What lets in to the private nats-server.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct NatsKeys {
    /// The password of everything that is ours.
    pub(crate) password: String,
    /// The seed of the key that vouches for subscribers.
    issuer: String,
}

impl NatsKeys {
    pub(crate) fn issuer(&self) -> anyhow::Result<Issuer> {
        Issuer::from_seed(&self.issuer).context("understand nats-keys.json in the data directory")
    }
}

impl std::fmt::Debug for NatsKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NatsKeys")
    }
}

/// A data directory that is ours alone while this lives.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

const LOCK: &str = "up.lock";
const RUNNING: &str = "up.json";
const DEMO: &str = "demo.json";
const NATS_PORT: &str = "nats-port";
const NATS_KEYS: &str = "nats-keys.json";
const OPERATOR: &str = "operator-token";

impl DataDir {
    /// Makes the directory if need be, and claims it.
    pub(crate) fn claim(path: &Path) -> anyhow::Result<Self> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.with_context(|| format!("make the data directory {}", path.display()))?;
        let path = path.canonicalize()?;
        let lock = File::create(path.join(LOCK)).context("make up.lock")?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another `rollcall up` runs on {}; stop it, or choose another --data-dir",
                path.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("claim {}", path.display()));
            }
        }
        Ok(Self { path, _lock: lock })
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Whether there is more in it than the log of a restore that did not end, or whose `up` was not
    /// started yet: read models, or a saved roster, of whatever log there was.
    pub(crate) fn was_used(&self) -> bool {
        ["postgres", "roster"].into_iter().any(|kept| self.join(kept).exists())
    }

    /// The token that opens the operators' API; made at the first start.
    pub(crate) fn operator_token(&self) -> anyhow::Result<String> {
        let path = self.join(OPERATOR);
        if let Ok(token) = fs::read_to_string(&path) {
            return Ok(token);
        }
        let (token, _) = eventlog::ids::secret("rco_");
        write_private(&path, token.as_bytes())?;
        Ok(token)
    }

    /// Where the roster is saved.
    pub(crate) fn roster(&self) -> PathBuf {
        self.join("roster")
    }

    /// Where it is saved what applications were told.
    pub(crate) fn told(&self) -> PathBuf {
        self.join("told")
    }

    /// The port at which the private nats-server listened last.
    pub(crate) fn nats_port(&self) -> Option<u16> {
        fs::read_to_string(self.join(NATS_PORT)).ok()?.trim().parse().ok()
    }

    pub(crate) fn keep_nats_port(&self, port: u16) -> anyhow::Result<()> {
        write_private(&self.join(NATS_PORT), format!("{port}\n").as_bytes())
    }

    /// What lets in to the private nats-server; made at the first start.
    pub(crate) fn nats_keys(&self) -> anyhow::Result<NatsKeys> {
        let path = self.join(NATS_KEYS);
        if let Some(keys) = read(&path)? {
            return Ok(keys);
        }
        let (password, _) = eventlog::ids::secret("rcn_");
        let keys = NatsKeys { password, issuer: Issuer::new().seed() };
        write_private(&path, &serde_json::to_vec_pretty(&keys)?)?;
        Ok(keys)
    }

    pub(crate) fn announce(&self, running: &Running) -> anyhow::Result<()> {
        write_private(&self.join(RUNNING), &serde_json::to_vec_pretty(running)?)
    }

    pub(crate) fn demo(&self) -> anyhow::Result<Option<DemoCredentials>> {
        read(&self.join(DEMO))
    }

    pub(crate) fn keep_demo(&self, demo: &DemoCredentials) -> anyhow::Result<()> {
        write_private(&self.join(DEMO), &serde_json::to_vec_pretty(demo)?)
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // Nobody is running any more; a file that says otherwise would only confuse.
        drop(fs::remove_file(self.join(RUNNING)));
    }
}

/// What the `up` in this directory says about itself.
pub(crate) fn running(data_dir: &Path) -> anyhow::Result<Running> {
    let found: Option<Running> = read(&data_dir.join(RUNNING))?;
    found.with_context(|| {
        let path = data_dir.display();
        if is_claimed(data_dir) {
            format!("the `rollcall up` on {path} is just starting or stopping; try again shortly")
        } else {
            format!("no `rollcall up` runs on {path}; start one, or point to it with --data-dir")
        }
    })
}

/// Whether an `up`, or who works in its stead, has this directory.
pub(crate) fn is_claimed(data_dir: &Path) -> bool {
    File::open(data_dir.join(LOCK))
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    };
    let parsed = serde_json::from_slice(&text);
    Ok(Some(parsed.with_context(|| format!("understand {}", path.display()))?))
}

/// Writes a file that only its owner can read, in one piece.
fn write_private(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let written = || {
        let beside = path.with_extension("new");
        drop(fs::remove_file(&beside));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    written().with_context(|| format!("write {}", path.display()))
}
