//! Rejects requests that are too much, or illegible, before anybody looks at what they say.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use percent_encoding::percent_decode_str;

use super::admission::{Admission, Admitted, Quotas};
use super::matched_route::note_route;
use super::panics::caught;
use super::request_body::timed;
use super::{Bounds, Rejection};

/// How a service words a rejection: SCIM, problem details or OAuth.
pub type Dialect = fn(Rejection) -> Response;

/// What any request may be at most, and how many there may be at a time.
#[derive(Clone, Debug)]
pub struct RequestLimits {
    bounds: Bounds,
    quotas: Arc<Quotas>,
}

/// The limits as they stand before some routes.
#[derive(Clone, Debug)]
struct Layered {
    limits: RequestLimits,
    dialect: Dialect,
}

impl RequestLimits {
    /// No more than `bounds` allow, over all routes that these limits stand before.
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, quotas: Quotas::new(&bounds) }
    }

    /// The routes, behind these limits; what is rejected is answered in their `dialect`.
    pub fn before<S: Clone + Send + Sync + 'static>(
        &self,
        routes: Router<S>,
        dialect: Dialect,
    ) -> Router<S> {
        let layered = Layered { limits: self.clone(), dialect };
        routes.layer(from_fn_with_state(layered, pass))
    }

    /// The answer of `next` to a request that is within these limits; what is rejected is answered
    /// in its `dialect`.
    ///
    /// Answers are about people and tokens, so that none may be stored on the way unless `next`
    /// says so itself.
    pub async fn pass<A: Future<Output = Response>>(
        &self,
        dialect: Dialect,
        mut request: Request,
        next: impl FnOnce(Request) -> A,
    ) -> Response {
        let answering = async {
            let (held, admission) = self.admit(&mut request)?;
            let request = request.map(|body| timed(body, admission));
            let time = self.bounds.answer_time;
            let answered = tokio::time::timeout(time, next(request)).await.map_err(|_| {
                tracing::error!(seconds = time.as_secs(), "a request got no answer in time");
                Rejection::NoAnswer(time)
            })?;
            held.answered();
            Ok(answered.map(|body| Body::new(Holding { body, _held: held })))
        };
        let mut response = caught(answering).await.unwrap_or_else(dialect);
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(no_store);
        response
    }

    fn look(&self, request: &Request) -> Result<(), Rejection> {
        let url = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
        if url > self.bounds.url_bytes {
            return Err(Rejection::LongUrl(self.bounds.url_bytes));
        }
        // What has nothing encoded is text already.
        let path = request.uri().path();
        if path.contains('%') && percent_decode_str(path).decode_utf8().is_err() {
            return Err(Rejection::IllegiblePath);
        }
        if size(request.headers()) > self.bounds.header_bytes {
            return Err(Rejection::LargeHeaders(self.bounds.header_bytes));
        }
        once(request.headers())
    }

    /// Gives a request that is within bounds its permit.
    fn admit(&self, request: &mut Request) -> Result<(Admitted, Admission), Rejection> {
        self.look(request)?;
        let admission = Admission::new(&self.quotas, request.extensions())?;
        request.extensions_mut().insert(admission.clone());
        Ok((Admitted::new(admission.clone()), admission))
    }
}

/// An answer's body, with the permit that its request has.
struct Holding {
    body: Body,
    _held: Admitted,
}

impl http_body::Body for Holding {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

async fn pass(State(layered): State<Layered>, request: Request, next: Next) -> Response {
    note_route(request.extensions());
    layered.limits.pass(layered.dialect, request, |request| next.run(request)).await
}

/// Refuses a header that two readers could read in two ways: one of them takes the first, the other
/// the last.
fn once(headers: &HeaderMap) -> Result<(), Rejection> {
    let singular = [
        (header::AUTHORIZATION, "Authorization"),
        (header::CONTENT_TYPE, "Content-Type"),
        (header::CONTENT_LENGTH, "Content-Length"),
        (header::HOST, "Host"),
        (HeaderName::from_static("rollcall-after"), "Rollcall-After"),
    ];
    // Most requests repeat no header at all, which is known without looking for one.
    let repeats = headers.keys_len() < headers.len();
    for (name, shown) in singular.into_iter().filter(|_| repeats) {
        if headers.get_all(name).iter().nth(1).is_some() {
            return Err(Rejection::Repeated(shown));
        }
    }
    let credentials = headers.get(header::AUTHORIZATION).map_or(&[][..], HeaderValue::as_bytes);
    let is_ours = [&b"Basic "[..], b"Bearer "].iter().any(|scheme| {
        credentials.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if is_ours && credentials.contains(&b',') {
        return Err(Rejection::Repeated("Authorization"));
    }
    Ok(())
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

#[cfg(test)]
mod tests;
