//! Sign-in at an `OpenID` provider: there, and back.

use access::CommandError;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use events::{AdministratorId, SignInMethod, Tenant};
use roster::Roster;
use serde::Deserialize;

use super::begun::{begin, note};
use crate::names;
use crate::oidc::{Account, Oidc, OidcError, pending_cookie, pending_in, settled_cookie};
use crate::portal::Portal;
use crate::refused::Refused;

/// With what the provider sends a browser back.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    error: Option<String>,
}

/// `GET /sign-in/provider`: a link, and no form, since the policy of our pages keeps forms from leading
/// elsewhere.
pub(super) async fn leave(State(portal): State<Portal>) -> Result<Response, Refused> {
    let oidc = provider(&portal)?;
    let now = (portal.settings().now)();
    let (url, pending) = oidc.begin(now).await.map_err(|error| refused(oidc, &error))?;
    let kept = pending_cookie(portal.settings().secure, oidc.cipher(), &pending);
    Ok((AppendHeaders([(header::SET_COOKIE, kept)]), Redirect::to(&url)).into_response())
}

/// `GET /sign-in/provider/back`.
pub(super) async fn come_back(
    State(portal): State<Portal>,
    Query(back): Query<Back>,
    parts: Parts,
) -> Response {
    let signed_in = sign_in(&portal, back, &parts).await;
    // Whatever came of it, what the browser kept is good once.
    let settled = [(header::SET_COOKIE, settled_cookie(portal.settings().secure))];
    match signed_in {
        Ok(response) => (AppendHeaders(settled), response).into_response(),
        Err(refused) => (AppendHeaders(settled), refused).into_response(),
    }
}

async fn sign_in(portal: &Portal, back: Back, parts: &Parts) -> Result<Response, Refused> {
    let oidc = provider(portal)?;
    let counts = portal.access().counts();
    counts.may_fail("/sign-in", &parts.extensions)?;
    match account(portal, oidc, back, parts).await {
        Ok(account) => enter(portal, oidc, &account, parts).await,
        Err(error) => {
            counts.failure("/sign-in", &parts.extensions)?;
            Err(refused(oidc, &error))
        }
    }
}

async fn account(
    portal: &Portal,
    oidc: &Oidc,
    back: Back,
    parts: &Parts,
) -> Result<Account, OidcError> {
    let now = (portal.settings().now)();
    let pending = pending_in(&parts.headers, portal.settings().secure, oidc.cipher());
    let pending = pending.filter(|pending| pending.is_answered_by(&back.state, now));
    let pending = pending.ok_or(OidcError::NotPending)?;
    if let Some(error) = back.error {
        return Err(OidcError::SignedNobodyIn(code_of(&error)));
    }
    oidc.finish(pending, back.code, now).await
}

/// The code of an error (RFC 6749 §4.1.2.1): a word, whatever somebody wrote there.
fn code_of(error: &str) -> String {
    let plain = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '_';
    error.chars().filter(plain).take(64).collect()
}

/// Signs in all administrators that the account is.
async fn enter(
    portal: &Portal,
    oidc: &Oidc,
    account: &Account,
    parts: &Parts,
) -> Result<Response, Refused> {
    let roster = names::roster(portal).await?;
    let mut entered = Vec::new();
    for (tenant, id) in administrators(&roster, account) {
        let by = SignInMethod::Oidc(account.identity.clone());
        match note(portal, (&tenant, id), by, parts).await {
            Ok(()) => entered.push((tenant, id)),
            // Somebody removed them, or another account was faster: the others are theirs still.
            Err(error) if is_refusal(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if entered.is_empty() {
        portal.access().counts().failure("/sign-in", &parts.extensions)?;
        return Err(nobody(oidc, account));
    }
    begin(portal, entered, parts, "/").await
}

/// Who is bound to the identity, and who was invited by the address and is bound to none yet: one of each
/// tenant.
fn administrators(roster: &Roster, account: &Account) -> Vec<(Tenant, AdministratorId)> {
    let found = |(tenant, one): (&Tenant, &roster::Administrator)| (tenant.clone(), one.id);
    let mut all: Vec<_> = roster.administrators_by_identity(&account.identity).map(found).collect();
    if let Some(email) = &account.email {
        let invited = roster.administrators_by_email(email);
        for (tenant, one) in invited.filter(|(_, one)| one.identity.is_none()) {
            if all.iter().all(|(other, _)| other != tenant) {
                all.push((tenant.clone(), one.id));
            }
        }
    }
    all
}

fn is_refusal(error: &CommandError) -> bool {
    let status = web::Problem::from(error.clone()).status;
    (400..500).contains(&status) && status != StatusCode::TOO_MANY_REQUESTS.as_u16()
}

fn nobody(oidc: &Oidc, account: &Account) -> Refused {
    let detail = format!(
        "{} knows you as {}, and no administrator here has this account. Sign in with another account, or ask an \
         owner of your tenant to invite this address.",
        oidc.name(),
        account.name,
    );
    Refused::forbidden(detail)
}

fn provider(portal: &Portal) -> Result<&Oidc, Refused> {
    let none = "No provider is set up at which administrators sign in; use a sign-in link.";
    portal.oidc().ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, none))
}

fn refused(oidc: &Oidc, error: &OidcError) -> Refused {
    if error.is_ours() {
        tracing::warn!(%error, "nobody can sign in at the OpenID provider");
    }
    Refused::new(error.status(), error.told(oidc.name()))
}
