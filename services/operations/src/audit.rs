//! Whoever asks for a change leaves an act before it, and another one that tells what came of it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use acts::{Act, Answered, By, JobId, Received};
use axum::Router;
use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use events::{Seq, Tenant};
use uuid::Uuid;
use web::{Principal, Problem, RequestId};

use crate::act_log::{ActError, ActLog};
use crate::caller::by;

/// Who asked, once they have shown who they are and their request is in the journal.
#[derive(Clone, Debug, Default)]
struct Audited(Arc<OnceLock<(By, String)>>);

/// `routes`, whose callers leave acts: their extractor has to call [`received`].
pub(crate) fn audited<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    acts: ActLog,
) -> Router<S> {
    routes.layer(from_fn(move |request: Request, next: Next| {
        let acts = acts.clone();
        async move { answer(acts, request, next).await }
    }))
}

async fn answer(acts: ActLog, mut request: Request, next: Next) -> Response {
    let audited = Audited::default();
    request.extensions_mut().insert(audited.clone());
    let response = next.run(request).await;
    if let Some((by, request)) = audited.0.get() {
        let status = response.status().as_u16();
        let act = Act::RequestAnswered(Answered { request: request.clone(), status });
        // It is done, whether or not this can be told: its first act is in the journal.
        if let Err(error) = acts.note(by, act).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "cannot note in the journal how a request was answered");
        }
    }
    response
}

/// Notes in the journal that `principal` asks for a change. When it cannot be noted, the request is
/// refused. `whose` finds the tenant of what the path names by an id alone.
pub(crate) async fn received(
    parts: &mut Parts,
    acts: &ActLog,
    principal: &Principal,
    whose: impl AsyncFnOnce(&BTreeMap<String, String>) -> Result<Option<Tenant>, ActError>,
) -> Result<(), Problem> {
    let Some(by) = by(principal) else { return Ok(()) };
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let request = RequestId::given(&parts.extensions, &parts.headers).as_str().to_owned();
    let mut about = about(parts).await;
    if !about.contains_key("tenant") {
        // An administrator reaches things of their own tenant alone, and no other tenant is told that they asked.
        let found = whose(&about).await.map_err(|error| unavailable(&error))?;
        let tenant = found.filter(|found| principal.tenant().is_none_or(|own| own == found));
        about.extend(tenant.map(|tenant| ("tenant".to_owned(), tenant.to_string())));
    }
    let route = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let act = Act::RequestReceived(Received {
        request: request.clone(),
        method: parts.method.to_string(),
        route: route.unwrap_or_default(),
        about,
    });
    acts.note(&by, act).await.map_err(|error| unavailable(&error))?;
    if let Some(Audited(told)) = parts.extensions.get::<Audited>() {
        // One request has one caller.
        let _ = told.set((by, request));
    }
    Ok(())
}

/// What the path names, as far as it can be no personal data: tenants, jobs, ids.
async fn about(parts: &mut Parts) -> BTreeMap<String, String> {
    let Ok(params) = RawPathParams::from_request_parts(parts, &()).await else {
        return BTreeMap::new();
    };
    let is_known = |name: &str, value: &str| match name {
        "tenant" => value.parse::<Tenant>().is_ok(),
        "projection" => {
            value.len() <= 32 && value.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        }
        _ => {
            value.parse::<JobId>().is_ok()
                || Uuid::try_parse(value).is_ok()
                || position_in_slot(value).is_some()
        }
    };
    let known = params.iter().filter(|(name, value)| is_known(name, value));
    known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The position in the name of a parked event: `teams:4182330`.
pub(crate) fn position_in_slot(name: &str) -> Option<Seq> {
    let (slot, position) = name.split_once(':')?;
    let is_slot = slot.len() <= 32 && slot.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    position.parse().ok().map(Seq).filter(|_| is_slot)
}

/// What is answered when the journal cannot be used.
pub(crate) fn unavailable(error: &ActError) -> Problem {
    let detail = "the journal of operations cannot be used at present, so nothing was done; try again shortly";
    away(error, detail)
}

/// What is answered when it was done, and cannot be noted.
pub(crate) fn unnoted(error: &ActError) -> Problem {
    let detail = "readers see it: the slots were switched. Only the journal of operations cannot be written \
                  at present; the program notes it there by itself, and `rollcall replay list` shows the \
                  jobs as they are then";
    away(error, detail)
}

fn away(error: &ActError, detail: &str) -> Problem {
    let error = error as &dyn std::error::Error;
    tracing::warn!(error, "the journal of operations cannot be used");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("2"))
}
