//! What a receiver knows a webhook by: its secrets, and how they sign (Standard Webhooks 1.0).
//!
//! While a secret is replaced, two of them sign each webhook, and the receiver may know either.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

const SHARED_PREFIX: &str = "whsec_";
const PRIVATE_PREFIX: &str = "whsk_";
const PUBLIC_PREFIX: &str = "whpk_";

/// How long the key of a shared secret may be, in bytes.
const SHARED_LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// One secret of a receiver.
pub struct WebhookSecret {
    key: Key,
    text: String,
}

enum Key {
    /// Both sides know it, and sign by HMAC-SHA256 (`v1`).
    Shared(hmac::Key),
    /// We alone know it, and the receiver verifies by its public half (`v1a`, Ed25519).
    Pair(Ed25519KeyPair),
}

/// Why a text is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhookSecret {
    /// It begins with none of the prefixes.
    #[error("a webhook secret begins with whsec_ or whsk_")]
    Prefix,
    /// What follows the prefix is not base64.
    #[error("what follows the prefix of a webhook secret is base64")]
    Base64,
    /// The key is too short or too long.
    #[error("the key of a whsec_ secret has 24 to 64 bytes, that of a whsk_ secret 32")]
    Length,
}

impl WebhookSecret {
    /// A new secret that both sides know.
    pub fn shared(random: [u8; 32]) -> Self {
        Self {
            key: Key::Shared(hmac::Key::new(hmac::HMAC_SHA256, &random)),
            text: format!("{SHARED_PREFIX}{}", BASE64_STANDARD.encode(random)),
        }
    }

    /// A new pair of keys; the receiver gets the public one.
    pub fn pair(seed: [u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a seed has 32 bytes");
        let text = format!("{PRIVATE_PREFIX}{}", BASE64_STANDARD.encode(seed));
        Self { key: Key::Pair(pair), text }
    }

    /// Reads what [`text`](Self::text) wrote.
    pub fn parse(text: &str) -> Result<Self, BadWebhookSecret> {
        let decoded =
            |base64: &str| BASE64_STANDARD.decode(base64).map_err(|_| BadWebhookSecret::Base64);
        let key = if let Some(base64) = text.strip_prefix(SHARED_PREFIX) {
            let key = decoded(base64)?;
            if !SHARED_LENGTH.contains(&key.len()) {
                return Err(BadWebhookSecret::Length);
            }
            Key::Shared(hmac::Key::new(hmac::HMAC_SHA256, &key))
        } else if let Some(base64) = text.strip_prefix(PRIVATE_PREFIX) {
            let seed = decoded(base64)?;
            Key::Pair(
                Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| BadWebhookSecret::Length)?,
            )
        } else {
            return Err(BadWebhookSecret::Prefix);
        };
        Ok(Self { key, text: text.to_owned() })
    }

    /// The whole secret. Whoever has it can sign.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the receiver is given to verify by.
    pub fn for_receiver(&self) -> String {
        match &self.key {
            Key::Shared(_) => self.text.clone(),
            Key::Pair(pair) => {
                format!("{PUBLIC_PREFIX}{}", BASE64_STANDARD.encode(pair.public_key()))
            }
        }
    }

    fn sign(&self, signed: &[u8]) -> String {
        match &self.key {
            Key::Shared(key) => {
                format!("v1,{}", BASE64_STANDARD.encode(hmac::sign(key, signed)))
            }
            Key::Pair(pair) => format!("v1a,{}", BASE64_STANDARD.encode(pair.sign(signed))),
        }
    }
}

/// The value of `webhook-signature`: one signature by each secret.
///
/// `id` holds no full stop, so that what is signed can be read in one way only.
pub fn signatures(secrets: &[WebhookSecret], id: &str, timestamp: i64, body: &[u8]) -> String {
    debug_assert!(!id.contains('.'), "an id with a full stop could be taken for another");
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend_from_slice(body);
    let signatures: Vec<_> = secrets.iter().map(|secret| secret.sign(&signed)).collect();
    signatures.join(" ")
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.key {
            Key::Shared(_) => "WebhookSecret(whsec_…)",
            Key::Pair(_) => "WebhookSecret(whsk_…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // What the libraries of the specification are tested with.
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SHARED: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNED_BY_SHARED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const PAIR: &str = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
    const SIGNED_BY_PAIR: &str = "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";

    fn signed_by(secrets: &[&str]) -> String {
        let secrets: Vec<_> =
            secrets.iter().map(|text| WebhookSecret::parse(text).unwrap()).collect();
        signatures(&secrets, ID, TIMESTAMP, BODY)
    }

    #[test]
    fn a_shared_secret_signs_as_the_specification_says() {
        assert_eq!(signed_by(&[SHARED]), SIGNED_BY_SHARED);
    }

    #[test]
    fn a_pair_signs_as_the_specification_says() {
        assert_eq!(signed_by(&[PAIR]), SIGNED_BY_PAIR);
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let both = format!("{SIGNED_BY_SHARED} {SIGNED_BY_PAIR}");
        assert_eq!(signed_by(&[SHARED, PAIR]), both);
    }

    #[test]
    fn a_new_secret_is_read_back_from_its_text() {
        for secret in [WebhookSecret::shared([7; 32]), WebhookSecret::pair([7; 32])] {
            let read = WebhookSecret::parse(secret.text()).expect("its own text");
            assert_eq!(read.text(), secret.text());
            assert_eq!(read.for_receiver(), secret.for_receiver());
            assert_eq!(
                signatures(&[read], ID, TIMESTAMP, BODY),
                signatures(&[secret], ID, TIMESTAMP, BODY)
            );
        }
    }

    #[test]
    fn a_receiver_is_given_a_shared_secret_or_a_public_key() {
        assert!(WebhookSecret::shared([7; 32]).for_receiver().starts_with("whsec_"));
        let pair = WebhookSecret::pair([7; 32]);
        let public = pair.for_receiver();
        let key = BASE64_STANDARD.decode(public.strip_prefix("whpk_").expect("a prefix")).unwrap();
        let signature = pair.sign(BODY);
        let signature = BASE64_STANDARD.decode(signature.strip_prefix("v1a,").unwrap()).unwrap();
        let public = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
        public.verify(BODY, &signature).expect("signed by its private half");
    }

    #[test]
    fn what_is_no_secret_is_refused_with_its_reason() {
        let refused = |text: &str| WebhookSecret::parse(text).expect_err("no secret");
        assert_eq!(refused("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), BadWebhookSecret::Prefix);
        assert_eq!(refused("whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), BadWebhookSecret::Prefix);
        assert_eq!(refused("whsec_***"), BadWebhookSecret::Base64);
        assert_eq!(refused("whsec_c2hvcnQ="), BadWebhookSecret::Length);
        assert_eq!(refused("whsk_c2hvcnQ="), BadWebhookSecret::Length);
    }

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        for text in [SHARED, PAIR] {
            let shown = format!("{:?}", WebhookSecret::parse(text).unwrap());
            assert!(!shown.contains(&text[8..]), "{shown}");
        }
    }
}
