//! Every request has an id and an answer, and who stops finishes what is under way.

mod framing;
mod slow_clients;
mod spans;

use std::net::SocketAddr;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::super::admission::admit;
use super::super::quota::Holder;
use super::super::{Problem, Rejection, RequestLimits};
use super::*;
use crate::PositionCipher;

/// A service that is running, and how to stop it.
struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    ended: JoinHandle<()>,
}

async fn run(router: Router, bounds: Bounds) -> Running {
    let router = RequestLimits::new(bounds).before(router, plainly);
    run_with(router, ServerOptions { bounds, ..ServerOptions::default() }).await
}

async fn run_with(router: Router, options: ServerOptions) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = serve(listener, move || router.clone(), options, stop.clone());
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
async fn every_answer_tells_which_request_it_was_and_how_far_in_the_log_it_is() {
    let cipher = PositionCipher::new(&[7; 32]);
    let position = Position::new(cipher.clone(), || events::Seq(7));
    let router = routes().fallback(Problem::no_such_path);
    let running = run_with(router, ServerOptions { position, ..ServerOptions::default() }).await;
    let asked = |line: &str| format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    for (request, status) in [
        (asked("GET /"), "200"),
        (asked("GET /api/v1/acme/nothing"), "404"),
        (asked("PATCH /"), "405"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400"),
    ] {
        let heard = running.hear(&request).await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status}")), "{heard}");
        let told = heard.split("\r\nrollcall-position: ").nth(1);
        let told = told.and_then(|rest| rest.split("\r\n").next());
        let is_of_acme = request.contains("acme");
        assert_eq!(told.is_some(), is_of_acme, "{heard}");
        let read = told.map(|told| cipher.decrypt(&"acme".parse().unwrap(), told));
        assert_eq!(read.unwrap_or(Ok(events::Seq(7))), Ok(events::Seq(7)));
        assert!(heard.contains("\r\nx-request-id: "), "{heard}");
    }
    let own = "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-1\r\nConnection: close\r\n\r\n";
    assert!(running.hear(own).await.contains("\r\nx-request-id: mine-1\r\n"));
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
    running.ended.await.unwrap();
    assert!(TcpStream::connect(running.address).await.is_err(), "nobody new is let in");
}

/// Whoever names a tenant in a header; what they send is read, and the answer is as long as they
/// say.
async fn known(request: Request) -> Result<Vec<u8>, Response> {
    let (parts, body) = request.into_parts();
    let said = |name: &str| parts.headers[name].to_str().unwrap();
    let holder = Holder::Tenant(said("tenant").parse().unwrap());
    admit(&parts.extensions, holder).map_err(plainly)?;
    let read = to_bytes(body, usize::MAX).await;
    read.map_err(|error| plainly(Rejection::beneath(&error).unwrap()))?;
    Ok(vec![b'x'; said("length").parse().unwrap()])
}

/// A request of a tenant for so long an answer.
fn asks(tenant: &str, length: usize) -> String {
    format!("GET /known HTTP/1.1\r\nHost: a\r\ntenant: {tenant}\r\nlength: {length}\r\n")
}

const CLOSE: &str = "Connection: close\r\n\r\n";

/// Longer than what lies between the two ends.
const LONG: usize = 64 << 20;

impl Running {
    /// A client who says something and reads nothing.
    async fn say(&self, said: &str) -> TcpStream {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut line = socket.connect(self.address).await.unwrap();
        line.write_all(said.as_bytes()).await.unwrap();
        line
    }

    /// The status that a tenant hears.
    async fn status(&self, tenant: &str) -> u16 {
        let heard = self.hear(&(asks(tenant, 1) + CLOSE)).await;
        heard.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

async fn run_known(bounds: Bounds) -> Running {
    run(routes().route("/known", axum::routing::any(known)), bounds).await
}

#[tokio::test]
async fn a_client_counts_by_what_a_trusted_proxy_says_and_by_nobody_else_s_word() {
    let shown = get(async |about: Extensions| {
        about.get::<ClientAddress>().map_or_else(String::new, |client| client.0.to_string())
    });
    let routes = Router::new().route("/", shown);
    let asked = format!("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n{CLOSE}");
    let proxies = TrustedProxies::new(["127.0.0.0/8".parse().unwrap()]);
    let heard =
        run_with(routes.clone(), ServerOptions { proxies, ..ServerOptions::default() }).await;
    let heard = heard.hear(&asked).await;
    assert!(heard.ends_with("\r\n192.0.2.1"), "{heard}");
    let heard = run(routes, Bounds::default()).await.hear(&asked).await;
    assert!(heard.ends_with("\r\n127.0.0.1"), "{heard}");
}

#[tokio::test]
async fn health_is_told_when_all_places_are_taken() {
    let bounds = Bounds { in_flight: 1, ..Bounds::default() };
    let limited = Router::new().route("/known", axum::routing::any(known));
    let limited = RequestLimits::new(bounds).before(limited, plainly);
    let health = crate::health::routes(crate::health::Readiness::default());
    let running =
        run_with(limited.merge(health), ServerOptions { bounds, ..ServerOptions::default() }).await;
    let mut unread = running.say(&(asks("acme", LONG) + "\r\n")).await;
    unread.read_exact(&mut [0; 12]).await.unwrap();
    assert_eq!(running.status("globex").await, 429, "the only place is taken");
    for path in ["/health/live", "/health/ready"] {
        let heard = running.hear(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n{CLOSE}")).await;
        assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
    }
}
