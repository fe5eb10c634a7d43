//! Rejects requests that are too much, or illegible, before anybody looks at what they say.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use tokio::sync::Semaphore;

use super::body::in_time;
use super::{Bounds, Rejection};

/// How a door words a rejection: SCIM, problem details or OAuth.
pub type Dialect = fn(Rejection) -> Response;

/// What any request may be at most, and how many there may be at a time.
#[derive(Clone, Debug)]
pub struct RequestLimits {
    bounds: Bounds,
    free: Arc<Semaphore>,
}

/// The limits as they stand before some routes.
#[derive(Clone, Debug)]
struct Door {
    limits: RequestLimits,
    dialect: Dialect,
}

impl RequestLimits {
    /// No more than `bounds` allow, over all routes that these limits stand before.
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, free: Arc::new(Semaphore::new(bounds.in_flight)) }
    }

    /// The routes, behind these limits; what is rejected is answered in their `dialect`.
    ///
    /// Answers are about people and tokens, so that none may be stored on the way unless a route
    /// says so itself.
    pub fn before<S: Clone + Send + Sync + 'static>(
        &self,
        routes: Router<S>,
        dialect: Dialect,
    ) -> Router<S> {
        let door = Door { limits: self.clone(), dialect };
        routes.layer(from_fn_with_state(door, pass))
    }

    fn look(&self, request: &Request) -> Result<(), Rejection> {
        let url = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
        if url > self.bounds.url_bytes {
            return Err(Rejection::LongUrl(self.bounds.url_bytes));
        }
        if percent_decode_str(request.uri().path()).decode_utf8().is_err() {
            return Err(Rejection::IllegiblePath);
        }
        if size(request.headers()) > self.bounds.header_bytes {
            return Err(Rejection::LargeHeaders(self.bounds.header_bytes));
        }
        once(request.headers())
    }

    async fn answer(&self, request: Request, next: Next) -> Result<Response, Rejection> {
        self.look(&request)?;
        let busy = Rejection::Busy(self.bounds.in_flight);
        let _place = self.free.try_acquire().map_err(|_| busy)?;
        let request = request.map(|body| in_time(body, self.bounds.body_time));
        let time = self.bounds.answer_time;
        tokio::time::timeout(time, next.run(request)).await.map_err(|_| {
            tracing::error!(seconds = time.as_secs(), "a request got no answer in time");
            Rejection::NoAnswer(time)
        })
    }
}

async fn pass(State(door): State<Door>, request: Request, next: Next) -> Response {
    let answered = door.limits.answer(request, next).await;
    let mut response = answered.unwrap_or_else(door.dialect);
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(no_store);
    response
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
    for (name, shown) in singular {
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
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::response::IntoResponse as _;
    use axum::routing::get;
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    use super::*;

    fn plainly(why: Rejection) -> Response {
        (why.status(), why.to_string()).into_response()
    }

    fn guarded(bounds: Bounds, routes: Router) -> Router {
        RequestLimits::new(bounds).before(routes, plainly)
    }

    fn hello() -> Router {
        Router::new().route("/", get(async || "hello"))
    }

    async fn status(router: &Router, request: axum::http::request::Builder) -> StatusCode {
        let request = request.body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn what_is_within_bounds_is_let_in_and_one_byte_more_is_not() {
        let router =
            guarded(Bounds { url_bytes: 5, header_bytes: 8, ..Bounds::default() }, hello());
        assert_eq!(status(&router, Request::get("/?a=b")).await, StatusCode::OK);
        assert_eq!(status(&router, Request::get("/?a=bc")).await, StatusCode::URI_TOO_LONG);
        assert_eq!(status(&router, Request::get("/").header("name", "1234")).await, StatusCode::OK);
        let large = status(&router, Request::get("/").header("name", "12345")).await;
        assert_eq!(large, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }

    #[tokio::test]
    async fn a_header_that_can_be_read_in_two_ways_is_refused() {
        let router = guarded(Bounds::default(), hello());
        for name in ["authorization", "content-type", "content-length", "host", "rollcall-after"] {
            let once = Request::get("/").header(name, "1");
            let twice = Request::get("/").header(name, "1").header(name, "1");
            assert_eq!(status(&router, once).await, StatusCode::OK, "{name}");
            assert_eq!(status(&router, twice).await, StatusCode::BAD_REQUEST, "{name}");
        }
        for list in ["Bearer a, Bearer b", "bearer a,b", "Basic YTpi, Bearer a"] {
            let listed = Request::get("/").header("authorization", list);
            assert_eq!(status(&router, listed).await, StatusCode::BAD_REQUEST, "{list}");
        }
    }

    #[tokio::test]
    async fn no_answer_may_be_stored_on_the_way_unless_its_route_says_so() {
        let own = || async { ([("cache-control", "max-age=60")], "schema") };
        let both = hello().route("/own", get(own));
        let router = guarded(Bounds { url_bytes: 5, ..Bounds::default() }, both);
        for (path, expected) in [
            ("/", "no-store"),
            ("/none", "no-store"),
            ("/longer", "no-store"),
            ("/own", "max-age=60"),
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.headers()["cache-control"], expected, "{path}");
        }
    }

    #[tokio::test]
    async fn one_more_than_can_be_answered_is_asked_to_come_again() {
        let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (inside, go) = (Arc::clone(&entered), Arc::clone(&leave));
        let slow = Router::new().route(
            "/",
            get(async move || {
                inside.notify_one();
                go.notified().await;
            }),
        );
        let router = guarded(Bounds { in_flight: 1, ..Bounds::default() }, slow);
        let first = tokio::spawn(router.clone().oneshot(Request::new(Body::empty())));
        entered.notified().await;
        let second = router.clone().oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(second.status(), StatusCode::TOO_MANY_REQUESTS);
        leave.notify_one();
        assert_eq!(first.await.unwrap().unwrap().status(), StatusCode::OK);
        leave.notify_one();
        assert_eq!(status(&router, Request::get("/")).await, StatusCode::OK);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_never_comes_is_an_answer_in_the_end() {
        let never = Router::new().route("/", get(std::future::pending::<()>));
        let router = guarded(Bounds::default(), never);
        assert_eq!(status(&router, Request::get("/")).await, StatusCode::SERVICE_UNAVAILABLE);
    }
}
