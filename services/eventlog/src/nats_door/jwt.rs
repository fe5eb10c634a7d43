//! The tokens of NATS: JSON Web Tokens that are signed with nkeys. Our side of an auth callout needs one
//! kind to be read and two to be written, which is less than any crate for them would bring.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use nkeys::{KeyPair, KeyPairType};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Cause;

/// The head of every token.
const HEAD: &str = r#"{"typ":"JWT","alg":"ed25519-nkey"}"#;

/// The key with which whoever comes in is vouched for. Its public half stands in nats-server's settings.
pub struct Issuer(KeyPair);

/// A text that is no seed of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no seed of an account's nkey; one begins with SA and has 58 characters")]
pub struct BadIssuer;

impl Issuer {
    /// A new one.
    pub fn new() -> Self {
        Self(KeyPair::new_account())
    }

    /// The one with this seed.
    pub fn from_seed(seed: &str) -> Result<Self, BadIssuer> {
        let key = KeyPair::from_seed(seed.trim()).map_err(|_| BadIssuer)?;
        match key.key_pair_type() {
            KeyPairType::Account => Ok(Self(key)),
            KeyPairType::Server
            | KeyPairType::Cluster
            | KeyPairType::Operator
            | KeyPairType::User
            | KeyPairType::Module
            | KeyPairType::Service
            | KeyPairType::Curve => Err(BadIssuer),
        }
    }

    /// The secret half, as text.
    pub fn seed(&self) -> String {
        self.0.seed().expect("whoever can sign has the seed")
    }

    /// The public half, for nats-server's settings.
    pub fn public_key(&self) -> String {
        self.0.public_key()
    }

    /// A token that says this.
    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String, Cause> {
        let encoded = |text: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(text);
        let said =
            format!("{}.{}", encoded(HEAD.as_bytes()), encoded(&serde_json::to_vec(claims)?));
        let signature = self.0.sign(said.as_bytes())?;
        Ok(format!("{said}.{}", encoded(&signature)))
    }
}

impl Default for Issuer {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Issuer").field(&self.public_key()).finish()
    }
}

/// What a token says, if whom it names as its issuer signed it.
pub(super) fn verified<T: DeserializeOwned>(token: &[u8]) -> Result<T, Cause> {
    let token = std::str::from_utf8(token)?;
    let (said, signature) = token.rsplit_once('.').ok_or("a token has three parts")?;
    let (_, claims) = said.split_once('.').ok_or("a token has three parts")?;
    let claims: serde_json::Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims)?)?;
    let issuer = claims["iss"].as_str().ok_or("a token names its issuer")?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature)?;
    KeyPair::from_public_key(issuer)?.verify(said.as_bytes(), &signature)?;
    Ok(serde_json::from_value(claims)?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_an_issuer_signs_is_read_and_what_was_altered_is_not() {
        let issuer = Issuer::new();
        let claims = json!({ "iss": issuer.public_key(), "name": "acme_kitchen" });
        let token = issuer.sign(&claims).unwrap();
        assert_eq!(verified::<Value>(token.as_bytes()).unwrap(), claims);
        let other = json!({ "iss": Issuer::new().public_key(), "name": "acme_kitchen" });
        let foreign = issuer.sign(&other).unwrap();
        let (_, signature) = token.rsplit_once('.').unwrap();
        let altered = format!("{}.{signature}", foreign.rsplit_once('.').unwrap().0);
        for bad in [foreign.as_str(), &altered, "", "a.b", "a.b.c"] {
            assert!(verified::<Value>(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_issuer_comes_again_from_its_seed_and_shows_it_to_nobody() {
        let issuer = Issuer::new();
        let again = Issuer::from_seed(&format!("{}\n", issuer.seed())).unwrap();
        assert_eq!(again.public_key(), issuer.public_key());
        assert!(!format!("{issuer:?}").contains(&issuer.seed()));
        let user = KeyPair::new_user().seed().unwrap();
        for bad in ["", "SA", &user, &issuer.public_key()] {
            assert_eq!(Issuer::from_seed(bad).unwrap_err(), BadIssuer, "{bad}");
        }
    }
}
