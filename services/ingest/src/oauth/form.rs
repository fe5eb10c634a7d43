//! The form that a client sends to the token endpoint.

use std::collections::HashSet;

use axum::http::{HeaderMap, header};

use super::error::TokenError;

/// The parameters of the request; each at most once (RFC 6749 §3.2).
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the form; an error if it is none, or names a parameter twice.
    pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, TokenError> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(TokenError::NotAForm);
        }
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(body).map_err(|_| TokenError::NotAForm)?;
        let names: HashSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        let is_repeated = names.len() < pairs.len();
        if is_repeated { Err(TokenError::Repeated) } else { Ok(Self(pairs)) }
    }

    /// The id and secret of a client, if there is a secret.
    pub(super) fn client(&self) -> Option<(String, String)> {
        let secret = self.get("client_secret")?;
        Some((self.get("client_id").unwrap_or_default().to_owned(), secret.to_owned()))
    }

    /// A parameter's value; one without a value counts as left out (RFC 6749 §3.2).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(its_name, _)| its_name == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}
