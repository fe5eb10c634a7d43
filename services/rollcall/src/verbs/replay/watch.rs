//! Following a job.

use std::time::{Duration, Instant};

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::shown;
use crate::exit::{ExitStatus, Refused};
use crate::output;
use crate::verbs::ops::Ops;

/// How often a job is asked about.
const INTERVAL: Duration = Duration::from_millis(250);
/// How long the program that is asked may be away, as while it is started again.
const PATIENCE: Duration = Duration::from_mins(2);

/// Shows how far a job is until it is ready, or ends. Ctrl-C leaves it running.
pub(super) async fn until_ready(ops: &Ops, job: &str, as_json: bool) -> anyhow::Result<ExitStatus> {
    let bar = bar();
    let followed = tokio::select! {
        followed = follow(ops, job, &bar) => Some(followed),
        _ = tokio::signal::ctrl_c() => None,
    };
    bar.finish_and_clear();
    let Some(last) = followed.transpose()? else {
        output::note(format_args!(
            "the job {job} goes on. See it: rollcall replay watch {job}; pause it: rollcall replay \
             pause {job}; end it: rollcall replay cancel {job}"
        ));
        return Ok(ExitStatus::Success);
    };
    output::answer(as_json, &last, || shown::job(&last));
    match last["state"].as_str() {
        Some("ready" | "cut-over" | "done") => Ok(ExitStatus::Success),
        Some(state) => bail!("the job {job} is {state}"),
        None => bail!("the gateway's answer has no state"),
    }
}

/// Waits until a job is ready, behind a bar.
pub(super) async fn wait(ops: &Ops, job: &str) -> anyhow::Result<()> {
    let bar = bar();
    let last = follow(ops, job, &bar).await;
    bar.finish_and_clear();
    match last?["state"].as_str() {
        Some("ready") => Ok(()),
        state => bail!("the job {job} is {}", state.unwrap_or("in no state")),
    }
}

fn bar() -> ProgressBar {
    let template = "{bar:30} {pos}/{len} events  {per_sec}  {eta}  {msg}";
    let style = ProgressStyle::with_template(template).expect("a template that is well written");
    ProgressBar::new(0).with_style(style)
}

/// Asks until the job is in a state that it does not leave by itself.
async fn follow(ops: &Ops, job: &str, bar: &ProgressBar) -> anyhow::Result<Value> {
    let mut away: Option<Instant> = None;
    loop {
        match ops.get(&["replay", job], &[]).await {
            Ok(status) => {
                away = None;
                match status["state"].as_str() {
                    Some("running" | "paused") => show(bar, &status),
                    Some(_) | None => return Ok(status),
                }
            }
            Err(error) if error.is::<Refused>() => return Err(error),
            Err(error) => {
                let since = *away.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Err(error);
                }
                bar.set_message("no answer; asking again");
            }
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

fn show(bar: &ProgressBar, status: &Value) {
    let progress = &status["progress"];
    if let (Some(position), Some(goal)) = (progress["position"].as_u64(), progress["goal"].as_u64())
    {
        bar.set_length(goal);
        bar.set_position(position);
    }
    let lag = status["live_lag_events"].as_u64().unwrap_or_default();
    let why = status["why"].as_str().map(|why| format!("  {why}")).unwrap_or_default();
    let state = if status["state"] == "paused" { "  paused" } else { "" };
    bar.set_message(format!("live lag {lag} events{state}{why}"));
}
