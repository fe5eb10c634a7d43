//! The program as people run it: roles and operators' verbs, as processes.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::client::{Ask, Target};
use crate::processor;

const PROGRAM: &str = env!("CARGO_BIN_EXE_rollcall");
pub(crate) const TENANT: &str = "bench";
const OPERATOR_TOKEN: &str = "4e7d91b06ac3f285d0e94b17a8f6c23b";

/// Settings of the environment.
pub(crate) type Settings = Vec<(&'static str, String)>;

/// A running `rollcall up`. It goes, with its servers, when this does.
pub(crate) struct Up {
    process: Child,
    pub(crate) place: Place,
    settings: Settings,
}

/// What `up --json` tells.
#[derive(Deserialize)]
pub(crate) struct Place {
    scim_base_url: String,
    pub(crate) nats_url: String,
    pub(crate) database_url: String,
}

/// A running `rollcall ingest`.
pub(crate) struct Ingest {
    process: Child,
    pub(crate) url: String,
    /// From the command to the first answer that it is ready.
    pub(crate) ready_after: Duration,
}

/// A running `rollcall operate`.
pub(crate) struct Operate {
    process: Child,
    url: String,
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
        let data_dir = data_dir.to_str().context("a data directory whose name is text")?;
        let settings = vec![("ROLLCALL_DATA_DIR", data_dir.to_owned())];
        let mut process = program(&settings)
            .args(["up", "--json", "--listen", "127.0.0.1:0"])
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .context("start rollcall up")?;
        let said = process.stdout.take().context("a pipe from rollcall up")?;
        let line = BufReader::new(said).lines().next_line().await?;
        let line = line.context("rollcall up ended before it was ready; see above")?;
        let place = serde_json::from_str(&line).context("understand rollcall up --json")?;
        Ok(Self { process, place, settings })
    }

    /// The URL of the server alone.
    pub(crate) fn url(&self) -> &str {
        self.place.scim_base_url.split("/scim/").next().unwrap_or_default()
    }

    /// How verbs reach it.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        stop(self.process).await
    }
}

impl Ingest {
    pub(crate) async fn start(nats_url: &str, snapshot: Option<&Path>) -> anyhow::Result<Self> {
        let asked = Instant::now();
        let mut command = program(&vec![("NATS_URL", nats_url.to_owned())]);
        command
            .args(["ingest", "--listen", "127.0.0.1:0"])
            .env("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN)
            .env("ROLLCALL_LOG", "json")
            .env("RUST_LOG", "warn,async_nats=off,rollcall=info")
            .stderr(Stdio::piped());
        if let Some(file) = snapshot {
            command.env("ROLLCALL_SNAPSHOT", file);
        }
        let mut process = command.spawn().context("start rollcall ingest")?;
        let url = listening(&mut process).await?;
        // It answers once it has read the log.
        let ready = Ask {
            method: Method::GET,
            path: "/health/ready".to_owned(),
            body: bytes::Bytes::new(),
            right: StatusCode::OK,
        };
        Target::new(&url, "none").connect().await?.say(ready).await?;
        Ok(Self { process, url, ready_after: asked.elapsed() })
    }

    /// How verbs reach it.
    pub(crate) fn settings(&self) -> Settings {
        vec![
            ("ROLLCALL_URL", self.url.clone()),
            ("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN.to_owned()),
        ]
    }

    /// The bytes of memory that it occupies, as the kernel counts them.
    pub(crate) fn resident(&self) -> anyhow::Result<usize> {
        let id = self.process.id().context("rollcall ingest has ended by itself")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes: usize =
            line.context("a line VmRSS")?.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024)
    }

    /// The processor time that it has taken.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let id = self.process.id().context("rollcall ingest has ended by itself")?;
        processor::time(&id.to_string(), None)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        stop(self.process).await
    }
}

impl Operate {
    /// Starts it, and waits until it answers about people.
    pub(crate) async fn start(nats_url: &str, database_url: &str) -> anyhow::Result<Self> {
        let settings =
            vec![("NATS_URL", nats_url.to_owned()), ("DATABASE_URL", database_url.to_owned())];
        let mut command = program(&settings);
        command
            .args(["operate", "--listen", "127.0.0.1:0"])
            .env("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN)
            .env("ROLLCALL_LOG", "json")
            .env("RUST_LOG", "warn,async_nats=off,rollcall=info")
            .stderr(Stdio::piped());
        let mut process = command.spawn().context("start rollcall operate")?;
        let url = listening(&mut process).await?;
        Ok(Self { process, url })
    }

    pub(crate) fn target(&self) -> Target {
        Target::new(&self.url, OPERATOR_TOKEN)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        stop(self.process).await
    }
}

/// Where a service listens, as its log tells. What else it says is passed on.
async fn listening(process: &mut Child) -> anyhow::Result<String> {
    let said = process.stderr.take().context("a pipe from rollcall")?;
    let mut lines = BufReader::new(said).lines();
    while let Some(line) = lines.next_line().await? {
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        let Some(address) = told["address"].as_str() else {
            pass_on(&line);
            continue;
        };
        let url = format!("http://{address}");
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                pass_on(&line);
            }
        });
        return Ok(url);
    }
    anyhow::bail!("rollcall ended before it listened; see above")
}

fn pass_on(line: &str) {
    if !line.contains(r#""level":"INFO""#) {
        eprintln!("{line}");
    }
}

/// A running `rollcall project`, on the read model `name` in an empty database.
pub(crate) fn project(name: &str, nats_url: &str, database_url: &str) -> anyhow::Result<Child> {
    program(&vec![("NATS_URL", nats_url.to_owned()), ("DATABASE_URL", database_url.to_owned())])
        .args(["project", name])
        .env("RUST_LOG", "warn")
        .spawn()
        .context("start rollcall project")
}

/// Asks a process to stop, and waits until it has.
pub(crate) async fn stop(mut process: Child) -> anyhow::Result<()> {
    let id = process.id().context("rollcall has ended by itself")?;
    Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
    let ended = process.wait().await?;
    ensure!(ended.success(), "rollcall ended with {ended}");
    Ok(())
}

/// A tenant with a Workplace integration.
pub(crate) async fn integration(settings: &Settings) -> anyhow::Result<Integration> {
    tenant(settings, TENANT).await?;
    let activate = ["integration", "activate", "--tenant", TENANT, "--profile", "workplace"];
    verb(settings, &activate).await
}

pub(crate) async fn tenant(settings: &Settings, slug: &str) -> anyhow::Result<()> {
    let _: Value = verb(settings, &["tenant", "create", slug]).await?;
    Ok(())
}

async fn verb<T: DeserializeOwned>(settings: &Settings, words: &[&str]) -> anyhow::Result<T> {
    let done = program(settings).args(words).arg("--json").output().await?;
    ensure!(
        done.status.success(),
        "rollcall {}: {}",
        words.join(" "),
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// The program, deaf to servers and settings of whoever runs this. It goes when its process is
/// dropped.
fn program(settings: &Settings) -> Command {
    let mut program = Command::new(PROGRAM);
    for (name, _) in std::env::vars() {
        if name.starts_with("ROLLCALL_") || ["NATS_URL", "DATABASE_URL"].contains(&name.as_str()) {
            program.env_remove(name);
        }
    }
    // A limit on what one tenant may ask for would be all that we measure.
    program.env("ROLLCALL_RATE", "0").envs(settings.iter().cloned()).kill_on_drop(true);
    program
}
