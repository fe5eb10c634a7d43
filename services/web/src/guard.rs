//! Turns requests away that are too much, or illegible, before anybody looks at what they say.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use tokio::sync::Semaphore;

use super::body::in_time;
use super::{Bounds, TurnedAway};

/// Stands before the routes of a service.
#[derive(Clone, Debug)]
pub struct Guard {
    bounds: Bounds,
    free: Arc<Semaphore>,
    /// The answer to a path that was turned away, in the words of what is at that path.
    answer: fn(&str, TurnedAway) -> Response,
}

impl Guard {
    pub fn new(bounds: Bounds, answer: fn(&str, TurnedAway) -> Response) -> Self {
        Self { bounds, free: Arc::new(Semaphore::new(bounds.in_flight)), answer }
    }

    /// The routes, behind this guard.
    pub fn before<S: Clone + Send + Sync + 'static>(self, routes: Router<S>) -> Router<S> {
        routes.layer(from_fn_with_state(self, stand))
    }

    fn look(&self, request: &Request) -> Result<(), TurnedAway> {
        let url = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
        if url > self.bounds.url_bytes {
            return Err(TurnedAway::LongUrl(self.bounds.url_bytes));
        }
        if percent_decode_str(request.uri().path()).decode_utf8().is_err() {
            return Err(TurnedAway::IllegiblePath);
        }
        if size(request.headers()) > self.bounds.header_bytes {
            return Err(TurnedAway::LargeHeaders(self.bounds.header_bytes));
        }
        Ok(())
    }
}

async fn stand(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if let Err(why) = guard.look(&request) {
        return (guard.answer)(request.uri().path(), why);
    }
    let Ok(_place) = guard.free.try_acquire() else {
        return (guard.answer)(request.uri().path(), TurnedAway::Busy(guard.bounds.in_flight));
    };
    let request = request.map(|body| in_time(body, guard.bounds.body_time));
    let uri = request.uri().clone();
    let time = guard.bounds.answer_time;
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!(seconds = time.as_secs(), "a request got no answer in time");
            (guard.answer)(uri.path(), TurnedAway::NoAnswer(time))
        }
    }
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

    fn plainly(_: &str, why: TurnedAway) -> Response {
        (why.status(), why.to_string()).into_response()
    }

    fn guarded(bounds: Bounds, routes: Router) -> Router {
        Guard::new(bounds, plainly).before(routes)
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
