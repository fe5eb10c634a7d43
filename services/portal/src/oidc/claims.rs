//! What a provider says of somebody.

use events::{EmailAddress, OidcIdentity};
use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Claims beside those of the standard.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct ProviderClaims {
    /// Entra's word for it that the owner of the address's domain was verified: `true`, `1` or `"1"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) xms_edov: Option<Value>,
}

impl AdditionalClaims for ProviderClaims {}

/// Somebody who signed in at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Who they are there, for good.
    pub(crate) identity: OidcIdentity,
    /// Their address, if it can be believed.
    pub(crate) email: Option<EmailAddress>,
    /// By what they know this account themselves.
    pub(crate) name: String,
}

impl Account {
    /// Of verified claims. Whoever may write an address into a directory that anybody can make is not to
    /// become somebody else by it: an address counts if the provider says that it is verified, or if the
    /// settings trust it.
    pub(super) fn of(
        claims: &IdTokenClaims<ProviderClaims, CoreGenderClaim>,
        trust_email: bool,
    ) -> Self {
        let email = claims.email().map(|email| email.as_str());
        let shown = claims.preferred_username().map(|name| name.as_str());
        let edov = claims.additional_claims().xms_edov.as_ref().is_some_and(is_yes);
        let verified = claims.email_verified() == Some(true) || edov;
        let believed = match (email, shown) {
            (Some(email), _) if verified || trust_email => Some(email),
            // Somebody may change it at any time: a name by which to sign in, which only looks like an address.
            (None, Some(shown)) if trust_email => Some(shown),
            (_, _) => None,
        };
        let subject = claims.subject().as_str();
        Self {
            identity: OidcIdentity {
                issuer: claims.issuer().as_str().to_owned(),
                subject: subject.to_owned(),
            },
            email: believed.and_then(|text| text.parse().ok()),
            name: shown.or(email).unwrap_or(subject).to_owned(),
        }
    }
}

fn is_yes(value: &Value) -> bool {
    *value == true || *value == 1 || *value == "1"
}
