//! `rollcall lag`: who is behind, and why.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output::{self, list, text};

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  rollcall lag --by tenant --top 5

Exit code 3 when something is behind or parked.")]
pub(crate) struct LagOptions {
    /// What to add up by
    #[arg(long, value_enum, default_value_t = By::Tenant)]
    by: By,
    /// No more than so many lines, the worst first
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    top: u64,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Tenant,
}

pub(crate) async fn run(options: LagOptions) -> anyhow::Result<ExitStatus> {
    let LagOptions { by: By::Tenant, top, target } = options;
    let lag = target.ops()?.get(&["lag"], &[("top", top.to_string())]).await?;
    let rows: Vec<_> = list(&lag["tenants"]).map(row).collect();
    output::answer(target.json, &lag, || {
        output::line(format_args!("The log ends at position {}.", lag["position"]));
        if lag["counted_to"] != lag["position"] {
            output::line(format_args!(
                "There are too many events to count; counted up to position {}.",
                lag["counted_to"]
            ));
        }
        if rows.is_empty() {
            output::line("Nobody is behind.");
        } else {
            let columns = ["TENANT", "PROJECTION", "LAG", "SECONDS", "NEXT", "PARKED", "WHY"];
            output::table(&columns, &rows);
        }
    });
    Ok(if rows.is_empty() { ExitStatus::Success } else { ExitStatus::NeedsAttention })
}

fn row(one: &Value) -> Vec<String> {
    vec![
        text(&one["tenant"]),
        text(&one["projection"]),
        format!("{} events", one["lag_events"]),
        format!("{:.1}", one["lag_seconds"].as_f64().unwrap_or_default()),
        text(&one["next"]),
        text(&one["parked_events"]),
        text(&one["why"]),
    ]
}
