//! What the gateway answered, and what every answer that says no has to look like.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Answer {
    #[expect(dead_code, reason = "failing tests show it")]
    pub(crate) asked: String,
    pub(crate) path: String,
    pub(crate) is_head: bool,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body of an answer that says yes.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of ours"))
    }

    /// Holds that this is a refusal of this status, in the right shape, whose words hold these.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, words: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self.misshapen().map_or(Ok(()), Err).expect("a well-formed refusal");
        let text = String::from_utf8_lossy(&self.body);
        assert!(text.contains(words), "{self:?} does not say {words:?}");
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// What is wrong with the shape of a refusal.
    pub(crate) fn misshapen(&self) -> Option<String> {
        if self.is_head {
            return None;
        }
        let kind = self.header("content-type").split(';').next().unwrap_or_default();
        let body: Value = match serde_json::from_slice(&self.body) {
            Ok(body) => body,
            Err(error) => return Some(format!("the body is not JSON: {error}: {self:?}")),
        };
        let status = self.status.as_u16();
        let said = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
        let (right_kind, right_body) = if self.path.starts_with("/scim/v2") {
            let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:Error"]);
            let right = body["schemas"] == schemas
                && body["status"].as_str() == Some(status.to_string().as_str())
                && said(&body["detail"]);
            ("application/scim+json", right)
        } else if self.path == "/oauth/token" && status != 405 {
            ("application/json", said(&body["error"]) && said(&body["error_description"]))
        } else {
            let right = body["status"] == status && said(&body["title"]) && said(&body["detail"]);
            ("application/problem+json", right)
        };
        (kind != right_kind || !right_body)
            .then(|| format!("a refusal of the wrong shape: {self:?}"))
    }
}
