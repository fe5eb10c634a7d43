//! How things were with a person at a moment, why, and all that happened: what the operators' API
//! explains, of one's own people.

use axum::extract::{Path, RawQuery, State};
use events::EmployeeId;
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;

use super::because::because;
use super::known::{About, Names};
use super::place::{employee, path};
use super::timeline_of::events;
use super::told::{Asked, Moments, Told};
use crate::names::roster;
use crate::parts::page::Page;
use crate::parts::table::table;
use crate::parts::text::{name, sentence};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// `GET …/moment`: the part of the page that another moment changes.
pub(super) async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Page, Refused> {
    let id = employee(&id)?;
    let told = Told::of(&portal, &signed, id, &Asked::of(query.as_deref())).await?;
    let roster = roster(&portal).await?;
    Ok(Page::new(at_moment(&signed, roster.tenant(&signed.tenant), id, &told)))
}

/// The section of a person's page.
pub(super) async fn section(
    portal: &Portal,
    signed: &Signed,
    id: EmployeeId,
    asked: &Asked,
) -> Result<Markup, Refused> {
    let told = match Told::of(portal, signed, id, asked).await {
        Ok(told) => told,
        // The rest of the page can be shown all the same.
        Err(Refused::Because(why)) => {
            return Ok(html! {
                section.card #explained aria-labelledby="why" {
                    h2 #why { "How it came to this" }
                    div.notice.warn { p { "This cannot be shown at present. " (sentence(&why.detail)) } }
                }
            });
        }
        Err(Refused::NotSignedIn) => return Err(Refused::NotSignedIn),
    };
    let roster = roster(portal).await?;
    let tenant = roster.tenant(&signed.tenant);
    Ok(html! {
        section.card #explained aria-labelledby="why" {
            h2 #why { "How it came to this" }
            (choice(signed, id, &told.moments))
            div #moment { (at_moment(signed, tenant, id, &told)) }
            h3 #events { "Events" }
            (events(signed, tenant, id, &told, asked.older))
        }
    })
}

/// Where the moment is chosen: by a slider, or by a date.
fn choice(signed: &Signed, id: EmployeeId, moments: &Moments) -> Markup {
    let here = path(signed, id);
    let last = moments.all.len().max(1);
    html! {
        form.filters method="get" action={ (here) "#explained" } data-fragment={ (here) "/moment" } data-target="moment" {
            label.field.slider {
                span.label { "Moment" }
                input type="range" name="step" min="1" max=(last) value=(moments.step.max(1));
            }
            button { "Show" span.visually-hidden { " the moment of the slider" } }
        }
        form.filters method="get" action={ (here) "#explained" } {
            label.field {
                span.label { "Date and time (UTC)" }
                input type="datetime-local" step="1" name="at" value=[moments.at.map(field)];
            }
            button { "Show" span.visually-hidden { " this date" } }
        }
    }
}

/// What was so at the moment, and why.
fn at_moment(
    signed: &Signed,
    tenant: Option<&TenantRoster>,
    id: EmployeeId,
    told: &Told,
) -> Markup {
    let (here, moments) = (path(signed, id), &told.moments);
    let last = moments.all.len();
    let step = |step: usize| format!("{here}?step={step}#explained");
    html! {
        @if let Some(notice) = &moments.notice { div.notice.warn role="status" { p { (notice) } } }
        p aria-live="polite" {
            @match moments.at {
                None => { "As it is now. Things happened at " (last) @if last == 1 { " moment." } @else { " moments." } },
                Some(at) if moments.step == 0 => { "On " b { (moment(at)) } " nothing had happened yet." },
                Some(at) => { "As it was on " b { (moment(at)) } ": moment " (moments.step) " of " (last) "." },
            }
        }
        div.actions {
            @if moments.step > 1 { a.button.small href=(step(moments.step - 1)) { "Previous event" } }
            @if moments.step < last { a.button.small href=(step(moments.step + 1)) { "Next event" } }
            @if moments.at.is_some() { a.button.small href={ (here) "#explained" } { "Now" } }
        }
        @if told.explanation.known { (facts_table(signed, tenant, told)) } @else {
            p {
                "Nothing was known of this person at that moment."
                @if let Some(first) = moments.all.first() { " The first that is known is of " (moment(*first)) "." }
            }
        }
    }
}

/// A time as a field of a form holds it.
fn field(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn facts_table(signed: &Signed, tenant: Option<&TenantRoster>, told: &Told) -> Markup {
    let names = Names::of(tenant, &told.history);
    let told = &told.explanation;
    table(
        "What was known, and why",
        &["What", "Value", "Since", "By"],
        html! {
            @for one in &told.facts {
                @let about = About::of(&one.fact);
                tr {
                    th scope="row" { (names.label(about)) }
                    td { (names.value(about, &one.value)) }
                    td.nowrap { (moment(one.set_by.at)) }
                    td { (one.set_by.cause(signed, tenant)) }
                }
            }
            @for one in &told.teams {
                tr {
                    th scope="row" { @if one.rank == "primary" { "Primary team" } @else { "Additional team" } }
                    td {
                        (name(&one.name)) " " span.soft { @if one.origin == "synced" { "(from Entra)" } @else { "(added here)" } }
                        @if let Some(why) = &one.because { div.hint { (because(why)) } }
                    }
                    td.nowrap { (moment(one.set_by.at)) }
                    td { (one.set_by.cause(signed, tenant)) }
                }
            }
        },
    )
}
