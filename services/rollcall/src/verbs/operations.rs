//! `rollcall operations`: the journal of what operators did.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum OperationsVerb {
    /// List what operators did, the oldest first: who, when, what, and with which result
    Log(LogOptions),
}

#[derive(Debug, Args)]
pub(crate) struct LogOptions {
    /// Since when: a time, such as 2026-03-02T08:20:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(verb: OperationsVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        OperationsVerb::Log(options) => log(options).await,
    }
}

async fn log(LogOptions { since, target }: LogOptions) -> anyhow::Result<ExitStatus> {
    let ops = target.ops()?;
    let (mut after, mut rows) = (0, Vec::new());
    loop {
        let mut query = vec![("after", after.to_string())];
        query.extend(since.clone().map(|since| ("since", since)));
        let page = ops.get(&["journal"], &query).await?;
        if target.json {
            output::json(&page);
        } else {
            rows.extend(output::list(&page["acts"]).map(row));
        }
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => break,
        }
    }
    if !target.json {
        output::table(&["SEQ", "WHEN", "BY", "ACT", "ABOUT"], &rows);
    }
    Ok(ExitStatus::Success)
}

fn row(act: &Value) -> Vec<String> {
    vec![
        output::text(&act["seq"]),
        output::when(&act["at"]),
        output::text(&act["by"]),
        output::text(&act["act"]),
        about(&act["of"]),
    ]
}

/// What is told of an act, in one line: names and values that are no objects.
fn about(of: &Value) -> String {
    let members = of.as_object().into_iter().flatten();
    let plain = |(_, value): &(&String, &Value)| !value.is_object() && **value != json!(null);
    let words =
        members.filter(plain).map(|(name, value)| format!("{name}={}", output::text(value)));
    words.collect::<Vec<_>>().join(" ")
}
