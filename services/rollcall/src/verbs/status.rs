//! `rollcall status`: how far the log and the read models are, which alerts are open, what operators have
//! begun, and what clients send that is not kept. It asks the running program; where none runs, it reads the log and Postgres
//! itself.

use std::io::{IsTerminal as _, Write as _};
use std::pin::pin;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use eventlog::Journal;
use operations::{ActLog, Status};
use serde_json::Value;

use super::cli_target::StatusTarget;
use crate::exit::{ExitStatus, Refused};
use crate::output::{self, distance, list, text, when};
use crate::projections;

#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 3 when somebody should look: something is lost, damaged, missing or stuck, or waits for a
decision; a replay is open, an erasure incomplete, or a read model was found to differ.
Then: rollcall lag --by tenant    who is behind, and why
      rollcall alerts list        what waits for a decision

Examples:
  rollcall status --watch
  rollcall status --nats-url nats://127.0.0.1:4222 --database-url postgres://127.0.0.1/rollcall")]
pub(crate) struct StatusOptions {
    /// Show it again and again, until ^C
    #[arg(long)]
    watch: bool,
    /// How many seconds lie between
    #[arg(long, default_value_t = 2, requires = "watch", value_parser = clap::value_parser!(u64).range(1..=3600))]
    interval: u64,
    #[command(flatten)]
    target: StatusTarget,
}

pub(crate) async fn run(options: StatusOptions) -> anyhow::Result<ExitStatus> {
    let StatusOptions { watch, interval, target } = options;
    let json = target.read_models.of_log.json;
    let mut before = None;
    // One for all looks: the first takes ^C away from the system, and whoever asks anew misses one that
    // came in between.
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    loop {
        let status = tokio::select! {
            status = look(&target) => status?,
            _ = &mut interrupted, if watch => return Ok(ExitStatus::Success),
        };
        if watch && !json && std::io::stdout().is_terminal() {
            // The screen is cleared, and written from its top.
            drop(write!(std::io::stdout(), "\u{1b}[H\u{1b}[2J"));
        }
        output::answer(json, &status, || show(&status, before.as_ref()));
        if !watch {
            let attention = status["needs_attention"] == true;
            return Ok(if attention { ExitStatus::NeedsAttention } else { ExitStatus::Success });
        }
        if output::reader_is_gone() {
            return Ok(ExitStatus::Success);
        }
        before = Some(status);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(interval)) => {}
            _ = &mut interrupted => return Ok(ExitStatus::Success),
        }
    }
}

async fn look(target: &StatusTarget) -> anyhow::Result<Value> {
    let Some(ops) = target.ops()? else { return look_itself(target).await };
    match ops.get(&["status"], &[]).await {
        Err(error) if target.may_look_itself() && !error.is::<Refused>() => {
            output::note(format_args!(
                "the program does not answer ({error:#}); this is read from the log and Postgres"
            ));
            look_itself(target).await
        }
        answered => answered,
    }
}

async fn look_itself(target: &StatusTarget) -> anyhow::Result<Value> {
    let of = &target.read_models;
    let (log, database) = tokio::try_join!(of.of_log.log(), of.database())?;
    let now = eventlog::clock::now();
    let acts = ActLog::new(Journal::of(&log));
    let looked = Box::pin(operations::status::look(&log, &database, &acts, &projections::ALL, now));
    let status: Status = looked.await.context("look at the log and the read models")?;
    Ok(status.answer())
}

