//! A receiver that writes down what it gets, and answers as a test likes.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::world::once;

/// What a receiver got.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub(crate) fn id(&self) -> String {
        self.header("webhook-id").to_owned()
    }

    pub(crate) fn event(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Whom it is about.
    pub(crate) fn about(&self) -> String {
        self.event()["subject"].as_str().expect("a subject").to_owned()
    }
}

/// A status, and how long the receiver asks to wait.
pub(crate) type Reply = (u16, Option<u32>);

type Answers = dyn Fn(&Received) -> Reply + Send + Sync;

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Arc<Answers>>>,
    held: Arc<tokio::sync::watch::Sender<bool>>,
}

/// A receiver.
pub(crate) struct Receiver {
    pub(crate) url: String,
    shared: Shared,
}

impl Receiver {
    /// A receiver that accepts all.
    pub(crate) async fn start() -> Self {
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
    pub(crate) fn answer(&self, answers: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        *self.shared.answers.lock().unwrap() = Arc::new(answers);
    }

    /// From now on it reads, and does not answer; `false` ends that.
    pub(crate) fn sleep(&self, sleeps: bool) {
        self.shared.held.send_replace(sleeps);
    }

    /// What it got so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// The ids of what it got so far.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.received().iter().map(Received::id).collect()
    }

    /// Waits until it got so many.
    pub(crate) async fn got(&self, count: usize) -> Vec<Received> {
        once("the receiver gets its events", async || {
            let received = self.received();
            (received.len() >= count).then_some(received)
        })
        .await
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let received = Received { headers, body };
    shared.received.lock().unwrap().push(received.clone());
    let mut held = shared.held.subscribe();
    held.wait_for(|held| !held).await.expect("the receiver is there");
    let answers = Arc::clone(&shared.answers.lock().unwrap());
    let (status, wait) = answers(&received);
    let status = axum::http::StatusCode::from_u16(status).expect("a status");
    match wait {
        Some(wait) => (status, [("retry-after", wait.to_string())]).into_response(),
        None => status.into_response(),
    }
}
