//! `rollcall operations`: the journal of what operators did.

use std::collections::BTreeMap;

use acts::Act;
use clap::{Args, Subcommand};
use events::Tenant;
use jiff::Timestamp;
use projector::ReadModel;
use serde_json::Value;

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output::{self, list, text, when};
use crate::{projections, time_text};

#[derive(Debug, Subcommand)]
pub(crate) enum OperationsVerb {
    /// List what operators did, the oldest first: who, when, what, and with which result
    #[command(after_help = "\
Examples:
  rollcall operations log --since 2h
  rollcall operations log --tenant acme --act replay
  rollcall operations log --operator ann --since 2026-03-01T00:00:00Z --until 1d")]
    Log(LogOptions),
}

#[derive(Debug, Args)]
pub(crate) struct LogOptions {
    /// Not before: a time, such as 2026-03-02T08:20:00Z, or how long ago: 90s, 5m, 2h, 3d
    #[arg(long, value_name = "TIME", value_parser = time_text::past)]
    since: Option<Timestamp>,
    /// Not after: the same
    #[arg(long, value_name = "TIME", value_parser = time_text::parse)]
    until: Option<Timestamp>,
    /// Only what this one did: the name of an operator, root (the token of the settings), or program
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Only these acts: one, such as replay.cut-over, or an area, such as replay
    #[arg(long, value_name = "ACT", value_parser = act)]
    act: Option<String>,
    /// Only what was about this tenant
    #[arg(long)]
    tenant: Option<Tenant>,
    /// Only what was about this read model
    #[arg(long, value_name = "NAME", value_parser = projections::parser())]
    projection: Option<ReadModel>,
    #[command(flatten)]
    target: GatewayTarget,
}

impl LogOptions {
    fn query(&self) -> Vec<(&'static str, String)> {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        let given = [
            ("since", time(self.since)),
            ("until", time(self.until)),
            ("by", self.operator.clone()),
            ("act", self.act.clone()),
            ("tenant", self.tenant.as_ref().map(ToString::to_string)),
            ("projection", self.projection.map(|projection| projection.name.to_owned())),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// An act that there is, or an area of acts, so that a slip of the pen is not answered with nothing.
fn act(name: &str) -> Result<String, String> {
    let area = |act: &'static str| act.split_once('.').map_or(act, |(area, _)| area);
    if Act::NAMES.into_iter().any(|act| act == name || area(act) == name) {
        return Ok(name.to_owned());
    }
    let asked = area_of(name);
    let acts: Vec<&str> = Act::NAMES.into_iter().filter(|act| area(act) == asked).collect();
    if !acts.is_empty() {
        return Err(format!("there are {}", acts.join(", ")));
    }
    let mut areas: Vec<&str> = Act::NAMES.into_iter().map(area).collect();
    areas.dedup();
    areas.sort_unstable();
    areas.dedup();
    Err(format!(
        "the areas are {}; an act is one of an area, such as replay.cut-over",
        areas.join(", ")
    ))
}

fn area_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(area, _)| area)
}

pub(crate) async fn run(verb: OperationsVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        OperationsVerb::Log(options) => log(options).await,
    }
}

