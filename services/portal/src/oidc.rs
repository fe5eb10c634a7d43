//! Sign-in at an `OpenID` provider, such as Microsoft Entra ID: the authorization code flow, with PKCE
//! (RFC 7636), state and nonce (`OpenID` Connect Core 1.0 §3.1).

mod claims;
mod error;
mod provider;
mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use cipher::Cipher;
use jiff::Timestamp;
use openidconnect::core::CoreResponseType;
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
};

pub(crate) use claims::Account;
pub use error::BadOidcSettings;
pub(crate) use error::OidcError;
pub(crate) use state::{Pending, pending_cookie, pending_in, settled_cookie};

use provider::Provider;

/// At which provider administrators sign in, and how this program is known there.
#[derive(Clone)]
pub struct OidcSettings {
    /// The provider, as it names itself (`iss`): what it says of itself is at
    /// `/.well-known/openid-configuration` beneath.
    pub issuer: String,
    /// As what this program is registered there.
    pub client_id: String,
    /// The secret of that registration; none for one that has none.
    pub client_secret: Option<String>,
    /// What the button is called that leads there.
    pub name: String,
    /// Whether addresses count that the provider does not say it has verified.
    pub trust_email: bool,
    /// What speaks to it: it follows no redirects.
    pub http: reqwest::Client,
    /// Encrypts what the browser keeps while somebody is there.
    pub cipher: Cipher,
}

/// The secret is not shown.
impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("name", &self.name)
            .field("trust_email", &self.trust_email)
            .finish_non_exhaustive()
    }
}

/// A provider at which administrators sign in. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Oidc(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: OidcSettings,
    provider: Provider,
}

impl Oidc {
    /// Sign-in there, which leads back to `callback`. The provider is asked nothing yet.
    pub(crate) fn new(settings: OidcSettings, callback: String) -> Result<Self, BadOidcSettings> {
        let back = RedirectUrl::new(callback).map_err(|_| BadOidcSettings::PublicUrl)?;
        let secret = settings.client_secret.clone().map(ClientSecret::new);
        let client = (ClientId::new(settings.client_id.clone()), secret, back);
        let provider = Provider::new(&settings.issuer, client, settings.http.clone())?;
        Ok(Self(Arc::new(Parts { settings, provider })))
    }

    /// What the provider is called.
    pub(crate) fn name(&self) -> &str {
        &self.0.settings.name
    }

    /// Encrypts what the browser keeps.
    pub(crate) fn cipher(&self) -> &Cipher {
        &self.0.settings.cipher
    }

    /// Where the browser goes to sign in, and what it keeps until it comes back.
    pub(crate) async fn begin(&self, now: Timestamp) -> Result<(String, Pending), OidcError> {
        let known = self.0.provider.known(now).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let (url, state, nonce) = known
            .client()
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let pending =
            Pending::begun(state.secret(), nonce.secret(), verifier.secret().as_str(), now);
        Ok((url.to_string(), pending))
    }

    /// Who came back with `code`: what the provider says of them, if it is the provider that says so, to
    /// us, and now.
    pub(crate) async fn finish(
        &self,
        pending: Pending,
        code: String,
        now: Timestamp,
    ) -> Result<Account, OidcError> {
        let known = self.0.provider.known(now).await?;
        let request = known
            .client()
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| OidcError::Away("it names no token endpoint".to_owned()))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier));
        let http = self.0.provider.http();
        let answer = request.request_async(&http).await.map_err(OidcError::of_exchange)?;
        let token = answer.id_token().ok_or(OidcError::NoIdToken)?;
        let nonce = Nonce::new(pending.nonce);
        let claims = match token.claims(&known.verifier(), &nonce) {
            // The provider may have new keys.
            Err(error) if error::is_unknown_key(&error) => {
                let renewed = self.0.provider.renewed(now).await?;
                token.claims(&renewed.verifier(), &nonce).cloned()
            }
            verified => verified.cloned(),
        };
        let claims = claims.map_err(OidcError::of_claims)?;
        Ok(Account::of(&claims, self.0.settings.trust_email))
    }
}
