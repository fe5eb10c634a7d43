//! `/t/{tenant}/administrators`: who may use these pages, and what they may do.

mod changes;
mod one;
mod place;

use axum::extract::State;
use axum::routing;
use events::{AdministratorRole, AdministratorRoles};
use maud::{Markup, html};
use roster::{Administrator, TenantRoster};
use web::Permission;

use place::{choice_of_roles, home, page, settings, way_in};

use crate::names;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::{field, form, text};
use crate::parts::page::Page;
use crate::parts::role::called;
use crate::parts::table::table;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::signed::Signed;

const NEEDS: Needs = Needs::Permission(Permission::ManageAdministrators);

pub(crate) fn routes() -> Vec<Route> {
    let at = "/t/{tenant}/administrators";
    vec![
        get(at, NEEDS, routing::get(show)),
        post("/t/{tenant}/administrators/invite", NEEDS, routing::post(changes::invite)),
        get("/t/{tenant}/administrators/{id}", NEEDS, routing::get(one::show)),
        post("/t/{tenant}/administrators/{id}/link", NEEDS, routing::post(changes::link)),
        post("/t/{tenant}/administrators/{id}/roles", NEEDS, routing::post(changes::roles)),
        post("/t/{tenant}/administrators/{id}/remove", NEEDS, routing::post(changes::remove)),
        post(
            "/t/{tenant}/administrators/{id}/end-sessions",
            NEEDS,
            routing::post(changes::end_sessions),
        ),
    ]
}

async fn show(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let roster = names::roster(&portal).await?;
    let known = roster.tenant(&signed.tenant).map(TenantRoster::administrators);
    let mut all: Vec<_> = known.iter().flat_map(|known| known.iter()).collect();
    all.sort_by_key(|one| one.email.key());
    let tenant = &signed.tenant;
    let content = html! {
        div.head { div {
            h1 { "Administrators" }
            p.lead { "Who may use these pages, and what they may do here. What is changed here counts at once." }
        } }
        (table("Administrators", &["Administrator", "Roles", "Signed in last", "Sign-in"], html! {
            @for one in &all { (row(&signed, one)) }
        }))
        section.card {
            h2 { "Invite an administrator" }
            (invitation(&signed))
        }
        (also_by(
            &format!("rollcall admin list --tenant {tenant}\nrollcall admin invite ada@example.com --tenant {tenant} --role viewer"),
            &format!("GET {}", settings(&signed, "")),
        ))
    };
    Ok(page(&signed, "Administrators", content))
}

fn row(signed: &Signed, one: &Administrator) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href={ (home(signed)) "/" (one.id) } { (one.email) }
                @if let Some(name) = &one.name { div.aside { (name) @if one.id == signed.id() { " (you)" } } }
                @else if one.id == signed.id() { " " span.aside { "(you)" } }
            }
            td { (named(&one.roles)) }
            td { @match one.signed_in_at { Some(at) => (moment(at)), None => span.soft { "never" } } }
            td { (way_in(one)) }
        }
    }
}

/// Roles in words.
fn named(roles: &AdministratorRoles) -> Markup {
    html! { @for role in roles { (badge(Tone::Plain, called(*role))) " " } }
}

fn invitation(signed: &Signed) -> Markup {
    let content = html! {
        (field("E-mail address", "They sign in with the account that has it, or with a link that you give them.", html! {
            input type="email" name="email" required maxlength="254" autocomplete="off";
        }))
        (text("Name", "name", "", "", false))
        (choice_of_roles(&AdministratorRoles::from([AdministratorRole::Viewer])))
        p.hint { "Whoever has no role chosen becomes a viewer." }
        div { button.primary { "Invite" } }
    };
    form(&signed.session.csrf, &format!("{}/invite", home(signed)), content)
}
