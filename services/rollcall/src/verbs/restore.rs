//! `rollcall restore`: a log made of a backup.

use std::path::PathBuf;

use acts::{Act, BackupRestored};
use anyhow::Context as _;
use clap::Args;
use eventlog::{Log, LogOptions, RestoreError, RestoreStep};
use serde_json::json;

use super::backup::note;
use super::cli_target::ReadModelsTarget;
use super::progress;
use crate::exit::{ExitStatus, Refused};
use crate::output;
use crate::projections;

#[derive(Debug, Args)]
pub(crate) struct RestoreOptions {
    /// The directory of the backup
    dir: PathBuf,
    /// Copies of the log that is made: 1, or 3 on a cluster
    #[arg(long, env = "ROLLCALL_REPLICAS", default_value_t = 1)]
    replicas: usize,
    #[command(flatten)]
    target: ReadModelsTarget,
}

pub(crate) async fn run(options: RestoreOptions) -> anyhow::Result<ExitStatus> {
    let RestoreOptions { dir, replicas, target } = options;
    let (url, access) = target.of_log.server()?;
    refuse_read_models(&target).await?;
    let options = LogOptions { replicas, ..access };
    let bar = progress::bar(0, "events");
    let told = |step| match step {
        RestoreStep::Checked(last) => bar.set_length(last.0),
        RestoreStep::Written(seq) => {
            bar.set_message("events written");
            bar.set_position(seq.0);
        }
        RestoreStep::ReadBack(seq) => {
            bar.set_message("events read back");
            bar.set_position(seq.0);
        }
        RestoreStep::Complete => bar.finish_and_clear(),
    };
    let done = match eventlog::restore(&url, &options, &dir, told).await {
        Ok(done) => done,
        Err(RestoreError::Backup(error)) if error.is_damage() => {
            output::complain(&anyhow::Error::from(error));
            return Ok(ExitStatus::Differs);
        }
        Err(error @ RestoreError::NotEmpty(_)) => {
            return Err(Refused::BySafetyRule(error.to_string()).into());
        }
        Err(error) => return Err(error.into()),
    };
    let log = Log::open_read_only(&url, &options).await.context("open the restored log")?;
    let (position, events, erased) = (done.position.seq, done.events, done.erased);
    note(&log, || Act::BackupRestored(BackupRestored { position, events, erased })).await;
    if target.of_log.json {
        output::json(&json!({
            "schema": "rollcall.restore.v1",
            "position": position,
            "chain": done.position.chain,
            "events": events,
            "erased_positions": erased,
            "acts": done.acts,
        }));
    } else {
        let (events, end) = (output::grouped(events), output::grouped(position.0));
        output::line(format_args!("restored {events} events, up to event {end}"));
        output::line(format_args!("{} positions are empty: erased", output::grouped(erased)));
        output::line(format_args!("{} acts of operators", output::grouped(done.acts)));
        output::line(format_args!("chain {}", done.position.chain));
        output::line("read models are built from the log when the projections start");
    }
    Ok(ExitStatus::Success)
}

/// Read models that know events would be held against the restored log, and be of another one or ahead
/// of it.
async fn refuse_read_models(target: &ReadModelsTarget) -> anyhow::Result<()> {
    let Some(database) = target.database_if_told().await else {
        output::note("the read models were not looked at: name them with --database-url");
        return Ok(());
    };
    let database = database.context("look whether there are read models")?;
    for name in projections::NAMES {
        let known = projector::evidence(database.pool(), name).await?;
        if let Some(known) = known.filter(|known| known.position.seq.0 > 0) {
            let why = format!(
                "{} knows event {}; restore beside an empty database, in which read models are \
                 built anew",
                known.witness, known.position.seq
            );
            return Err(Refused::BySafetyRule(why).into());
        }
    }
    Ok(())
}
