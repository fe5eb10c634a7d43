//! `/t/{tenant}/leavers`: the inbox of bookings that leavers left behind, and all leavers.

mod booking;
mod decide;
mod one;
mod place;
mod policies;

use axum::extract::{Query, State};
use axum::routing;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use place::{Kept, Leaver, Leavers, NEEDS, Names, api, home, page, query};

use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::table::{empty, table};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(crate) fn routes() -> Vec<Route> {
    let mut all = vec![get("/t/{tenant}/leavers", NEEDS, routing::get(show))];
    all.extend(policies::routes());
    all.extend(one::routes());
    all.extend(decide::routes());
    all
}

/// How many leavers of the inbox are on a page, each with their bookings.
const AT_ONCE: usize = 10;

/// Which leavers to show.
#[derive(Debug, Default, Deserialize)]
struct Wanted {
    /// `all`, or the inbox.
    #[serde(default)]
    list: String,
    /// `next` of the page before.
    after: Option<String>,
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Query(wanted): Query<Wanted>,
) -> Result<Page, Refused> {
    let all = wanted.list == "all";
    let content = if all {
        everybody(&portal, &signed, wanted.after.as_deref()).await?
    } else {
        inbox(&portal, &signed, wanted.after.as_deref()).await?
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
            a href=(home) aria-current=[tab(!all)] { "To decide" }
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

/// Where a list is asked for, behind `after`.
fn listed(signed: &Signed, wanted: &str, after: Option<&str>) -> String {
    let after: Vec<_> = after.map(|after| ("after", after)).into_iter().collect();
    format!("{}?{wanted}&{}", api(signed, "leavers"), query(&after))
}

fn next_page(home: &str, list: &str, next: Option<&str>) -> Option<String> {
    Some(format!("{home}?{}", query(&[("list", list), ("after", next?)])))
}

async fn inbox(portal: &Portal, signed: &Signed, after: Option<&str>) -> Result<Markup, Refused> {
    let path = listed(signed, &format!("undecided=true&limit={AT_ONCE}"), after);
    let found: Leavers = portal.apis().get(signed, &path).await?;
    let names = Names::of(portal, signed).await?;
    let now = (portal.settings().now)();
    let mut cards = Vec::new();
    for leaver in &found.leavers {
        let of = api(signed, &format!("leavers/{}/bookings", leaver.employee_id));
        let kept: Kept = portal.apis().get(signed, &of).await?;
        cards.push(card(signed, &names, leaver, &kept, now));
    }
    let next = next_page(&home(signed), "inbox", found.next.as_deref());
    Ok(html! {
        @if cards.is_empty() {
            (empty("Nothing waits for a decision", "When somebody leaves who has bookings to come, they are listed here, the most urgent first."))
        }
        @for card in &cards { (card) }
        (paging(after.map(|_| home(signed)).as_deref(), next.as_deref()))
    })
}

/// A leaver, and what is to be decided of theirs.
fn card(signed: &Signed, names: &Names, leaver: &Leaver, kept: &Kept, now: Timestamp) -> Markup {
    let id = leaver.employee_id.to_string();
    let undecided: Vec<_> = kept.upcoming.iter().filter(|one| one.waits()).collect();
    html! {
        section.card aria-labelledby={ "leaver-" (id) } {
            div.head {
                div {
                    h2 id={ "leaver-" (id) } { a href={ (home(signed)) "/" (id) } { (leaver.name()) } }
                    p.soft { "Left " (moment(leaver.left_at)) }
                }
                (urgency(leaver, now))
            }
            (booking::decision_form(signed, names, leaver.employee_id, &undecided))
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
        24..48 => (Tone::Warn, "Begins in a day".to_owned()),
        48..168 => (Tone::Warn, format!("Begins in {} days", hours / 24)),
        _ => (Tone::Plain, format!("Begins in {} days", hours / 24)),
    };
    badge(tone, &words)
}

async fn everybody(
    portal: &Portal,
    signed: &Signed,
    after: Option<&str>,
) -> Result<Markup, Refused> {
    let found: Leavers = portal.apis().get(signed, &listed(signed, "limit=50", after)).await?;
    let next = next_page(&home(signed), "all", found.next.as_deref());
    let first = after.map(|_| format!("{}?list=all", home(signed)));
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
                            th scope="row" { a href={ (home(signed)) "/" (leaver.employee_id) } { (leaver.name()) } }
                            td.nowrap { (moment(leaver.left_at)) }
                            @for count in [counts.undecided, counts.planned, counts.kept, counts.cancelled, counts.past] {
                                td.num { (count) }
                            }
                        }
                    }
                },
            ))
        }
        (paging(first.as_deref(), next.as_deref()))
    })
}
