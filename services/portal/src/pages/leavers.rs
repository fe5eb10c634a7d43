//! `/t/{tenant}/leavers`: the inbox of bookings that leavers left behind, and all leavers.

mod booking;
mod chosen;
mod decide;
mod decided;
mod filter;
mod here;
mod list_part;
mod meanwhile;
mod one;
mod place;
mod policies;
mod undo;
mod undoable;
mod whom;

use axum::extract::{RawQuery, State};
use axum::routing;
use events::Standing;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use booking::COLLEAGUES;
use filter::{Decision, Filter};
use here::Here;
use list_part::first;
use place::{Booking, DECIDES, Kept, Leaver, Leavers, NEEDS, Names, api, home, page};

use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::page::Page;
use crate::parts::table::{empty, table};
use crate::parts::text::name;
use crate::parts::time::moment;
use crate::parts::trail::Trail;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(crate) fn routes() -> Vec<Route> {
    let mut all = vec![get("/t/{tenant}/leavers", NEEDS, routing::get(show))];
    all.extend(policies::routes());
    all.extend(one::routes());
    all.extend(decide::routes());
    all.extend(undo::routes());
    all.extend(filter::routes());
    all
}

/// How many leavers of the inbox are on a page, each with their bookings.
const AT_ONCE: usize = 10;
/// So many of one leaver; the others are on the page of that leaver.
const OF_ONE: usize = 8;

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Page, Refused> {
    let asked = query::read(query.as_deref());
    let all = query::said(&asked, "list") == "all";
    let trail = Trail::of(&asked);
    let filter = Filter::of(&asked)?;
    let content = if all {
        everybody(&portal, &signed, &trail).await?
    } else {
        let here = Here::of(&portal, &signed, "inbox", &asked).await?;
        inbox(&portal, &signed, &here, &filter, &trail).await?
    };
    let tab = |here: bool| here.then_some("page");
    let home = home(&signed);
    let content = html! {
        div.head {
            div {
                h1 { "Leavers" }
                p.lead { "Bookings of people who have left are kept until somebody decides. What is cancelled here is told to the booking system." }
            }
            div.actions { a.button href={ (home) "/policies" } { "Policies" } }
        }
        nav.tabs aria-label="Lists" {
            a href=(home) aria-current=[tab(!all)] { "Inbox" }
            a href={ (home) "?list=all" } aria-current=[tab(all)] { "All leavers" }
        }
        (content)
        (also_by(
            &format!("rollcall bookings cancel --tenant {} --employee ID --reason \"has left\"", signed.tenant),
            &format!("GET {}?undecided=true\nPOST {}", api(&signed, "leavers"), api(&signed, "leavers/bookings/cancel")),
        ))
    };
    Ok(page(&signed, "Leavers", content))
}

