//! All that happened to a person, event by event.

use events::EmployeeId;
use maud::{Markup, html};
use roster::TenantRoster;

use super::changes::changes;
use super::known::Names;
use super::place::path;
use super::told::Told;
use crate::parts::event_words;
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
    let end = last.saturating_sub(skipped);
    let shown = end.saturating_sub(EVENTS)..end;
    // Names are learnt from the first event on, and what is shown has those of its time.
    let mut names = Names::of(tenant, &told.history);
    let mut happened: Vec<Happened> = Vec::new();
    for (place, step) in told.history.steps.iter().enumerate().take(end) {
        if !shown.contains(&place) {
            names.learn(&step.changes);
            continue;
        }
        let before = names.clone();
        names.learn(&step.changes);
        happened.push(Happened {
            at: step.event.at,
            title: event_words::of(&step.event.event),
            by: step.event.cause(signed, tenant),
            content: changes(&before, &names, &step.event.event, &step.changes),
            here: told.moments.at == Some(step.event.at),
        });
    }
    happened.reverse();
    let here = path(signed, id);
    html! {
        (timeline("What happened, the newest first", &happened))
        div.actions {
            @if older > 0 { a.button.small href={ (here) "?older=" (older - 1) "#events" } { "Newer events" } }
            @if shown.start > 0 { a.button.small href={ (here) "?older=" (older + 1) "#events" } { "Older events" } }
        }
    }
}
