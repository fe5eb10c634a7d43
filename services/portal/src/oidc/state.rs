//! What the browser keeps while somebody is at the provider: encrypted, for ten minutes.

use axum::http::{HeaderMap, HeaderValue, header};
use cipher::{Cipher, Context};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const LASTS: SignedDuration = SignedDuration::from_mins(10);
/// No tenant's: nobody is signed in yet.
const CONTEXT: Context<'static> = Context { tenant: "", purpose: "pending sign-in" };

/// A sign-in that was begun.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    until: Timestamp,
}

impl Pending {
    pub(super) fn begun(state: &str, nonce: &str, verifier: &str, now: Timestamp) -> Self {
        let [state, nonce, verifier] = [state, nonce, verifier].map(str::to_owned);
        Self { state, nonce, verifier, until: now + LASTS }
    }

    /// Whether it is this one that the provider answers, in time.
    pub(crate) fn is_answered_by(&self, state: &str, now: Timestamp) -> bool {
        self.state == state && now < self.until
    }
}

fn name(secure: bool) -> &'static str {
    if secure { "__Host-rollcall-pending" } else { "rollcall-pending" }
}

/// The header that has a browser keep it. `Lax`, since the browser comes back from another site.
pub(crate) fn pending_cookie(secure: bool, cipher: &Cipher, pending: &Pending) -> HeaderValue {
    let text = serde_json::to_vec(pending).expect("it has string keys only");
    header_of(secure, &cipher.encrypt(CONTEXT, &text), LASTS)
}

/// The header that has a browser forget it.
pub(crate) fn settled_cookie(secure: bool) -> HeaderValue {
    header_of(secure, "", SignedDuration::ZERO)
}

fn header_of(secure: bool, value: &str, lasts: SignedDuration) -> HeaderValue {
    let flags = if secure { "; Secure" } else { "" };
    let (name, age) = (name(secure), lasts.as_secs());
    let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{flags}");
    HeaderValue::try_from(text).expect("what is encrypted is of letters, digits, - and _")
}

/// What the browser of a request has kept.
pub(crate) fn pending_in(headers: &HeaderMap, secure: bool, cipher: &Cipher) -> Option<Pending> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(own, _)| *own == name(secure))?;
    serde_json::from_slice(&cipher.decrypt(CONTEXT, value).ok()?).ok()
}
