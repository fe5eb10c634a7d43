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

/// Between two questions whether a service is ready, and how long it is waited for.
const LOOK: Duration = Duration::from_millis(5);
const READY_DEADLINE: Duration = Duration::from_mins(10);

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
        Self::with(data_dir, &Settings::new()).await
    }

    /// One whose environment says more.
    pub(crate) async fn with(data_dir: &Path, more: &Settings) -> anyhow::Result<Self> {
        let data_dir = data_dir.to_str().context("a data directory whose name is text")?;
        let settings = vec![("ROLLCALL_DATA_DIR", data_dir.to_owned())];
        let mut process = program(&settings)
            .envs(more.iter().cloned())
            .args(["up", "--json", "--listen", "127.0.0.1:0"])
            .env("RUST_LOG", "warn")
            // Receivers are on this machine.
            .env("ROLLCALL_ALLOW_PRIVATE_WEBHOOKS", "true")
            .stdout(Stdio::piped())
            .spawn()
            .context("start rollcall up")?;
        let said = process.stdout.take().context("a pipe from rollcall up")?;
        let line = BufReader::new(said).lines().next_line().await?;
        let line = line.context("rollcall up ended before it was ready; see above")?;
        let mut place: Place =
            serde_json::from_str(&line).context("understand rollcall up --json")?;
        // What lets in to its nats-server stands beside its data alone.
        let running = std::fs::read(Path::new(data_dir).join("up.json")).context("read up.json")?;
        let running: Value = serde_json::from_slice(&running).context("understand up.json")?;
        running["nats_url"].as_str().context("a NATS URL")?.clone_into(&mut place.nats_url);
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

    /// The processor time that it has taken, without its servers'.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let id = self.process.id().context("rollcall up has ended by itself")?;
        processor::time(&id.to_string(), None)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        stop(self.process).await
    }
}

impl Ingest {
    pub(crate) async fn start(nats_url: &str, snapshot: Option<&Path>) -> anyhow::Result<Self> {
        Self::with(nats_url, snapshot, &Settings::new()).await
    }

    /// One whose environment says more.
    pub(crate) async fn with(
        nats_url: &str,
        snapshot: Option<&Path>,
        more: &Settings,
    ) -> anyhow::Result<Self> {
        let asked = Instant::now();
        let mut settings = vec![("NATS_URL", nats_url.to_owned())];
        settings.extend(more.iter().cloned());
        if let Some(file) = snapshot {
            let file = file.to_str().context("a snapshot whose name is text")?;
            settings.push(("ROLLCALL_SNAPSHOT", file.to_owned()));
        }
        let (process, url) = serve("ingest", &settings).await?;
        // It answers once it has read the log.
        ready(&url).await?;
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
        resident(&self.process)
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
        let (process, url) = serve("operate", &settings).await?;
        Ok(Self { process, url })
    }

    /// Waits until it has read the log, and disturbs nobody by that any more.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        ready(&self.url).await
    }

    pub(crate) fn target(&self) -> Target {
        Target::new(&self.url, OPERATOR_TOKEN)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        stop(self.process).await
    }
}

/// Starts a role that listens; where it does.
pub(crate) async fn serve(role: &str, settings: &Settings) -> anyhow::Result<(Child, String)> {
    let mut command = program(settings);
    command
        .args([role, "--listen", "127.0.0.1:0"])
        .env("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN)
        .env("ROLLCALL_LOG", "json")
        .env("RUST_LOG", "warn,async_nats=off,rollcall=info")
        .stderr(Stdio::piped());
    let mut process = command.spawn().with_context(|| format!("start rollcall {role}"))?;
    let url = listening(&mut process).await?;
    Ok((process, url))
}

/// Waits until a service says that it is ready. It answers once it has read the log, and may have
/// to ask Postgres then.
pub(crate) async fn ready(url: &str) -> anyhow::Result<()> {
    let mut connection = Target::new(url, "none").connect().await?;
    let asked = Instant::now();
    loop {
        let (path, body) = ("/health/ready".to_owned(), bytes::Bytes::new());
        let ask = Ask { method: Method::GET, path, body, right: StatusCode::OK };
        match connection.say(ask).await {
            Ok(_) => return Ok(()),
            Err(error) if asked.elapsed() > READY_DEADLINE => return Err(error),
            Err(_) => tokio::time::sleep(LOOK).await,
        }
    }
}

/// The bytes of memory that a process occupies, as the kernel counts them.
pub(crate) fn resident(process: &Child) -> anyhow::Result<usize> {
    let id = process.id().context("rollcall has ended by itself")?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: usize = line.context("a line VmRSS")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
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
    activate(settings).await
}

/// A Workplace integration of the tenant, which is there.
pub(crate) async fn activate(settings: &Settings) -> anyhow::Result<Integration> {
    let activate = ["integration", "activate", "--tenant", TENANT, "--profile", "workplace"];
    verb(settings, &activate).await
}

pub(crate) async fn tenant(settings: &Settings, slug: &str) -> anyhow::Result<()> {
    let _: Value = verb(settings, &["tenant", "create", slug]).await?;
    Ok(())
}

/// Makes somebody an administrator with every role; the link by which they sign in.
pub(crate) async fn owner(settings: &Settings) -> anyhow::Result<String> {
    let invite = ["admin", "invite", "owner@bench.example", "--role", "owner", "--tenant", TENANT];
    let invited: Value = verb(settings, &invite).await?;
    Ok(invited["sign_in_url"].as_str().context("a link")?.to_owned())
}

/// Plans a replay; its id.
pub(crate) async fn planned(settings: &Settings, read_model: &str) -> anyhow::Result<String> {
    let plan = ["replay", "plan", read_model, "--tenant", TENANT, "--reason", "benchmark"];
    let plan: Value = verb(settings, &plan).await?;
    Ok(plan["plan"].as_str().context("a plan")?.to_owned())
}

/// An API token of the tenant, with every scope.
pub(crate) async fn api_token(settings: &Settings) -> anyhow::Result<String> {
    let issued: Value =
        verb(settings, &["token", "issue", "--tenant", TENANT, "--scope", "all"]).await?;
    Ok(issued["api_token"].as_str().context("an API token")?.to_owned())
}

/// A subscriber to whose webhook the tenant's feed is sent, from its next event on.
pub(crate) async fn webhook(
    settings: &Settings,
    slug: &str,
    name: &str,
    url: &str,
) -> anyhow::Result<()> {
    let words = ["subscriber", "add", name, "--tenant", slug, "--door", "webhook"];
    let words = [&words[..], &["--webhook-url", url]].concat();
    let _: Value = verb(settings, &words).await?;
    Ok(())
}

/// Removes a subscriber.
pub(crate) async fn no_webhook(settings: &Settings, slug: &str, name: &str) -> anyhow::Result<()> {
    let _: Value = verb(settings, &["subscriber", "remove", name, "--tenant", slug]).await?;
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
