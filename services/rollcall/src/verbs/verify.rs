//! `rollcall verify`: whether a live read model is what the log makes.

use std::time::Duration;

use clap::Args;
use projector::ReadModel;
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use super::ops::Ops;
use super::progress;
use crate::exit::ExitStatus;
use crate::{output, projections};

/// How often it is asked whether a verification has ended.
const ASK_INTERVAL: Duration = Duration::from_millis(250);

/// After so many answers that nobody does it, it is believed.
const LOST_FOR_GOOD: u32 = 20;

#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    /// Which read model
    #[arg(value_parser = projections::parser())]
    projection: ReadModel,
    /// The rows of one tenant only
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(options: VerifyOptions) -> anyhow::Result<ExitStatus> {
    let VerifyOptions { projection, tenant, target } = options;
    let ops = target.ops()?;
    let asked = json!({ "projection": projection.name, "tenant": tenant });
    let begun = ops.post(&["verifications"], asked).await?;
    let found = ended(&ops, &output::text(&begun["id"])).await?;
    output::answer(target.json, &found, || show(&found));
    match found["result"]["outcome"].as_str() {
        Some("sound") => Ok(ExitStatus::Success),
        Some("differs") => Ok(ExitStatus::Differs),
        Some(_) | None => {
            let why = found["result"]["why"].as_str();
            anyhow::bail!(
                "{} could not be verified: {}",
                projection.name,
                why.unwrap_or("the process that did it is gone; try again")
            )
        }
    }
}

/// Waits until it is known what was found.
async fn ended(ops: &Ops, id: &str) -> anyhow::Result<Value> {
    let bar = progress::spinner("folding the log and comparing");
    let mut lost = 0;
    loop {
        let found = ops.get(&["verifications", id], &[]).await?;
        // Who has just found out something writes it down at this moment.
        lost = if found["state"] == "lost" { lost + 1 } else { 0 };
        if found["state"] == "ended" || lost > LOST_FOR_GOOD {
            bar.finish_and_clear();
            return Ok(found);
        }
        tokio::time::sleep(ASK_INTERVAL).await;
    }
}

/// What was found, for people.
fn show(found: &Value) {
    let result = &found["result"];
    let of = match found["tenant"].as_str() {
        Some(tenant) => format!("{} of tenant {tenant}", output::text(&found["projection"])),
        None => output::text(&found["projection"]),
    };
    if result["outcome"] == "sound" {
        output::line(format_args!(
            "{of}: sound at event {}\n  {} rows are those that were written, and those that the log \
             makes",
            result["position"], result["rows"]
        ));
        return;
    }
    if result["outcome"] != "differs" {
        return;
    }
    output::line(format_args!("{of}: DIFFERS at event {}", result["position"]));
    for altered in output::list(&result["altered"]) {
        output::line(format_args!("altered by hand: {}", output::text(altered)));
    }
    let rows: Vec<Vec<String>> = output::list(&result["tables"])
        .map(|table| {
            ["table", "same", "changed", "only_live", "only_fresh"]
                .map(|column| output::text(&table[column]))
                .to_vec()
        })
        .collect();
    if !rows.is_empty() {
        output::table(&["TABLE", "SAME", "CHANGED", "ONLY LIVE", "ONLY FRESH"], &rows);
    }
    let by_hand: Vec<Vec<String>> = output::list(&result["hand_made"])
        .map(|rows| {
            ["tenant", "table", "written", "found"]
                .map(|column| output::text(&rows[column]))
                .to_vec()
        })
        .collect();
    if !by_hand.is_empty() {
        output::line("changed by hand:");
        output::table(&["TENANT", "TABLE", "WRITTEN", "FOUND"], &by_hand);
    }
    let people_changed = if result["people_unknown"] == true {
        "that cannot be told, since the tables lack what tells it".to_owned()
    } else {
        output::text(&result["people_changed"])
    };
    output::line(format_args!("people of whom readers see something else: {people_changed}"));
    let people: Vec<Vec<String>> = output::list(&result["people"]).map(person).collect();
    if !people.is_empty() {
        output::table(&["TENANT", "PERSON", "EVENTS", "DIFFERS IN"], &people);
        let more = result["people_changed"].as_u64().unwrap_or_default();
        let more = more.saturating_sub(people.len() as u64);
        if more > 0 {
            output::line(format_args!("and {more} more"));
        }
    }
    for cause in output::list(&result["causes"]) {
        output::line(format_args!("likely cause: {}", output::text(cause)));
    }
    if let Some(repair) = result["repair"].as_str() {
        output::line(format_args!("repair: {repair}"));
    }
}

fn person(of: &Value) -> Vec<String> {
    let joined = |list: &Value| output::list(list).map(output::text).collect::<Vec<_>>().join(", ");
    vec![
        output::text(&of["tenant"]),
        output::text(&of["person"]),
        joined(&of["events"]),
        joined(&of["fields"]),
    ]
}
