//! The options of roles about the log: where it is, what it is compared with when it is opened, and
//! how it is verified.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use eventlog::{Evidence, LostEvents, Pace, Verification};
use eventlog::{Log, LogOptions};
use projector::{Database, ReadModel, SlotRole};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::log_access::LogAccessArgs;

/// Where the log is, and how it is opened.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Where the log is
    #[arg(long, env = "NATS_URL", hide_env_values = true)]
    nats_url: String,
    /// Copies of a log that is made now: 1, or 3 on a cluster
    #[arg(long, env = "ROLLCALL_REPLICAS", default_value_t = 1)]
    replicas: usize,
    #[command(flatten)]
    access: LogAccessArgs,
    #[command(flatten)]
    accept: AcceptArgs,
}

/// What becomes of a log that has lost events.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AcceptArgs {
    /// Take a log that has lost events as it is; read models that know them are built anew. Without
    /// it such a log is refused, which says what is missing. For one start, not for a settings file
    #[arg(long)]
    pub(crate) accept_lost_events: bool,
}

/// How the log is verified in the background.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Events a second that are verified in the background, from the start on; 0 for none
    #[arg(long, env = "ROLLCALL_VERIFY_RATE", default_value_t = 1000)]
    verify_rate: u32,
    /// Hours from one verification of the log to the next
    #[arg(long, env = "ROLLCALL_VERIFY_EVERY", default_value_t = 24)]
    verify_every: u32,
}

impl LogArgs {
    /// Whether events that the log lost are given up.
    pub(crate) fn accepts_lost_events(&self) -> bool {
        self.accept.accept_lost_events
    }
}

impl AcceptArgs {
    /// For who writes to the log.
    pub(crate) fn of_writer(self) -> LostEvents {
        if self.accept_lost_events { LostEvents::GiveUp } else { LostEvents::Refuse }
    }

    /// For a projection: it gives up its own read model, and nothing for others.
    fn of_reader(self) -> LostEvents {
        if self.accept_lost_events { LostEvents::BuildAnew } else { LostEvents::Refuse }
    }
}

impl LogArgs {
    /// What a client needs to get into the server, beside its URL.
    pub(crate) fn access(&self) -> eventlog::Access {
        self.options(LostEvents::Refuse).access
    }

    /// Opens the log, if it agrees with the snapshot or may be taken as it is.
    pub(crate) async fn open(&self, snapshot: Option<&Path>) -> anyhow::Result<Log> {
        open(&self.nats_url, self.options(self.accept.of_writer()), snapshot).await
    }

    /// Opens the log of these projections, which build their read models anew if the log was taken
    /// as it is and does not agree with them.
    pub(crate) async fn open_for(
        &self,
        projections: &[ReadModel],
        database: &Database,
    ) -> anyhow::Result<Log> {
        let options = self.options(self.accept.of_reader());
        open_for(&self.nats_url, options, None, projections, database).await
    }

    fn options(&self, lost: LostEvents) -> LogOptions {
        LogOptions { replicas: self.replicas, lost, ..self.access.options() }
    }
}

/// Opens the log, held against the snapshot and the read models of `projections`.
pub(crate) async fn open_for(
    nats_url: &str,
    options: LogOptions,
    snapshot: Option<&Path>,
    projections: &[ReadModel],
    database: &Database,
) -> anyhow::Result<Log> {
    let lost = options.lost;
    let mut checkpoints = Vec::new();
    for ReadModel { name, .. } in projections {
        for slot in SlotRole::ALL.map(|role| role.schema(name)) {
            let known = projector::evidence(database.pool(), &slot).await?;
            checkpoints.extend(known.map(|known| (slot, known)));
        }
    }
    let evidence: Vec<Evidence> = checkpoints.iter().map(|(_, known)| known.clone()).collect();
    let log = open(nats_url, LogOptions { evidence, ..options }, snapshot).await?;
    if lost != LostEvents::Refuse {
        for (slot, known) in checkpoints {
            if !log.check_continuity(&[known]).await?.is_empty() {
                tracing::warn!(slot, "the read model is built anew");
                projector::discard(database.pool(), &slot).await?;
            }
        }
    }
    Ok(log)
}

/// Opens the log, held against the snapshot and other evidence. A snapshot of events that are given
/// up is removed: it would be missed again at the next start.
async fn open(
    nats_url: &str,
    mut options: LogOptions,
    snapshot: Option<&Path>,
) -> anyhow::Result<Log> {
    let lost = options.lost;
    let saved = snapshot.and_then(|path| Some((path, writer::snapshot_evidence(path)?)));
    options.evidence.extend(saved.iter().map(|(_, known)| known.clone()));
    let log = Log::open(nats_url, options).await?;
    if let Some((path, known)) = saved
        && lost == LostEvents::GiveUp
        && !log.check_continuity(&[known]).await?.is_empty()
    {
        tracing::warn!(path = %path.display(), "the saved roster is removed");
        std::fs::remove_file(path)
            .with_context(|| format!("remove the saved roster {}", path.display()))?;
    }
    Ok(log)
}

impl VerifyArgs {
    /// Verifies the log in the background until `stop`, if at all.
    pub(crate) async fn verify(
        self,
        log: &Log,
        shown: &watch::Sender<Verification>,
        stop: &CancellationToken,
    ) {
        if self.verify_rate > 0 {
            let every = Duration::from_hours(u64::from(self.verify_every));
            let pace = Pace { rate: self.verify_rate, every };
            stop.run_until_cancelled(Box::pin(log.keep_verifying(pace, shown))).await;
        }
    }
}
