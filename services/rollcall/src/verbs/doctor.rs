//! `rollcall doctor`: whether all is as it should be, and what to do where it is not.

use clap::Args;
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct DoctorOptions {
    /// Show what is well, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(options: DoctorOptions) -> anyhow::Result<ExitStatus> {
    let DoctorOptions { all, target } = options;
    let asked = async { target.ops()?.get(&["doctor"], &[]).await };
    // A refusal says by itself what is wrong with the token.
    let diagnosis = match asked.await {
        Ok(diagnosis) => diagnosis,
        Err(error) if error.is::<crate::exit::Refused>() => return Err(error),
        Err(error) => unreachable(&error),
    };
    output::answer(target.json, &diagnosis, || show(&diagnosis, all));
    match diagnosis["verdict"].as_str() {
        Some("ok") => Ok(ExitStatus::Success),
        Some("warn") => Ok(ExitStatus::NeedsAttention),
        Some(_) | None => anyhow::bail!("the doctor found what is lost, or will be"),
    }
}

/// What there is to say when nobody answers: nothing can be looked at but that.
fn unreachable(error: &anyhow::Error) -> Value {
    json!({
        "schema": "rollcall.doctor.v1",
        "at": eventlog::clock::now(),
        "verdict": "fail",
        "checks": [{
            "name": "api.reachable",
            "verdict": "fail",
            "found": format!("the operators' API does not answer: {error:#}"),
            "remedy": "start `rollcall up` or `rollcall operate`, and name it: --url and --operator-token, or --data-dir; `/health/ready` of each role says what it waits for",
        }],
    })
}

fn show(diagnosis: &Value, all: bool) {
    let (mut well, mut shown) = (0, 0);
    for check in output::list(&diagnosis["checks"]) {
        let verdict = output::text(&check["verdict"]);
        if verdict == "ok" {
            well += 1;
        }
        if verdict == "ok" && !all {
            continue;
        }
        shown += 1;
        let (name, found) = (output::text(&check["name"]), output::text(&check["found"]));
        output::line(format_args!("{verdict:<5} {name:<24} {found}"));
        if let Some(remedy) = check["remedy"].as_str() {
            output::line(format_args!("      {:<24} → {remedy}", ""));
        }
    }
    if shown > 0 {
        output::line("");
    }
    let total = output::list(&diagnosis["checks"]).count();
    let when = output::when(&diagnosis["at"]);
    output::line(format_args!("{well} of {total} checks are well, {when}"));
}
