//! `/t/{tenant}/people/{employee}`: one person, now and at any moment.

use axum::extract::{Path, RawQuery, State};
use events::{EmployeeId, Standing};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::explained;
use super::place::{Employee, employee, stale, standing};
use super::teams_of;
use super::told::Asked;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::facts;
use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::table::{empty, table};
use crate::parts::text::{capital, name, short};
use crate::parts::time::{moment, period};
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many bookings are shown here; the leaver's page has all.
const BOOKINGS: usize = 20;

/// A person, as the JSON API shows them.
#[derive(Debug, Deserialize)]
struct Person {
    #[serde(flatten)]
    employee: Employee,
    profile: Value,
    teams: Vec<teams_of::Membership>,
}

#[derive(Debug, Deserialize)]
struct Bookings {
    bookings: Vec<Booking>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Booking {
    resource: String,
    title: Option<String>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    state: String,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Page, Refused> {
    let id = employee(&id)?;
    let api = format!("/api/v1/{}/employees/{id}", signed.tenant);
    let person: Person = portal.apis().get(&signed, &api).await?;
    let teams = teams_of::card(&portal, &signed, id, &person.teams).await?;
    let booked = format!("/api/v1/{}/bookings?employee={id}&limit={BOOKINGS}", signed.tenant);
    let booked: Bookings = portal.apis().get(&signed, &booked).await?;
    let explained = explained::section(&portal, &signed, id, &Asked::of(query.as_deref())).await?;
    let one = &person.employee;
    let title = short(&one.display_name, 80);
    let content = html! {
        p.crumbs { a href=(Section::People.path(&signed.tenant)) { "People" } }
        div.head {
            div {
                h1 { (name(&one.display_name)) " " (standing(one.standing, one.held.is_some())) }
                p.lead { (name(&one.user_name)) }
            }
        }
        @if one.stale { (stale()) }
        (why_so(&signed, one))
        div.columns {
            section.card aria-labelledby="profile" {
                h2 #profile { "Profile" }
                (profile(one, &person.profile))
            }
            (teams)
        }
        (bookings(&signed, id, one.standing, &booked.bookings))
        (explained)
        (also_by(
            &format!(
                "rollcall explain person {id} --tenant {tenant}\nrollcall history person {id} --tenant {tenant}",
                tenant = signed.tenant,
            ),
            &format!("GET {api}\nGET {api}/team-edits"),
        ))
    };
    Ok(Page::new(layout::page(&Frame::of(&signed, Section::People), &title, content)))
}

/// What has to be said of how somebody stands.
fn why_so(signed: &Signed, one: &Employee) -> Markup {
    html! {
        @if let Some(held) = &one.held {
            div.notice.warn { p {
                "Entra says that they have left, and they count as Active since " (moment(held.since)) " until somebody \
                 decides: many people were to leave at once. "
                @if signed.may(Section::Operations.needs()) {
                    a href={ (Section::Operations.path(&signed.tenant)) "/holds" } { "Release or reverse" }
                } @else { "An operator can release or reverse it." }
            } }
        }
        @if one.standing == Standing::Active && !one.can_sign_in {
            div.notice.warn { p {
                "Their user name is no e-mail address, so they cannot sign in. In Entra, map userName to an attribute \
                 that holds an address, such as userPrincipalName."
            } }
        }
    }
}

fn profile(one: &Employee, profile: &Value) -> Markup {
    html! {
        dl.facts {
            dt { "User name" } dd { (name(&one.user_name)) }
            @for (label, value) in facts::of_profile(profile) { dt { (label) } dd { (value) } }
            @if let Some(id) = &one.external_id { dt { "External id" } dd { code { (name(id)) } } }
            dt { "Joined" } dd { (moment(one.joined_at)) }
            @if let Some(left) = one.left_at { dt { "Left" } dd { (moment(left)) } }
            dt { "Employee id" } dd { code { (one.id) } }
        }
    }
}

fn bookings(signed: &Signed, id: EmployeeId, standing: Standing, all: &[Booking]) -> Markup {
    let leaver = format!("{}/{id}", Section::Leavers.path(&signed.tenant));
    html! {
        section aria-labelledby="bookings" {
            div.head {
                h2 #bookings { "Bookings" }
                @if standing == Standing::Former && signed.may(Section::Leavers.needs()) {
                    a.button.small href=(leaver) { "Decide about them" }
                }
            }
            @if all.is_empty() {
                (empty("No bookings", "None is known of this person."))
            } @else {
                (table("What this person has booked", &["What", "When", "State"], html! {
                    @for one in all {
                        tr {
                            th scope="row" { (name(&one.resource)) @if let Some(title) = &one.title { div.aside { (name(title)) } } }
                            td { (period(one.starts_at, one.ends_at)) }
                            td { (badge(tone(&one.state), &capital(&one.state))) }
                        }
                    }
                }))
                @if all.len() == BOOKINGS { p.soft { "The first " (BOOKINGS) " are shown." } }
            }
        }
    }
}

fn tone(state: &str) -> Tone {
    if state == "booked" { Tone::Good } else { Tone::Plain }
}
