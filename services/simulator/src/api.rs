//! Rollcall's own API as the simulator needs it: reading people and teams, and recording bookings.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::client::transport::{Response, Transport};
use crate::client::{ClientError, SEGMENT, base_url};
use crate::options::ApiTarget;
use crate::secret::Secret;

/// The largest page that the API gives.
const API_PAGE_SIZE: usize = 500;

/// A reader of the API, which sees at least what was written up to the position it is given.
#[derive(Debug)]
pub(crate) struct Api {
    base: String,
    token: Secret,
    transport: Arc<Transport>,
}

/// A person as the directory projection has them.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Employee {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) resource_id: Option<String>,
    pub(crate) user_name: String,
    #[serde(default)]
    pub(crate) external_id: Option<String>,
    #[serde(default)]
    pub(crate) display_name: Option<String>,
    pub(crate) standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Standing {
    Active,
    Former,
}

/// A team as the teams projection has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Team {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) external_id: Option<String>,
    pub(crate) origin: Origin,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    pub(crate) employee_id: String,
    pub(crate) kind: TeamKind,
    pub(crate) origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TeamKind {
    Primary,
    Additional,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    Synced,
    Local,
}

impl Api {
    pub(crate) fn new(target: &ApiTarget, transport: Arc<Transport>) -> Result<Self, ClientError> {
        Ok(Self { base: base_url(&target.base_url)?, token: target.token.clone(), transport })
    }

    /// Everybody, Active and Former, as of the positions `after` of the log or later.
    pub(crate) async fn employees(&self, after: &str) -> Result<Vec<Employee>, ClientError> {
        self.all("/employees", "employees", after).await
    }

    /// Every team.
    pub(crate) async fn teams(&self, after: &str) -> Result<Vec<Team>, ClientError> {
        self.all("/teams", "teams", after).await
    }

    /// The members of one team.
    pub(crate) async fn members(
        &self,
        team: &str,
        after: &str,
    ) -> Result<Vec<Member>, ClientError> {
        self.all(
            &format!("/teams/{}/members", utf8_percent_encode(team, SEGMENT)),
            "members",
            after,
        )
        .await
    }

    /// Records one booking under the booking system's own reference.
    pub(crate) async fn put_booking(
        &self,
        reference: &str,
        booking: &Value,
    ) -> Result<(), ClientError> {
        let path = format!("/bookings/{}", utf8_percent_encode(reference, NON_ALPHANUMERIC));
        let content = Bytes::from(booking.to_string());
        let response =
            self.say(Method::PUT, &path, Some(("application/json", content)), None).await?;
        match response.status {
            StatusCode::OK | StatusCode::CREATED => Ok(()),
            _ => Err(refused(Method::PUT, "/bookings", &response)),
        }
    }

    /// Records many bookings at once; gives a line of JSON for each.
    pub(crate) async fn import(&self, lines: String) -> Result<Vec<Value>, ClientError> {
        let path = "/bookings/import";
        let content = Some(("application/x-ndjson", Bytes::from(lines)));
        let response = self.say(Method::POST, path, content, None).await?;
        if response.status != StatusCode::OK {
            return Err(refused(Method::POST, path, &response));
        }
        let lines = response.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines
            .map(serde_json::from_slice)
            .collect::<Result<_, _>>()
            .map_err(|error| wrong(Method::POST, path, &error))
    }

    async fn all<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        after: &str,
    ) -> Result<Vec<T>, ClientError> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = format!("{path}?limit={API_PAGE_SIZE}{cursor}");
            let response = self.say(Method::GET, &page, None, Some(after)).await?;
            if response.status != StatusCode::OK {
                return Err(refused(Method::GET, path, &response));
            }
            let mut body: Value = serde_json::from_slice(&response.body)
                .map_err(|error| wrong(Method::GET, path, &error))?;
            let items: Vec<T> = serde_json::from_value(body[key].take())
                .map_err(|error| wrong(Method::GET, path, &error))?;
            all.extend(items);
            let Some(next) = body["next"].as_str() else { return Ok(all) };
            cursor = format!("&after={}", utf8_percent_encode(next, NON_ALPHANUMERIC));
        }
    }

    async fn say(
        &self,
        method: Method,
        path: &str,
        content: Option<(&str, Bytes)>,
        after: Option<&str>,
    ) -> Result<Response, ClientError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(AUTHORIZATION, format!("Bearer {}", self.token.expose()));
        if let Some(after) = after.filter(|after| !after.is_empty()) {
            request = request.header("rollcall-after", after);
        }
        let mut body = Bytes::new();
        if let Some((kind, content)) = content {
            request = request.header(CONTENT_TYPE, kind);
            body = content;
        }
        let request = request
            .body(Full::new(body))
            .map_err(|_| ClientError::BadUrl { url: self.base.clone() })?;
        self.transport.say(request).await
    }
}

fn refused(method: Method, path: &str, response: &Response) -> ClientError {
    let (path, status) = (path.to_owned(), response.status);
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            ClientError::Unauthorized { method, path, status }
        }
        _ => {
            let detail = String::from_utf8_lossy(&response.body).into_owned();
            ClientError::Refused { method, path, status, detail }
        }
    }
}

fn wrong(method: Method, path: &str, error: &serde_json::Error) -> ClientError {
    ClientError::BadAnswer { method, path: path.to_owned(), what: error.to_string() }
}
