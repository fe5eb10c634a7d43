use std::net::SocketAddr;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::super::{Rejection, RequestLimits};
use super::*;

const SHORT: Duration = Duration::from_millis(50);

/// A service that is running, and how to stop it.
struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    ended: JoinHandle<Result<(), ServeError>>,
}

async fn run(router: Router, bounds: Bounds) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let router = RequestLimits::new(bounds).before(router, plainly);
    let serving = serve(listener, router, bounds, None, stop.clone());
    Running { address, stop, ended: tokio::spawn(serving) }
}

fn plainly(why: Rejection) -> Response {
    (why.status(), why.to_string()).into_response()
}

async fn read_body(request: Request) -> Response {
    match to_bytes(request.into_body(), usize::MAX).await {
        Ok(bytes) => bytes.into_response(),
        Err(error) => match Rejection::beneath(&error) {
            Some(rejection) => rejection.status().into_response(),
            None => StatusCode::BAD_REQUEST.into_response(),
        },
    }
}

fn routes() -> Router {
    Router::new().route("/", get(async || "hello")).route("/", post(read_body))
}

impl Running {
    /// Sends some bytes and hears all that comes back until the other side hangs up.
    async fn hear(&self, said: &str) -> String {
        let mut line = TcpStream::connect(self.address).await.unwrap();
        line.write_all(said.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        line.read_to_end(&mut heard).await.unwrap();
        String::from_utf8(heard).unwrap()
    }
}

#[tokio::test]
async fn headers_that_never_end_lose_their_connection_and_nobody_else_theirs() {
    let bounds = Bounds { header_time: SHORT, connections: 1, ..Bounds::default() };
    let running = run(routes(), bounds).await;
    // The only place there is, held by somebody who says nothing to the point.
    let heard = running.hear("GET / HTTP/1.1\r\nHost: a\r\nX-Slow").await;
    assert!(!heard.contains("200"), "{heard}");
    let heard = running.hear("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(heard.ends_with("hello"), "{heard}");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_answered_408() {
    let running = run(routes(), Bounds { body_time: SHORT, ..Bounds::default() }).await;
    let heard = running.hear("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc").await;
    assert!(heard.starts_with("HTTP/1.1 408 "), "{heard}");
}

#[tokio::test]
async fn a_head_without_end_is_answered_431_and_an_address_without_end_414() {
    let bounds = Bounds { header_time: Duration::from_secs(2), ..Bounds::default() };
    let running = run(routes(), bounds).await;
    let long = "x".repeat(HEAD);
    let heard = running.hear(&format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n")).await;
    assert!(heard.starts_with("HTTP/1.1 431 "), "{heard}");
    let longer = &long[..40_000];
    let close = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let heard = running.hear(&format!("GET /{longer} {close}")).await;
    assert!(heard.starts_with("HTTP/1.1 414 "), "{heard}");
}

#[tokio::test]
async fn who_stops_finishes_what_is_under_way() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, go) = (Arc::clone(&entered), Arc::clone(&leave));
    let slow = get(async move || {
        inside.notify_one();
        go.notified().await;
        "done"
    });
    let running = run(Router::new().route("/", slow), Bounds::default()).await;
    let asking = async {
        let heard = running.hear("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(heard.ends_with("done"), "{heard}");
    };
    let stopping = async {
        entered.notified().await;
        running.stop.cancel();
        leave.notify_one();
    };
    tokio::join!(asking, stopping);
    running.ended.await.unwrap().unwrap();
    assert!(TcpStream::connect(running.address).await.is_err(), "nobody new is let in");
}
