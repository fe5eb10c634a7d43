//! `rollcall log`: whether history is whole.

use clap::{Args, Subcommand};
use events::Position;
use futures_util::StreamExt as _;
use serde_json::json;

use super::place::Place;
use super::progress;
use crate::exit::Ended;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum LogVerb {
    /// Walk the chain from the first event to the last: nothing lost, altered or forked
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
    let end = log.end().await?;
    let bar = progress::bar(end.0, "events");
    let mut position = Position::START;
    let mut entries = Box::pin(log.follow(Position::START));
    while position.seq < end {
        let Some(entry) = entries.next().await else { break };
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
    Ok(Ended::Well)
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