fn show(status: &Value, before: Option<&Value>) {
    let stream = &status["stream"];
    let last = match &stream["last_event_at"] {
        Value::Null => "empty".to_owned(),
        at => format!("last event {}", when(at)),
    };
    let (name, position) = (text(&stream["name"]), &stream["position"]);
    output::line(format_args!("STREAM {name}  position {position}  {last}\n"));
    if let Some(lost) = stream["lost"].as_str() {
        output::line(format_args!("LOST: {lost}\n"));
    }
    if let Some(damage) = stream["verified"]["damage"].as_str() {
        let (position, at) = (&stream["verified"]["position"], when(&stream["verified"]["at"]));
        output::line(format_args!("DAMAGED after event {position}, as was found {at}: {damage}\n"));
    }
    let rows: Vec<_> = list(&status["projections"]).map(|slot| row(slot, status, before)).collect();
    let columns =
        ["PROJECTION", "SLOT", "POSITION", "LAG", "BEHIND", "RATE", "PARKED", "UNKNOWN", "STATE"];
    output::table(&columns, &rows);
    section(
        status,
        "alerts",
        &["TENANT", "OPEN ALERT", "CAUSE", "PEOPLE", "HELD", "RAISED"],
        |alert| {
            let part = |name: &str| text(&alert[name]);
            let (held, raised) =
                (if alert["held"] == true { "yes" } else { "no" }, &alert["raised_at"]);
            let (tenant, id) = (part("tenant"), part("alert_id"));
            vec![tenant, id, part("cause"), part("people"), held.to_owned(), when(raised)]
        },
    );
    show_work(status);
    show_changed_by_hand(status);
    show_altered(status);
    let columns = ["TENANT", "ATTRIBUTE NOT KEPT", "TIMES", "LAST SENT"];
    section(status, "attributes_not_kept", &columns, |ignored| {
        let part = |name: &str| text(&ignored[name]);
        vec![part("tenant"), part("attribute"), part("times"), when(&ignored["last_sent_at"])]
    });
}

/// What operators have begun and not ended, or found and not repaired.
fn show_work(status: &Value) {
    if let Some(why) = status["journal_unreadable"].as_str() {
        output::line(format_args!("\nThe journal of operations cannot be read: {why}"));
    }
    let columns = ["JOB", "PROJECTION", "SCOPE", "STATE", "PROGRESS", "BY", "SINCE"];
    section(status, "jobs", &columns, |job| {
        let part = |name: &str| text(&job[name]);
        let progress = match &job["progress"] {
            Value::Null => "-".to_owned(),
            progress => format!("{}/{} events", progress["position"], progress["goal"]),
        };
        let state = (part("scope"), part("state"));
        let begun = (part("by"), when(&job["since"]));
        vec![part("job"), part("projection"), state.0, state.1, progress, begun.0, begun.1]
    });
    let columns = ["RELEASE OF", "STATE", "EVENT", "UNTIL", "NEXT"];
    section(status, "releases", &columns, |release| {
        let part = |name: &str| match &release[name] {
            Value::Null => "-".to_owned(),
            value => text(value),
        };
        let until =
            if release["until"].is_null() { "-".to_owned() } else { when(&release["until"]) };
        let next = release["why"].as_str().map_or_else(|| part("next"), str::to_owned);
        vec![part("projection"), part("state"), part("position"), until, next]
    });
    let columns = ["ERASURE", "TENANT", "STATE", "SINCE", "WHY"];
    section(status, "erasures", &columns, |erasure| {
        let part = |name: &str| text(&erasure[name]);
        let step = erasure["failed_step"].as_str();
        let why = step.map_or_else(|| "-".to_owned(), |step| format!("{step}: {}", part("why")));
        let since = when(&erasure["since"]);
        vec![part("erasure"), part("tenant"), part("state"), since, why]
    });
    let columns = ["DIFFERS", "TENANT", "FOUND", "PEOPLE", "REPAIR"];
    let differences = list(&status["differences"]);
    let (stale, differs): (Vec<_>, Vec<_>) = differences.partition(|it| it["stale"].is_string());
    for found in stale {
        let (projection, at) = (text(&found["projection"]), when(&found["at"]));
        output::line(format_args!("\nDIFFERED: {projection}, {at}; {}", text(&found["stale"])));
    }
    rows_of(differs.into_iter(), &columns, |found| {
        let part = |name: &str| match &found[name] {
            Value::Null => "-".to_owned(),
            value => text(value),
        };
        let (projection, at) = (part("projection"), when(&found["at"]));
        vec![projection, part("tenant"), at, part("people_changed"), part("repair")]
    });
}

