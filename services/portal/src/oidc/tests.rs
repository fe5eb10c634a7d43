//! Answers of a provider that are not to be believed, and those that are.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::*;

/// A provider whose answers are as wrong as a test wants them.
#[derive(Clone)]
struct Provider {
    issuer: String,
    key: Arc<Ed25519KeyPair>,
    /// What its next ID token holds beside the standard's claims, or in their place.
    claims: Arc<Mutex<Value>>,
    /// The key that signs it, if it is not its own.
    signer: Arc<Mutex<Option<Arc<Ed25519KeyPair>>>>,
}

fn key() -> Arc<Ed25519KeyPair> {
    let made = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).expect("a key");
    Arc::new(Ed25519KeyPair::from_pkcs8(made.as_ref()).expect("a key"))
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let provider = Self { issuer, key: key(), claims: Arc::default(), signer: Arc::default() };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(Self::describe))
            .route("/keys", get(Self::keys))
            .route("/token", post(Self::token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    #[expect(clippy::unused_async, reason = "handlers are asynchronous")]
    async fn describe(State(provider): State<Self>) -> Json<Value> {
        let issuer = &provider.issuer;
        Json(json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        }))
    }

    #[expect(clippy::unused_async, reason = "handlers are asynchronous")]
    async fn keys(State(provider): State<Self>) -> Json<Value> {
        let x = URL_SAFE_NO_PAD.encode(provider.key.public_key().as_ref());
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "1", "x": x });
        Json(json!({ "keys": [key] }))
    }

    #[expect(clippy::unused_async, reason = "handlers are asynchronous")]
    async fn token(State(provider): State<Self>, form: String) -> (StatusCode, Json<Value>) {
        let field = |name: &str| {
            let mut fields = form_urlencoded::parse(form.as_bytes());
            fields.find(|(own, _)| own == name).map_or_else(String::new, |(_, value)| value.into())
        };
        let (code, code_verifier) = (field("code"), field("code_verifier"));
        if code != "good" || code_verifier.len() < 43 {
            let refused = json!({ "error": "invalid_grant" });
            return (StatusCode::BAD_REQUEST, Json(refused));
        }
        let head = encoded(&json!({ "alg": "EdDSA", "kid": "1" }));
        let body = encoded(&provider.claims.lock().expect("claims"));
        let signer = provider.signer.lock().expect("a key").clone();
        let signer = signer.unwrap_or_else(|| provider.key.clone());
        let signature = signer.sign(format!("{head}.{body}").as_bytes());
        let token = format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(signature));
        let answer = json!({ "access_token": "a", "token_type": "Bearer", "id_token": token });
        (StatusCode::OK, Json(answer))
    }

    fn oidc(&self, trust_email: bool) -> Oidc {
        rustls::crypto::ring::default_provider().install_default().ok();
        let settings = OidcSettings {
            issuer: self.issuer.clone(),
            client_id: "rollcall".to_owned(),
            client_secret: Some("a secret".to_owned()),
            name: "the provider".to_owned(),
            trust_email,
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            cipher: Cipher::new(&[7; 32]),
        };
        Oidc::new(settings, "http://127.0.0.1:1/sign-in/provider/back".to_owned()).expect("set up")
    }

    /// Somebody signs in, and the claims of the ID token are changed by `change`.
    async fn signs_in(
        &self,
        trust_email: bool,
        code: &str,
        change: Value,
    ) -> Result<Account, OidcError> {
        let (oidc, now) = (self.oidc(trust_email), Timestamp::now());
        let (url, pending) = oidc.begin(now).await.expect("the provider answers");
        assert!(url.contains("code_challenge_method=S256"), "{url}");
        assert!(url.contains("openid"), "{url}");
        let mut claims = json!({
            "iss": self.issuer,
            "sub": "s1",
            "aud": "rollcall",
            "nonce": pending.nonce,
            "iat": now.as_second(),
            "exp": (now + SignedDuration::from_mins(5)).as_second(),
        });
        for (name, value) in change.as_object().expect("claims") {
            claims[name] = value.clone();
        }
        *self.claims.lock().expect("claims") = claims;
        oidc.finish(pending, code.to_owned(), now).await
    }

    async fn refused(&self, change: Value) -> String {
        match self.signs_in(false, "good", change).await {
            Err(OidcError::Unbelievable(why)) => why,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_signed_by_the_provider_for_us_and_now_says_who_it_is() {
    let provider = Provider::start().await;
    let claims = json!({ "preferred_username": "ada@x.example", "email": "ada@x.example" });
    let account = provider.signs_in(false, "good", claims).await.expect("an account");
    assert_eq!(account.identity.issuer, provider.issuer);
    assert_eq!(account.identity.subject, "s1");
    assert_eq!((account.email, account.name.as_str()), (None, "ada@x.example"));
}

#[tokio::test]
async fn an_answer_of_another_issuer_audience_time_or_sign_in_is_not_believed() {
    let provider = Provider::start().await;
    let refused = async |change: Value| provider.refused(change).await;
    assert_eq!(refused(json!({ "iss": "https://other.example" })).await, "it is of another issuer");
    assert_eq!(refused(json!({ "aud": "another" })).await, "it is for another audience");
    assert_eq!(refused(json!({ "aud": ["rollcall", "x"] })).await, "it is for another audience");
    assert_eq!(refused(json!({ "exp": 1_000_000 })).await, "it has expired");
    assert_eq!(refused(json!({ "nonce": "another" })).await, "its nonce is another one");
    assert_eq!(refused(json!({ "nonce": null })).await, "its nonce is another one");
    // A clock that is somewhat ahead of ours is no reason to send somebody away.
    let ahead = json!({ "iat": Timestamp::now().as_second() + 30 });
    provider.signs_in(false, "good", ahead).await.expect("an account");
}

#[tokio::test]
async fn an_answer_that_somebody_else_signed_is_not_believed() {
    let provider = Provider::start().await;
    *provider.signer.lock().expect("a key") = Some(key());
    assert_eq!(provider.refused(json!({})).await, "its signature does not hold");
}

#[tokio::test]
async fn a_code_that_the_provider_takes_no_more_is_told_apart_from_a_provider_that_is_away() {
    let provider = Provider::start().await;
    let used = provider.signs_in(false, "used", json!({})).await;
    assert!(matches!(used, Err(OidcError::CodeRefused)), "{used:?}");
    let gone = Provider { issuer: "http://127.0.0.1:9".to_owned(), ..provider };
    let away = gone.oidc(false).begin(Timestamp::now()).await.expect_err("nobody is there");
    assert!(matches!(away, OidcError::Away(_)), "{away:?}");
    assert_eq!(away.status(), StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn an_address_counts_if_the_provider_has_verified_it_or_the_settings_trust_it() {
    let provider = Provider::start().await;
    let email = async |trust: bool, change: Value| {
        let account = provider.signs_in(trust, "good", change).await.expect("an account");
        account.email.map(|email| email.to_string())
    };
    let ada = || Some("ada@x.example".to_owned());
    let told = |more: Value| {
        let mut claims = json!({ "email": "ada@x.example" });
        claims["email_verified"] = more["email_verified"].clone();
        claims["xms_edov"] = more["xms_edov"].clone();
        claims
    };
    assert_eq!(email(false, told(json!({}))).await, None);
    assert_eq!(email(false, told(json!({ "email_verified": false }))).await, None);
    assert_eq!(email(false, told(json!({ "email_verified": true }))).await, ada());
    for yes in [json!(true), json!(1), json!("1")] {
        assert_eq!(email(false, told(json!({ "xms_edov": yes }))).await, ada());
    }
    assert_eq!(email(false, told(json!({ "xms_edov": false }))).await, None);
    assert_eq!(email(true, told(json!({}))).await, ada());
    let shown = || json!({ "preferred_username": "ada@x.example" });
    assert_eq!(email(false, shown()).await, None);
    assert_eq!(email(true, shown()).await, ada());
}

#[test]
fn what_the_browser_keeps_is_ours_for_ten_minutes_and_for_one_answer() {
    let (cipher, now) = (Cipher::new(&[7; 32]), Timestamp::UNIX_EPOCH);
    let pending = || Pending::begun("state", "nonce", "verifier", now);
    let cookie = pending_cookie(true, &cipher, &pending());
    let cookie = cookie.to_str().expect("a text");
    assert!(cookie.starts_with("__Host-rollcall-pending="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    assert!(!cookie.contains("verifier"), "{cookie}");
    let mut headers = axum::http::HeaderMap::new();
    let pair = cookie.split(';').next().expect("a pair");
    headers.insert(axum::http::header::COOKIE, pair.parse().expect("a value"));
    assert_eq!(pending_in(&headers, true, &cipher), Some(pending()));
    assert_eq!(pending_in(&headers, true, &Cipher::new(&[8; 32])), None);
    assert!(pending().is_answered_by("state", now));
    assert!(!pending().is_answered_by("other", now));
    assert!(!pending().is_answered_by("state", now + SignedDuration::from_mins(10)));
}
