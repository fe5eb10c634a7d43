//! What the provider says of itself, asked for when somebody signs in, and kept for an hour.

use std::pin::Pin;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    Client, ClientId, ClientSecret, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IdTokenFields, IdTokenVerifier, IssuerUrl, RedirectUrl,
    StandardErrorResponse, StandardTokenResponse,
};
use tokio::sync::Mutex;

use super::claims::ProviderClaims;
use super::error::{BadOidcSettings, HttpError, OidcError};

/// What a provider says of itself holds for so long: its keys change seldom, and one that is not known is
/// asked for at once.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// An answer has at most so many bytes.
const MOST_BYTES: usize = 1 << 20;
/// How ID tokens may be signed: by keys of which the provider alone has the other half.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type IdFields = IdTokenFields<
    ProviderClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// The library's client, with the claims that we look at.
type Known = Client<
    ProviderClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<IdFields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider, as it said of itself.
#[derive(Clone, Debug)]
pub(super) struct KnownProvider(Arc<Known>);

impl KnownProvider {
    /// What speaks to it.
    pub(super) fn client(&self) -> &Known {
        &self.0
    }

    /// What looks whether an ID token is its own, for us.
    pub(super) fn verifier(&self) -> IdTokenVerifier<'_, CoreJsonWebKey> {
        self.0.id_token_verifier().set_allowed_algs(ALGORITHMS)
    }
}

/// A provider, and what it said of itself last.
#[derive(Debug)]
pub(super) struct Provider {
    issuer: IssuerUrl,
    client: (ClientId, Option<ClientSecret>, RedirectUrl),
    http: reqwest::Client,
    known: Mutex<Option<(Timestamp, KnownProvider)>>,
}

impl Provider {
    pub(super) fn new(
        issuer: &str,
        client: (ClientId, Option<ClientSecret>, RedirectUrl),
        http: reqwest::Client,
    ) -> Result<Self, BadOidcSettings> {
        let bad = |_| BadOidcSettings::Issuer(issuer.to_owned());
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(bad)?;
        Ok(Self { issuer, client, http, known: Mutex::default() })
    }

    /// What it said of itself within the last hour.
    pub(super) async fn known(&self, now: Timestamp) -> Result<KnownProvider, OidcError> {
        let mut known = self.known.lock().await;
        if let Some((at, provider)) = &*known
            && now.duration_since(*at) < FRESH
        {
            return Ok(provider.clone());
        }
        self.discovered(&mut known, now).await
    }

    /// What it says of itself now.
    pub(super) async fn renewed(&self, now: Timestamp) -> Result<KnownProvider, OidcError> {
        self.discovered(&mut *self.known.lock().await, now).await
    }

    async fn discovered(
        &self,
        known: &mut Option<(Timestamp, KnownProvider)>,
        now: Timestamp,
    ) -> Result<KnownProvider, OidcError> {
        let http = self.http();
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), &http).await;
        let metadata = metadata.map_err(OidcError::of_discovery)?;
        let (id, secret, back) = self.client.clone();
        let client = Client::from_provider_metadata(metadata, id, secret).set_redirect_uri(back);
        let provider = KnownProvider(Arc::new(client));
        *known = Some((now, provider.clone()));
        Ok(provider)
    }

    /// Asks over HTTP, as the library has it asked.
    pub(super) fn http(
        &self,
    ) -> impl Fn(
        HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send>>
    + use<> {
        let http = self.http.clone();
        move |request| Box::pin(asked(http.clone(), request))
    }
}

async fn asked(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let mut answer = http.execute(reqwest::Request::try_from(request)?).await?;
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        if body.len() + part.len() > MOST_BYTES {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}
