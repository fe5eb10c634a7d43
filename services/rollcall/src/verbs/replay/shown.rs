//! Plans and jobs, for a person at the terminal.

use serde_json::Value;

use crate::output::{self, grouped, text, when};

/// What a plan says, with the command that runs it.
pub(super) fn plan(plan: &Value) {
    let forecast = &plan["forecast"];
    let number = |value: &Value| grouped(value.as_u64().unwrap_or_default());
    let pace = &forecast["pace"];
    let measured = match pace["job"].as_str() {
        Some(job) => format!("as {job} did"),
        None => "no run is known: what two cores do".to_owned(),
    };
    let id = text(&plan["plan"]);
    let radius = &plan["blast_radius"];
    output::line(format_args!(
        "PLAN {id}  {} of {}\n expires   {}; void when rules or slots change",
        scope(plan),
        text(&plan["projection"]),
        when(&plan["expires_at"]),
    ));
    output::line(format_args!(
        " read      {} events of {}, est. {} at {}/s ({measured})",
        number(&forecast["events"]),
        number(&forecast["of"]),
        seconds(&forecast["seconds"]),
        grouped(whole(&pace["events_per_second"])),
    ));
    if let (Some(concerning), Some(tenant)) =
        (forecast["of_person"].as_u64(), plan["tenant"].as_str())
    {
        output::line(format_args!(
            "           {} of them concern the person; the others are tenant {tenant}'s",
            grouped(concerning)
        ));
    }
    let part = match (plan["person"].as_str(), plan["tenant"].as_str()) {
        (Some(_), _) => ", of whose rows the person's are exchanged",
        (None, Some(_)) => ", whose rows are exchanged",
        (None, None) => ", as the live one has",
    };
    output::line(format_args!(
        " write     a candidate beside the live slot, est. {}{part}",
        output::size(forecast["bytes"].as_u64().unwrap_or_default()),
    ));
    output::line(" effects   none will be sent");
    output::line(format_args!(" parked    {} events are tried again", number(&plan["parked"])));
    output::line(format_args!(
        " touches   tenants {}, people {}, teams {}",
        number(&radius["tenants"]),
        number(&radius["people"]),
        number(&radius["teams"]),
    ));
    output::line(
        " after     readers see it once it is cut over to; what they saw is kept 72 hours",
    );
    for note in output::list(&plan["notes"]) {
        output::line(format_args!(" note      {}", text(note)));
    }
    output::line(format_args!(" run       rollcall replay run {id} --watch"));
}

/// One job in a few lines.
pub(super) fn job(job: &Value) {
    let id = text(&job["job"]);
    output::line(format_args!(
        "JOB {id}  {} of {}: {}",
        scope(job),
        text(&job["projection"]),
        text(&job["state"]),
    ));
    output::line(format_args!(" started   {} by {}", when(&job["started_at"]), text(&job["by"])));
    if let Some(progress) = progress(job) {
        output::line(format_args!(" progress  {progress}"));
    }
    if let Some(why) = job["why"].as_str() {
        output::line(format_args!(" why       {why}"));
    }
    if job["candidate_left"] == true {
        output::line(format_args!(
            " left      its candidate, which is dropped once a projector of it runs"
        ));
    }
    if !job["until"].is_null() {
        let what = if job["state"] == "cut-over" { "undo by " } else { "expires " };
        output::line(format_args!(" {what}  {}", when(&job["until"])));
    }
    if let Some(next) = next(job, &id) {
        output::line(format_args!(" next      {next}"));
    }
}

/// What a release has built of a projection, and what can be had back.
pub(super) fn release(of: &Value) {
    output::line(format_args!("RELEASE of {}: {}", text(&of["projection"]), text(&of["state"])));
    for slot in ["live", "candidate", "previous"] {
        let Some(found) = of[slot].as_object() else { continue };
        let job = found["job"].as_str().map(|job| format!(", job {job}")).unwrap_or_default();
        let kept = if found["attended"] == true { "" } else { ", nobody keeps it" };
        let by: String = text(&found["made_by"]).chars().take(12).collect();
        output::line(format_args!(
            " {slot:<9} event {}, made by {by}{job}{kept}",
            found["position"],
        ));
    }
    if let Some(why) = of["why"].as_str() {
        output::line(format_args!(" why       {why}"));
    }
    if !of["until"].is_null() {
        output::line(format_args!(" undo by   {}", when(&of["until"])));
    }
    if let Some(next) = of["next"].as_str() {
        output::line(format_args!(" next      {next}"));
    }
}

/// What an operator may do next.
fn next(job: &Value, id: &str) -> Option<String> {
    let name = ["person", "tenant", "projection"].into_iter().find_map(|of| job[of].as_str())?;
    Some(match job["state"].as_str()? {
        "planned" => format!("rollcall replay run {id} --watch"),
        "running" => format!("rollcall replay watch {id}"),
        "paused" => format!("rollcall replay resume {id}"),
        "ready" => {
            format!("rollcall replay diff {id}, then rollcall replay cutover {id} --confirm {name}")
        }
        "cut-over" => format!("rollcall replay rollback {id}, if it was wrong"),
        _ => return None,
    })
}

/// How far a job is, in one line.
pub(super) fn progress(job: &Value) -> Option<String> {
    let progress = job["progress"].as_object()?;
    let number = |name: &str| progress.get(name).and_then(Value::as_u64).unwrap_or_default();
    let (position, goal) = (number("position"), number("goal"));
    let rate = progress.get("events_per_second").map(whole).unwrap_or_default();
    let percent = position.saturating_mul(100) / goal.max(1);
    Some(format!(
        "{percent}% {}/{} events, {}/s on average, live lag {} events",
        grouped(position),
        grouped(goal),
        grouped(rate),
        grouped(job["live_lag_events"].as_u64().unwrap_or_default()),
    ))
}

pub(super) fn jobs(jobs: &Value) {
    let row = |job: &Value| {
        vec![
            text(&job["job"]),
            text(&job["projection"]),
            scope(job),
            text(&job["state"]),
            when(&job["since"]),
            text(&job["by"]),
        ]
    };
    let rows: Vec<_> = output::list(jobs).map(row).collect();
    output::table(&["JOB", "PROJECTION", "SCOPE", "STATE", "SINCE", "BY"], &rows);
}

fn scope(of: &Value) -> String {
    match (of["tenant"].as_str(), of["person"].as_str()) {
        (Some(tenant), Some(person)) => format!("person {person} of tenant {tenant}"),
        (Some(tenant), None) => format!("tenant {tenant}"),
        (None, _) => "all".to_owned(),
    }
}

fn seconds(value: &Value) -> String {
    let seconds = value.as_f64().unwrap_or_default();
    if seconds < 1.0 { "less than 1s".to_owned() } else { output::distance(whole(value)) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "figures for people")]
fn whole(value: &Value) -> u64 {
    value.as_f64().unwrap_or_default().max(0.0).round() as u64
}
