//! A small server to talk to: SCIM and the read API over one store in memory, with faults to order.

mod api;
mod scim;
mod store;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use simulator::{ApiTarget, Auth, Target};

pub(crate) use store::Store;

/// A server that lives as long as the test's runtime.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    pub(crate) shared: Arc<Shared>,
}

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) store: Mutex<Store>,
    /// Every request as `METHOD /path?query`, with its headers and body.
    pub(crate) received: Mutex<Vec<ReceivedRequest>>,
    /// Every so many requests are answered with 503 before anything is done; 0 is never.
    pub(crate) ill_every: AtomicU64,
    /// Tokens given out by the token endpoint; only the last is good.
    pub(crate) tokens: AtomicU64,
    requests: AtomicU64,
}

#[derive(Clone, Debug)]
pub(crate) struct ReceivedRequest {
    pub(crate) line: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Value,
}

pub(crate) const SECRET: &str = "the-secret-token";

impl Fake {
    pub(crate) async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let app = Router::new()
            .merge(scim::routes())
            .merge(api::routes())
            .layer(from_fn_with_state(Arc::clone(&shared), listen))
            .route("/oauth/token", axum::routing::post(token))
            .with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, shared }
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            scim_base_url: format!("http://{}/scim/v2/acme", self.address),
            auth: Auth::SecretToken(SECRET.into()),
            api: Some(ApiTarget {
                base_url: format!("http://{}/api/v1/acme", self.address),
                token: SECRET.into(),
            }),
        }
    }

    pub(crate) fn with_client_credentials(&self) -> Target {
        let auth = Auth::ClientCredentials {
            token_url: format!("http://{}/oauth/token", self.address),
            client_id: "acme:client".into(),
            client_secret: "s3cret/+".into(),
        };
        Target { auth, ..self.target() }
    }

    pub(crate) fn received(&self) -> Vec<ReceivedRequest> {
        self.shared.received.lock().unwrap().clone()
    }

    pub(crate) fn store<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        change(&mut self.shared.store.lock().unwrap())
    }
}

async fn listen(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let headers =
        head.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    shared.received.lock().unwrap().push(ReceivedRequest {
        line: format!("{} {}", head.method, head.uri),
        headers: headers.collect(),
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    });
    let last_token = shared.tokens.load(Ordering::Relaxed);
    let good = [format!("Bearer {SECRET}"), format!("Bearer token-{last_token}")];
    let bearer = head.headers.get("authorization").and_then(|text| text.to_str().ok());
    if !bearer.is_some_and(|bearer| good.iter().any(|good| good == bearer)) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let ill_every = shared.ill_every.load(Ordering::Relaxed);
    let number = shared.requests.fetch_add(1, Ordering::Relaxed);
    if ill_every > 0 && number.is_multiple_of(ill_every) {
        return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0")]).into_response();
    }
    next.run(Request::from_parts(head, bytes.into())).await
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: axum::http::HeaderMap,
    form: String,
) -> Response {
    assert_eq!(form, "grant_type=client_credentials");
    // `acme%3Aclient:s3cret%2F%2B`, as RFC 6749 §2.3.1 has it.
    if headers["authorization"] != "Basic YWNtZSUzQWNsaWVudDpzM2NyZXQlMkYlMkI=" {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"})))
            .into_response();
    }
    let number = shared.tokens.fetch_add(1, Ordering::Relaxed) + 1;
    let token = format!("token-{number}");
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600})).into_response()
}
