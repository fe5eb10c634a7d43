//! What an owner does with administrators.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use events::AdministratorId;
use maud::html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::place::{home, page, settings};
use crate::fields::Fields;
use crate::names;
use crate::parts::copy::copyable;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::session::Notice;
use crate::signed::Signed;

/// What the operators' API answers when it made a link.
#[derive(Debug, Deserialize)]
struct Issued {
    sign_in_url: String,
}

pub(super) async fn invite(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Page, Refused> {
    let roles: Vec<&str> = fields.all("role").collect();
    let email = fields.said("email").unwrap_or_default();
    let body = json!({ "email": email, "name": fields.said("name"), "roles": roles });
    let path = settings(&signed, "");
    let issued: Issued = portal.apis().send(&signed, Method::POST, &path, Some(&body)).await?;
    Ok(link_page(&signed, "Invited", email, &issued))
}

pub(super) async fn link(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, AdministratorId)>,
) -> Result<Page, Refused> {
    let path = settings(&signed, &format!("/{id}/link"));
    let issued: Issued = portal.apis().send(&signed, Method::POST, &path, None).await?;
    let roster = portal.access().writer().roster();
    let known = roster.administrator(&id).map(|(_, one)| one.email.to_string());
    Ok(link_page(&signed, "A new sign-in link", &known.unwrap_or_default(), &issued))
}

/// The page on which a link stands, this once.
fn link_page(signed: &Signed, title: &str, whose: &str, issued: &Issued) -> Page {
    let content = html! {
        h1 { (title) }
        section.card {
            div.notice.warn { p { "Copy the link now, and give it to " (whose) " and to nobody else. It is shown this once." } }
            (copyable("Sign-in link", "sign-in-link", &issued.sign_in_url))
            p.soft { "It is good once, for 72 hours: whoever opens it presses a button, and is signed in." }
            div.actions { a.button.primary href=(home(signed)) { "I have copied it" } }
        }
    };
    page(signed, title, content)
}

pub(super) async fn roles(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, AdministratorId)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let roles: Vec<&str> = fields.all("role").collect();
    let path = settings(&signed, &format!("/{id}"));
    let body = json!({ "roles": roles });
    let _: Value = portal.apis().send(&signed, Method::PATCH, &path, Some(&body)).await?;
    // Who has taken the role from themselves sees these pages no more.
    let kept = id != signed.id() || roles.contains(&"owner");
    let next =
        if kept { format!("{}/{id}", home(&signed)) } else { format!("/t/{}", signed.tenant) };
    then(&portal, &signed, Notice::done("The roles are saved, and count already."), &next).await
}

pub(super) async fn remove(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, AdministratorId)>,
) -> Result<Response, Refused> {
    let path = settings(&signed, &format!("/{id}"));
    let _: Value = portal.apis().send(&signed, Method::DELETE, &path, None).await?;
    portal.sessions().end_of(&signed.tenant, id).await?;
    let next = if id == signed.id() { "/".to_owned() } else { home(&signed) };
    let text = "The administrator is removed: they may do nothing here any more.";
    then(&portal, &signed, Notice::done(text), &next).await
}

pub(super) async fn end_sessions(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, AdministratorId)>,
) -> Result<Response, Refused> {
    // Of another tenant's administrator, or of nobody, it would be said that something is ended.
    let roster = names::roster(&portal).await?;
    let tenant = roster.tenant(&signed.tenant);
    if tenant.and_then(|tenant| tenant.administrators().get(id)).is_none() {
        return Err(Refused::not_found("administrator"));
    }
    portal.sessions().end_of(&signed.tenant, id).await?;
    let text = "Their sessions are ended: to come in, they sign in again.";
    then(&portal, &signed, Notice::done(text), &format!("{}/{id}", home(&signed))).await
}
