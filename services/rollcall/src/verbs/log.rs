//! `rollcall log`: whether history is whole.

use std::time::Duration;

use anyhow::Context as _;
use chassis::log::{Evidence, Loss};
use chassis::{Log, projector};
use clap::{Args, Subcommand};
use events::Position;
use futures_util::StreamExt as _;
use serde_json::json;

use super::place::Place;
use super::progress;
use crate::exit::Ended;
use crate::output;
use crate::roles::ProjectionName;

/// How long NATS may be silent while there are events to come.
const SILENCE: Duration = Duration::from_mins(1);

#[derive(Debug, Subcommand)]
pub(crate) enum LogVerb {
    /// Hold the log against its mark and the read models, and walk the chain from the first event to
    /// the last: nothing lost, altered or forked
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    place: Place,
}

pub(crate) async fn run(verb: LogVerb) -> anyhow::Result<Ended> {
    match verb {
        LogVerb::Verify(verify) => walk(verify).await,
    }
}

async fn walk(Verify { place }: Verify) -> anyhow::Result<Ended> {
    let log = place.log().await?;
    let evidence = evidence(&place, &log).await?;
    if let Err(loss) = log.insist(&evidence).await? {
        return Ok(lost(&place, &loss));
    }
    if log.extent().await?.is_none() {
        return Ok(sound(&place, Position::START));
    }
    let end = log.end().await?;
    let bar = progress::bar(end.0, "events");
    let mut position = Position::START;
    let mut entries = Box::pin(log.follow(Position::START));
    while position.seq < end {
        let next = tokio::time::timeout(SILENCE, entries.next()).await;
        let next = next.with_context(|| format!("NATS is silent after event {}", position.seq))?;
        let Some(entry) = next else { break };
        // The chain is checked by whoever follows; reading checks the body against its digest.
        let checked = match entry {
            Ok(entry) => entry.read().map_err(anyhow::Error::from),
            Err(error) => Err(error.into()),
        };
        match checked {
            Ok(recorded) => position = recorded.position(),
            Err(damage) => return Ok(damaged(&place, position, &damage)),
        }
        bar.set_position(position.seq.0);
    }
    bar.finish_and_clear();
    Ok(sound(&place, position))
}

/// What is known of the log beside it: by its mark, and by the read models if there is a database.
async fn evidence(place: &Place, log: &Log) -> anyhow::Result<Vec<Evidence>> {
    let mut evidence = Vec::new();
    match place.database_if_told().await {
        Some(Ok(database)) => {
            for name in ProjectionName::ALL {
                evidence.extend(projector::evidence(database.pool(), name.as_str()).await?);
            }
        }
        Some(Err(error)) => {
            output::note(format_args!("the read models are not compared: {error:#}"));
        }
        None => {}
    }
    evidence.extend(log.marks().await?);
    Ok(evidence)
}

fn sound(place: &Place, position: Position) -> Ended {
    if place.json {
        output::json(&json!({
            "verified": true,
            "position": position.seq.0,
            "chain": position.chain,
        }));
    } else {
        output::line(format_args!("{} events, nothing lost, altered or forked", position.seq));
        output::line(format_args!("chain {}", position.chain));
    }
    Ended::Well
}

fn lost(place: &Place, loss: &Loss) -> Ended {
    if place.json {
        output::json(&json!({ "verified": false, "lost": loss.to_string() }));
    } else {
        output::line(format_args!("LOST: {loss}"));
    }
    Ended::Differs
}

fn damaged(place: &Place, good: Position, damage: &anyhow::Error) -> Ended {
    if place.json {
        output::json(&json!({
            "verified": false,
            "position": good.seq.0,
            "chain": good.chain,
            "damage": format!("{damage:#}"),
        }));
    } else {
        output::line(format_args!("DAMAGED after event {}: {damage:#}", good.seq));
    }
    Ended::Differs
}
