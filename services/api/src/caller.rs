//! Who asks: an API token (RFC 6750), and what it may read.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use events::{Digest, Scope, Scopes, Tenant};
use web::bearer::{self, NoBearer};

use crate::ReadApi;
use crate::failure::Failure;

/// The holder of a living API token of the tenant that the path names.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) tenant: Tenant,
    scopes: Scopes,
}

impl Caller {
    pub(crate) fn may(&self, scope: Scope) -> Result<(), Failure> {
        if self.scopes.contains(&scope) { Ok(()) } else { Err(Failure::NoScope(scope)) }
    }
}

impl FromRequestParts<ReadApi> for Caller {
    type Rejection = Failure;

    /// The token is looked up at each request, so that a revoked one stops at once. One of another
    /// tenant is refused in the same words whether or not the tenant in the path exists: a token
    /// tells nothing about tenants other than its own.
    async fn from_request_parts(parts: &mut Parts, api: &ReadApi) -> Result<Self, Failure> {
        let digest = Digest::of(token(&parts.headers)?.as_bytes());
        let held = api.token(digest).await?;
        let path = RawPathParams::from_request_parts(parts, api)
            .await
            .map_err(|rejection| Failure::BadPath(rejection.body_text()))?;
        let named = path.iter().find(|(name, _)| *name == "tenant").map_or("", |(_, slug)| slug);
        let Some(held) = held else {
            api.counts().failure(named, &parts.extensions)?;
            return Err(Failure::BadToken);
        };
        api.counts().request(&held.tenant, &parts.extensions)?;
        if named == held.tenant.as_str() {
            Ok(Self { tenant: held.tenant, scopes: held.scopes })
        } else {
            Err(Failure::AnotherTenant)
        }
    }
}

/// The token that a request shows.
fn token(headers: &HeaderMap) -> Result<&str, Failure> {
    bearer::token(headers).map_err(|why| match why {
        NoBearer::Missing | NoBearer::OtherScheme => Failure::NoToken,
        NoBearer::Malformed => Failure::BadToken,
    })
}
