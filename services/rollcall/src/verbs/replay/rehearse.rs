//! A replay that is run and compared, and of which nothing stays: for CI and for change tickets.

use serde_json::{Value, json};

use super::watch;
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
    let diff = compared?;
    cancelled?;
    let rows = differences(&diff);
    let passes = rows <= budget;
    let result = json!({
        "schema": "rollcall.replay-rehearsal.v1",
        "job": job,
        "rows_that_differ": rows,
        "budget": budget,
        "passes": passes,
        "diff": diff,
    });
    output::answer(as_json, &result, || {
        let verdict = if passes { "within" } else { "MORE THAN" };
        output::line(format_args!(
            "REHEARSED {job}: {} rows differ, {verdict} the budget of {}; nothing of it stays",
            grouped(rows),
            grouped(budget),
        ));
    });
    Ok(if passes { ExitStatus::Success } else { ExitStatus::Differs })
}

async fn compare(ops: &Ops, job: &str) -> anyhow::Result<Value> {
    watch::wait(ops, job).await?;
    ops.get(&["replay", job, "diff"], &[]).await
}

/// How many rows readers would see changed, come or gone.
fn differences(diff: &Value) -> u64 {
    let count = |table: &Value, name: &str| table[name].as_u64().unwrap_or_default();
    let of_table =
        |table| ["changed", "only_live", "only_candidate"].map(|name| count(table, name));
    output::list(&diff["tables"]).flat_map(of_table).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_that_changed_came_or_went_counts_to_the_budget() {
        let diff = json!({ "tables": [
            { "table": "a", "same": 9, "changed": 1, "only_live": 2, "only_candidate": 0 },
            { "table": "b", "same": 9, "changed": 0, "only_live": 0, "only_candidate": 4 },
        ] });
        assert_eq!(differences(&diff), 7);
    }
}
