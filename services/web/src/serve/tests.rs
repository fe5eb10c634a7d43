//! Every request has an id, a span and an answer, and a slow client harms nobody else.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

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

const SHORT: Duration = Duration::from_millis(50);

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
    let position = Position::new(|| events::Seq(7));
    let router = routes().fallback(Problem::no_such_path);
    let running = run_with(router, ServerOptions { position, ..ServerOptions::default() }).await;
    let asked = |line: &str| format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    for (request, status) in [
        (asked("GET /"), "200"),
        (asked("GET /nothing"), "404"),
        (asked("PATCH /"), "405"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400"),
    ] {
        let heard = running.hear(&request).await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status}")), "{heard}");
        assert!(heard.contains("\r\nrollcall-position: 7\r\n"), "{heard}");
        assert!(heard.contains("\r\nx-request-id: "), "{heard}");
    }
    let own = "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-1\r\nConnection: close\r\n\r\n";
    assert!(running.hear(own).await.contains("\r\nx-request-id: mine-1\r\n"));
}

#[tokio::test]
async fn every_request_has_a_span_with_its_id_and_nothing_that_may_name_a_person() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(log.clone())
        .with_ansi(false);
    let _logging = tracing::subscriber::set_default(lines.finish());
    let routes = Router::new()
        .route("/api/v1/{tenant}/employees", get(async || tracing::info!("in the handler")))
        .fallback(Problem::no_such_path);
    let tenants = KnownTenants::new(|slug| slug == "acme");
    let running = run_with(routes, ServerOptions { tenants, ..ServerOptions::default() }).await;
    let asked = |method: &str, path: &str| {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-1\r\n\
             Authorization: Bearer secret\r\nConnection: close\r\n\r\n"
        )
    };
    running.hear(&asked("GET", "/api/v1/acme/employees?q=ann")).await;
    running.hear(&asked("GET", "/ann-smith")).await;
    running.hear(&asked("ANN", "/health")).await;
    running.hear("GET /Users HTTP/1.1\r\nX-Request-Id: mine-2\r\n\r\n").await;
    let span = r#"request{request=mine-1 method="GET" path=/api/v1/acme/employees}"#;
    log.assert_has(&[span, "in the handler"]);
    log.assert_has(&[span, "answered status=200 seconds="]);
    log.assert_has(&[r#"method="GET" path=/*}"#, "answered status=404"]);
    log.assert_has(&[r#"method="*" path=/health}"#, "answered status=404"]);
    log.assert_has(&["request=mine-2", "answered status=400"]);
    let text = log.text();
    assert!(!text.to_lowercase().contains("ann") && !text.contains("secret"), "{text}");
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Fails unless one line has all of these.
    #[track_caller]
    fn assert_has(&self, parts: &[&str]) {
        let text = self.text();
        let is_there = text.lines().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(is_there, "no line has {parts:?}:\n{text}");
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::io::Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
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
    let long = "x".repeat(MAX_HEAD_BYTES);
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
async fn silent_connections_keep_nobody_out_however_many_there_are() {
    let bounds = Bounds { connections: 8, connections_per_address: 8, ..Bounds::default() };
    let running = run_known(bounds).await;
    let mut silent = Vec::new();
    for round in 0..20 {
        for said in ["", "GET / HTT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na"] {
            silent.push(running.say(said).await);
        }
        assert_eq!(running.status("acme").await, 200, "in round {round}");
    }
}

#[tokio::test]
async fn a_request_that_is_answered_keeps_its_connection_however_many_come() {
    let bounds = Bounds { connections: 4, ..Bounds::default() };
    let running = run_known(bounds).await;
    let body = "Content-Length: 2\r\n\r\n{";
    let mut patient = running.say(&(asks("acme", 5).replace("GET", "POST") + body)).await;
    for _ in 0..20 {
        assert_eq!(running.status("globex").await, 200);
        running.say("").await;
    }
    patient.write_all(b"}").await.unwrap();
    let mut heard = [0; 12];
    patient.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"HTTP/1.1 200");
}

#[tokio::test]
async fn who_does_not_read_holds_their_own_place_and_is_cut_off() {
    let bounds = Bounds { in_flight_per_tenant: 1, ..Bounds::default() };
    let running = run_known(Bounds { stall_time: Duration::from_secs(1), ..bounds }).await;
    let mut unread = running.say(&(asks("acme", LONG) + "\r\n")).await;
    let mut first = [0; 12];
    unread.read_exact(&mut first).await.unwrap();
    assert_eq!(running.status("acme").await, 429, "its answer is on the way");
    assert_eq!(running.status("globex").await, 200, "others have places of their own");
    while running.status("acme").await != 200 {
        tokio::task::yield_now().await;
    }
    let cut = loop {
        match unread.read(&mut [0; 4096]).await {
            Ok(0) => break false,
            Ok(_) => {}
            Err(_) => break true,
        }
    };
    assert!(cut, "the answer must not look whole");
}

#[tokio::test]
async fn who_reads_in_drips_is_cut_off() {
    let bounds = Bounds { send_time: Duration::from_secs(1), ..Bounds::default() };
    let running = run_known(bounds).await;
    let mut drips = running.say(&(asks("acme", LONG) + CLOSE)).await;
    let (mut drip, mut heard) = ([0; 1], 0);
    while let Ok(1) = drips.read(&mut drip).await {
        heard += 1;
    }
    assert!(heard < LONG, "all of it was heard");
}

#[tokio::test]
async fn requests_that_are_sent_ahead_wait_until_the_answers_before_are_read() {
    let served = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&served);
    let long = get(async move || {
        counted.fetch_add(1, Ordering::Relaxed);
        vec![b'x'; 1 << 20]
    });
    let bounds = Bounds { stall_time: SHORT * 4, ..Bounds::default() };
    let running = run(Router::new().route("/long", long), bounds).await;
    let ahead = running.say(&"GET /long HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500)).await;
    // It is cut off in the end.
    while ahead.take_error().unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(served.load(Ordering::Relaxed), 1, "answers for somebody who reads none");
}

#[tokio::test]
async fn all_that_is_sent_ahead_is_answered_in_order_if_it_is_read() {
    let running = run_known(Bounds::default()).await;
    let ahead: String = (1..=50).map(|length| asks("acme", length) + "\r\n").collect();
    let heard = running.hear(&(ahead + &asks("acme", 51) + CLOSE)).await;
    let lengths: Vec<usize> = heard
        .split("content-length: ")
        .skip(1)
        .map(|rest| rest.split('\r').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(lengths, (1..=51).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_request_must_say_once_which_host_it_is_for() {
    let running = run(routes(), Bounds::default()).await;
    for hosts in
        ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n", "Host:\r\n", "Host: a/b\r\n"]
    {
        let heard = running.hear(&format!("GET / HTTP/1.1\r\n{hosts}\r\n")).await;
        assert!(heard.starts_with("HTTP/1.1 400 "), "{hosts:?}: {heard}");
        assert!(heard.contains("Host header") && heard.contains("no-store"), "{heard}");
    }
    let heard = running.hear("GET / HTTP/1.0\r\n\r\n").await;
    assert!(heard.ends_with("hello"), "{heard}");
}

#[tokio::test]
async fn two_lengths_of_a_body_are_no_request_or_the_last_on_their_connection() {
    let running = run(routes(), Bounds::default()).await;
    let post = "POST / HTTP/1.1\r\nHost: a\r\n";
    let two = "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc";
    let heard = running.hear(&format!("{post}{two}")).await;
    assert!(heard.starts_with("HTTP/1.1 400 "), "{heard}");
    let both = "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let smuggled = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let heard = running.hear(&format!("{post}{both}{smuggled}")).await;
    assert!(heard.ends_with("abc"), "nothing after it is answered: {heard}");
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