async fn log(options: LogOptions) -> anyhow::Result<ExitStatus> {
    let ops = options.target.ops()?;
    let (mut after, mut pages) = (0, Vec::new());
    loop {
        let mut query = options.query();
        query.push(("after", after.to_string()));
        let page = ops.get(&["journal"], &query).await?;
        let next = page["next"].as_u64();
        pages.push(page);
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    let whole = whole(pages);
    output::answer(options.target.json, &whole, || {
        show(whole["acts"].as_array().map_or(&[][..], Vec::as_slice));
    });
    Ok(ExitStatus::Success)
}

/// One answer of all pages: after the last there is no next.
fn whole(mut pages: Vec<Value>) -> Value {
    let acts: Vec<Value> = pages.iter().flat_map(|page| list(&page["acts"]).cloned()).collect();
    let mut whole = pages.pop().unwrap_or_default();
    whole["acts"] = acts.into();
    whole
}

/// An act in two lines: who, when and what; then about what.
fn show(acts: &[Value]) {
    if acts.is_empty() {
        output::line("No act of an operator fits.");
        return;
    }
    // The answer to a request is told with the request.
    let mut answers = BTreeMap::new();
    for act in acts.iter().filter(|act| act["act"] == "request.answered") {
        answers.insert(text(&act["of"]["request"]), text(&act["of"]["status"]));
    }
    let is_told = |act: &&Value| {
        let is_answer = act["act"] == "request.answered";
        let asked = |other: &Value| {
            other["act"] == "request.received" && other["of"]["request"] == act["of"]["request"]
        };
        !(is_answer && acts.iter().any(asked))
    };
    let told: Vec<&Value> = acts.iter().filter(is_told).collect();
    let rows: Vec<Vec<String>> = told.iter().map(|act| row(act)).collect();
    let details = |index: usize| output::wrapped(&about(told[index], &answers));
    output::table_with_details(&["SEQ", "WHEN", "BY", "ACT"], &rows, details);
}

fn row(act: &Value) -> Vec<String> {
    vec![text(&act["seq"]), when(&act["at"]), text(&act["by"]), text(&act["act"])]
}

/// What is told of an act, as names and values.
fn about(act: &Value, answers: &BTreeMap<String, String>) -> Vec<String> {
    let of = &act["of"];
    let mut words = Vec::new();
    for name in ["tenant", "projection"] {
        words.extend(act[name].as_str().map(|value| format!("{name}={value}")));
    }
    let members = of.as_object().into_iter().flatten();
    for (name, value) in members.filter(|(name, value)| is_worth_telling(name, value)) {
        match value {
            Value::Object(parts) if name == "about" => {
                let parts = parts.iter().filter(|(name, _)| act[name.as_str()].is_null());
                words.extend(parts.map(|(name, value)| format!("{name}={}", quoted(value))));
            }
            Value::Object(_) => {}
            value => words.push(format!("{name}={}", quoted(value))),
        }
    }
    if act["act"] == "request.received" {
        let answered = answers.get(&text(&of["request"]));
        words.push(format!("answered={}", answered.map_or("nothing", String::as_str)));
    }
    words
}

/// What is told already is left out, and so is how long readers waited where none did: rows of one
/// tenant or person are exchanged without making anybody wait.
fn is_worth_telling(name: &str, value: &Value) -> bool {
    match name {
        "tenant" | "projection" => false,
        "milliseconds" => value != 0,
        _ => !value.is_null(),
    }
}

/// A value as one word, or between quotation marks: as it is, for people. `--json` has it for programs.
fn quoted(value: &Value) -> String {
    let words = match value {
        Value::Array(parts) => parts.iter().map(part).collect::<Vec<_>>().join(","),
        value => text(value),
    };
    if words.contains(' ') { format!("\"{words}\"") } else { words }
}

/// An element of a list: a range by its ends, and an object by its members.
fn part(value: &Value) -> String {
    match value {
        Value::Array(ends) => ends.iter().map(text).collect::<Vec<_>>().join("-"),
        Value::Object(members) => {
            let told = members.iter().map(|(name, value)| format!("{name}={}", text(value)));
            told.collect::<Vec<_>>().join(" ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => text(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_act_is_named_as_it_is_or_by_its_area_and_a_slip_is_told_what_there_is() {
        assert_eq!(act("replay"), Ok("replay".to_owned()));
        assert_eq!(act("replay.cut-over"), Ok("replay.cut-over".to_owned()));
        assert!(act("replay.cutover").expect_err("none").contains("replay.cut-over"));
        let areas = act("moon").expect_err("none");
        assert!(areas.contains("operator, parked") && areas.contains("verify"), "{areas}");
    }

    #[test]
    fn the_pages_of_the_journal_are_one_answer_without_a_next() {
        let page = |acts: [u64; 2], next: Option<u64>| json!({ "schema": "s", "acts": acts, "next": next });
        let expected = json!({ "schema": "s", "acts": [1, 2, 3, 4], "next": null });
        assert_eq!(whole(vec![page([1, 2], Some(2)), page([3, 4], None)]), expected);
    }

    #[test]
    fn values_are_told_as_people_read_them() {
        assert_eq!(quoted(&json!("Zoë said \"no\"")), "\"Zoë said \"no\"\"");
        assert_eq!(quoted(&json!([[3, 5], [9, 9]])), "3-5,9-9");
        assert_eq!(quoted(&json!(["ops:read", "replay:run"])), "ops:read,replay:run");
        assert_eq!(
            quoted(&json!([{ "store": "log", "result": "gone" }])),
            "\"result=gone store=log\""
        );
    }

    #[test]
    fn an_act_is_told_with_its_tenant_and_without_what_says_nothing() {
        let switched = json!({ "act": "replay.cut-over", "tenant": "acme", "projection": "teams",
            "of": { "job": "r_7f3c12ab90", "position": 9, "milliseconds": 0, "reason": null } });
        let expected = ["tenant=acme", "projection=teams", "job=r_7f3c12ab90", "position=9"];
        assert_eq!(about(&switched, &BTreeMap::new()), expected);
        let asked = json!({ "act": "request.received", "tenant": "acme", "projection": null,
            "of": { "about": { "tenant": "acme", "id": "x y" }, "method": "PUT", "request": "q" } });
        let answers = BTreeMap::from([("q".to_owned(), "409".to_owned())]);
        let expected = ["tenant=acme", "id=\"x y\"", "method=PUT", "request=q", "answered=409"];
        assert_eq!(about(&asked, &answers), expected);
    }
}
