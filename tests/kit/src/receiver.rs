//! A receiver of webhooks that writes down what it gets, and answers as a test likes.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::wait::found;

/// What a receiver got.
#[derive(Clone, Debug)]
pub struct Received {
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Received {
    /// A header's value; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The id of the webhook.
    pub fn id(&self) -> String {
        self.header("webhook-id").to_owned()
    }

    /// The event.
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Whom it is about.
    pub fn about(&self) -> String {
        self.event()["subject"].as_str().expect("a subject").to_owned()
    }
}

/// A status, and how long the receiver asks to wait.
pub type Reply = (u16, Option<u32>);

type Answers = dyn Fn(&Received) -> Reply + Send + Sync;

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Arc<Answers>>>,
    held: Arc<tokio::sync::watch::Sender<bool>>,
}

/// A receiver.
pub struct Receiver {
    /// Where it receives.
    pub url: String,
    shared: Shared,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Receiver {
    /// A receiver that accepts all.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hooks", listener.local_addr().expect("an address"));
        let accepts: Arc<Answers> = Arc::new(|_| (204, None));
        let shared = Shared {
            received: Arc::default(),
            answers: Arc::new(Mutex::new(accepts)),
            held: Arc::new(tokio::sync::watch::Sender::new(false)),
        };
        let router = Router::new().fallback(receive).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    /// From now on it answers so.
    pub fn answer(&self, answers: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        *self.shared.answers.lock().expect("no panic") = Arc::new(answers);
    }

    /// From now on it reads, and does not answer; `false` ends that.
    pub fn sleep(&self, sleeps: bool) {
        self.shared.held.send_replace(sleeps);
    }

    /// What it got so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("no panic").clone()
    }

    /// The ids of what it got so far.
    pub fn ids(&self) -> Vec<String> {
        self.received().iter().map(Received::id).collect()
    }

    /// The ids of what it got about one person, team, booking or alert.
    pub fn ids_of(&self, about: &str) -> Vec<String> {
        let all = self.received();
        all.iter().filter(|received| received.about() == about).map(Received::id).collect()
    }

    /// Waits until it got so many.
    pub async fn got(&self, count: usize) -> Vec<Received> {
        found("the receiver gets its events", async || {
            let received = self.received();
            (received.len() >= count).then_some(received)
        })
        .await
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let received = Received { headers, body };
    shared.received.lock().expect("no panic").push(received.clone());
    let mut held = shared.held.subscribe();
    held.wait_for(|held| !held).await.expect("the receiver is there");
    let answers = Arc::clone(&shared.answers.lock().expect("no panic"));
    let (status, wait) = answers(&received);
    let status = axum::http::StatusCode::from_u16(status).expect("a status");
    match wait {
        Some(wait) => (status, [("retry-after", wait.to_string())]).into_response(),
        None => status.into_response(),
    }
}
