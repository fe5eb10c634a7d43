//! `rollcall backup`: a copy of the log, to be kept elsewhere.

use std::path::PathBuf;

use acts::{Act, BackupMade, By};
use anyhow::Context as _;
use clap::Args;
use eventlog::{BackupStep, Journal, Log};
use operations::ActLog;
use serde_json::json;

use super::cli_target::LogTarget;
use super::progress;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct BackupOptions {
    /// The directory of the backup; made if need be. It holds personal data and a key: keep it where
    /// only you can read it
    dir: PathBuf,
    #[command(flatten)]
    target: LogTarget,
}

pub(crate) async fn run(
    BackupOptions { dir, target }: BackupOptions,
) -> anyhow::Result<ExitStatus> {
    let log = target.log().await?;
    let bar = progress::bar(0, "events");
    let told = |step| match step {
        BackupStep::Read(seq, end) => {
            bar.set_length(end.0);
            bar.set_position(seq.0);
        }
        BackupStep::Written => bar.finish_and_clear(),
    };
    let done = match log.back_up(&dir, told).await {
        Ok(done) => done,
        Err(error) if error.is_damage() => {
            output::complain(&anyhow::Error::from(error));
            output::note("the backup is as it was before");
            return Ok(ExitStatus::Differs);
        }
        Err(error) => return Err(error.into()),
    };
    let position = done.position.seq;
    note(&log, || {
        let (events, scrubbed, bytes) = (done.events, done.scrubbed, done.bytes);
        Act::BackupMade(BackupMade { position, events, scrubbed, bytes })
    })
    .await;
    if target.json {
        output::json(&json!({
            "schema": "rollcall.backup.v1",
            "dir": dir,
            "position": position,
            "chain": done.position.chain,
            "new_events": done.events,
            "scrubbed_events": done.scrubbed,
            "bytes": done.bytes,
        }));
    } else {
        let (end, new) = (output::grouped(position.0), output::grouped(done.events));
        let (size, dir) = (output::size(done.bytes), dir.display());
        output::line(format_args!("backed up to event {end} ({new} new): {size} in {dir}"));
        if done.scrubbed > 0 {
            let scrubbed = output::grouped(done.scrubbed);
            output::line(format_args!("{scrubbed} erased events were removed from older files"));
        }
    }
    Ok(ExitStatus::Success)
}

/// Writes an act down in the journal. What was done stands, also where that cannot be.
pub(super) async fn note(log: &Log, act: impl FnOnce() -> Act) {
    let noted = async {
        let acts = ActLog::open(Journal::open(log).await?).await?;
        acts.note(&By::Root, act()).await?;
        anyhow::Ok(())
    };
    if let Err(error) = noted.await.context("it was done, and cannot be noted in the journal") {
        output::note(format_args!("{error:#}"));
    }
}