/// Slots in whose tables somebody wrote who is not their projection.
fn show_changed_by_hand(status: &Value) {
    for slot in list(&status["projections"]) {
        let places = slot["changed_by_hand"].as_u64().unwrap_or_default();
        if places > 0 {
            let (projection, slot) = (text(&slot["projection"]), text(&slot["slot"]));
            let next = match slot.as_str() {
                "live" => format!(
                    "`rollcall verify {projection}` tells whose rows, and how to repair them"
                ),
                _ => format!(
                    "readers do not see it, and none are let see it; `rollcall replay status \
                     {projection}` tells what can follow"
                ),
            };
            output::line(format_args!(
                "\nCHANGED BY HAND: {places} tables of tenants in the {slot} slot of {projection}; {next}"
            ));
        }
    }
}

/// Slots whose tables somebody altered.
fn show_altered(status: &Value) {
    for slot in list(&status["projections"]) {
        let altered: Vec<String> = list(&slot["altered"]).map(text).collect();
        if !altered.is_empty() {
            let (projection, slot) = (text(&slot["projection"]), text(&slot["slot"]));
            output::line(format_args!(
                "\nALTERED BY HAND: tables in the {slot} slot of {projection}: {}; `rollcall doctor` \
                 says what to do",
                altered.join("; ")
            ));
        }
    }
}

/// A table of its own, if there is anything in it.
fn section(status: &Value, name: &str, columns: &[&str], row: impl Fn(&Value) -> Vec<String>) {
    rows_of(list(&status[name]), columns, row);
}

fn rows_of<'v>(
    of: impl Iterator<Item = &'v Value>,
    columns: &[&str],
    row: impl Fn(&Value) -> Vec<String>,
) {
    let rows: Vec<_> = of.map(row).collect();
    if !rows.is_empty() {
        output::line("");
        output::table(columns, &rows);
    }
}

fn row(slot: &Value, status: &Value, before: Option<&Value>) -> Vec<String> {
    let rate = before.and_then(|before| rate(slot, status, before)).or(slot["rate"].as_f64());
    vec![
        text(&slot["projection"]),
        text(&slot["slot"]),
        text(&slot["position"]),
        format!("{} events", slot["lag_events"]),
        format!("{:.1} s", slot["lag_seconds"].as_f64().unwrap_or_default()),
        rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}/s")),
        text(&slot["parked_events"]),
        text(&slot["unknown_events"]),
        state(slot),
    ]
}

/// Events a second since the last look.
fn rate(slot: &Value, status: &Value, before: &Value) -> Option<f64> {
    let same = |other: &&Value| {
        ["projection", "slot", "job"].iter().all(|name| other[*name] == slot[*name])
    };
    let earlier = list(&before["projections"]).find(same)?;
    let time = |status: &Value| status["at"].as_str()?.parse::<jiff::Timestamp>().ok();
    let seconds = time(status)?.duration_since(time(before)?).as_secs_f64();
    let moved = slot["position"].as_f64()? - earlier["position"].as_f64()?;
    (seconds > 0.0 && moved >= 0.0).then_some(moved / seconds)
}

fn state(slot: &Value) -> String {
    let mut words = vec![text(&slot["state_text"])];
    words.extend(slot["why"].as_str().map(str::to_owned));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate")]
    words.extend(slot["eta_seconds"].as_f64().map(|eta| format!("ETA {}", distance(eta as u64))));
    words.extend(slot["job"].as_str().map(|job| format!("job {job}")));
    let kept = &slot["kept_until"];
    words.extend(kept.as_str().map(|_| format!("kept until {}", when(kept))));
    words.extend(slot["scope"].as_str().filter(|scope| *scope != "whole").map(str::to_owned));
    words.join(", ")
}
