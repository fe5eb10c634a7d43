//! A gateway with a tenant, asked without a network in between.

use access::{PublicUrl, Settings, WriteAccess};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use eventlog::{Journal, Log, LogOptions};
use events::Digest;
use ingest::Gateway;
use operations::{ActLog, OperatorApi};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use web::Problem;
use writer::Writer;

use crate::answer::Answer;

pub(crate) const OPERATOR: &str = "operator-token-of-these-tests";
pub(crate) const USERS: &str = "/scim/v2/acme/Users";
pub(crate) const GROUPS: &str = "/scim/v2/acme/Groups";
const CONSOLE: &str = "/operator/v1/tenants";

/// Dropped, it takes its nats-server with it.
pub(crate) struct World {
    pub(crate) gateway: Gateway,
    pub(crate) access: WriteAccess,
    pub(crate) router: Router,
    /// Opens Acme's SCIM gateway.
    pub(crate) secret: String,
    /// Opens Acme's JSON API.
    pub(crate) token: String,
    /// An OAuth client of Acme: its id and its secret.
    pub(crate) client: (String, String),
    /// A person of Acme, by the id of their resource.
    pub(crate) amy: String,
    /// A group of Acme, with Amy in it.
    pub(crate) sales: String,
    _nats: embedded::Nats,
}

/// What tests set of the limits.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) body: usize,
    pub(crate) rate: u32,
    pub(crate) guesses: u32,
    pub(crate) operations: usize,
    pub(crate) members: usize,
    pub(crate) stored: usize,
    pub(crate) bounds: web::Bounds,
}

/// Limits that nobody reaches by asking often.
pub(crate) fn patient() -> Limits {
    let ingest::ResourceLimits { operations, members, stored, .. } =
        ingest::ResourceLimits::default();
    let (body, bounds) = (Settings::default().body, web::Bounds::default());
    Limits { body, rate: 0, guesses: 0, operations, members, stored, bounds }
}

impl World {
    pub(crate) async fn open(limits: Limits) -> Self {
        let nats = tokio::task::spawn_blocking(embedded::Nats::start_for_tests).await;
        let nats = nats.expect("no panic").expect("start nats-server");
        let log = Log::open(&nats.url(), LogOptions::default()).await.expect("open the log");
        let Limits { body, rate, guesses, operations, members, stored, bounds } = limits;
        let limits = web::Limits { rate, guesses, bounds };
        let settings = Settings { body, limits, ..Settings::default() };
        let stop = CancellationToken::new();
        let progress = watch::Sender::default();
        let writer = Writer::start(log.clone(), None, false, &progress, stop.clone()).await;
        let access = WriteAccess::new(writer.expect("start the writer"), settings);
        let url = PublicUrl::new("http://localhost");
        let limits = ingest::ResourceLimits {
            operations,
            members,
            stored,
            ..ingest::ResourceLimits::default()
        };
        let journal = Journal::open(&log).await.expect("open the journal");
        let acts = ActLog::open(journal).await.expect("read the journal");
        let cipher = cipher::Cipher::new(&[0; 32]);
        let gateway = Gateway::start(access.clone(), log, url.clone(), limits, None, stop).await;
        let gateway = gateway.expect("start the gateway");
        let token = Some(Digest::of(OPERATOR.as_bytes()));
        let router = ingest::routes(&gateway)
            .merge(api::commands(&access))
            .merge(operations::routes(OperatorApi::new(access.clone(), url, token, acts, cipher)))
            .merge(access.json_routes(Router::new().fallback(Problem::no_such_path)));
        let operate = async |method: Method, path: &str, body: Value| {
            ask(&router, OPERATOR, method, path, &body).await.ok()
        };
        operate(Method::POST, CONSOLE, json!({"tenant": "acme"})).await;
        let acme = format!("{CONSOLE}/acme");
        let profile = json!({"profile": "workplace"});
        let opened = operate(Method::PUT, &format!("{acme}/integration"), profile).await;
        let client = operate(Method::POST, &format!("{acme}/clients"), json!({})).await;
        let scopes = json!({"scopes": ["teams:write", "leavers:cancel", "bookings:write"]});
        let issued = operate(Method::POST, &format!("{acme}/tokens"), scopes).await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let secret = text(&opened["secret_token"]);
        let amy = json!({"userName": "amy@a.example"});
        let amy = text(&ask(&router, &secret, Method::POST, USERS, &amy).await.ok()["id"]);
        let sales = json!({"displayName": "Sales", "members": [{"value": amy}]});
        let sales = ask(&router, &secret, Method::POST, GROUPS, &sales).await.ok();
        Self {
            secret,
            token: text(&issued["api_token"]),
            client: (text(&client["client_id"]), text(&client["client_secret"])),
            amy,
            sales: text(&sales["id"]),
            router,
            access,
            gateway,
            _nats: nats,
        }
    }

    /// Asks as Acme's provisioning client.
    pub(crate) async fn scim(&self, method: Method, path: &str, body: &Value) -> Answer {
        ask(&self.router, &self.secret, method, path, body).await
    }

    pub(crate) async fn ask_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        ask(&self.router, token, method, path, body).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Answer {
        ask(&self.router, token, Method::GET, path, &Value::Null).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }
}

async fn ask(router: &Router, token: &str, method: Method, path: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    send(router, request.body(body).expect("a request")).await
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let asked = format!("{} {}", request.method(), request.uri());
    let is_head = request.method() == Method::HEAD;
    let path = request.uri().path().to_owned();
    let response = router.clone().oneshot(request).await.expect("routers always answer");
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    Answer { asked, path, is_head, status: head.status, headers: head.headers, body }
}
