//! `…/operations/receipts`: departures that a subscriber has not acknowledged in time.

use axum::extract::State;
use axum::routing;
use jiff::Timestamp;
use maud::html;
use serde::Deserialize;

use super::place::{READ, Tab, page};
use crate::parts::also_by::also_by;
use crate::parts::page::Page;
use crate::parts::table::{empty, table};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}/operations/receipts", READ, routing::get(list))]
}

#[derive(Debug, Deserialize)]
struct List {
    overdue: Vec<Overdue>,
    more: bool,
}

#[derive(Debug, Deserialize)]
struct Overdue {
    employee_id: String,
    left_at: Timestamp,
    due_at: Timestamp,
    /// Who has not acknowledged it.
    missing: Vec<String>,
}

async fn list(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let tenant = &signed.tenant;
    let path = format!("/ops/v1/receipts/overdue?tenant={tenant}");
    let list: List = portal.apis().get(&signed, &path).await?;
    let subscribers = Tab::Subscribers.path(&signed);
    let content = html! {
        div.head { div {
            h1 { "Overdue receipts" }
            p.lead { "Each subscriber acknowledges that somebody has left. These departures were not acknowledged in time by everybody who wants to be told." }
        } }
        @if list.overdue.is_empty() {
            (empty("Nothing is overdue", "Every departure was acknowledged, or is in time."))
        } @else {
            (table("Departures that are overdue", &["Person", "Left", "Was due", "Not acknowledged by"], html! {
                @for one in &list.overdue {
                    tr {
                        td { a.mono href={ "/t/" (tenant) "/people/" (one.employee_id) } { (one.employee_id) } }
                        td { (moment(one.left_at)) }
                        td { (moment(one.due_at)) }
                        td { @for name in &one.missing { a href={ (subscribers) "/" (name) } { (name) } " " } }
                    }
                }
            }))
            @if list.more { p { "There are more: these are the first hundred." } }
        }
        (also_by(&format!("rollcall receipt PERSON --tenant {tenant}"), &format!("GET {path}")))
    };
    Ok(page(&signed, Tab::Receipts, "Overdue receipts", content))
}
