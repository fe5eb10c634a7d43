//! `rollcall erase`: what Rollcall knows of a person goes, everywhere, and a certificate says so.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use super::ops::Ops;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum EraseVerb {
    /// Show what erasing a person would do: every place, how many events and rows, what stays
    ///
    /// Nothing is done yet. The plan may be run for two hours, unless more is told of the person.
    Plan(NewPlan),
    /// Erase the person of a plan. It cannot be undone
    ///
    /// Run again, it goes on where it stood. Exit code 3 if it is incomplete.
    Run(Run),
    /// Show how far an erasure is, and its certificate
    Show(Shown),
    /// List erasures
    List(Listed),
}

#[derive(Debug, Args)]
pub(crate) struct NewPlan {
    /// Employee id, SCIM id, user name, or an external id that is one person's
    person: String,
    /// Whose the person is
    #[arg(long)]
    tenant: String,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The erasure, as its plan says: er_…
    erasure: String,
    /// The tenant's name, to confirm it
    #[arg(long, value_name = "TENANT")]
    confirm: String,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// The erasure, as its plan says: er_…
    erasure: String,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Listed {
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(verb: EraseVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        EraseVerb::Plan(NewPlan { person, tenant, target }) => {
            let body = json!({ "tenant": tenant, "person": person });
            let plan = target.ops()?.post(&["erasures"], body).await?;
            output::answer(target.json, &plan, || show_plan(&plan));
            Ok(ExitStatus::Success)
        }
        EraseVerb::Run(Run { erasure, confirm, target }) => {
            let ops = target.ops()?;
            let body = json!({ "confirm": confirm });
            let mut told = ops.post(&["erasures", &erasure, "run"], body).await?;
            while told["state"] == "running" {
                tokio::time::sleep(POLL).await;
                told = status(&ops, &erasure).await?;
            }
            output::answer(target.json, &told, || show_status(&told));
            Ok(exit(&told))
        }
        EraseVerb::Show(Shown { erasure, target }) => {
            let told = status(&target.ops()?, &erasure).await?;
            output::answer(target.json, &told, || show_status(&told));
            Ok(exit(&told))
        }
        EraseVerb::List(Listed { target }) => {
            let listed = target.ops()?.get(&["erasures"], &[]).await?;
            output::answer(target.json, &listed, || {
                let rows: Vec<_> = output::list(&listed["erasures"]).map(row).collect();
                output::table(&["ERASURE", "TENANT", "EMPLOYEE", "STATE", "SINCE", "WHY"], &rows);
            });
            Ok(ExitStatus::Success)
        }
    }
}

const POLL: Duration = Duration::from_millis(500);

async fn status(ops: &Ops, erasure: &str) -> anyhow::Result<Value> {
    ops.get(&["erasures", erasure], &[]).await
}

fn exit(told: &Value) -> ExitStatus {
    if told["state"] == "incomplete" { ExitStatus::NeedsAttention } else { ExitStatus::Success }
}

fn row(erasure: &Value) -> Vec<String> {
    vec![
        output::text(&erasure["erasure"]),
        output::text(&erasure["tenant"]),
        output::text(&erasure["employee_id"]),
        output::text(&erasure["state"]),
        output::when(&erasure["since"]),
        output::text(&erasure["why"]),
    ]
}

fn show_plan(plan: &Value) {
    output::line(format_args!(
        "ERASURE {} of employee {} ({}), may be run until {}\n",
        output::text(&plan["erasure"]),
        output::text(&plan["employee_id"]),
        output::text(&plan["tenant"]),
        output::when(&plan["expires_at"]),
    ));
    output::line(format_args!(
        "{} events go, {} of them about bookings; the person leaves {} groups\n",
        plan["events"], plan["bookings"], plan["teams"],
    ));
    let rows: Vec<_> = output::list(&plan["stores"])
        .map(|store| ["store", "count", "how"].map(|part| output::text(&store[part])).to_vec())
        .collect();
    output::table(&["WHERE", "HOW MANY", "HOW AND WHEN"], &rows);
    output::line("\nstays:");
    for what in output::list(&plan["stays"]) {
        output::line(format_args!("  {}", output::text(what)));
    }
    for warning in output::list(&plan["warnings"]) {
        output::line(format_args!("\nlook first: {}", output::text(warning)));
    }
    output::line(format_args!(
        "\nrollcall erase run {} --confirm {}",
        output::text(&plan["erasure"]),
        output::text(&plan["tenant"]),
    ));
}

fn show_status(told: &Value) {
    output::line(format_args!(
        "erasure {} is {} since {}",
        output::text(&told["erasure"]),
        output::text(&told["state"]),
        output::when(&told["since"]),
    ));
    if told["state"] == "incomplete" {
        output::line(format_args!(
            "  {}: {}\n  run it again once that is mended",
            output::text(&told["failed_step"]),
            output::text(&told["why"]),
        ));
    }
    if let Some(done) = told.get("carried_over").filter(|done| !done.is_null()) {
        output::line(match output::list(&done["erased_by"]).count() {
            0 => "  the backup of which this log was made knew nothing of the person".to_owned(),
            _ => format!("  a restore did it again: {} events of this log went", done["events"]),
        });
    }
    if let Some(certificate) = told.get("certificate").filter(|certificate| !certificate.is_null())
    {
        let text = serde_json::to_string_pretty(certificate).unwrap_or_default();
        output::line(format_args!("\nCERTIFICATE\n{text}"));
    }
}
