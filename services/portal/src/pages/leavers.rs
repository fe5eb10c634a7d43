//! `/t/{tenant}/leavers`: the inbox of bookings that leavers left behind, and all leavers.

mod booking;
mod chosen;
mod decide;
mod decided;
mod filter;
mod one;
mod place;
mod policies;
mod undo;

use axum::extract::{RawQuery, State};
use axum::routing;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use booking::first;
use filter::{Decision, Filter};
use place::{Booking, Kept, Leaver, Leavers, NEEDS, Names, api, home, page};

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
        inbox(&portal, &signed, &filter, &trail).await?
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
    filter: &Filter,
    trail: &Trail,
) -> Result<Markup, Refused> {
    let mut wanted = filter.call();
    wanted.push(("limit", AT_ONCE.to_string()));
    let found: Leavers = portal.apis().get(signed, &listed(signed, &wanted, trail)).await?;
    let types: Types = portal.apis().get(signed, &api(signed, "leaver-policies")).await?;
    let names = Names::of(portal, signed).await?;
    let now = (portal.settings().now)();
    let mut cards = Vec::new();
    for leaver in &found.leavers {
        let of = api(signed, &format!("leavers/{}/bookings", leaver.employee_id));
        let kept: Kept = portal.apis().get(signed, &of).await?;
        cards.push(card(signed, &names, filter, leaver, &kept, now));
    }
    let whose = filter.employee.and_then(|employee| names.user_name(employee)).unwrap_or_default();
    let stay = filter.parameters();
    let stay: Vec<_> = stay.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(html! {
        (filter::form(signed, filter, whose, &types.resource_types))
        @if cards.is_empty() { (nothing(filter)) }
        @for card in &cards { (card) }
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
    filter: &Filter,
    leaver: &Leaver,
    kept: &Kept,
    now: Timestamp,
) -> Markup {
    let id = leaver.employee_id.to_string();
    let fitting = |is_meant: fn(&Booking) -> bool| {
        let upcoming = kept.upcoming.iter();
        upcoming.filter(|one| is_meant(one) && filter.fits(one)).collect::<Vec<_>>()
    };
    let handed_over =
        || kept.handed_over.iter().filter(|one| filter.fits(&one.booking)).collect::<Vec<_>>();
    html! {
        section.card aria-labelledby={ "leaver-" (id) } {
            div.head {
                div {
                    h2 id={ "leaver-" (id) } { a href={ (home(signed)) "/" (id) } { (name(&leaver.name())) } }
                    p.soft { "Left " (moment(leaver.left_at)) }
                }
                @if filter.decision == Decision::Undecided { (urgency(leaver, now)) }
            }
            @match filter.decision {
                Decision::Undecided => {
                    @let fitting = fitting(Booking::waits);
                    @let (shown, others) = first(&fitting, OF_ONE);
                    (booking::decision_form(signed, names, leaver.employee_id, shown))
                    (others)
                },
                Decision::Planned => {
                    @let fitting = fitting(|one| one.planned_cancellation.is_some());
                    @let (shown, others) = first(&fitting, OF_ONE);
                    (decided::planned(signed, names, &id, shown, now))
                    (others)
                },
                Decision::Kept => {
                    @let fitting = fitting(|one| one.kept.is_some());
                    @let (shown, others) = first(&fitting, OF_ONE);
                    (decided::kept(names, shown))
                    (others)
                },
                Decision::HandedOver => {
                    @let fitting = handed_over();
                    @let (shown, others) = first(&fitting, OF_ONE);
                    (decided::handed_over(signed, names, shown))
                    (others)
                },
            }
        }
    }
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
