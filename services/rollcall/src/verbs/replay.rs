//! `rollcall replay`: a replay is a deployment. It is planned, run beside what readers see, compared,
//! cut over to, and can be undone.

mod diff;
mod rehearse;
mod shown;
mod subject;
mod watch;

use clap::{Args, Subcommand};
use projector::ReadModel;
use serde_json::{Value, json};

use self::subject::{is_job, of_path};
use super::cli_target::GatewayTarget;
use super::ops::Ops;
use crate::exit::ExitStatus;
use crate::{output, projections};

#[derive(Debug, Subcommand)]
pub(crate) enum ReplayVerb {
    /// Show what a replay would do, with numbers, and do nothing. The plan has an id, holds for two
    /// hours, and is void as soon as what it relies on has changed
    Plan(PlanOptions),
    /// Start a plan: the read model is built anew beside the live one, which goes on serving
    Run(RunOptions),
    /// Follow a job until it is ready. Ctrl-C leaves it running
    Watch(JobOptions),
    /// Show how far a job is; or, of a projection, what its release has built and what can be had back
    Status(StatusOptions),
    /// List the jobs, and the plans that were not started
    List(ListOptions),
    /// Let a job stand still
    Pause(DecisionOptions),
    /// Let a paused job go on
    Resume(DecisionOptions),
    /// End a job, and drop what it has built; readers notice nothing
    Cancel(DecisionOptions),
    /// Show of whom and of what readers would see something else, and which events decide it. Exit
    /// code 4 when anything differs
    Diff(diff::DiffOptions),
    /// Let readers see what a job has built, in one step; or, of a projection, what a new release has
    /// (with --on-new-rules hold it waits for that). What they saw before is kept for 72 hours
    Cutover(CutoverOptions),
    /// Let readers see again what they saw before the cut-over of a job, or before that to a release
    Rollback(RollbackOptions),
    /// Plan, run, compare and drop, in one command: for CI. Exit code 4 when more differs than
    /// --budget allows
    Rehearse(RehearseOptions),
}

#[derive(Debug, Args)]
pub(crate) struct PlanOptions {
    #[command(flatten)]
    wish: Wish,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct RehearseOptions {
    /// How many rows may differ
    #[arg(long, default_value_t = 0)]
    budget: u64,
    #[command(flatten)]
    wish: Wish,
    #[command(flatten)]
    target: GatewayTarget,
}

/// What is to be replayed.
#[derive(Debug, Args)]
struct Wish {
    /// Which read model
    #[arg(value_parser = projections::parser())]
    projection: ReadModel,
    /// Only this tenant's rows
    #[arg(long)]
    tenant: Option<String>,
    /// Only this person's rows: their id, with --tenant
    #[arg(long, value_name = "ID", requires = "tenant")]
    person: Option<String>,
    /// Only these events. This is always refused: the answer says why, and what to do instead
    #[arg(long, value_name = "FROM..TO")]
    range: Option<String>,
    /// Why; kept for ever, so no names
    #[arg(long)]
    reason: Option<String>,
}

impl Wish {
    fn body(&self) -> Value {
        let Self { projection, tenant, person, range, reason } = self;
        json!({
            "projection": projection.name,
            "tenant": tenant,
            "person": person,
            "range": range,
            "reason": reason,
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// The plan's id: pl_…
    plan: String,
    /// Follow it until it is ready. Ctrl-C leaves it running
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct JobOptions {
    /// The job's id: r_…
    job: String,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct StatusOptions {
    /// The job's id: r_…; or a projection
    of: String,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct DecisionOptions {
    /// The job's id: r_…
    job: String,
    /// Why; kept for ever, so no names
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct CutoverOptions {
    /// The job's id: r_…; or a projection, for the candidate of its release
    of: String,
    /// What is replaced, typed: the person's id, the tenant's name, or that of the whole projection
    #[arg(long, value_name = "NAME")]
    confirm: String,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct RollbackOptions {
    /// The job's id: r_…; or a projection, to go back to what its readers saw before a release
    of: String,
    /// Why; kept for ever, so no names
    #[arg(long)]
    reason: Option<String>,
    /// Also if what readers saw before has not kept up with the log; it catches up afterwards
    #[arg(long)]
    even_if_behind: bool,
    /// Also if rows of it were changed by hand: readers see them again as they were changed
    #[arg(long)]
    even_if_changed: bool,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(verb: ReplayVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        ReplayVerb::Plan(PlanOptions { wish, target }) => {
            let plan = target.ops()?.post(&["replay"], wish.body()).await?;
            output::answer(target.json, &plan, || shown::plan(&plan));
            Ok(ExitStatus::Success)
        }
        ReplayVerb::Rehearse(RehearseOptions { budget, wish, target }) => {
            rehearse::rehearse(&target.ops()?, wish.body(), budget, target.json).await
        }
        ReplayVerb::Run(RunOptions { plan, watch, target }) => {
            let ops = target.ops()?;
            let job = ops.post(&["replay", &plan, "run"], json!({})).await?;
            if watch {
                return watch::until_ready(&ops, &output::text(&job["job"]), target.json).await;
            }
            output::answer(target.json, &job, || shown::job(&job));
            Ok(ExitStatus::Success)
        }
        ReplayVerb::Watch(JobOptions { job, target }) => {
            watch::until_ready(&target.ops()?, &job, target.json).await
        }
        ReplayVerb::Status(StatusOptions { of, target }) => {
            let status = target.ops()?.get(&of_path(&of), &[]).await?;
            output::answer(target.json, &status, || show(&of, &status));
            let failed = status["state"] == "failed";
            Ok(if failed { ExitStatus::NeedsAttention } else { ExitStatus::Success })
        }
        ReplayVerb::List(ListOptions { target }) => {
            let listed = target.ops()?.get(&["replay"], &[]).await?;
            output::answer(target.json, &listed, || shown::jobs(&listed["jobs"]));
            Ok(ExitStatus::Success)
        }
        ReplayVerb::Pause(options) => decide(options, "pause").await,
        ReplayVerb::Resume(options) => decide(options, "resume").await,
        ReplayVerb::Cancel(options) => decide(options, "cancel").await,
        ReplayVerb::Diff(options) => diff::run(options).await,
        ReplayVerb::Cutover(CutoverOptions { of, confirm, target }) => {
            let body = json!({ "confirm": confirm });
            let [area, of_what] = of_path(&of);
            let done = target.ops()?.post(&[area, of_what, "cutover"], body).await?;
            output::answer(target.json, &done, || show(&of, &done));
            Ok(ExitStatus::Success)
        }
        ReplayVerb::Rollback(RollbackOptions {
            of,
            reason,
            even_if_behind,
            even_if_changed,
            target,
        }) => {
            let body = json!({
                "reason": reason,
                "even_if_behind": even_if_behind,
                "even_if_changed": even_if_changed,
            });
            let [area, of_what] = of_path(&of);
            let done = target.ops()?.post(&[area, of_what, "rollback"], body).await?;
            output::answer(target.json, &done, || show(&of, &done));
            Ok(ExitStatus::Success)
        }
    }
}

fn show(of: &str, answer: &Value) {
    if is_job(of) {
        shown::job(answer);
    } else {
        shown::release(answer);
    }
}

async fn decide(options: DecisionOptions, how: &str) -> anyhow::Result<ExitStatus> {
    let DecisionOptions { job, reason, target } = options;
    let ops: Ops = target.ops()?;
    let done = ops.post(&["replay", &job, how], json!({ "reason": reason })).await?;
    output::answer(target.json, &done, || shown::job(&done));
    Ok(ExitStatus::Success)
}
