//! Takes connections and answers what comes on them.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::body_drain::watched;
use super::{Bounds, Certificate};

/// What is read of a request's head before it is given up, whatever a [`RequestLimits`](super::RequestLimits)
/// would say: a URL and headers as large as bounds may ever be.
const HEAD: usize = 128 << 10;

/// How long a client may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long to wait before taking the next connection when the machine has no room for it.
const PAUSE: Duration = Duration::from_millis(200);

/// Who is at the other end of the connection that a request came on: a client, or a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Why nobody is served any more.
#[derive(Debug, thiserror::Error)]
#[error("take connections")]
pub struct ServeError(#[source] std::io::Error);

/// Answers until `stop`, then lets the requests that are under way finish.
///
/// With a certificate it speaks TLS only, and looks now and then whether there is a newer one.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    certificate: Option<Arc<Certificate>>,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(bounds.connections));
    let renewing = async {
        match &certificate {
            Some(certificate) => certificate.keep_fresh().await,
            None => std::future::pending().await,
        }
    };
    let accepting = async {
        loop {
            let place = Arc::clone(&room).acquire_owned().await;
            let (stream, peer) = match listener.accept().await {
                Ok((stream, peer)) => (stream, Peer(peer.ip())),
                Err(error) if is_of_one_connection(&error) => continue,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "no connection");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            let line = Line {
                router: router.clone(),
                bounds,
                peer,
                watcher: graceful.watcher(),
                stop: stop.clone(),
            };
            let certificate = certificate.clone();
            tokio::spawn(async move {
                line.answer(stream, certificate).await;
                drop(place);
            });
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = renewing => {}
        never = accepting => never,
    }
    drop(listener);
    graceful.shutdown().await;
    Ok(())
}

/// One connection, with all that it takes to answer on it.
struct Line {
    router: Router,
    bounds: Bounds,
    peer: Peer,
    watcher: Watcher,
    stop: CancellationToken,
}

impl Line {
    async fn answer(self, stream: TcpStream, certificate: Option<Arc<Certificate>>) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = &error as &dyn std::error::Error, "the connection is gone");
            return;
        }
        let Some(certificate) = certificate else { return self.speak(stream).await };
        let handshake = TlsAcceptor::from(certificate.current()).accept(stream);
        let agreed = tokio::select! {
            agreed = tokio::time::timeout(HANDSHAKE, handshake) => agreed,
            () = self.stop.cancelled() => return,
        };
        match agreed {
            Ok(Ok(stream)) => self.speak(stream).await,
            Ok(Err(error)) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "no TLS connection");
            }
            Err(_) => tracing::debug!("a client took too long to agree on TLS"),
        }
    }

    async fn speak(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { router, bounds, peer, watcher, .. } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let (head, body) = request.into_parts();
            let (body, reading) = watched(axum::body::Body::new(body));
            let mut request = Request::from_parts(head, body);
            request.extensions_mut().insert(peer);
            let answering = router.clone().call(request);
            async move {
                let mut response = answering.await?;
                if !reading.is_complete() {
                    let close = HeaderValue::from_static("close");
                    response.headers_mut().insert(header::CONNECTION, close);
                }
                Ok::<_, std::convert::Infallible>(response)
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.header_time)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke off");
        }
    }
}

/// Whether only the connection that was just coming in is lost.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests;
