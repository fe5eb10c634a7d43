//! `rollcall receipt`: who has acknowledged that somebody left.

use clap::Args;
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output::{self, list, text, when};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rollcall receipt 0198c5f0-1b2c-7d3e-8f40-5a6b7c8d9e0f
  rollcall receipt ada@acme.example --tenant acme

Exit code 3 while a subscriber has not acknowledged the departure.")]
pub(crate) struct ReceiptOptions {
    /// An employee id, a SCIM id, an external id, or the user name that they have now
    #[arg(value_name = "PERSON")]
    person: String,
    /// Whose directory; needed where several tenants know somebody by that
    #[arg(long)]
    tenant: Option<events::Tenant>,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(options: ReceiptOptions) -> anyhow::Result<ExitStatus> {
    let ReceiptOptions { person, tenant, target } = options;
    let ops = target.ops()?;
    // Names go in a body: URLs are logged.
    let who = json!({ "person": person, "tenant": tenant });
    let who = ops.post(&["explain"], who).await?;
    let asked = [("tenant", text(&who["tenant"])), ("employee", text(&who["employee_id"]))];
    let receipt = ops.get(&["receipts"], &asked).await?;
    let is_waiting = list(&receipt["subscribers"]).any(is_waited_for);
    output::answer(target.json, &receipt, || show(&receipt));
    let state = receipt["state"].as_str().unwrap_or_default();
    let needs_attention = is_waiting && ["open", "overdue"].contains(&state);
    Ok(if needs_attention { ExitStatus::NeedsAttention } else { ExitStatus::Success })
}

fn is_waited_for(subscriber: &Value) -> bool {
    subscriber["acknowledged_at"].is_null() && subscriber["removed_at"].is_null()
}

fn show(receipt: &Value) {
    let (employee, tenant) = (text(&receipt["employee_id"]), text(&receipt["tenant"]));
    output::line(format_args!("PERSON {employee}  tenant {tenant}"));
    if receipt["state"] == "none" {
        output::line(
            "There is no receipt: they have not left, or no subscriber wanted to be told.",
        );
        return;
    }
    let (left, due) = (when(&receipt["left_at"]), when(&receipt["due_at"]));
    output::line(format_args!("left {left}, due {due}: {}", text(&receipt["state"])));
    output::line("");
    let rows: Vec<_> = list(&receipt["subscribers"]).map(row).collect();
    output::table(&["SUBSCRIBER", "DOOR", "ACKNOWLEDGED", "SECONDS"], &rows);
}

fn row(subscriber: &Value) -> Vec<String> {
    let acknowledged = match (subscriber["acknowledged_at"].is_null(), is_waited_for(subscriber)) {
        (false, _) => when(&subscriber["acknowledged_at"]),
        (true, true) => "not yet".to_owned(),
        (true, false) => "removed".to_owned(),
    };
    let seconds = subscriber["seconds"].as_f64().map(|seconds| format!("{seconds:.3}"));
    let (name, door) = (text(&subscriber["name"]), text(&subscriber["door"]));
    vec![name, door, acknowledged, seconds.unwrap_or_default()]
}
