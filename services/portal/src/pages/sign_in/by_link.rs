//! A sign-in link: opening it shows a button, and the button spends it.
//!
//! What reads mail before its reader does, opens links and sends no forms.

use access::CommandError;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use events::{AdministratorId, Digest, SignInMethod, Tenant};
use maud::html;
use roster::Refusal;

use super::begun::{begin, note};
use crate::names;
use crate::parts::layout;
use crate::parts::page::Page;
use crate::parts::text::name;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::session::Session;

/// `GET /sign-in/link/{secret}`.
pub(super) async fn show(
    State(portal): State<Portal>,
    Path(secret): Path<String>,
    parts: Parts,
) -> Result<Page, Refused> {
    let (tenant, id) = holder(&portal, &secret, &parts).await?;
    let roster = names::roster(&portal).await?;
    if let Some((_, one)) = roster.administrator(&id) {
        let now = (portal.settings().now)();
        one.link.opens(now).map_err(|why| Refused::from(CommandError::from(why)))?;
    }
    let own = roster.administrator(&id).map(|(_, one)| one.email.as_str());
    let session = parts.extensions.get::<Session>();
    let mut others = session.map(|session| session.addresses(&roster)).unwrap_or_default();
    others.retain(|other| own.is_none_or(|own| !own.eq_ignore_ascii_case(other)));
    let content = html! {
        section.card {
            h1 { "Sign in to " (tenant) }
            p { "This link is good once, and for you alone. It signs in this browser for eight hours of use." }
            @if !others.is_empty() {
                p { "In this browser " @for other in &others { strong { (name(other)) } " " } "is signed in. That ends: a page that is still open then does nothing any more." }
            }
            form method="post" { button.primary { "Sign in" } }
        }
    };
    Ok(Page::new(layout::bare("Sign in", content)))
}

/// `POST /sign-in/link/{secret}`.
pub(super) async fn sign_in(
    State(portal): State<Portal>,
    Path(secret): Path<String>,
    parts: Parts,
) -> Result<Response, Refused> {
    let (tenant, id) = holder(&portal, &secret, &parts).await?;
    let by = SignInMethod::Link { digest: Digest::of(secret.as_bytes()) };
    note(&portal, (&tenant, id), by, &parts).await?;
    let path = format!("/t/{tenant}");
    begin(&portal, vec![(tenant, id)], &parts, &path).await
}

/// Whose link it is, used or not.
async fn holder(
    portal: &Portal,
    secret: &str,
    parts: &Parts,
) -> Result<(Tenant, AdministratorId), Refused> {
    let counts = portal.access().counts();
    counts.may_fail("/sign-in", &parts.extensions)?;
    let roster = names::roster(portal).await?;
    let digest = Digest::of(secret.as_bytes());
    if let Some((tenant, administrator)) = roster.administrator_by_link(&digest) {
        return Ok((tenant.clone(), administrator.id));
    }
    counts.failure("/sign-in", &parts.extensions)?;
    Err(Refused::new(StatusCode::NOT_FOUND, Refusal::NoSuchLink.to_string()))
}
