//! What an event changed about a person, in words: each with what was before and what is after.

use maud::{Markup, html};
use serde_json::Value;

use super::known::{About, Names, origin, profile_counts, what_and_when};
use super::told::Change;

/// One thing that is another one after an event.
struct Line {
    label: Markup,
    before: Option<Markup>,
    after: Option<Markup>,
}

/// The changes of an event of this type, with what teams were called before and after it.
pub(super) fn changes(
    before: &Names<'_>,
    after: &Names<'_>,
    event: &str,
    all: &[Change],
) -> Markup {
    html! {
        @if all.is_empty() { p.hint { "It changed nothing about this person." } }
        ul.plain {
            @for line in all.iter().flat_map(|change| lines(before, after, event, change)) {
                li { (line.label) ": " (shown(&line)) }
            }
        }
    }
}

/// What was, and what is.
fn shown(line: &Line) -> Markup {
    html! {
        @if let Some(before) = &line.before { del { (before) } " → " }
        @match &line.after {
            Some(after) => ins { (after) },
            None => span.soft { "nothing" },
        }
    }
}

fn lines(before: &Names<'_>, after: &Names<'_>, event: &str, change: &Change) -> Vec<Line> {
    let about = About::of(&change.fact);
    match (about, &change.before, &change.after) {
        (About::Team(_), was, is) => team(after, about, was.as_ref(), is.as_ref()),
        (About::Account(_), Some(was), Some(is)) => account(after, about, was, is),
        (About::Booking(_), Some(was), Some(is)) => booking(before, after, was, is),
        (About::Booking(id), Some(was), None) => vec![Line {
            label: html! { (after.label(about)) },
            before: Some(before.value(about, was)),
            after: after.gone_to(event, id, was),
        }],
        (
            About::Standing
            | About::Held
            | About::PrimaryTeam
            | About::Account(_)
            | About::Booking(_)
            | About::Attribute(_),
            was,
            is,
        ) => vec![Line {
            label: html! { (after.label(about)) },
            before: was
                .as_ref()
                .filter(|was| !has_only_nulls(was))
                .map(|was| before.value(about, was)),
            after: is.as_ref().map(|is| after.value(about, is)),
        }],
    }
}

fn team(names: &Names<'_>, about: About<'_>, was: Option<&Value>, is: Option<&Value>) -> Vec<Line> {
    let (label, before, after) = match (was, is) {
        (None, Some(is)) => ("In the team".to_owned(), None, names.value(about, is)),
        (Some(was), None) => ("No longer in the team".to_owned(), None, names.value(about, was)),
        (Some(was), Some(is)) if was["name"] != is["name"] || origin(was) != origin(is) => {
            ("Team".to_owned(), Some(names.value(about, was)), names.value(about, is))
        }
        // Only since when they are in it.
        (Some(_), Some(is)) => ("In the team anew".to_owned(), None, names.value(about, is)),
        (None, None) => return vec![],
    };
    vec![Line { label: html! { (label) }, before, after: Some(after) }]
}

fn account(names: &Names<'_>, about: About<'_>, was: &Value, is: &Value) -> Vec<Line> {
    let state = |account: &Value| html! { (account["state"].as_str().unwrap_or_default()) };
    let label = || html! { (names.label(about)) };
    let mut lines = Vec::new();
    if was["state"] != is["state"] {
        lines.push(Line { label: label(), before: Some(state(was)), after: Some(state(is)) });
    }
    if profile_counts(was) != profile_counts(is) {
        let after = html! { (profile_counts(is)) };
        lines.push(Line { label: label(), before: None, after: Some(after) });
    }
    lines
}

/// Which parts of a booking are others now.
fn booking(before: &Names<'_>, after: &Names<'_>, was: &Value, is: &Value) -> Vec<Line> {
    let (was, parts) = (before.parts(was), after.parts(is));
    let pairs = was.into_iter().zip(parts);
    let differing = pairs.filter(|((_, was), (_, is))| {
        was.as_ref().map(|was| &was.0) != is.as_ref().map(|is| &is.0)
    });
    differing
        .map(|((part, before), (_, after))| Line {
            label: html! { "Booking of " (what_and_when(is)) ", " (part.to_lowercase()) },
            before,
            after,
        })
        .collect()
}

