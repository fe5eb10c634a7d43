//! An HTTP client that costs next to nothing: it shares two cores with all that it measures.

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use events::Tenant;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use web::PositionCipher;

/// Where requests go, and who sends them.
#[derive(Clone)]
pub(crate) struct Target {
    host: String,
    bearer: String,
    /// What a browser would bring.
    cookie: Option<String>,
    /// What reads the positions that this tenant is told.
    positions: Option<(PositionCipher, Tenant)>,
}

/// A request, and the status that is its only right answer.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Bytes,
    pub(crate) right: StatusCode,
}

/// One connection, on which one request follows the other.
pub(crate) struct Connection {
    target: Target,
    requests: SendRequest<Full<Bytes>>,
}

impl Target {
    /// The server at `url`, whose path does not matter.
    pub(crate) fn new(url: &str, token: &str) -> Self {
        let host = url.split('/').nth(2).unwrap_or(url);
        let bearer = format!("Bearer {token}");
        Self { host: host.to_owned(), bearer, cookie: None, positions: None }
    }

    /// The same, as a browser that is signed in.
    pub(crate) fn of_browser(self, cookie: String) -> Self {
        Self { cookie: Some(cookie), ..self }
    }

    /// The same, as a tenant whose positions can be read.
    pub(crate) fn of_tenant(self, positions: PositionCipher, tenant: Tenant) -> Self {
        Self { positions: Some((positions, tenant)), ..self }
    }

    pub(crate) async fn connect(&self) -> anyhow::Result<Connection> {
        let stream = TcpStream::connect(&self.host).await.context("connect")?;
        stream.set_nodelay(true)?;
        let (requests, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // A connection that breaks fails the request that is on it.
        tokio::spawn(connection);
        Ok(Connection { target: self.clone(), requests })
    }
}

impl Connection {
    /// Asks, and returns the body of the answer.
    pub(crate) async fn say(&mut self, ask: Ask) -> anyhow::Result<Bytes> {
        Ok(self.say_at(ask).await?.1)
    }

    /// Asks, and returns how far in the log the answer is, if it tells, and its body.
    pub(crate) async fn say_at(&mut self, ask: Ask) -> anyhow::Result<(Option<u64>, Bytes)> {
        let Ask { method, path, body, right } = ask;
        let mut request = Request::builder()
            .method(&method)
            .uri(&path)
            .header(HOST, &self.target.host)
            .header(AUTHORIZATION, &self.target.bearer)
            .header(CONTENT_TYPE, "application/scim+json");
        if let Some(cookie) = &self.target.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Full::new(body))?;
        self.requests.ready().await?;
        let (head, body) = self.requests.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        ensure!(
            head.status == right,
            "{method} {path} was answered {}: {}",
            head.status,
            String::from_utf8_lossy(&body)
        );
        let position = head.headers.get("rollcall-position");
        let position = position.and_then(|value| {
            let (positions, tenant) = self.target.positions.as_ref()?;
            Some(positions.decrypt(tenant, value.to_str().ok()?).ok()?.0)
        });
        Ok((position, body))
    }
}
