//! A tenant, and a client that sends what it is told and not a header more.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::{expired, gateway};

/// Headers by name; none takes a usual one away.
pub(crate) type Headers = BTreeMap<String, Option<String>>;

pub(crate) struct Tenant {
    client: Client<HttpConnector, Full<Bytes>>,
    slug: String,
    /// What stands in for the credentials, by name.
    pub(crate) credentials: BTreeMap<&'static str, String>,
}

impl Tenant {
    /// A new one of a product, with credentials of both kinds.
    pub(crate) async fn of(profile: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let slug = format!("t{}", Uuid::now_v7().simple());
        let mut this = Self { client, slug, credentials: BTreeMap::new() };
        let tenant = json!({"tenant": this.slug});
        this.operate("POST", "", &tenant).await;
        let place = format!("/{}", this.slug);
        let integration = format!("{place}/integration");
        let mut activated = this.operate("PUT", &integration, &json!({"profile": profile})).await;
        if activated["secret_token"].is_null() {
            activated = this.operate("POST", &format!("{integration}/rotate"), &json!({})).await;
        }
        let issued = this.operate("POST", &format!("{place}/clients"), &json!({})).await;
        let text = |value: &Value| value.as_str().expect("a credential").to_owned();
        let (id, secret) = (text(&issued["client_id"]), text(&issued["client_secret"]));
        let basic = BASE64_STANDARD.encode(format!("{id}:{secret}"));
        this.credentials = BTreeMap::from([
            ("token", text(&activated["secret_token"])),
            ("expired", expired::token(&gateway::started().key, &id, 0)),
            ("client_id", id),
            ("client_secret", secret),
            ("basic", basic),
        ]);
        this
    }

    /// One of Workplace, for tests in which either product would do.
    pub(crate) async fn new() -> Self {
        Self::of("workplace").await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &Headers::new(), None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, &Headers::new(), None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &Headers::new(), Some(body.to_string())).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, &Headers::new(), Some(body.to_string())).await
    }

    /// Patches with these operations.
    pub(crate) async fn patch(&self, path: &str, operations: &Value) -> Answer {
        let schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
        let body = json!({"schemas": [schema], "Operations": operations});
        self.ask("PATCH", path, &Headers::new(), Some(body.to_string())).await
    }

    /// Makes a resource, and tells its id.
    pub(crate) async fn made(&self, path: &str, body: &Value) -> String {
        self.post(path, body).await.answered(201).id()
    }

    /// Sends a request as Entra does: a bearer token, and a content type if there is a body.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &Headers,
        body: Option<String>,
    ) -> Answer {
        let token = self.credentials.get("token").map_or("", String::as_str);
        let mut all = Headers::from([("authorization".into(), Some(format!("Bearer {token}")))]);
        if body.is_some() {
            let kind = "application/scim+json; charset=utf-8".to_owned();
            all.insert("content-type".to_owned(), Some(kind));
        }
        all.extend(headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone())));
        let place = if path.starts_with("/oauth/") {
            path.to_owned()
        } else {
            format!("/scim/v2/{}{path}", self.slug)
        };
        self.send(method, &place, &all, body).await
    }

    async fn operate(&self, method: &str, path: &str, body: &Value) -> Value {
        let token = format!("Bearer {}", gateway::OPERATOR);
        let headers = Headers::from([
            ("authorization".to_owned(), Some(token)),
            ("content-type".to_owned(), Some("application/json".to_owned())),
        ]);
        let path = format!("/operator/v1/tenants{path}");
        let answer = self.send(method, &path, &headers, Some(body.to_string())).await;
        assert!(matches!(answer.status, 200 | 201), "{} answered {}", answer.asked, answer.text);
        answer.body
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &Headers,
        body: Option<String>,
    ) -> Answer {
        let asked = format!("{method} {path}");
        let mut path = path.to_owned();
        for (plain, encoded) in [(" ", "%20"), ("\"", "%22"), ("[", "%5B"), ("]", "%5D")] {
            path = path.replace(plain, encoded);
        }
        let mut request =
            Request::builder().method(method).uri(gateway::started().url.clone() + &path);
        for (name, value) in headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let body = Full::from(body.unwrap_or_default());
        let request = request.body(body).unwrap_or_else(|error| panic!("{asked}: {error}"));
        let answer = self.client.request(request).await;
        let (head, body) = answer.unwrap_or_else(|error| panic!("{asked}: {error}")).into_parts();
        let body = body.collect().await.expect("the answer comes to its end").to_bytes();
        let text = String::from_utf8(body.to_vec()).expect("an answer is text");
        Answer::new(asked, head.status.as_u16(), head.headers, text)
    }
}