/// Whether a value has parts, and each of them is null.
fn has_only_nulls(value: &Value) -> bool {
    value.as_object().is_some_and(|parts| parts.values().all(Value::is_null))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::told::History;
    use super::*;

    const ID: &str = "01890000-0000-7000-8000-000000000001";

    fn history() -> History {
        let event = json!({
            "event": "booking.changed", "at": "2026-12-01T09:00:00Z", "request": null, "actor": "operator",
        });
        let place = |state: &str| {
            json!({ "resource": "Desk 3.12", "starts_at": "2026-12-04T09:00:00Z",
                    "ends_at": "2026-12-04T17:00:00Z", "state": state, "title": null })
        };
        let team = |name: &str| json!({ "name": name, "origin": "synced", "since": 4 });
        let step = |changes: Value| {
            let mut step = event.clone();
            step["changes"] = changes;
            step
        };
        let fact = |kind: &str| format!("{kind} {ID}");
        let gone = |event: &str, booked_for: Value| {
            let mut was = place("booked");
            was["booked_for"] = booked_for;
            let mut step = step(json!([{ "fact": fact("booking"), "before": was, "after": null }]));
            step["event"] = json!(event);
            step
        };
        let steps = [
            step(json!([
                { "fact": fact("team"), "before": null, "after": team("Sales") },
                { "fact": "primary team", "before": null, "after": ID },
                { "fact": fact("resource"), "before": null,
                  "after": { "state": "active", "describes_the_person": true } },
                { "fact": fact("booking"), "before": null, "after": place("booked") },
            ])),
            step(json!([
                { "fact": fact("team"), "before": team("Sales"), "after": team("Selling") },
                { "fact": fact("booking"), "before": place("booked"), "after": place("cancelled") },
                { "fact": fact("resource"), "before": { "state": "active", "describes_the_person": true },
                  "after": { "state": "inactive", "describes_the_person": true } },
            ])),
            step(json!([{ "fact": "primary team", "before": ID, "after": null }])),
            gone("booking.handed-over", json!(null)),
            gone("booking.reopened", json!(ID)),
            gone("booking.changed", json!(null)),
        ];
        serde_json::from_value(json!({ "steps": steps })).expect("a history")
    }

    fn told() -> Vec<String> {
        let history = history();
        let mut names = Names::of(None, &history);
        let steps = history.steps.iter().map(|step| {
            let before = names.clone();
            names.learn(&step.changes);
            let told = changes(&before, &names, &step.event.event, &step.changes).0;
            // What a reader sees, without what is marked how.
            let pieces =
                told.split('<').map(|one| one.split_once('>').map_or(one, |(_, text)| text));
            pieces.collect::<String>()
        });
        steps.collect()
    }

    #[test]
    fn what_changed_is_told_by_names_as_of_then_and_never_by_ids() {
        let told = told();
        for (step, words) in [
            (0, "In the team: Sales (from Entra)"),
            (0, "Primary team: Sales"),
            (0, "Account in Entra: active"),
            (0, "Booking: Desk 3.12, 4 Dec 2026, 09:00–17:00 UTC"),
            (1, "Team: Sales (from Entra) → Selling (from Entra)"),
            (1, "Booking of Desk 3.12, 4 Dec 2026, 09:00–17:00 UTC, state: booked → cancelled"),
            (1, "Account in Entra: active → inactive"),
            (2, "Primary team: Selling → nothing"),
            (3, "17:00 UTC → handed over to a colleague"),
            (4, " → back to somebody who was erased"),
            (5, "17:00 UTC → nothing"),
        ] {
            assert!(told[step].contains(words), "{words}: {}", told[step]);
        }
        let told = told.concat();
        assert!(!told.contains(ID) && !told.contains("describes"), "{told}");
    }

    #[test]
    fn an_attribute_that_is_called_like_a_fact_of_ours_is_shown_as_what_it_is() {
        assert_eq!(About::of("team spirit"), About::Attribute("team spirit"));
        assert_eq!(About::of(&format!("rank {ID}")), About::Attribute(&format!("rank {ID}")));
        assert_eq!(About::of(&format!("team {ID}")), About::Team(ID));
    }
}
