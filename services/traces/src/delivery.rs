//! Carries spans to the collector.
//!
//! OpenTelemetry sends from a thread of its own, which runs no tasks; our client needs a runtime. So
//! each delivery is a task of the program's, and the thread waits for it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use reqwest::Client;
use tokio::runtime::Handle;

#[derive(Clone)]
pub(crate) struct Delivery {
    client: Client,
    runtime: Handle,
    /// Whether the collector was away when it was last tried: it is told of once.
    away: Arc<AtomicBool>,
}

impl Delivery {
    pub(crate) fn new(client: Client, runtime: Handle) -> Self {
        Self { client, runtime, away: Arc::default() }
    }

    async fn deliver(self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        // The collector's URL may hold a password.
        let request = request.try_into().map_err(reqwest::Error::without_url)?;
        let answered = async {
            let answer = self.client.execute(request).await?;
            let status = answer.status();
            Ok((status, answer.bytes().await?))
        };
        let answered: Result<_, reqwest::Error> = answered.await;
        let refused = answered.as_ref().ok().filter(|(status, _)| !status.is_success());
        let status = refused.map(|(status, _)| status.as_u16());
        let away = answered.is_err() || status.is_some();
        if away && !self.away.swap(away, Ordering::Relaxed) {
            tracing::warn!(status, "the collector takes no spans; they are dropped until it does");
        } else if !away && self.away.swap(away, Ordering::Relaxed) {
            tracing::info!("the collector takes spans again");
        }
        let (status, body) = answered.map_err(reqwest::Error::without_url)?;
        Ok(Response::builder().status(status).body(body)?)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Delivery")
    }
}

impl HttpClient for Delivery {
    fn send_bytes<'delivery, 'answer>(
        &'delivery self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'answer>>
    where
        'delivery: 'answer,
        Self: 'answer,
    {
        let delivered = self.runtime.spawn(self.clone().deliver(request));
        Box::pin(async { delivered.await? })
    }
}
