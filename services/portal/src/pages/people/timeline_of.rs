//! All that happened to a person, event by event.

use events::EmployeeId;
use maud::{Markup, html};
use roster::TenantRoster;
use serde_json::Value;

use super::facts;
use super::place::path;
use super::told::{Change, Moments, Step, Told};
use crate::parts::text::capital;
use crate::parts::timeline::{Happened, timeline};
use crate::signed::Signed;

/// So many events are listed at once.
const EVENTS: usize = 30;

/// A page of them, the newest first.
pub(super) fn events(
    signed: &Signed,
    tenant: Option<&TenantRoster>,
    id: EmployeeId,
    told: &Told,
    older: usize,
) -> Markup {
    let last = told.history.steps.len();
    let skipped = older.saturating_mul(EVENTS);
    let shown: Vec<Happened> = told
        .history
        .steps
        .iter()
        .rev()
        .skip(skipped)
        .take(EVENTS)
        .map(|step| happened(signed, tenant, step, &told.moments))
        .collect();
    let here = path(signed, id);
    html! {
        (timeline("What happened, the newest first", &shown))
        div.actions {
            @if older > 0 { a.button.small href={ (here) "?older=" (older - 1) "#events" } { "Newer events" } }
            @if skipped + shown.len() < last { a.button.small href={ (here) "?older=" (older + 1) "#events" } { "Older events" } }
        }
    }
}

fn happened(
    signed: &Signed,
    tenant: Option<&TenantRoster>,
    step: &Step,
    moments: &Moments,
) -> Happened {
    let content = html! {
        @if step.changes.is_empty() { p.hint { "Nothing changed about this person." } }
        ul.plain {
            @for change in &step.changes {
                li { (facts::label(&change.fact)) ": " (changed(change)) }
            }
        }
    };
    Happened {
        at: step.event.at,
        title: words(&step.event.event),
        by: step.event.cause(signed, tenant),
        content,
        here: moments.at == Some(step.event.at),
    }
}

/// What was, and what is: of several parts, those that are others now.
fn changed(change: &Change) -> Markup {
    let (before, after) = match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            let (before, after) = facts::differing(before, after);
            (Some(before), Some(after))
        }
        (before, after) => (before.clone(), after.clone()),
    };
    let says_nothing =
        |value: &Value| value.as_object().is_some_and(|parts| parts.values().all(Value::is_null));
    html! {
        @if let Some(before) = before.filter(|before| !says_nothing(before)) {
            del { (facts::shown(&before)) } " → "
        }
        @match after {
            Some(after) => ins { (facts::shown(&after)) },
            None => span.soft { "nothing" },
        }
    }
}

/// The type of an event, such as `user.team-assigned`, as words.
fn words(kind: &str) -> String {
    capital(&kind.replace(['.', '-'], " "))
}
