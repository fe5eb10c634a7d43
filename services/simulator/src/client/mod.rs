//! Entra's provisioning service as an HTTP client.

mod answer;
mod credentials;
mod error;
mod positions;
mod span;
pub(crate) mod transport;
mod url;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use serde_json::Value;

pub(crate) use self::answer::id_of;
pub use self::answer::{Answer, ListResponse};
use self::answer::{bad_answer, list_response};
use self::credentials::Credentials;
pub use self::error::ClientError;
use self::positions::Positions;
pub(crate) use self::span::Span;
use self::span::Spans;
pub use self::transport::TransportError;
use self::transport::{Response, Transport};
pub use self::url::ResourceType;
pub(crate) use self::url::{SEGMENT, base_url};
use self::url::{place, without_query};
use crate::mapping::Path;
use crate::options::Auth;

/// The header with the position of a write in the server's log.
const POSITION: &str = "rollcall-position";

/// Speaks SCIM the way that Entra does.
#[derive(Debug)]
pub struct Client {
    base: String,
    credentials: Credentials,
    transport: Arc<Transport>,
    positions: Positions,
    spans: Spans,
}

impl Client {
    /// A client for `scim_base_url`. A trailing slash and a pasted-in flag are cut off.
    pub(crate) fn new(
        scim_base_url: &str,
        auth: Auth,
        transport: Arc<Transport>,
    ) -> Result<Self, ClientError> {
        let base = base_url(scim_base_url)?;
        if let Auth::ClientCredentials { token_url, .. } = &auth {
            base_url(token_url)?;
        }
        let credentials = Credentials::new(auth);
        Ok(Self {
            base,
            credentials,
            transport,
            positions: Positions::default(),
            spans: Spans::default(),
        })
    }

    /// The positions after which a read sees all that was written so far.
    pub(crate) fn positions(&self) -> String {
        self.positions.listed()
    }

    /// Creates a resource.
    pub async fn post(
        &self,
        resource_type: ResourceType,
        body: &Value,
    ) -> Result<Answer, ClientError> {
        self.say(Method::POST, resource_type.endpoint(), Some(body)).await
    }

    /// Reads one resource as Entra does: a group without its members. 404 gives nothing.
    pub async fn get(
        &self,
        resource_type: ResourceType,
        id: &str,
    ) -> Result<Option<Value>, ClientError> {
        let path = match resource_type {
            ResourceType::User => place(resource_type, id),
            ResourceType::Group => {
                format!("{}?excludedAttributes=members", place(resource_type, id))
            }
        };
        let answer = self.say(Method::GET, &path, None).await?;
        match answer.status {
            StatusCode::OK => Ok(Some(answer.body)),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(answer.refused(Method::GET, &path)),
        }
    }

    /// Changes a resource.
    pub async fn patch(
        &self,
        resource_type: ResourceType,
        id: &str,
        body: &Value,
    ) -> Result<Answer, ClientError> {
        self.say(Method::PATCH, &place(resource_type, id), Some(body)).await
    }

    /// Deletes a resource. One that is gone already is as good.
    pub async fn delete(
        &self,
        resource_type: ResourceType,
        id: &str,
    ) -> Result<Answer, ClientError> {
        let path = place(resource_type, id);
        let answer = self.say(Method::DELETE, &path, None).await?;
        match answer.status {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(answer),
            _ => Err(answer.refused(Method::DELETE, &path)),
        }
    }

    /// The one resource whose attribute at `path` equals `value`, if there is one.
    pub async fn find(
        &self,
        resource_type: ResourceType,
        path: Path,
        value: &str,
    ) -> Result<Option<Value>, ClientError> {
        let literal = Value::String(value.to_owned());
        let filter: String =
            form_urlencoded::byte_serialize(format!("{path} eq {literal}").as_bytes()).collect();
        let query = match resource_type {
            ResourceType::User => format!("/Users?filter={filter}"),
            ResourceType::Group => format!("/Groups?excludedAttributes=members&filter={filter}"),
        };
        let answer = self.say(Method::GET, &query, None).await?;
        let mut found = list_response(&query, answer)?;
        if found.resources.len() > 1 {
            return Err(bad_answer(
                &query,
                format!("{} resources match where at most one may", found.resources.len()),
            ));
        }
        Ok(found.resources.pop())
    }

    /// One page of all resources, from the 1-based `start`.
    pub async fn page(
        &self,
        resource_type: ResourceType,
        start: u64,
        count: u64,
    ) -> Result<ListResponse, ClientError> {
        let query = format!("{}?startIndex={start}&count={count}", resource_type.endpoint());
        let answer = self.say(Method::GET, &query, None).await?;
        list_response(&query, answer)
    }

    async fn say(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, ClientError> {
        let mut renewed = false;
        let sent = self.spans.begin();
        loop {
            let bearer = self.credentials.bearer(&self.transport).await?;
            let mut request = Request::builder()
                .method(method.clone())
                .uri(format!("{}{path}", self.base))
                .header(AUTHORIZATION, format!("Bearer {}", bearer.expose()));
            if body.is_some() {
                request = request.header(CONTENT_TYPE, "application/scim+json; charset=utf-8");
            }
            let content = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
            let request = request
                .body(Full::new(content))
                .map_err(|_| ClientError::BadUrl { url: without_query(&self.base) })?;
            let response = self.transport.say(request).await?;
            if response.status == StatusCode::UNAUTHORIZED
                && !std::mem::replace(&mut renewed, true)
                && self.credentials.forget(&bearer).await
            {
                continue;
            }
            return self.answer(&method, path, sent, &response);
        }
    }

    fn answer(
        &self,
        method: &Method,
        path: &str,
        sent: u64,
        response: &Response,
    ) -> Result<Answer, ClientError> {
        let position = response.headers.get(POSITION).and_then(|text| text.to_str().ok());
        if let Some(position) = position {
            self.positions.note(position);
        }
        let body = if response.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&response.body).map_err(|_| ClientError::BadAnswer {
                method: method.clone(),
                path: without_query(path),
                what: format!("status {} with a body that is not JSON", response.status),
            })?
        };
        let span = self.spans.end(sent);
        let span = (response.times == 1).then_some(span);
        Ok(Answer { status: response.status, body, span })
    }
}
