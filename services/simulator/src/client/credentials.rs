//! What goes into the `Authorization` header.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use http_body_util::Full;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::error::ClientError;
use super::transport::Transport;
use crate::options::Auth;
use crate::secret::Secret;

/// A token is renewed this long before it ends, so that it does not end on the way.
const RENEWAL_MARGIN: Duration = Duration::from_mins(1);

/// The credentials of an integration, and the access token that they fetched last.
#[derive(Debug)]
pub(crate) struct Credentials {
    auth: Auth,
    token: Mutex<Option<Token>>,
}

#[derive(Clone, Debug)]
struct Token {
    text: Secret,
    until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Secret,
    token_type: String,
    #[serde(default = "an_hour")]
    expires_in: u64,
}

fn an_hour() -> u64 {
    3600
}

impl Credentials {
    pub(crate) fn new(auth: Auth) -> Self {
        Self { auth, token: Mutex::new(None) }
    }

    /// The token to send now. An unexpired one is used again, as Entra does.
    pub(crate) async fn bearer(&self, transport: &Transport) -> Result<Secret, ClientError> {
        let (token_url, client_id, client_secret) = match &self.auth {
            Auth::SecretToken(token) => return Ok(token.clone()),
            Auth::ClientCredentials { token_url, client_id, client_secret } => {
                (token_url, client_id, client_secret)
            }
        };
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|token| token.until > Instant::now()) {
            return Ok(token.text.clone());
        }
        let granted = ask(transport, token_url, client_id, client_secret).await?;
        let lifetime = Duration::from_secs(granted.expires_in).saturating_sub(RENEWAL_MARGIN);
        let fresh = Token { text: granted.access_token, until: Instant::now() + lifetime };
        *token = Some(fresh.clone());
        Ok(fresh.text)
    }

    /// Forgets a token that was answered with 401; says whether asking for another may help.
    pub(crate) async fn forget(&self, refused: &Secret) -> bool {
        match &self.auth {
            Auth::SecretToken(_) => false,
            Auth::ClientCredentials { .. } => {
                let mut token = self.token.lock().await;
                // Another request may have fetched a fresh one meanwhile: that one stays.
                if token.as_ref().is_some_and(|token| token.text == *refused) {
                    *token = None;
                }
                true
            }
        }
    }
}

/// Asks for an access token with the credentials in the header (RFC 6749 §2.3.1 and §4.4).
async fn ask(
    transport: &Transport,
    token_url: &str,
    client_id: &str,
    client_secret: &Secret,
) -> Result<Granted, ClientError> {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(client_id), encode(client_secret.expose()));
    let request = Request::builder()
        .method(Method::POST)
        .uri(token_url)
        .header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from_static(b"grant_type=client_credentials")))
        .map_err(|_| ClientError::BadUrl { url: token_url.to_owned() })?;
    let response = transport.say(request).await?;
    let no_token =
        |what: &str| ClientError::NoToken { status: response.status, what: what.to_owned() };
    if response.status != http::StatusCode::OK {
        let said: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
        return Err(no_token(said["error"].as_str().unwrap_or("no error code was given")));
    }
    let granted: Granted = serde_json::from_slice(&response.body)
        .map_err(|_| no_token("the answer holds no access token"))?;
    if !granted.token_type.eq_ignore_ascii_case("bearer") {
        return Err(no_token("the token is no bearer token"));
    }
    Ok(granted)
}
