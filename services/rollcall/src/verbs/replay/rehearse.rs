//! A replay that is run and compared, and of which nothing stays: for CI and for change tickets.

use serde_json::{Value, json};

use super::{diff, watch};
use crate::exit::ExitStatus;
use crate::output::{self, grouped, text};
use crate::verbs::ops::Ops;

/// Plans and runs what `wish` says, compares it with what readers see, and drops it. More than
/// `budget` rows that differ are exit code 4.
pub(super) async fn rehearse(
    ops: &Ops,
    wish: Value,
    budget: u64,
    as_json: bool,
) -> anyhow::Result<ExitStatus> {
    let plan = ops.post(&["replay"], wish).await?;
    let started = ops.post(&["replay", &text(&plan["plan"]), "run"], json!({})).await?;
    let job = text(&started["job"]);
    let compared = compare(ops, &job).await;
    // Whatever came of it, nothing of it stays.
    let reason = json!({ "reason": "a rehearsal" });
    let cancelled = ops.post(&["replay", &job, "cancel"], reason).await;
    let found = compared?;
    cancelled?;
    let rows = diff::rows_that_differ(&found);
    // A rule of another release may change what readers see, and no row.
    let passes = rows.max(diff::people_that_differ(&found)) <= budget;
    let result = json!({
        "schema": "rollcall.replay-rehearsal.v1",
        "job": job,
        "rows_that_differ": rows,
        "budget": budget,
        "passes": passes,
        "diff": found,
    });
    output::answer(as_json, &result, || {
        let verdict = if passes { "within" } else { "MORE THAN" };
        output::line(format_args!(
            "REHEARSED {job}: {} rows differ, {verdict} the budget of {}; nothing of it stays",
            grouped(rows),
            grouped(budget),
        ));
        if diff::differs(&found) {
            diff::show(&found);
        }
    });
    Ok(if passes { ExitStatus::Success } else { ExitStatus::Differs })
}

async fn compare(ops: &Ops, job: &str) -> anyhow::Result<Value> {
    watch::wait(ops, job).await?;
    ops.get(&["replay", job, "diff"], &[]).await
}
