//! Takes connections and answers what comes on them.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::Service as _;
use tracing::Instrument as _;

use super::body_drain::watched;
use super::connection_state::ConnectionState;
use super::connections::{Connected, Connections};
use super::matched_route::MatchedRoute;
use super::position::Audience;
use super::response_body::{Endless, ResponseBody};
use super::write_timeout::WriteTimeout;
use super::{
    Bounds, Certificate, ClientAddress, KnownTenants, Position, RequestId, ServerMetrics,
    TrustedProxies,
};
use super::{host_header, request_id, trace};

/// What is read of a request's head before it is given up, whatever a [`RequestLimits`](super::RequestLimits)
/// would say: a URL and headers as large as bounds may ever be.
const MAX_HEAD_BYTES: usize = 128 << 10;

/// What the machine keeps of an answer that was not read yet.
const SEND_BUFFER_BYTES: usize = 64 << 10;

/// How long to wait before taking the next connection when the machine has no room for it.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(200);

/// How connections are taken.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// The most that connections may be and take.
    pub bounds: Bounds,
    /// With a certificate TLS is spoken, and nothing else.
    pub certificate: Option<Arc<Certificate>>,
    /// Who is believed when they tell the address of a client.
    pub proxies: TrustedProxies,
    /// How far in the log the process is, for answers that do not say it themselves.
    pub position: Position,
    /// The tenants whose slugs may stand in the log.
    pub tenants: KnownTenants,
    /// Where requests and connections are counted.
    pub metrics: ServerMetrics,
}

/// Answers until `stop`, then lets the requests that are under way finish.
///
/// With a certificate it looks now and then whether there is a newer one.
///
/// `routes` are asked for at each request, since a process that starts answers less than it will.
pub async fn serve<R>(
    listener: TcpListener,
    routes: R,
    options: ServerOptions,
    stop: CancellationToken,
) where
    R: Fn() -> Router + Clone + Send + 'static,
{
    let options = Arc::new(options);
    let graceful = GracefulShutdown::new();
    let Bounds { connections, connections_per_address, .. } = options.bounds;
    let open = options.metrics.connections.clone();
    let connections = Connections::new(connections, connections_per_address, open);
    let renewing = async {
        match &options.certificate {
            Some(certificate) => certificate.keep_fresh().await,
            None => std::future::pending().await,
        }
    };
    let accepting = async {
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok((stream, peer)) => (stream, peer.ip()),
                Err(error) if is_of_one_connection(&error) => continue,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "no connection");
                    // It may have been one too many for the process.
                    connections.make_room();
                    tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                    continue;
                }
            };
            let network = (!options.proxies.include(peer)).then(|| ClientAddress(peer).network());
            let Some(connected) = connections.enter(network) else {
                tracing::debug!("a connection was closed: there are too many");
                continue;
            };
            let task = ConnectionTask {
                routes: routes.clone(),
                options: Arc::clone(&options),
                peer,
                exchange: ConnectionState::new(Arc::clone(&connected)),
                watcher: graceful.watcher(),
                stop: stop.clone(),
            };
            tokio::spawn(task.answer(stream, connected));
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = renewing => {}
        never = accepting => never,
    }
    drop(listener);
    graceful.shutdown().await;
}

/// One connection, with all that it takes to answer on it.
struct ConnectionTask<R> {
    routes: R,
    options: Arc<ServerOptions>,
    peer: IpAddr,
    exchange: Arc<ConnectionState>,
    watcher: Watcher,
    stop: CancellationToken,
}

