//! `rollcall trace`: what one request did.

use std::collections::BTreeSet;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output::{self, list, text, when};
use crate::time_text;

#[derive(Debug, Args)]
#[command(after_help = "\
A request's id is in the header x-request-id of its answer, in logs, and in what `explain` tells. An id
that Rollcall made says when the request came, so it is found at once; of a client's own the last 24
hours are searched, unless --since says otherwise.

Examples:
  rollcall trace 0198c5f0-1b2c-7d3e-8f40-5a6b7c8d9e0f
  rollcall trace entra-4711 --tenant acme --since 3d")]
pub(crate) struct TraceOptions {
    /// The request's id, as its sender or Rollcall called it
    #[arg(value_name = "REQUEST")]
    request: String,
    /// Only this tenant's events, which is faster
    #[arg(long)]
    tenant: Option<events::Tenant>,
    /// Since when to search: a time, such as 2026-03-02T08:20:00Z, or how long ago: 90s, 5m, 2h, 3d
    #[arg(long, value_name = "TIME", value_parser = time_text::past)]
    since: Option<Timestamp>,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(options: TraceOptions) -> anyhow::Result<ExitStatus> {
    let TraceOptions { request, tenant, since, target } = options;
    let since = since.map(|since| since.to_string());
    let body = json!({ "request": request, "tenant": tenant, "since": since });
    let trace = target.ops()?.post(&["trace"], body).await?;
    output::answer(target.json, &trace, || show(&trace));
    let complete = trace["searched"]["complete"] == json!(true);
    Ok(if complete { ExitStatus::Success } else { ExitStatus::NeedsAttention })
}

fn show(trace: &Value) {
    let arrived = match &trace["arrived_at"] {
        Value::Null => String::new(),
        at => format!("  arrived {}", when(at)),
    };
    output::line(format_args!("REQUEST {}{arrived}", text(&trace["request"])));
    let searched = &trace["searched"];
    output::line(format_args!(
        "searched {} events\n  from {}\n  to   {}{}",
        searched["events"],
        when(&searched["from"]),
        when(&searched["to"]),
        if searched["complete"] == json!(true) {
            ""
        } else {
            "; NOT ALL of them: say --tenant or --since"
        },
    ));
    let events: Vec<_> = list(&trace["events"]).collect();
    if events.is_empty() {
        output::line("");
        output::line(
            "No event tells of it. A request that changed nothing, or was refused, has none.",
        );
        return;
    }
    output::line("");
    let rows: Vec<_> = events.iter().map(|event| row(event)).collect();
    output::table(&["POSITION", "WHEN", "TENANT", "EVENT", "ABOUT", "BY"], &rows);
    output::line("");
    let total = events.len();
    let rows: Vec<_> = list(&trace["projections"]).map(|one| projection(one, total)).collect();
    output::table(&["PROJECTION", "APPLIED", "IS AT", "NOT LATER THAN"], &rows);
    output::line("");
    output::line("APPLIED is by position; whether the rows are right, `verify` finds out:");
    let tenants: BTreeSet<String> = events.iter().map(|event| text(&event["tenant"])).collect();
    for tenant in tenants {
        output::line(format_args!("  rollcall verify directory --tenant {tenant}"));
    }
}

fn row(event: &Value) -> Vec<String> {
    let about = event["subject"].as_str().and_then(|subject| subject.split('.').nth(3));
    vec![
        text(&event["position"]),
        when(&event["at"]),
        text(&event["tenant"]),
        text(&event["event"]),
        about.unwrap_or_default().to_owned(),
        text(&event["actor"]),
    ]
}

fn projection(one: &Value, total: usize) -> Vec<String> {
    vec![
        text(&one["projection"]),
        format!("{} of {total}", one["applied"]),
        text(&one["position"]),
        when(&one["applied_by"]),
    ]
}
