//! The program as people run it: `rollcall up` and the operators' verbs, as processes.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rollcall");
const TENANT: &str = "bench";

/// A running `rollcall up`. It goes, with its servers, when this does.
pub(crate) struct Up {
    process: Child,
    pub(crate) place: Place,
    /// From the command to the line that says that all is ready.
    pub(crate) ready_after: Duration,
}

/// What `up --json` tells.
#[derive(Deserialize)]
pub(crate) struct Place {
    scim_base_url: String,
    pub(crate) nats_url: String,
    pub(crate) database_url: String,
}

/// What an administrator copies into Entra.
#[derive(Deserialize)]
pub(crate) struct Integration {
    pub(crate) tenant: String,
    pub(crate) scim_base_url: String,
    pub(crate) secret_token: String,
}

impl Up {
    pub(crate) async fn start(data_dir: &Path) -> anyhow::Result<Self> {
        let asked = Instant::now();
        let mut process = program(data_dir)
            .args(["up", "--json", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("start rollcall up")?;
        let said = process.stdout.take().context("a pipe from rollcall up")?;
        let line = BufReader::new(said).lines().next_line().await?;
        let ready_after = asked.elapsed();
        let line = line.context("rollcall up ended before it was ready; see above")?;
        let place: Place = serde_json::from_str(&line).context("understand rollcall up --json")?;
        Ok(Self { process, place, ready_after })
    }

    /// The URL of the server alone.
    pub(crate) fn url(&self) -> &str {
        self.place.scim_base_url.split("/scim/").next().unwrap_or_default()
    }

    /// Asks it to stop, as Ctrl-C does, and waits until it and its servers are gone.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.process.id().context("rollcall up has ended by itself")?;
        Command::new("kill").args(["-INT", &id.to_string()]).status().await?;
        let ended = self.process.wait().await?;
        ensure!(ended.success(), "rollcall up ended with {ended}");
        Ok(())
    }
}

/// A tenant with a Workplace integration.
pub(crate) async fn integration(data_dir: &Path) -> anyhow::Result<Integration> {
    let _: serde_json::Value = verb(data_dir, &["tenant", "create", TENANT]).await?;
    let activate = ["integration", "activate", "--tenant", TENANT, "--profile", "workplace"];
    verb(data_dir, &activate).await
}

async fn verb<T: DeserializeOwned>(data_dir: &Path, words: &[&str]) -> anyhow::Result<T> {
    let done = program(data_dir).args(words).arg("--json").output().await?;
    ensure!(
        done.status.success(),
        "rollcall {}: {}",
        words.join(" "),
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// The program, deaf to servers and settings of whoever runs this.
fn program(data_dir: &Path) -> Command {
    let mut program = Command::new(PROGRAM);
    for name in ["NATS_URL", "DATABASE_URL", "ROLLCALL_URL", "ROLLCALL_PUBLIC_URL"] {
        program.env_remove(name);
    }
    program.env("ROLLCALL_DATA_DIR", data_dir).env("RUST_LOG", "warn");
    program
}
