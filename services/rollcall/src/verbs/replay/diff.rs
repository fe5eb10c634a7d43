//! `rollcall replay diff`: what would change for readers, and which events decide it.

use clap::Args;
use serde_json::Value;

use super::subject::of_path;
use crate::exit::ExitStatus;
use crate::output;
use crate::verbs::cli_target::GatewayTarget;

#[derive(Debug, Args)]
pub(crate) struct DiffOptions {
    /// The job, or its plan; or a projection, for the candidate of its release
    of: String,
    /// How many people, and how many other rows, are shown at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    first: u32,
    /// Print CSV: a line for each field of each person
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(options: DiffOptions) -> anyhow::Result<ExitStatus> {
    let DiffOptions { of, first, csv, target } = options;
    let ops = target.ops()?;
    let [area, of_what] = of_path(&of);
    let diff = ops.get(&[area, of_what, "diff"], &[("first", first.to_string())]).await?;
    if csv {
        show_csv(&diff);
    } else {
        output::answer(target.json, &diff, || show(&diff));
    }
    Ok(if differs(&diff) { ExitStatus::Differs } else { ExitStatus::Success })
}

/// Whether anything differs, as `verify` and `replay rehearse` count it: a row, a whole table, or how a
/// table is made.
pub(super) fn differs(diff: &Value) -> bool {
    let one_has_more = ["only_live", "only_candidate"]
        .iter()
        .any(|tables| output::list(&diff[tables]).next().is_some());
    one_has_more || altered(diff) || rows_that_differ(diff) > 0 || people_that_differ(diff) > 0
}

/// Whether somebody altered the tables of either slot: what is read then is told by no row.
pub(super) fn altered(diff: &Value) -> bool {
    output::list(&diff["altered"]).next().is_some()
}

/// Of how many people readers would see something else: also where a rule of another release makes
/// that of the same rows.
pub(super) fn people_that_differ(diff: &Value) -> u64 {
    diff["people"]["changed"].as_u64().unwrap_or_default()
}

/// How many rows readers would see changed, come or gone.
pub(super) fn rows_that_differ(diff: &Value) -> u64 {
    let count = |table: &Value, name: &str| table[name].as_u64().unwrap_or_default();
    let of_table =
        |table| ["changed", "only_live", "only_candidate"].map(|name| count(table, name));
    output::list(&diff["tables"]).flat_map(of_table).sum()
}

/// The difference, for people.
pub(super) fn show(diff: &Value) {
    output::line(format_args!(
        "{} {}: live and candidate at event {}{}",
        diff["job"].as_str().unwrap_or("RELEASE"),
        output::text(&diff["projection"]),
        diff["position"],
        if diff["same_rules"] == true { "" } else { ", by different rules" }
    ));
    let columns = ["table", "same", "changed", "only_live", "only_candidate"];
    let tables: Vec<Vec<String>> = output::list(&diff["tables"])
        .map(|table| columns.map(|column| output::text(&table[column])).to_vec())
        .collect();
    output::table(&["TABLE", "SAME", "CHANGED", "ONLY LIVE", "ONLY CANDIDATE"], &tables);
    for (member, words) in [("only_live", "only live"), ("only_candidate", "only the candidate")] {
        for table in output::list(&diff[member]) {
            output::line(format_args!("table {} has {words}", output::text(table)));
        }
    }
    for altered in output::list(&diff["altered"]) {
        output::line(format_args!("altered by hand: {}", output::text(altered)));
    }
    let left_out: Vec<String> = output::list(&diff["left_out"]).map(output::text).collect();
    if !left_out.is_empty() {
        output::line(format_args!(
            "not compared: {}, whose rows are no person's own; a replay of tenant {} has them",
            left_out.join(", "),
            output::text(&diff["tenant"])
        ));
    }
    show_people(&diff["people"]);
    let things: Vec<Vec<String>> = output::list(&diff["things"]).map(thing).collect();
    if !things.is_empty() {
        output::table(&["TABLE", "CHANGE", "KEY", "EVENTS"], &things);
    }
}

fn show_people(people: &Value) {
    if people.is_null() {
        output::line(
            "people: cannot be told, as one of the slots has other tables than this release",
        );
        return;
    }
    let by_field: Vec<String> = people["by_field"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(field, count)| format!("{field} {count}"))
        .collect();
    let by_field = by_field.join(" · ");
    output::line(format_args!("people changed: {}  {by_field}", people["changed"]));
    let rows: Vec<Vec<String>> = fields(people)
        .map(|(person, field)| {
            vec![
                output::text(&person["tenant"]),
                output::text(&person["person"]),
                output::text(&field["field"]),
                format!("{} -> {}", side(&field["live"]), side(&field["candidate"])),
                events(person),
            ]
        })
        .collect();
    if !rows.is_empty() {
        output::table(&["TENANT", "PERSON", "FIELD", "LIVE -> CANDIDATE", "EVENTS"], &rows);
    }
    let shown = output::list(&people["first"]).count() as u64;
    let more = people["changed"].as_u64().unwrap_or_default().saturating_sub(shown);
    if more > 0 {
        output::line(format_args!("and {more} more people; say --first"));
    }
}

/// Each field of each person that is told.
fn fields(people: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let people = output::list(&people["first"]);
    people.flat_map(|person| output::list(&person["fields"]).map(move |field| (person, field)))
}

fn side(value: &Value) -> String {
    if value.is_null() { "none".to_owned() } else { output::text(value) }
}

fn events(of: &Value) -> String {
    let told = output::list(&of["events"]).map(|event| {
        let what = event["type"].as_str().unwrap_or("erased");
        format!("{} {what} {}", event["position"], output::text(&event["at"])).trim_end().to_owned()
    });
    told.collect::<Vec<_>>().join("; ")
}

fn thing(of: &Value) -> Vec<String> {
    let change = match (of["in_live"] == true, of["in_candidate"] == true) {
        (true, true) => "changed",
        (true, false) => "only live",
        (false, _) => "only candidate",
    };
    vec![output::text(&of["table"]), change.to_owned(), output::text(&of["key"]), events(of)]
}

fn show_csv(diff: &Value) {
    output::line("tenant,person,field,live,candidate,events");
    for (person, field) in fields(&diff["people"]) {
        let cells = [
            output::text(&person["tenant"]),
            output::text(&person["person"]),
            output::text(&field["field"]),
            output::text(&field["live"]),
            output::text(&field["candidate"]),
            events(person),
        ];
        output::line(cells.map(|cell| csv_cell(&cell)).join(","));
    }
}

/// A cell of CSV (RFC 4180). A text that a spreadsheet would take for a formula is made plain.
fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_row_that_changed_came_or_went_counts() {
        let diff = json!({ "tables": [
            { "table": "a", "same": 9, "changed": 1, "only_live": 2, "only_candidate": 0 },
            { "table": "b", "same": 9, "changed": 0, "only_live": 0, "only_candidate": 4 },
        ] });
        assert_eq!(rows_that_differ(&diff), 7);
        assert!(differs(&diff));
    }

    #[test]
    fn a_table_that_one_of_them_has_is_a_difference_too() {
        let row =
            json!({ "table": "a", "same": 9, "changed": 0, "only_live": 0, "only_candidate": 0 });
        let diff =
            |more: &[&str]| json!({ "tables": [row], "only_live": [], "only_candidate": more });
        assert!(!differs(&diff(&[])));
        assert!(differs(&diff(&["b"])));
    }

    #[test]
    fn tables_that_somebody_altered_are_a_difference_though_no_row_is() {
        let diff = |altered: &[&str]| json!({ "tables": [], "altered": altered });
        assert!(differs(&diff(&["live: teams lacks column name text"])) && !differs(&diff(&[])));
    }

    #[test]
    fn people_may_differ_though_no_row_does() {
        let diff = |changed: u64| json!({ "tables": [], "people": { "changed": changed } });
        assert!(differs(&diff(1)) && !differs(&diff(0)));
    }

    #[test]
    fn a_cell_is_one_cell_whatever_it_holds_and_no_formula() {
        assert_eq!(csv_cell("Core, Berlin"), "\"Core, Berlin\"");
        assert_eq!(csv_cell("the \"A\" team"), "\"the \"\"A\"\" team\"");
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("plain"), "plain");
    }
}
