//! `rollcall restore`: a log made of a backup.

use std::path::{Path, PathBuf};

use acts::{Act, BackupRestored};
use anyhow::Context as _;
use clap::Args;
use eventlog::{LogOptions, RestoreError, RestoreStep};
use operations::ErasedPerson;
use serde_json::{Value, json};

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
    /// What `rollcall erase list --json` printed: everybody in it is erased again, if the backup is
    /// from before, and before anybody can open the log
    #[arg(long, value_name = "FILE")]
    erasures: Option<PathBuf>,
    #[command(flatten)]
    target: ReadModelsTarget,
}

pub(crate) async fn run(options: RestoreOptions) -> anyhow::Result<ExitStatus> {
    let RestoreOptions { dir, replicas, erasures, target } = options;
    let erasures = erasures.as_deref().map(erased_people).transpose()?.unwrap_or_default();
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
    let closed = match eventlog::restore(&url, &options, &dir, told).await {
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
    let again = operations::erase_again(closed.log(), &erasures).await.context(
        "the log is there, and stays closed because somebody in it was erased; run restore again",
    )?;
    let log = closed.open().await?;
    let (position, events, erased) = (done.position.seq, done.events, done.erased);
    let erased_again = again.people;
    note(&log, || Act::BackupRestored(BackupRestored { position, events, erased, erased_again }))
        .await;
    if target.of_log.json {
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
        let (events, end) = (output::grouped(events), output::grouped(position.0));
        output::line(format_args!("restored {events} events, up to event {end}"));
        output::line(format_args!("{} positions are empty: erased", output::grouped(erased)));
        if !erasures.is_empty() {
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
    Ok(ExitStatus::Success)
}

/// Those whose erasure was begun, by what `erase list` printed: where it is not complete, they are to
/// go all the same.
fn erased_people(file: &Path) -> anyhow::Result<Vec<ErasedPerson>> {
    let read = || -> anyhow::Result<Vec<ErasedPerson>> {
        let listed: Value = serde_json::from_slice(&std::fs::read(file)?)?;
        anyhow::ensure!(listed["schema"] == "rollcall.erasures.v1", "it is no list of erasures");
        let begun = output::list(&listed["erasures"]).filter(|it| it["state"] != "planned");
        begun.map(erased_person).collect()
    };
    read().with_context(|| {
        let file = file.display();
        format!("read {file}, which has to be what `rollcall erase list --json` printed")
    })
}

fn erased_person(erasure: &Value) -> anyhow::Result<ErasedPerson> {
    let tenant = output::text(&erasure["tenant"]).parse()?;
    let employee = output::text(&erasure["employee_id"]).parse()?;
    Ok(ErasedPerson { tenant, employee })
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
