//! One administrator: their roles, their sessions, a new link, and their removal.

use axum::extract::{Path, State};
use events::AdministratorId;
use maud::{Markup, html};
use roster::Administrator;

use super::place::{choice_of_roles, home, page, settings, way_in};
use crate::names;
use crate::pages::sessions::listed;
use crate::parts::also_by::also_by;
use crate::parts::form::{button, form};
use crate::parts::page::Page;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// `GET /t/{tenant}/administrators/{id}`.
pub(super) async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let unknown = || Refused::not_found("administrator");
    let id: AdministratorId = id.parse().map_err(|_| unknown())?;
    let roster = names::roster(&portal).await?;
    let tenant = roster.tenant(&signed.tenant);
    let one = tenant.and_then(|tenant| tenant.administrators().get(id)).ok_or_else(unknown)?;
    let sessions = portal.sessions().of(&[(signed.tenant.clone(), id)]).await?;
    let (at, tenant) = (format!("{}/{id}", home(&signed)), &signed.tenant);
    let csrf = &signed.session.csrf;
    let content = html! {
        p.crumbs { a href=(home(&signed)) { "Administrators" } }
        h1 { (one.email) }
        section.card { (facts(one)) }
        section.card {
            h2 { "Roles" }
            (form(csrf, &format!("{at}/roles"), html! {
                (choice_of_roles(&one.roles))
                div { button.primary { "Save the roles" } }
            }))
        }
        section.card {
            h2 { "Sign-in link" }
            p { "A new link is shown once and good once, for 72 hours. An earlier one opens nothing any more." }
            (button(csrf, &format!("{at}/link"), "", "Make a new link"))
        }
        section.card {
            h2 { "Sessions" }
            @if sessions.is_empty() { p.soft { "None: they are signed in nowhere." } } @else {
                (listed(&sessions, None, |_| html! {}))
                (button(csrf, &format!("{at}/end-sessions"), "danger", "End all of them"))
            }
        }
        section.card {
            h2 { "Remove" }
            p { "They may do nothing here any more, at once. What they did stays in the log under their id." }
            (button(csrf, &format!("{at}/remove"), "danger", "Remove this administrator"))
        }
        (also_by(
            &format!(
                "rollcall admin roles {id} --tenant {tenant} --role viewer\nrollcall admin link {id} --tenant {tenant}\n\
                 rollcall admin remove {id} --tenant {tenant}"
            ),
            &format!("DELETE {}", settings(&signed, &format!("/{id}"))),
        ))
    };
    Ok(page(&signed, one.email.as_str(), content))
}

fn facts(one: &Administrator) -> Markup {
    html! {
        dl.facts {
            dt { "Name" } dd { @match &one.name { Some(name) => (name), None => span.soft { "not said" } } }
            dt { "Invited" } dd { (moment(one.invited_at)) }
            dt { "Signed in last" }
            dd { @match one.signed_in_at { Some(at) => (moment(at)), None => span.soft { "never" } } }
            dt { "Sign-in" }
            dd {
                (way_in(one))
                @if let Some(identity) = &one.identity { " at " (identity.issuer) }
                @else if one.link.spent_at.is_none() { " link good until " (moment(one.link.expires_at)) }
            }
        }
    }
}
