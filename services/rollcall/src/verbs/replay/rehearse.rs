//! A replay that is run and compared, and of which nothing stays: for CI and for change tickets.

use serde_json::{Value, json};

use super::{diff, watch};
use crate::exit::ExitStatus;
use crate::output::{self, grouped, text};
use crate::verbs::ops::Ops;

/// Plans and runs what `wish` says, compares it with what readers see, and drops it. More than
/// `budget` rows that differ are exit code 4, and so are tables that somebody altered.
pub(super) async fn rehearse(
    ops: &Ops,
    wish: Value,
    budget: u64,
    as_json: bool,
) -> anyhow::Result<ExitStatus> {
    let plan = ops.post(&["replay"], wish).await?;
    let plan = text(&plan["plan"]);
    let reason = json!({ "reason": "a rehearsal" });
    // Whatever comes of it, nothing of it stays.
    let started = match ops.post(&["replay", &plan, "run"], json!({})).await {
        Ok(started) => started,
        Err(refused) => {
            // Why the plan was not started counts, not what became of it.
            drop(ops.post(&["replay", &plan, "cancel"], reason).await);
            return Err(refused);
        }
    };
    let job = text(&started["job"]);
    let compared = compare(ops, &job).await;
    let cancelled = ops.post(&["replay", &job, "cancel"], reason).await;
    let found = compared?;
    let candidate_left = cancelled?["candidate_left"] == true;
    let rows = diff::rows_that_differ(&found);
    // A rule of another release may change what readers see, and no row; and so may who altered a table.
    let within = rows.max(diff::people_that_differ(&found)) <= budget;
    let altered = diff::altered(&found);
    let passes = within && !altered;
    let result = json!({
        "schema": "rollcall.replay-rehearsal.v1",
        "job": job,
        "rows_that_differ": rows,
        "budget": budget,
        "passes": passes,
        "candidate_left": candidate_left,
        "diff": found,
    });
    output::answer(as_json, &result, || {
        let verdict = if within { "within" } else { "MORE THAN" };
        let tables = if altered { "; TABLES WERE ALTERED BY HAND" } else { "" };
        let stays = if candidate_left {
            "its candidate is dropped once a projector of it runs"
        } else {
            "nothing of it stays"
        };
        output::line(format_args!(
            "REHEARSED {job}: {} rows differ, {verdict} the budget of {}{tables}; {stays}",
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
