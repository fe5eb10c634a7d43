//! `rollcall alerts`: what the mass-change guard noticed, and what to make of it.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::integration::TenantTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum AlertsVerb {
    /// List the alerts of a tenant, the oldest first
    List(TenantTarget),
    /// What happened is right: held people become Former
    Release(Decide),
    /// What happened is wrong: held people stay Active
    Reverse(Decide),
}

#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The alert's id
    alert: String,
    /// Why; kept with the alert
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    of: TenantTarget,
}

pub(crate) async fn run(verb: AlertsVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        AlertsVerb::List(of) => {
            let alerts = of.target.operator()?.alerts(&of.tenant).await?;
            if of.target.json {
                output::json_list("alerts", &alerts);
            } else {
                let rows: Vec<_> = alerts.iter().map(row).collect();
                output::table(&["ALERT", "RAISED", "CAUSE", "DEPARTURES", "HELD", "STATE"], &rows);
            }
        }
        AlertsVerb::Release(decide) => decided(decide, "release", "released").await?,
        AlertsVerb::Reverse(decide) => decided(decide, "reverse", "reversed").await?,
    }
    Ok(ExitStatus::Success)
}

async fn decided(decide: Decide, how: &str, state: &str) -> anyhow::Result<()> {
    let Decide { alert, reason, of } = decide;
    of.target.operator()?.decide_alert(&of.tenant, &alert, how, reason.as_deref()).await?;
    if of.target.json {
        let decided = json!({ "tenant": of.tenant, "alert_id": alert, "state": state });
        output::json_of("alert-decided", &decided);
    } else {
        output::line(state);
    }
    Ok(())
}

fn row(alert: &Value) -> Vec<String> {
    let text = |name: &str| alert[name].as_str().unwrap_or_default().to_owned();
    let held = if alert["held"] == true { "yes" } else { "no" };
    vec![
        text("alert_id"),
        text("raised_at"),
        text("cause"),
        alert["departures"].to_string(),
        held.to_owned(),
        text("state"),
    ]
}
