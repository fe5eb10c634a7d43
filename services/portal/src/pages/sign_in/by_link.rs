//! A sign-in link: opening it shows a button, and the button spends it.
//!
//! What reads mail before its reader does, opens links and sends no forms.

use access::{CommandError, RequestOrigin};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use events::{AdministratorId, Digest, SignInMethod, SignedInAdministrator, Tenant};
use maud::html;
use roster::{AdministratorIntent, Intent, Refusal};
use web::Permission;
use writer::Command;

use crate::parts::layout;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::session::{browser_in_words, cookie};

/// `GET /sign-in/link/{secret}`.
pub(super) async fn show(
    State(portal): State<Portal>,
    Path(secret): Path<String>,
    parts: Parts,
) -> Result<Page, Refused> {
    let (tenant, _) = holder(&portal, &secret, &parts).await?;
    let content = html! {
        section.card {
            h1 { "Sign in to " (tenant) }
            p { "This link is good once, and for you alone. It signs in this browser for eight hours of use." }
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
    spend(&portal, &tenant, id, Digest::of(secret.as_bytes()), parts).await
}

/// Whose link it is. That it was used, or has expired, is told when it is spent.
async fn holder(
    portal: &Portal,
    secret: &str,
    parts: &Parts,
) -> Result<(Tenant, AdministratorId), Refused> {
    let counts = portal.access().counts();
    counts.may_fail("/sign-in", &parts.extensions)?;
    let roster = portal.access().current_roster().await.map_err(CommandError::from);
    let roster = roster.map_err(Refused::from)?;
    let digest = Digest::of(secret.as_bytes());
    if let Some((tenant, administrator)) = roster.administrator_by_link(&digest) {
        return Ok((tenant.clone(), administrator.id));
    }
    counts.failure("/sign-in", &parts.extensions)?;
    Err(Refused::new(StatusCode::NOT_FOUND, capital(&Refusal::NoSuchLink.to_string())))
}

async fn spend(
    portal: &Portal,
    tenant: &Tenant,
    id: AdministratorId,
    digest: Digest,
    parts: Parts,
) -> Result<Response, Refused> {
    let roster = portal.access().writer().roster();
    let principal = access::principal_of_administrator(&roster, id);
    let principal = principal.ok_or_else(|| Refused::not_found("administrator"))?;
    let viewer = Permission::Api(events::Scope::EmployeesRead);
    let provenance = RequestOrigin::of(&parts).provenance(&principal, tenant, viewer);
    let provenance = provenance.map_err(|why| Refused::Because(why.into()))?;
    let now = (portal.settings().now)();
    let intent = move |_: &_| {
        let by = SignInMethod::Link { digest };
        let signed_in = SignedInAdministrator { administrator_id: id, by };
        Ok::<_, CommandError>(Intent::from(AdministratorIntent::SignIn { signed_in, now }))
    };
    let done: Result<_, CommandError> =
        portal.access().writer().execute(Command::new(provenance, intent)).await;
    done?;
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let browser = browser_in_words(agent.unwrap_or_default());
    let secret = portal.sessions().begin(&[(tenant.clone(), id)], &browser).await?;
    let signed = [(header::SET_COOKIE, cookie(portal.settings().secure, &secret))];
    Ok((AppendHeaders(signed), Redirect::to(&format!("/t/{tenant}"))).into_response())
}

/// A sentence of the rules, as a page says it.
fn capital(sentence: &str) -> String {
    let mut signs = sentence.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}
