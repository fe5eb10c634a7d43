//! The end of every sign-in: the event that tells of it, and a session with a cookie of its own.

use access::{CommandError, RequestOrigin, principal_of_administrator};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use events::{AdministratorId, Scope, SignInMethod, SignedInAdministrator, Tenant};
use roster::{AdministratorIntent, Refusal};
use web::Permission;
use writer::Command;

use crate::portal::Portal;
use crate::refused::Refused;
use crate::session::{Before, Session, browser_in_words, cookie};

/// Notes in the log that an administrator signs in, by the rules: a link, say, is spent by it.
pub(super) async fn note(
    portal: &Portal,
    (tenant, id): (&Tenant, AdministratorId),
    by: SignInMethod,
    parts: &Parts,
) -> Result<(), CommandError> {
    let roster = portal.access().writer().roster();
    let principal = principal_of_administrator(&roster, id);
    let principal = principal.ok_or(Refusal::NoSuchAdministrator(id))?;
    // What everybody may do.
    let permission = Permission::Api(Scope::EmployeesRead);
    let provenance = RequestOrigin::of(parts).provenance(&principal, tenant, permission)?;
    let now = (portal.settings().now)();
    let intent = move |_: &_| {
        let signed_in = SignedInAdministrator { administrator_id: id, by: by.clone() };
        Ok::<_, CommandError>(AdministratorIntent::SignIn { signed_in, now }.into())
    };
    let done: Result<_, CommandError> =
        portal.access().writer().execute(Command::new(provenance, intent)).await;
    done.map(|_| ())
}

/// Begins a session, and goes on to `path`. It has an id of its own, so that nobody can have prepared it, and takes the
/// place of the one in which the browser was. Who signs in stays signed in at other tenants, no longer than they would
/// have been; what was open to somebody else is not.
pub(super) async fn begin(
    portal: &Portal,
    administrators: Vec<(Tenant, AdministratorId)>,
    parts: &Parts,
    path: &str,
) -> Result<Response, Refused> {
    let before =
        parts.extensions.get::<Session>().map(|session| before(portal, session, &administrators));
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let browser = browser_in_words(agent.unwrap_or_default());
    let secret = portal.sessions().begin(&administrators, &browser, before).await?;
    let signed = [(header::SET_COOKIE, cookie(portal.settings().secure, &secret))];
    Ok((AppendHeaders(signed), Redirect::to(path)).into_response())
}

/// The session that ends, with those of its administrators who are the person who signs in: who has the same address
/// at several tenants is one person.
fn before(portal: &Portal, session: &Session, signs_in: &[(Tenant, AdministratorId)]) -> Before {
    let roster = portal.access().writer().roster();
    let address = |id: &AdministratorId| {
        roster.administrator(id).map(|(_, one)| one.email.as_str().to_lowercase())
    };
    let own: Vec<String> = signs_in.iter().filter_map(|(_, id)| address(id)).collect();
    let is_same = |id: &AdministratorId| address(id).is_some_and(|address| own.contains(&address));
    let all = session.administrators.iter().map(|(_, id)| *id);
    Before { session: session.id, same_person: all.filter(is_same).collect() }
}
