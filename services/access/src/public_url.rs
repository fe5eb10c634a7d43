//! Where clients reach the service.

use std::sync::Arc;

use events::Tenant;

/// The URL under which clients reach the service, and what is beneath it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PublicUrl(Arc<str>);

impl PublicUrl {
    /// The path of the SCIM gateway.
    pub const SCIM: &str = "/scim/v2";
    /// The path of the token endpoint.
    pub const TOKEN: &str = "/oauth/token";

    /// Beneath `url`: `https://provisioning.example.com`.
    pub fn new(url: &str) -> Self {
        Self(url.trim_end_matches('/').into())
    }

    /// A tenant's SCIM gateway.
    pub fn scim(&self, tenant: &Tenant) -> String {
        [&self.0, Self::SCIM, "/", tenant.as_str()].concat()
    }

    /// A tenant's JSON API.
    pub fn api(&self, tenant: &Tenant) -> String {
        format!("{}/api/v1/{tenant}", self.0)
    }

    /// A page of the portal on which somebody signs in by a link with this secret.
    pub fn sign_in_link(&self, secret: &str) -> String {
        [&self.0, "/sign-in/link/", secret].concat()
    }

    /// A page of the portal.
    pub fn page(&self, path: &str) -> String {
        [&self.0, path].concat()
    }

    /// The token endpoint.
    pub fn token(&self) -> String {
        [&self.0, Self::TOKEN].concat()
    }
}
