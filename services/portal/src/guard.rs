//! Who is let in to which route: found before any page looks at what is asked.
//!
//! A page cannot forget it: the routes are made of a table that says what each needs (`routes.rs`), and each
//! stands behind this guard.

use std::error::Error as _;

use access::{permissions_of, roles_that_permit};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts as _, RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use eventlog::sentence;
use events::{AdministratorRole, Tenant};
use http_body_util::LengthLimitError;
use web::{ClientAddress, Permission, Problem, Rejection, RequestId};

use crate::fields::Fields;
use crate::parts::layout::Frame;
use crate::parts::role::called;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::Needs;
use crate::session::{Session, SessionsError, notice_in, secret_in};
use crate::signed::Signed;

/// A form has at most so many bytes: a thousand ids, and more.
const MOST_BYTES: usize = 256 << 10;

/// Lets in who may come in, and hands on who it is and what the form says.
pub(crate) async fn guard(
    State((portal, needs)): State<(Portal, Needs)>,
    request: Request,
    next: Next,
) -> Response {
    match let_in(&portal, needs, request).await {
        Ok(request) => {
            let told = request
                .extensions()
                .get::<Signed>()
                .and_then(|signed| Some((signed.session.id, signed.session.notice.as_ref()?.0)));
            // Whoever asks for the headers alone has read nothing.
            let is_page = request.method() != Method::HEAD && is_page(request.headers());
            let frame = request.extensions().get::<Signed>().map(|signed| Frame::of(signed, None));
            let is_form = request.method() == Method::POST;
            let answered = next.run(request).await;
            if let Some((session, notice)) = told
                && is_page
                && answered.status().is_success()
                && let Err(error) = portal.sessions().told(session, notice).await
            {
                tracing::warn!(error = sentence(&error), "a notice is shown once more");
            }
            // What a page could not read of the request is told in words as well.
            let illegible = answered.status().is_client_error() && is_no_page(answered.headers());
            let problem = illegible.then(|| illegible_because(answered.status(), is_form));
            let allow = answered.headers().get(header::ALLOW).cloned();
            let problem = problem.or_else(|| answered.extensions().get::<Problem>().cloned());
            let mut answered = match (frame, problem) {
                // A page's own refusal is shown within the frame.
                (Some(frame), Some(problem)) => Refused::Because(problem).within(&frame),
                (None, Some(problem)) if illegible => Refused::Because(problem).into_response(),
                (_, _) => answered,
            };
            answered.headers_mut().extend(allow.map(|methods| (header::ALLOW, methods)));
            answered
        }
        Err(refused) => refused.into_response(),
    }
}

/// What is told in place of a text of the framework's.
fn illegible_because(status: StatusCode, is_form: bool) -> Problem {
    let detail = match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            "What was sent is larger than this page takes: send less of it at once."
        }
        StatusCode::METHOD_NOT_ALLOWED if is_form => {
            "The page does not take what was sent to it: go to it anew."
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            "Nothing was done: this is where a form leads, and no page. Go to the page of the form, and send it there."
        }
        _ => return Problem::malformed("The address or the form cannot be understood."),
    };
    Problem::new(status, detail)
}

/// Whether an answer is of the framework's, and no page of ours: a text, or nothing at all.
fn is_no_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

/// Whether a whole page is asked for, and not a part of one.
fn is_page(headers: &HeaderMap) -> bool {
    let sent = headers.get("sec-fetch-dest").and_then(|value| value.to_str().ok());
    sent.is_none_or(|dest| dest == "document")
}

async fn let_in(portal: &Portal, needs: Needs, request: Request) -> Result<Request, Refused> {
    let (mut parts, body) = request.into_parts();
    let mut session = session(portal, &parts.headers).await?;
    if let (Some(session), Some(id)) = (&mut session, notice_in(parts.uri.query())) {
        let notice = portal.sessions().notice(session.id, id).await?;
        session.notice = notice.map(|notice| (id, notice));
    }
    if needs != Needs::Nothing && session.is_none() {
        return Err(Refused::NotSignedIn);
    }
    let mut body = body;
    if parts.method == Method::POST {
        from_here(&parts.headers)?;
        let fields = form(&parts.headers, body).await?;
        // Said before anything else: who has signed in as somebody else may have nothing at the form's tenant.
        if let Some(session) = &session
            && needs != Needs::Nothing
            && fields.get("csrf") != session.csrf
        {
            return Err(of_another_session(portal, session));
        }
        parts.extensions.insert(fields);
        body = Body::empty();
    }
    let signed = match (needs, &session) {
        (Needs::Nothing, _) | (_, None) => None,
        (Needs::Session, Some(session)) => {
            if let Some((tenant, _)) = session.administrators.first() {
                portal.access().counts().request(tenant, &parts.extensions)?;
            }
            None
        }
        (Needs::Administrator | Needs::Permission(_), Some(session)) => {
            Some(signed(portal, session, &mut parts).await?)
        }
    };
    if let (Needs::Permission(permission), Some(signed)) = (needs, &signed)
        && !signed.may(permission)
    {
        return Err(Refused::forbidden(lacking(permission, &signed.tenant)));
    }
    if let Some(session) = session {
        parts.extensions.insert(session);
    }
    if let Some(signed) = signed {
        parts.extensions.insert(signed);
    }
    Ok(Request::from_parts(parts, body))
}

