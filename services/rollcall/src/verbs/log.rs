//! `rollcall log`: whether history is whole.

use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use eventlog::Log;
use eventlog::{Evidence, Gap, Loss};
use events::Position;
use futures_util::StreamExt as _;
use serde_json::json;

use super::cli_target::ReadModelsTarget;
use super::progress;
use crate::exit::ExitStatus;
use crate::output;
use crate::projections;

/// How long NATS may be silent while there are events to come.
const NEXT_EVENT_TIMEOUT: Duration = Duration::from_mins(1);

#[derive(Debug, Subcommand)]
pub(crate) enum LogVerb {
    /// Hold the log against its mark and the read models, and walk the chain from the first event to
    /// the last: nothing lost, altered or forked
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    target: ReadModelsTarget,
}

pub(crate) async fn run(verb: LogVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        LogVerb::Verify(verify) => walk(verify).await,
    }
}

async fn walk(Verify { target }: Verify) -> anyhow::Result<ExitStatus> {
    let log = target.of_log.log().await?;
    let (evidence, compared) = evidence(&target, &log).await?;
    if let Err(loss) = log.confirm_continuity(&evidence).await? {
        return Ok(lost(&target, &loss, &log.gaps().await.unwrap_or_default()));
    }
    if log.extent().await?.is_none() {
        return Ok(sound(&target, Position::START, &compared));
    }
    let end = log.end().await?;
    let bar = progress::bar(end.0, "events");
    let mut position = Position::START;
    let mut entries = Box::pin(log.follow(Position::START));
    while position.seq < end {
        let next = tokio::time::timeout(NEXT_EVENT_TIMEOUT, entries.next()).await;
        let next = next.with_context(|| format!("NATS is silent after event {}", position.seq))?;
        let Some(entry) = next else { break };
        // The chain is checked by whoever follows; reading checks the body against its digest.
        let checked = match entry {
            Ok(entry) => entry.read().map_err(anyhow::Error::from),
            Err(error) => Err(error.into()),
        };
        match checked {
            Ok(recorded) => position = recorded.position(),
            Err(damage) => return Ok(damaged(&target, position, &damage)),
        }
        bar.set_position(position.seq.0);
    }
    bar.finish_and_clear();
    Ok(sound(&target, position, &compared))
}

/// What is known of the log beside it: by its mark, and by the read models if there is a database.
async fn evidence(
    target: &ReadModelsTarget,
    log: &Log,
) -> anyhow::Result<(Vec<Evidence>, Compared)> {
    let (mut evidence, mut compared) = (Vec::new(), Compared::NotTold);
    match target.database_if_told().await {
        Some(Ok(database)) => {
            for name in projections::NAMES {
                evidence.extend(projector::evidence(database.pool(), name).await?);
            }
            compared = Compared::Yes;
        }
        Some(Err(error)) => compared = Compared::Unreachable(format!("{error:#}")),
        None => {}
    }
    evidence.extend(log.recorded_evidence().await?);
    Ok((evidence, compared))
}

/// Whether the log was held against the read models.
#[derive(Debug)]
enum Compared {
    Yes,
    /// Nobody says where they are.
    NotTold,
    /// They cannot be read; why.
    Unreachable(String),
}

fn sound(target: &ReadModelsTarget, position: Position, compared: &Compared) -> ExitStatus {
    if target.of_log.json {
        output::json_of(
            "log-verify",
            &json!({
                "verified": true,
                "position": position.seq.0,
                "chain": position.chain,
                "read_models_compared": matches!(compared, Compared::Yes),
            }),
        );
    } else {
        output::line(format_args!("{} events, nothing lost, altered or forked", position.seq));
        output::line(format_args!("chain {}", position.chain));
    }
    match compared {
        Compared::Yes => ExitStatus::Success,
        Compared::NotTold => {
            output::note("the read models were not compared: name them with --database-url");
            ExitStatus::Success
        }
        Compared::Unreachable(why) => {
            output::note(format_args!("the read models could not be compared: {why}"));
            ExitStatus::NeedsAttention
        }
    }
}

fn lost(target: &ReadModelsTarget, loss: &Loss, gaps: &[Gap]) -> ExitStatus {
    if target.of_log.json {
        output::json_of(
            "log-verify",
            &json!({ "verified": false, "lost": loss.to_string(), "gaps": gaps }),
        );
    } else {
        output::line(format_args!("LOST: {loss}"));
        for gap in gaps {
            output::line(format_args!("gap at {gap}"));
        }
    }
    ExitStatus::Differs
}

fn damaged(target: &ReadModelsTarget, good: Position, damage: &anyhow::Error) -> ExitStatus {
    if target.of_log.json {
        output::json_of(
            "log-verify",
            &json!({
                "verified": false,
                "position": good.seq.0,
                "chain": good.chain,
                "damage": format!("{damage:#}"),
            }),
        );
    } else {
        output::line(format_args!("DAMAGED after event {}: {damage:#}", good.seq));
    }
    ExitStatus::Differs
}