impl<R: Fn() -> Router + Send + 'static> ConnectionTask<R> {
    /// Answers until the client has gone, or a new connection has replaced this one.
    async fn answer(self, stream: TcpStream, connected: Arc<Connected>) {
        let exchange = Arc::clone(&self.exchange);
        let first = self.options.bounds.first_header_time;
        let silent = async {
            tokio::time::sleep(first).await;
            if exchange.is_begun() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.talk(stream, Arc::clone(&connected)) => {}
            () = connected.replaced() => {
                tracing::debug!("a connection without a request made room for a new one");
            }
            () = silent => tracing::debug!("a connection brought no request in time"),
        }
    }

    async fn talk(self, stream: TcpStream, connected: Arc<Connected>) {
        let small = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES);
        if let Err(error) = small.and(stream.set_nodelay(true)) {
            tracing::debug!(error = &error as &dyn std::error::Error, "the connection is gone");
            return;
        }
        let Some(certificate) = &self.options.certificate else {
            return self.speak(stream, forget, connected).await;
        };
        let handshake = TlsAcceptor::from(certificate.current()).accept(stream);
        let agreed = tokio::select! {
            agreed = handshake => agreed,
            () = self.stop.cancelled() => return,
        };
        match agreed {
            Ok(stream) => self.speak(stream, |stream| forget(stream.get_ref().0), connected).await,
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "no TLS connection");
            }
        }
    }

    async fn speak<S>(self, stream: S, forget: fn(&S), connected: Arc<Connected>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { routes, options, peer, exchange, watcher, .. } = self;
        let Bounds { header_time, stall_time, send_time, .. } = options.bounds;
        let outgoing = WriteTimeout::new(stream, forget, Arc::clone(&exchange), stall_time);
        let service = service_fn(move |request: Request<Incoming>| {
            let (router, exchange) = (routes(), Arc::clone(&exchange));
            let client = options.proxies.client(peer, request.headers());
            let (options, connected) = (Arc::clone(&options), Arc::clone(&connected));
            async move {
                exchange.next().await;
                let response = answer(router, request, client, connected, &options).await;
                let is_endless = response.extensions().get::<Endless>().is_some();
                let time = (!is_endless).then_some(send_time);
                Ok::<_, Infallible>(response.map(|body| ResponseBody::new(body, exchange, time)))
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_time)
            .max_buf_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(outgoing), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke off");
        }
    }
}

/// The answer to a request, with what every answer carries, whoever answers it.
async fn answer(
    router: Router,
    mut request: Request<Incoming>,
    client: ClientAddress,
    connected: Arc<Connected>,
    options: &ServerOptions,
) -> Response {
    let begun = Instant::now();
    let traced = trace::begin_trace(&mut request);
    let id = RequestId::of(request.headers());
    let method = trace::known_method(request.method());
    let before = options.position.before(request.method());
    let audience = Audience::of(request.uri().path());
    let span = trace::request_span(&request, &id, &options.tenants);
    let route = MatchedRoute::default();
    let mut response = match host_header::check(&request) {
        Ok(()) => {
            let answering = routed(router, request, id.clone(), client, connected, route.clone());
            answering.instrument(span.clone()).await
        }
        Err(bad) => bad.answer(),
    };
    let took = begun.elapsed();
    trace::answered(&span, response.status(), took);
    options.metrics.answered(route.template(), method, response.status(), took);
    if let Some(traced) = traced {
        traced.answered(id.as_str(), method, route.template(), response.status().as_u16());
    }
    response.headers_mut().insert(request_id::HEADER, id.value());
    before.tell(&options.position, &audience, &mut response);
    response
}

/// The answer of the routes, which is the last one if something of the request was left unread.
async fn routed(
    mut router: Router,
    request: Request<Incoming>,
    id: RequestId,
    client: ClientAddress,
    connected: Arc<Connected>,
    route: MatchedRoute,
) -> Response {
    let (head, body) = request.into_parts();
    let (body, reading) = watched(Body::new(body));
    let mut request = Request::from_parts(head, body);
    request.extensions_mut().insert(id);
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(connected);
    request.extensions_mut().insert(route);
    let Ok(mut response) = router.call(request).await;
    if !reading.is_complete() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// Has the machine forget what was not sent yet when the connection is closed.
fn forget(stream: &TcpStream) {
    if let Err(error) = stream.set_zero_linger() {
        tracing::debug!(error = &error as &dyn std::error::Error, "the connection is gone");
    }
}

/// Whether only the connection that was just coming in is lost.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests;
