//! What is noted of a request while it is answered.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{MatchedPath, Request};
use axum::http::{Extensions, Method, Uri};
use axum::response::Response;
use eventlog::clock;
use events::{CredentialId, Tenant};
use jiff::Timestamp;
use requests::EventRange;
use uuid::Uuid;
use web::RequestId;

/// A larger body is not recorded.
const MAX_BODY: usize = 16 << 10;

/// What is noted of a request, in its extensions. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Note(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    request: RequestId,
    at: Timestamp,
    began: Instant,
    method: Method,
    uri: Uri,
    caller: OnceLock<(Tenant, Option<MatchedPath>)>,
    credential: OnceLock<CredentialId>,
    body: OnceLock<Bytes>,
}

/// How a request was answered.
#[derive(Debug)]
pub(crate) struct Answered<'a> {
    pub(super) response: &'a Response,
    pub(super) took: Duration,
}

/// What a request led to, in the extensions of its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Led {
    /// The resource that it was about, or made.
    pub(crate) resource: Option<Uuid>,
    /// Its events.
    pub(crate) events: Option<EventRange>,
}

/// What an error says, in the extensions of its answer.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// The body.
    pub(crate) text: Bytes,
    /// Its `scimType`.
    pub(crate) scim_type: Option<&'static str>,
}

impl Note {
    /// Begins to note something of a request.
    pub(crate) fn begin(request: &mut Request) -> Self {
        let parts = Parts {
            request: RequestId::given(request.extensions(), request.headers()),
            at: clock::now(),
            began: Instant::now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            caller: OnceLock::new(),
            credential: OnceLock::new(),
            body: OnceLock::new(),
        };
        let note = Self(Arc::new(parts));
        request.extensions_mut().insert(note.clone());
        note
    }

    /// Notes whose the request is, if there is such a tenant.
    pub(crate) fn tenant_is(extensions: &Extensions, tenant: &Tenant) {
        if let Some(note) = extensions.get::<Self>() {
            let route = extensions.get::<MatchedPath>().cloned();
            // The first who notes it is right.
            let _ = note.0.caller.set((tenant.clone(), route));
        }
    }

    /// Notes that a good credential was shown.
    pub(crate) fn credential_is(extensions: &Extensions, credential: CredentialId) {
        if let Some(note) = extensions.get::<Self>() {
            let _ = note.0.credential.set(credential);
        }
    }

    /// Notes the body, unless it is large.
    pub(crate) fn body_is(extensions: &Extensions, body: &Bytes) {
        if let Some(note) = extensions.get::<Self>().filter(|_| body.len() <= MAX_BODY) {
            let _ = note.0.body.set(body.clone());
        }
    }

    pub(super) fn tenant(&self) -> Option<&Tenant> {
        self.0.caller.get().map(|(tenant, _)| tenant)
    }

    pub(super) fn request(&self) -> &str {
        self.0.request.as_str()
    }

    pub(super) fn at(&self) -> Timestamp {
        self.0.at
    }

    pub(super) fn method(&self) -> &Method {
        &self.0.method
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// The template below the tenant: `/Users/{id}`.
    pub(super) fn route(&self) -> &str {
        let route = self.0.caller.get().and_then(|(_, route)| route.as_ref());
        let route = route.map_or("", MatchedPath::as_str);
        route.strip_prefix("/scim/v2/{tenant}").unwrap_or(route)
    }

    pub(super) fn credential(&self) -> Option<CredentialId> {
        self.0.credential.get().copied()
    }

    pub(super) fn body(&self) -> Option<&Bytes> {
        self.0.body.get()
    }

    /// What came of it.
    pub(crate) fn answered<'a>(&self, response: &'a Response) -> Answered<'a> {
        Answered { response, took: self.0.began.elapsed() }
    }
}

impl Answered<'_> {
    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(super) fn led(&self) -> Option<Led> {
        self.response.extensions().get().copied()
    }

    pub(super) fn refused(&self) -> Option<&Refused> {
        self.response.extensions().get()
    }

    /// Whether there may be many of its kind, of which a few tell enough.
    pub(super) fn is_routine(&self, note: &Note) -> bool {
        note.credential().is_none() || note.method() == Method::GET && self.status() < 400
    }
}
