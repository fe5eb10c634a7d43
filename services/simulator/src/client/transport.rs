//! The HTTP transport: one request and its answer, sent again for as long as the answer is lost.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, RETRY_AFTER};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, sleep, timeout};

use super::error::ClientError;

/// No public number says how long Entra waits; this is far beyond what a healthy server takes.
const HTTP_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a request is left on the wire before its connection is dropped on purpose.
const DROP_AFTER: Duration = Duration::from_millis(3);
const FIRST_RETRY_DELAY: Duration = Duration::from_millis(50);
const MAX_RETRY_DELAY: Duration = Duration::from_secs(5);

/// A pool of connections that adds no header of its own: Entra sends no `User-Agent`, no `Accept`.
#[derive(Debug)]
pub(crate) struct Transport {
    http: Http<HttpsConnector<HttpConnector>, Full<Bytes>>,
    retry_timeout: Duration,
    losses: Mutex<Losses>,
    requests: AtomicU64,
    retries: AtomicU64,
    lost: AtomicU64,
}

/// What a server answered in the end.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How often it was said; beyond 1 the server may have known it already.
    pub(crate) times: u32,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum TransportError {
    #[error("the connection failed")]
    Connection(#[source] hyper_util::client::legacy::Error),
    #[error("the answer broke off")]
    BrokenOff(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no answer within {} s", HTTP_TIMEOUT.as_secs())]
    TooSlow,
}

impl TransportError {
    /// Whether the two could not agree on TLS: asking again would not help.
    fn is_tls_failure(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if error.is::<rustls::Error>() {
                return true;
            }
            // What an io::Error holds is no source of it.
            let within = error.downcast_ref().and_then(std::io::Error::get_ref);
            cause = within.map_or_else(|| error.source(), |within| Some(within));
        }
        false
    }
}

/// What happens on purpose to the first attempt of a request.
#[derive(Clone, Copy)]
enum Loss {
    Nothing,
    /// The server did it, and its answer never arrived.
    Answer,
    /// The connection broke while the server was at it.
    Connection,
}

#[derive(Debug)]
struct Losses {
    rng: fastrand::Rng,
    share: f64,
}

impl Losses {
    fn next(&mut self) -> Loss {
        if self.share <= 0.0 || self.rng.f64() >= self.share {
            return Loss::Nothing;
        }
        if self.rng.bool() { Loss::Answer } else { Loss::Connection }
    }
}

impl Transport {
    /// A transport on which `lost` of the answers get lost, drawn from `seed`.
    pub(crate) fn new(
        retry_timeout: Duration,
        lost: f64,
        seed: u64,
        trust: Option<&ClientConfig>,
    ) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trust.cloned().unwrap_or_else(trusts_nobody))
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let losses = Losses { rng: fastrand::Rng::with_seed(seed), share: lost };
        Self {
            http: Http::builder(TokioExecutor::new()).build(connector),
            retry_timeout,
            losses: Mutex::new(losses),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        }
    }

    /// Says `request` until it is answered with something other than 429 or 5xx.
    pub(crate) async fn say(&self, request: Request<Full<Bytes>>) -> Result<Response, ClientError> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let until = Instant::now() + self.retry_timeout;
        let mut loss = self.losses.lock().unwrap_or_else(PoisonError::into_inner).next();
        let mut pause = FIRST_RETRY_DELAY;
        let mut times = 0;
        loop {
            times += 1;
            self.requests.fetch_add(1, Ordering::Relaxed);
            if times > 1 {
                self.retries.fetch_add(1, Ordering::Relaxed);
            }
            match std::mem::replace(&mut loss, Loss::Nothing) {
                Loss::Nothing => {}
                Loss::Answer => {
                    drop(self.exchange(request.clone()).await);
                    self.lost.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                Loss::Connection => {
                    drop(timeout(DROP_AFTER, self.exchange(request.clone())).await);
                    self.lost.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
            }
            let asked_to_wait = match self.exchange(request.clone()).await {
                Ok((status, headers, body)) => {
                    if !is_unavailable(status) {
                        return Ok(Response { status, headers, body, times });
                    }
                    if Instant::now() >= until {
                        return Err(ClientError::Unwell { method, path, status, times });
                    }
                    retry_after(&headers)
                }
                Err(source) => {
                    if source.is_tls_failure() || Instant::now() >= until {
                        return Err(ClientError::Unreachable { method, path, times, source });
                    }
                    None
                }
            };
            tracing::debug!(%method, times, "the server is away or unwell, waiting to say it again");
            sleep(asked_to_wait.unwrap_or(pause).min(until - Instant::now())).await;
            pause = (pause * 2).min(MAX_RETRY_DELAY);
        }
    }

    /// Requests sent, of these said again, and of these lost on purpose.
    pub(crate) fn counts(&self) -> (u64, u64, u64) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (count(&self.requests), count(&self.retries), count(&self.lost))
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), TransportError> {
        let answer = async {
            let response = self.http.request(request).await.map_err(TransportError::Connection)?;
            let (head, body) = response.into_parts();
            let body =
                body.collect().await.map_err(|broken| TransportError::BrokenOff(broken.into()))?;
            Ok((head.status, head.headers, body.to_bytes()))
        };
        timeout(HTTP_TIMEOUT, answer).await.unwrap_or(Err(TransportError::TooSlow))
    }
}

/// Trusts no certificate.
fn trusts_nobody() -> ClientConfig {
    ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring knows the versions of TLS that are safe")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}

fn is_unavailable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

/// The pause that a server asks for, in seconds (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
