//! Applications that are told: a receiver of webhooks, and readers of server-sent events. They run on a
//! thread of their own, so that what is measured does not wait for who measures it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use uuid::Uuid;

/// When each person was told of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrivals(Arc<Mutex<HashMap<Uuid, Arrival>>>);

/// How often somebody was told of, and when last.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    last: Instant,
    times: usize,
}

impl Arrivals {
    fn note(&self, event: &Value) {
        let now = Instant::now();
        let Some(about) = event["subject"].as_str().and_then(|id| id.parse().ok()) else { return };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let arrival = all.entry(about).or_insert(Arrival { last: now, times: 0 });
        arrival.last = now;
        arrival.times += 1;
    }

    /// When the last of `readers` was told of a person; none if some were not yet.
    pub(crate) fn by_all(&self, person: Uuid, readers: usize) -> Option<Instant> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let arrival = all.get(&person)?;
        (arrival.times >= readers).then_some(arrival.last)
    }
}

/// Applications on a thread of their own, which ends with this.
pub(crate) struct Readers {
    runtime: Handle,
    _stop: oneshot::Sender<()>,
}

impl Readers {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        std::thread::spawn(move || {
            let _asked_or_dropped = runtime.block_on(stopped);
        });
        Ok(Self { runtime: handle, _stop: stop })
    }

    /// A receiver of webhooks that sleeps for so long before it answers; its URL.
    pub(crate) async fn receive(
        &self,
        arrivals: Arrivals,
        sleep: Duration,
    ) -> anyhow::Result<String> {
        let take = move |body: Bytes| async move {
            if let Ok(event) = serde_json::from_slice(&body) {
                arrivals.note(&event);
            }
            tokio::time::sleep(sleep).await;
            StatusCode::NO_CONTENT
        };
        let listening = self.runtime.spawn(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?;
            let router = Router::new().route("/", post(take));
            tokio::spawn(async move { axum::serve(listener, router).await });
            anyhow::Ok(address)
        });
        let address = listening.await.context("the receiver listens")??;
        Ok(format!("http://{address}/"))
    }

    /// Reads a tenant's feed as server-sent events from its end on.
    pub(crate) async fn follow(
        &self,
        arrivals: Arrivals,
        url: String,
        token: String,
    ) -> anyhow::Result<()> {
        let connected = self.runtime.spawn(async move {
            let http = kit::http::http();
            let asked = http.get(url).bearer_auth(token).header("accept", "text/event-stream");
            let mut answer = asked.send().await?.error_for_status()?;
            tokio::spawn(async move {
                let mut line = Vec::new();
                while let Ok(Some(chunk)) = answer.chunk().await {
                    for byte in chunk {
                        if byte != b'\n' {
                            line.push(byte);
                            continue;
                        }
                        let data = line.strip_prefix(b"data:");
                        if let Some(Ok(event)) = data.map(serde_json::from_slice) {
                            arrivals.note(&event);
                        }
                        line.clear();
                    }
                }
            });
            anyhow::Ok(())
        });
        connected.await.context("a reader reads")?
    }
}
