//! `rollcall at TIME employees`: a whole directory as of a moment.

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::exit::ExitStatus;
use crate::output::{self, list, text, when};
use crate::verbs::cli_target::GatewayTarget;

#[derive(Debug, Args)]
pub(crate) struct Employees {
    /// Whose directory
    #[arg(long)]
    tenant: events::Tenant,
    /// Write CSV instead of a table
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Show personal values as they are: needs the role privacy:reveal, and leaves an act
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(super) async fn directory(of: Employees, time: Timestamp) -> anyhow::Result<ExitStatus> {
    let format = if of.csv { "csv" } else { "json" };
    let query = [
        ("tenant", of.tenant.to_string()),
        ("at", time.to_string()),
        ("format", format.to_owned()),
        ("reveal", of.reveal.to_string()),
    ];
    let ops = of.target.ops()?;
    if of.csv || of.target.json {
        ops.download(&["employees"], &query, &mut std::io::stdout()).await?;
    } else {
        show_directory(&ops.get(&["employees"], &query).await?);
    }
    Ok(ExitStatus::Success)
}

fn show_directory(directory: &Value) {
    output::line(format_args!(
        "DIRECTORY of {} as of {}: the log up to event {}\n",
        text(&directory["tenant"]),
        when(&directory["time"]),
        directory["position"],
    ));
    let rows: Vec<_> = list(&directory["employees"]).map(employee).collect();
    if rows.is_empty() {
        output::line("Nobody was there.");
        return;
    }
    let head = ["EMPLOYEE", "STANDING", "USER NAME", "NAME", "PRIMARY TEAM", "ADDITIONAL TEAMS"];
    output::table(&head, &rows);
    if directory["revealed"] == json!(false) {
        output::line("\nPersonal values are masked; --reveal shows them, and leaves an act.");
    }
}

fn employee(person: &Value) -> Vec<String> {
    let standing = text(&person["standing"]);
    let held = if person["held"] == json!(true) { format!("{standing} (held)") } else { standing };
    let teams: Vec<String> = list(&person["additional_teams"]).map(text).collect();
    vec![
        text(&person["employee_id"]),
        held,
        text(&person["user_name"]),
        text(&person["display_name"]),
        text(&person["primary_team"]),
        teams.join(", "),
    ]
}
