//! What is within the limits is let in, and one more is refused.

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{any, get, post};
use futures_util::{StreamExt as _, stream};
use tokio::sync::Notify;
use tower::ServiceExt as _;

use super::*;
use crate::ClientAddress;
use crate::admission::admit;
use crate::quota::Holder;

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
    let router = guarded(Bounds { url_bytes: 5, header_bytes: 8, ..Bounds::default() }, hello());
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
    for (path, expected) in
        [("/", "no-store"), ("/none", "no-store"), ("/longer", "no-store"), ("/own", "max-age=60")]
    {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["cache-control"], expected, "{path}");
    }
}

/// Routes that wait in the middle of answering a tenant that names itself in a header.
#[derive(Clone, Default)]
struct Waiting {
    entered: Arc<Notify>,
    leave: Arc<Notify>,
}

impl Waiting {
    fn routes(&self) -> Router {
        let waits = async |State(waiting): State<Self>, request: Request| {
            let (parts, body) = request.into_parts();
            admit(&parts.extensions, tenant(parts.headers["tenant"].to_str().unwrap()))
                .map_err(plainly)?;
            if let Err(error) = to_bytes(body, 100).await {
                return Err(plainly(Rejection::beneath(&error).unwrap()));
            }
            waiting.entered.notify_one();
            waiting.leave.notified().await;
            Ok("done")
        };
        Router::new().route("/", any(waits)).with_state(self.clone())
    }
}

fn tenant(slug: &str) -> Holder {
    Holder::Tenant(slug.parse().unwrap())
}

fn of(slug: &str, body: Body) -> Request {
    Request::post("/").header("tenant", slug).body(body).unwrap()
}

/// A body that sends one byte and then nothing.
fn never() -> Body {
    let one = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]);
    Body::from_stream(one.chain(stream::pending()))
}