/// That none of somebody's roles opens this, and which would.
fn lacking(permission: Permission, tenant: &Tenant) -> String {
    let roles = roles_that_permit(permission).iter().map(|role| called(*role));
    let owner = called(AdministratorRole::Owner);
    let mut roles: Vec<&str> = roles.filter(|role| *role != owner).collect();
    roles.push(owner);
    format!(
        "Your roles do not include one that opens this: {}. An owner of {tenant} can change that.",
        roles.join(", or ")
    )
}

/// A form of a session that ended when somebody signed in anew in the same browser, or of nobody's.
fn of_another_session(portal: &Portal, session: &Session) -> Refused {
    let roster = portal.access().writer().roster();
    let now = session.addresses(&roster).join(", ");
    Refused::forbidden(format!(
        "The form does not belong to this session: nothing was done. You are now signed in as {now}. Go back, reload \
         the page and send it again, or sign in as who you were."
    ))
}

/// Who asks, as the tenant of the path knows them.
async fn signed(
    portal: &Portal,
    session: &Session,
    parts: &mut axum::http::request::Parts,
) -> Result<Signed, Refused> {
    let path = RawPathParams::from_request_parts(parts, &()).await;
    let path = path.map_err(|error| Refused::new(StatusCode::BAD_REQUEST, error.body_text()))?;
    let named =
        path.iter().find(|(name, _)| *name == "tenant").map(|(_, slug)| slug.parse::<Tenant>());
    // The same words whether or not there is such a tenant.
    let unknown = || Refused::new(StatusCode::NOT_FOUND, "You administer no tenant of this name.");
    let Some(Ok(tenant)) = named else { return Err(unknown()) };
    let id = session.administrator(&tenant).ok_or_else(unknown)?;
    portal.access().counts().request(&tenant, &parts.extensions)?;
    let roster = portal
        .access()
        .current_roster()
        .await
        .map_err(|outage| Refused::new(StatusCode::SERVICE_UNAVAILABLE, outage.to_string()))?;
    let known = roster.tenant(&tenant).and_then(|tenant| tenant.administrators().get(id));
    let administrator = known.cloned().ok_or_else(unknown)?;
    let now = (portal.settings().now)();
    let after = session.after(now).map(|seq| portal.settings().positions.encrypt(&tenant, seq));
    Ok(Signed {
        session: session.clone(),
        permissions: permissions_of(&administrator.roles),
        administrator,
        tenant,
        request: RequestId::given(&parts.extensions, &parts.headers),
        address: parts.extensions.get::<ClientAddress>().copied(),
        after,
    })
}

async fn session(portal: &Portal, headers: &HeaderMap) -> Result<Option<Session>, Refused> {
    let Some(secret) = secret_in(headers, portal.settings().secure) else { return Ok(None) };
    Ok(portal.sessions().find(secret).await?)
}

impl From<SessionsError> for Refused {
    fn from(error: SessionsError) -> Self {
        tracing::warn!(error = sentence(&error), "sessions cannot be looked at");
        let detail =
            "It cannot be found out who you are, as Postgres does not answer. Try again shortly.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }
}

/// Refuses a form that a page of another site sends. Old browsers do not say; the form's token does.
fn from_here(headers: &HeaderMap) -> Result<(), Refused> {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if site.is_none_or(|site| site == "same-origin" || site == "none") {
        return Ok(());
    }
    Err(Refused::forbidden("The form was sent by a page of another site: nothing was done."))
}

async fn form(headers: &HeaderMap, body: Body) -> Result<Fields, Refused> {
    let kind =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let is_form =
        kind.split(';').next().unwrap_or("").trim() == "application/x-www-form-urlencoded";
    if !is_form {
        let detail = "Forms of these pages are sent as application/x-www-form-urlencoded.";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let text = to_bytes(body, MOST_BYTES).await.map_err(|error| unread(&error))?;
    Ok(Fields::read(&text))
}

/// Why a form was not read to its end.
fn unread(error: &axum::Error) -> Refused {
    if let Some(rejection) = Rejection::beneath(error) {
        return rejection.into();
    }
    if error.source().is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) {
        let detail = format!(
            "The form has more than {MOST_BYTES} bytes, so that nothing was done. Choose fewer, or write less, and send \
             the rest in another form."
        );
        return Refused::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
    }
    let detail = "The form was cut off on its way, so that nothing was done. Send it again.";
    Refused::new(StatusCode::BAD_REQUEST, detail)
}
