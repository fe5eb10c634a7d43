//! Access tokens of the OAuth 2.0 client-credentials grant.
//!
//! A token is the client's credential id and an expiry, signed: any replica can check one that
//! another gave out, nothing is stored, and revoking the client ends its tokens at once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use events::CredentialId;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use uuid::Uuid;

/// How long a token is good for. Entra wants between one and six hours.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

const PREFIX: &str = "rca_";
const CLAIMS: usize = 16 + 8;
const LENGTH: usize = CLAIMS + 32;

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadAccessToken {
    #[error("the token is not one of ours")]
    Unsigned,
    #[error("the access token has expired; ask the token endpoint for another")]
    Expired,
}

/// Gives out and checks tokens. All replicas share the key.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    /// A signer with the key that all replicas share.
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self(Hmac::new_from_slice(&key).expect("HMAC takes keys of any length"))
    }

    /// A token for a client, good from now on for [`LIFETIME`].
    pub(crate) fn issue(&self, client: CredentialId, now: Timestamp) -> String {
        let expires = now.as_second() + LIFETIME.as_secs();
        let mut token = Vec::with_capacity(LENGTH);
        token.extend_from_slice(client.0.as_bytes());
        token.extend_from_slice(&expires.to_be_bytes());
        let signature = self.0.clone().chain_update(&token).finalize().into_bytes();
        token.extend_from_slice(&signature);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(token))
    }

    /// The client to whom the token was given, if it is genuine and has not expired.
    pub(crate) fn check(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<CredentialId, BadAccessToken> {
        let bytes = token
            .strip_prefix(PREFIX)
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .filter(|bytes| bytes.len() == LENGTH)
            .ok_or(BadAccessToken::Unsigned)?;
        let (claims, signature) = bytes.split_at(CLAIMS);
        // Compares in constant time.
        let genuine = self.0.clone().chain_update(claims).verify_slice(signature);
        genuine.map_err(|_| BadAccessToken::Unsigned)?;
        let (client, expires) = claims.split_at(16);
        let expires = i64::from_be_bytes(expires.try_into().expect("claims end in eight bytes"));
        if now.as_second() >= expires {
            return Err(BadAccessToken::Expired);
        }
        Ok(CredentialId(Uuid::from_slice(client).expect("claims begin with sixteen bytes")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CLIENT: CredentialId = CredentialId(Uuid::from_u128(7));

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_token_is_good_for_one_hour_and_no_longer() {
        let signer = Signer::new([1; 32]);
        let token = signer.issue(CLIENT, at(1_000));
        assert_eq!(signer.check(&token, at(1_000)), Ok(CLIENT));
        assert_eq!(signer.check(&token, at(4_599)), Ok(CLIENT));
        assert_eq!(signer.check(&token, at(4_600)), Err(BadAccessToken::Expired));
    }

    #[test]
    fn a_token_signed_with_another_key_opens_nothing() {
        let token = Signer::new([1; 32]).issue(CLIENT, at(0));
        assert_eq!(Signer::new([2; 32]).check(&token, at(1)), Err(BadAccessToken::Unsigned));
    }

    proptest! {
        #[test]
        fn no_change_to_a_token_goes_unnoticed(at_byte in 0..LENGTH, bit in 0..8u32) {
            let signer = Signer::new([1; 32]);
            let token = signer.issue(CLIENT, at(0));
            let mut bytes = URL_SAFE_NO_PAD.decode(&token[PREFIX.len()..]).unwrap();
            bytes[at_byte] ^= 1 << bit;
            let forged = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(signer.check(&forged, at(1)), Err(BadAccessToken::Unsigned));
        }

        #[test]
        fn any_text_can_be_shown_as_a_token(text in ".*") {
            prop_assert!(Signer::new([1; 32]).check(&text, at(0)).is_err());
        }
    }
}