async fn answer(router: &Router, request: Request) -> StatusCode {
    router.clone().oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn one_more_than_can_be_answered_is_asked_to_come_again() {
    let waiting = Waiting::default();
    let router = guarded(Bounds { in_flight: 1, ..Bounds::default() }, waiting.routes());
    let first = tokio::spawn(router.clone().oneshot(of("acme", Body::empty())));
    waiting.entered.notified().await;
    let second = router.clone().oneshot(of("globex", Body::empty())).await.unwrap();
    assert_eq!(second.status(), StatusCode::TOO_MANY_REQUESTS);
    waiting.leave.notify_one();
    let first = first.await.unwrap().unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    let unsent = answer(&router, of("acme", Body::empty())).await;
    assert_eq!(unsent, StatusCode::TOO_MANY_REQUESTS, "the first answer was not sent yet");
    drop(first);
    waiting.leave.notify_one();
    assert_eq!(answer(&router, of("acme", Body::empty())).await, StatusCode::OK);
}

#[tokio::test]
async fn a_tenant_that_has_its_share_leaves_the_rest_to_others() {
    let waiting = Waiting::default();
    let bounds = Bounds { in_flight: 2, in_flight_per_tenant: 1, ..Bounds::default() };
    let router = guarded(bounds, waiting.routes());
    let _unread = tokio::spawn(router.clone().oneshot(of("acme", Body::empty())));
    waiting.entered.notified().await;
    let more = answer(&router, of("acme", Body::empty())).await;
    assert_eq!(more, StatusCode::TOO_MANY_REQUESTS);
    let other = tokio::spawn(router.clone().oneshot(of("globex", Body::empty())));
    waiting.entered.notified().await;
    waiting.leave.notify_waiters();
    assert_eq!(other.await.unwrap().unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn however_few_places_there_are_a_tenant_has_half_of_them_at_most() {
    let waiting = Waiting::default();
    let bounds = Bounds { in_flight: 4, arriving: 4, ..Bounds::default() };
    assert!(bounds.in_flight_per_tenant > 4 && bounds.arriving_per_tenant > 4);
    let router = guarded(bounds, waiting.routes());
    for bodies in [Body::empty, never] {
        let mut held: Vec<_> = ["acme", "acme", "globex", "globex"]
            .map(|slug| router.clone().oneshot(of(slug, bodies())))
            .into();
        let (acme, globex) = held.split_at_mut(2);
        for request in acme {
            assert!(futures_util::poll!(request).is_pending());
        }
        let more = answer(&router, of("acme", bodies())).await;
        assert_eq!(more, StatusCode::TOO_MANY_REQUESTS, "acme has half of the places");
        for request in globex {
            assert!(futures_util::poll!(request).is_pending(), "others find no place");
        }
    }
}

#[test]
fn a_share_is_what_was_said_unless_that_is_more_than_half() {
    for (said, in_all, share) in
        [(256, 1024, 256), (256, 64, 32), (256, 1, 1), (2, 3, 2), (0, 8, 0)]
    {
        assert_eq!(crate::bounds::share(said, in_all), share, "{said} of {in_all}");
    }
}

#[tokio::test]
async fn bodies_that_are_awaited_are_not_in_flight_and_have_a_bound_of_their_own() {
    let waiting = Waiting::default();
    let bounds = Bounds { in_flight: 1, arriving: 3, arriving_per_tenant: 2, ..Bounds::default() };
    let router = guarded(bounds, waiting.routes());
    // Polled once, each waits for the rest of its body.
    let mut slow: Vec<_> =
        ["acme", "acme", "globex"].map(|slug| router.clone().oneshot(of(slug, never()))).into();
    for request in &mut slow {
        assert!(futures_util::poll!(request).is_pending());
    }
    let more = answer(&router, of("globex", never())).await;
    assert_eq!(more, StatusCode::TOO_MANY_REQUESTS, "three are awaited");
    waiting.leave.notify_one();
    assert_eq!(answer(&router, of("acme", Body::from("{}"))).await, StatusCode::OK);
    drop(slow.pop());
    assert_eq!(answer(&router, of("acme", never())).await, StatusCode::TOO_MANY_REQUESTS);
    let mut other = router.clone().oneshot(of("globex", never()));
    assert!(futures_util::poll!(&mut other).is_pending());
}

#[tokio::test]
async fn bodies_from_strangers_keep_nobody_out_and_are_few_from_one_address() {
    let reads = async |body: Body| {
        let read = to_bytes(body, 100).await;
        read.map(|_| "read").map_err(|error| plainly(Rejection::beneath(&error).unwrap()))
    };
    let waiting = Waiting::default();
    waiting.leave.notify_one();
    let router = guarded(Bounds::default(), waiting.routes().route("/token", post(reads)));
    let from = |address: u8, body: Body| {
        let client = ClientAddress([192, 0, 2, address].into());
        Request::post("/token").extension(client).body(body).unwrap()
    };
    let mut slow = Vec::new();
    for address in 1..=9 {
        for _ in 0..8 {
            let mut request = router.clone().oneshot(from(address, never()));
            let waits = futures_util::poll!(&mut request).is_pending();
            assert_eq!(waits, address <= 8, "from the ninth address it is the 65th");
            slow.push(request);
        }
        let more = answer(&router, from(address, never())).await;
        assert_eq!(more, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(answer(&router, from(1, Body::from("a=b"))).await, StatusCode::OK);
    assert_eq!(answer(&router, of("acme", Body::from("{}"))).await, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_is_an_answer_in_the_end() {
    let never = Router::new().route("/", get(std::future::pending::<()>));
    let router = guarded(Bounds::default(), never);
    assert_eq!(status(&router, Request::get("/")).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_panic_is_answered_500_and_the_next_request_is_served() {
    let routes = hello().route("/panic", get(async || -> &'static str { panic!("seeded") }));
    let routes = guarded(Bounds { in_flight: 1, ..Bounds::default() }, routes);
    assert_eq!(status(&routes, Request::get("/panic")).await, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(status(&routes, Request::get("/")).await, StatusCode::OK);
}