/// Where the JSON API lists leavers.
fn listed(signed: &Signed, wanted: &[(&str, String)], trail: &Trail) -> String {
    let wanted = wanted.iter().map(|(name, value)| (*name, value.as_str()));
    let after = ("after", trail.after.as_deref().unwrap_or_default());
    format!("{}?{}", api(signed, "leavers"), query::write(wanted.chain([after])))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Types {
    resource_types: Vec<String>,
}

async fn inbox(
    portal: &Portal,
    signed: &Signed,
    here: &Here<'_>,
    filter: &Filter,
    trail: &Trail,
) -> Result<Markup, Refused> {
    let mut wanted = filter.call();
    wanted.push(("limit", AT_ONCE.to_string()));
    wanted.push(("withBookings", "true".to_owned()));
    let found: Leavers = portal.apis().get(signed, &listed(signed, &wanted, trail)).await?;
    let types: Types = portal.apis().get(signed, &api(signed, "leaver-policies")).await?;
    let names = Names::of(portal, signed).await?;
    let now = (portal.settings().now)();
    let stay = filter.parameters();
    let stay: Vec<_> = stay.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(html! {
        (filter::form(signed, &names, here, filter, &types.resource_types))
        @if filter.decision == Decision::Undecided { (undoable::undoable(signed, &names, here, now)) }
        @if found.leavers.is_empty() { (nothing(filter)) }
        @for leaver in &found.leavers {
            @if let Some(kept) = &leaver.lists { (card(signed, &names, here, filter, leaver, kept, now)) }
        }
        @if signed.may(DECIDES) && filter.decision == Decision::Undecided {
            (names.suggestions(COLLEAGUES, Standing::Active))
        }
        (trail.links(&home(signed), &stay, found.next.as_deref()))
    })
}

fn nothing(filter: &Filter) -> Markup {
    if filter.is_narrow() {
        return empty(
            "No such booking",
            "No leaver has a booking to come that fits. Clear the filters to see what waits.",
        );
    }
    let text = "When somebody leaves who has bookings to come, they are listed here, the most urgent first.";
    empty("Nothing waits for a decision", text)
}

/// A leaver, and those of their bookings that are asked for.
fn card(
    signed: &Signed,
    names: &Names,
    here: &Here,
    filter: &Filter,
    leaver: &Leaver,
    kept: &Kept,
    now: Timestamp,
) -> Markup {
    let id = leaver.employee_id.to_string();
    let whole = format!("{}/{id}", home(signed));
    html! {
        section.card aria-labelledby={ "leaver-" (id) } {
            div.head {
                div {
                    h2 id={ "leaver-" (id) } { a href=(whole) { (name(&leaver.name())) } }
                    p.soft { "Left " (moment(leaver.left_at)) }
                }
                @if filter.decision == Decision::Undecided { (urgency(leaver, now)) }
            }
            @match filter.decision {
                Decision::Undecided => (some(filter, kept.to_come(Booking::waits), &whole, |shown| {
                    booking::decision_form(signed, names, here, leaver.employee_id, shown)
                })),
                Decision::Planned => (some(
                    filter,
                    kept.to_come(|one| one.planned_cancellation.is_some()),
                    &whole,
                    |shown| decided::planned(signed, names, here, &id, shown, now),
                )),
                Decision::Kept => (some(filter, kept.to_come(|one| one.kept.is_some()), &whole, |shown| {
                    decided::kept(signed, names, here, &id, shown)
                })),
                Decision::HandedOver => (some(filter, kept.handed_over.iter(), &whole, |shown| {
                    decided::handed_over(signed, names, here, &id, shown)
                })),
            }
        }
    }
}

/// Those of a leaver's bookings that fit the filter, and the way to the others where they are many.
fn some<'k, B: AsRef<Booking> + 'k>(
    filter: &Filter,
    all: impl Iterator<Item = &'k B>,
    whole: &str,
    rows: impl FnOnce(&[&'k B]) -> Markup,
) -> Markup {
    let fitting: Vec<&B> = all.filter(|one| filter.fits((*one).as_ref())).collect();
    let (shown, others) = first(&fitting, OF_ONE, whole);
    html! { (rows(shown)) (others) }
}

/// How soon the first booking begins.
fn urgency(leaver: &Leaver, now: Timestamp) -> Markup {
    let Some(next) = leaver.next_at else { return html! {} };
    let hours = next.duration_since(now).as_hours();
    let (tone, words) = match hours {
        i64::MIN..0 => (Tone::Bad, "Under way".to_owned()),
        0..24 => (Tone::Bad, "Begins within a day".to_owned()),
        24..36 => (Tone::Warn, "Begins in a day".to_owned()),
        36..168 => (Tone::Warn, format!("Begins in {} days", (hours + 12) / 24)),
        _ => (Tone::Plain, format!("Begins in {} days", (hours + 12) / 24)),
    };
    badge(tone, &words)
}

async fn everybody(portal: &Portal, signed: &Signed, trail: &Trail) -> Result<Markup, Refused> {
    let path = listed(signed, &[("limit", "50".to_owned())], trail);
    let found: Leavers = portal.apis().get(signed, &path).await?;
    Ok(html! {
        @if found.leavers.is_empty() {
            (empty("Nobody has left", "Whoever Entra disables or deletes is listed here, with the bookings that they left behind."))
        } @else {
            (table(
                "Leavers, who left last first",
                &["Name", "Left", "To decide", "Planned", "Kept", "Cancelled", "Past"],
                html! {
                    @for leaver in &found.leavers {
                        @let counts = &leaver.bookings;
                        tr {
                            th scope="row" { a href={ (home(signed)) "/" (leaver.employee_id) } { (name(&leaver.name())) } }
                            td.nowrap { (moment(leaver.left_at)) }
                            @for count in [counts.undecided, counts.planned, counts.kept, counts.cancelled, counts.past] {
                                td.num { (count) }
                            }
                        }
                    }
                },
            ))
        }
        (trail.links(&home(signed), &[("list", "all")], found.next.as_deref()))
    })
}
