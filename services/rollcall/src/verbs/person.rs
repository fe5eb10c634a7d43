//! `rollcall explain`, `at` and `history`: what is known about a person or a directory, as of now or
//! of then, and why.

mod employees;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Value, json};

use self::employees::{Employees, directory};
use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output::{self, list, text, when};
use crate::time_text;

#[derive(Debug, Subcommand)]
pub(crate) enum ExplainVerb {
    /// Explain a person: each field and team, the event, request and credential that set it, and the
    /// rule that chose the Primary team
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Person(Person),
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  rollcall explain person 0198c5f0-1b2c-7d3e-8f40-5a6b7c8d9e0f
  rollcall explain person ada@acme.example --tenant acme --reveal

It folds the log, and does not look at what readers see: rollcall verify does.
Then: rollcall history person ID        what changed, event by event
      rollcall trace REQUEST            all that one of the requests did
      rollcall events show POSITION     one of the events, whole";

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryVerb {
    /// List the events that concern a person, and what each changed about them
    #[command(after_help = "\
Example:
  rollcall history person 0198c5f0-1b2c-7d3e-8f40-5a6b7c8d9e0f

It folds the log, and does not look at what readers see: rollcall verify does.")]
    Person(Person),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rollcall at 2h person 0198c5f0-1b2c-7d3e-8f40-5a6b7c8d9e0f
  rollcall at 2026-06-01T12:00:00Z employees --tenant acme --csv > acme.csv

It folds the log, and does not look at what readers see: rollcall verify does.
Exit code 3 when there was nobody by that id yet.")]
pub(crate) struct AtOptions {
    /// The moment: a time, such as 2026-03-02T08:20:00Z, or how long ago: 90s, 5m, 2h, 3d
    #[arg(value_name = "TIME", value_parser = time_text::past)]
    time: Timestamp,
    #[command(subcommand)]
    of: AtVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AtVerb {
    /// Explain a person as of then
    Person(Person),
    /// List a tenant's whole directory as of then: people, their standing and teams
    Employees(Employees),
}

#[derive(Debug, Args)]
pub(crate) struct Person {
    /// An employee id, a SCIM id, an external id, or the user name that they have now
    #[arg(value_name = "ID")]
    id: String,
    /// Whose directory; needed where several tenants know somebody by that
    #[arg(long)]
    tenant: Option<events::Tenant>,
    /// Show personal values as they are: needs the role privacy:reveal, and leaves an act
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn explain(verb: ExplainVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        ExplainVerb::Person(person) => explained(person, None).await,
    }
}

pub(crate) async fn at(AtOptions { time, of }: AtOptions) -> anyhow::Result<ExitStatus> {
    match of {
        AtVerb::Person(person) => explained(person, Some(time)).await,
        AtVerb::Employees(employees) => directory(employees, time).await,
    }
}

pub(crate) async fn history(verb: HistoryVerb) -> anyhow::Result<ExitStatus> {
    let HistoryVerb::Person(person) = verb;
    let answer = ask("history", &person, None).await?;
    output::answer(person.target.json, &answer, || {
        head(&answer);
        let steps: Vec<&Value> = list(&answer["steps"]).collect();
        let rows: Vec<_> = steps.iter().map(|step| event(step)).collect();
        output::table_with_details(&["EVENT", "WHEN", "TYPE"], &rows, |index| {
            changes(steps[index])
        });
        footer(&answer);
    });
    Ok(ExitStatus::Success)
}

async fn explained(person: Person, at: Option<Timestamp>) -> anyhow::Result<ExitStatus> {
    let answer = ask("explain", &person, at).await?;
    let nobody = answer["known"] == json!(false);
    output::answer(person.target.json, &answer, || {
        head(&answer);
        if nobody {
            output::line(nobody_yet(&answer));
            return;
        }
        for team in list(&answer["teams"]) {
            show_team(team);
        }
        output::line("");
        let facts: Vec<&Value> = list(&answer["facts"]).collect();
        let rows: Vec<_> = facts.iter().map(|fact| row(fact)).collect();
        output::table_with_details(&["FACT", "VALUE"], &rows, |index| set_by(facts[index]));
        footer(&answer);
    });
    Ok(if nobody { ExitStatus::NeedsAttention } else { ExitStatus::Success })
}

/// Why there is nothing to be told of a person as of a moment.
fn nobody_yet(answer: &Value) -> String {
    let erased = !answer["erased_by"].is_null();
    match &answer["as_of"]["first"] {
        first if !first.is_null() && !erased => format!(
            "There was nobody by that id yet. The first event that concerns them: {}",
            caused(first)
        ),
        _ => "Nothing is known of them any more.".to_owned(),
    }
}

/// Names go in a body: URLs are logged.
async fn ask(what: &str, person: &Person, at: Option<Timestamp>) -> anyhow::Result<Value> {
    let body = json!({
        "person": person.id,
        "tenant": person.tenant,
        "at": at.map(|at| at.to_string()),
        "reveal": person.reveal,
    });
    person.target.ops()?.post(&[what], body).await
}

fn head(answer: &Value) {
    let as_of = &answer["as_of"];
    let moment = match &as_of["time"] {
        Value::Null => "now".to_owned(),
        time => when(time),
    };
    output::line(format_args!(
        "PERSON {}  tenant {}",
        text(&answer["employee_id"]),
        text(&answer["tenant"])
    ));
    output::line(format_args!(
        "as of {moment}: the log up to event {}, of which {} concern them",
        as_of["position"], as_of["events"],
    ));
    if !answer["erased_by"].is_null() {
        output::line(format_args!("ERASED  {}", caused(&answer["erased_by"])));
    }
    let erased = list(&as_of["erased"]).count();
    if erased > 0 {
        output::line(format_args!("{erased} of their events were erased; what they said is gone"));
    }
    output::line("");
}

fn footer(answer: &Value) {
    output::line("");
    output::line("This is what the log says. Whether readers see the same, `verify` finds out:");
    for projection in ["directory", "teams"] {
        let tenant = text(&answer["tenant"]);
        output::line(format_args!("  rollcall verify {projection} --tenant {tenant}"));
    }
    if answer["revealed"] == json!(false) {
        output::line("Personal values are masked; --reveal shows them, and leaves an act.");
    }
}

fn show_team(team: &Value) {
    let rank = match team["rank"].as_str() {
        Some("primary") => "Primary   ",
        _ => "Additional",
    };
    output::line(format_args!(
        "{rank}  {:?} ({}) {}, since {}",
        text(&team["name"]),
        text(&team["team_id"]),
        text(&team["origin"]),
        when(&team["since"]["at"]),
    ));
    if let Some(because) = team["because"].as_str() {
        output::line(format_args!("            because  {because}"));
    }
    output::line(format_args!("            set by   {}", caused(&team["set_by"])));
}

/// An event in words: what, where, when, by which request and whom.
fn caused(event: &Value) -> String {
    let request = match event["request"].as_str() {
        Some(request) => format!("request {request}, "),
        None => String::new(),
    };
    format!(
        "{} (event {}), {request}{}, {}",
        text(&event["event"]),
        event["position"],
        text(&event["actor"]),
        when(&event["at"]),
    )
}

fn row(fact: &Value) -> Vec<String> {
    let value = &fact["value"];
    vec![text(&fact["fact"]), if value.is_object() { String::new() } else { text(value) }]
}

/// The parts of a fact that has some, and what set it.
fn set_by(fact: &Value) -> Vec<String> {
    let parts = fact["value"].as_object().into_iter().flatten();
    let parts = parts.filter(|(_, value)| !value.is_null());
    let parts: Vec<String> = parts.map(|(name, value)| format!("{name}={}", text(value))).collect();
    let by = &fact["set_by"];
    let mut set = vec![
        format!("event {} {},", by["position"], text(&by["event"])),
        format!("{},", when(&by["at"])),
        format!("by {}", text(&by["actor"])),
    ];
    set.extend(by["request"].as_str().map(|request| format!("in request {request}")));
    [output::wrapped(&parts), output::wrapped(&set)].concat()
}

fn event(step: &Value) -> Vec<String> {
    vec![text(&step["position"]), when(&step["at"]), text(&step["event"])]
}

/// Who caused an event, and a line for each change; one for an event that changed nothing about the
/// person.
fn changes(step: &Value) -> Vec<String> {
    let side = |value: &Value| if value.is_null() { "none".to_owned() } else { text(value) };
    let mut lines = vec![format!("by {}", text(&step["actor"]))];
    lines.extend(list(&step["changes"]).map(|change| {
        let (before, after) = (side(&change["before"]), side(&change["after"]));
        format!("{}: {before} -> {after}", text(&change["fact"]))
    }));
    if lines.len() == 1 {
        lines.push("changed nothing about the person".to_owned());
    }
    lines
}
