//! `rollcall restore`: a log made of a backup.

mod listed;

use std::path::{Path, PathBuf};

use acts::{Act, BackupRestored};
use anyhow::Context as _;
use clap::Args;
use eventlog::{LogOptions, RestoreError, RestoreStep, Restored};
use operations::{ErasedAgain, ListedErasure};
use serde_json::json;

use super::backup::note;
use super::cli_target::ReadModelsTarget;
use super::progress;
use crate::data_dir::{self, DataDir};
use crate::exit::{ExitStatus, Refused};
use crate::up::PrivateNats;
use crate::{output, projections};

#[derive(Debug, Args)]
pub(crate) struct RestoreOptions {
    /// The directory of the backup
    dir: PathBuf,
    /// Copies of the log that is made: 1, or 3 on a cluster
    #[arg(long, env = "ROLLCALL_REPLICAS", default_value_t = 1)]
    replicas: usize,
    /// What `rollcall erase list --json` printed: everybody in it is erased again, if the backup is
    /// from before, and before anybody can open the log; whom the mass-change guard holds as well
    #[arg(long, value_name = "FILE")]
    erasures: Option<PathBuf>,
    #[command(flatten)]
    target: ReadModelsTarget,
}

pub(crate) async fn run(options: RestoreOptions) -> anyhow::Result<ExitStatus> {
    let RestoreOptions { dir, replicas, erasures, target } = options;
    let erasures = erasures.as_deref().map(listed::read).transpose()?.unwrap_or_default();
    let Some((data_dir, nats)) = private_server(&target, &dir).await? else {
        let (url, options) = target.of_log.server()?;
        refuse_read_models(&target).await?;
        let options = LogOptions { replicas, ..options };
        let restored = restore(&url, &options, &dir, &erasures, target.of_log.json).await;
        let other =
            "restore to a nats-server that has none of it, or beside it with another --stream";
        return restored.map_err(|error| with_next_step(error, other));
    };
    if target.names_database() {
        refuse_read_models(&target).await?;
    }
    let options = target.of_log.private();
    let restored = restore(&nats.url(), &options, &dir, &erasures, target.of_log.json).await;
    drop(tokio::task::spawn_blocking(|| nats.server.stop()).await);
    let status = restored.map_err(|error| elsewhere(error, &dir))?;
    if matches!(status, ExitStatus::Success) {
        let path = target.of_log.of_data_dir().unwrap_or(Path::new(".")).display();
        output::note(format_args!("next: rollcall up --data-dir {path}"));
    }
    drop(data_dir);
    Ok(status)
}

/// The private nats-server of a data directory on which no `up` runs, started for this; none, if there
/// is one to be asked. Where an `up` was before, there is no place to restore to.
async fn private_server(
    target: &ReadModelsTarget,
    dir: &Path,
) -> anyhow::Result<Option<(DataDir, PrivateNats)>> {
    let Some(path) = target.of_log.of_data_dir() else { return Ok(None) };
    let its_own = target.of_log.is_of_up();
    if data_dir::is_claimed(path) {
        if its_own {
            let path = path.display();
            let why = format!("a `rollcall up` runs on {path}, so that a log is there already");
            return Err(elsewhere(Refused::BySafetyRule(why).into(), dir));
        }
        return Ok(None);
    }
    let data_dir = DataDir::claim(path)?;
    if its_own && data_dir.was_used() {
        let why = format!("{} is the data directory of another log", path.display());
        return Err(elsewhere(Refused::BySafetyRule(why).into(), dir));
    }
    let nats = PrivateNats::start(&data_dir, None).await?;
    Ok(Some((data_dir, nats)))
}

/// What to do where a private server has no place: the one step that leads on.
fn elsewhere(error: anyhow::Error, dir: &Path) -> anyhow::Error {
    let dir = dir.display();
    let step = format!(
        "restore into a data directory that is not there yet: `rollcall restore {dir} --data-dir NEW`, \
         then `rollcall up --data-dir NEW`"
    );
    with_next_step(error, &step)
}

/// A refusal because of what is there, with what leads on.
fn with_next_step(error: anyhow::Error, step: &str) -> anyhow::Error {
    match error.downcast_ref::<Refused>() {
        Some(Refused::BySafetyRule(why)) => Refused::BySafetyRule(format!("{why}; {step}")).into(),
        Some(Refused::NotAllowed(_) | Refused::PlanOutOfDate(_)) | None => error,
    }
}

async fn restore(
    url: &str,
    options: &LogOptions,
    dir: &Path,
    erasures: &[ListedErasure],
    as_json: bool,
) -> anyhow::Result<ExitStatus> {
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
    let closed = match eventlog::restore(url, options, dir, told).await {
        Ok(closed) => closed,
        Err(RestoreError::Backup(error)) if error.is_damage() => {
            output::complain(&anyhow::Error::from(error));
            return Ok(ExitStatus::Differs);
        }
        Err(error @ RestoreError::NotEmpty(_)) => {
            return Err(Refused::BySafetyRule(error.to_string()).into());
        }
        Err(error) => return Err(error.into()),
    };
    let done = closed.restored();
    let again = operations::erase_again(closed.log(), erasures).await.context(
        "the log is there, and stays closed because somebody in it was erased; once this is mended, \
         run the same restore again: it begins anew",
    )?;
    let log = closed.open().await?;
    let (position, events, erased) = (done.position.seq, done.events, done.erased);
    let erased_again = again.people;
    note(&log, || Act::BackupRestored(BackupRestored { position, events, erased, erased_again }))
        .await;
    if again.unknown > 0 && again.people == 0 {
        output::note(
            "nobody on the list of erasures is in the backup: look whether it is the list of this log",
        );
    }
    if as_json {
        output::json(&json!({
            "schema": "rollcall.restore.v1",
            "position": position,
            "chain": done.position.chain,
            "events": events,
            "erased_positions": erased,
            "erased_again": {
                "people": again.people,
                "events": again.events,
                "not_in_backup": again.unknown,
            },
            "acts": done.acts,
        }));
    } else {
        show(done, again, !erasures.is_empty());
    }
    Ok(ExitStatus::Success)
}

fn show(done: Restored, again: ErasedAgain, were_listed: bool) {
    let (events, end) = (output::grouped(done.events), output::grouped(done.position.seq.0));
    output::line(format_args!("restored {events} events, up to event {end}"));
    output::line(format_args!("{} positions are empty: erased", output::grouped(done.erased)));
    if were_listed {
        let (people, events) = (output::grouped(again.people), output::grouped(again.events));
        output::line(format_args!("erased again: {people} people with {events} events"));
        if again.unknown > 0 {
            let unknown = output::grouped(again.unknown);
            output::line(format_args!("{unknown} of the list are not in the backup"));
        }
    }
    output::line(format_args!("{} acts of operators", output::grouped(done.acts)));
    output::line(format_args!("chain {}", done.position.chain));
    output::line("read models are built from the log when the projections start");
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
                "{} knows event {}, which the restored log would be held against; name an empty database \
                 with --database-url (DATABASE_URL), in which read models are built anew",
                known.witness, known.position.seq
            );
            return Err(Refused::BySafetyRule(why).into());
        }
    }
    Ok(())
}
