//! Asking over HTTP, and what was answered.

use reqwest::{Client, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::Value;

/// A client as plain as can be.
pub fn http() -> Client {
    // Asked for also where no TLS is spoken; who comes second finds it set.
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder().no_proxy().build().expect("an HTTP client")
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    asked: String,
    /// The status.
    pub status: StatusCode,
    headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// Null if the text is no JSON.
    pub body: Value,
}

impl Answer {
    /// Sends a request, and reads the answer to its end.
    pub async fn to(request: RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.expect("the request is well-formed");
        let asked = format!("{} {}", request.method(), request.url());
        let answer = client.execute(request).await;
        let answer = answer.unwrap_or_else(|error| panic!("{asked} got no answer: {error:?}"));
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.expect("the answer comes to its end");
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { asked, status, headers, text, body }
    }

    /// Insists on a status.
    #[track_caller]
    pub fn answered(self, status: u16) -> Self {
        let Self { asked, status: given, text, .. } = &self;
        assert_eq!(given.as_u16(), status, "{asked} answered: {text}");
        self
    }

    /// Insists on a SCIM error, told as one (RFC 7644 §3.12).
    #[track_caller]
    pub fn refused(self, status: u16, scim_type: Option<&str>) -> Self {
        let this = self.answered(status);
        let error = "urn:ietf:params:scim:api:messages:2.0:Error";
        assert_eq!(this.body["schemas"][0], error, "{}", this.text);
        assert_eq!(this.body["status"], status.to_string(), "{}", this.text);
        assert_eq!(this.body["scimType"].as_str(), scim_type, "{}", this.text);
        assert_eq!(this.header("content-type"), "application/scim+json");
        this
    }

    /// What each resource on a page says in one attribute, a text; empty where it says nothing.
    #[track_caller]
    pub fn column(&self, attribute: &str) -> Vec<String> {
        let resources = self.body["Resources"].as_array();
        let resources = resources.unwrap_or_else(|| panic!("{} is no page", self.text));
        let one = |resource: &Value| resource[attribute].as_str().unwrap_or_default().to_owned();
        resources.iter().map(one).collect()
    }

    /// A header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where in the log a write is, as a tenant may see it.
    pub fn position(&self) -> Option<&str> {
        Some(self.header("rollcall-position")).filter(|told| !told.is_empty())
    }

    /// The id of the resource in the body.
    #[track_caller]
    pub fn id(&self) -> String {
        let id = self.body["id"].as_str();
        id.unwrap_or_else(|| panic!("{} answered without an id: {}", self.asked, self.text))
            .to_owned()
    }
}
