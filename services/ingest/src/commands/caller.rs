//! Who gives a command, and whether they may.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use events::{CredentialId, Digest, Purpose, Scope, Tenant};

use crate::bearer::{self, Unauthorized};
use crate::problem::Problem;
use crate::request_id;
use crate::state::Gateway;
use roster::{Intent, Roster};
use writer::{Access, Command, Committed, Provenance};

/// The holder of an API token of the tenant in the URL.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) tenant: Tenant,
    credential: CredentialId,
    request: String,
    trace_parent: Option<String>,
    purpose: Purpose,
}

impl Caller {
    /// Lets only holders of `scope` go on.
    pub(super) fn may(&self, scope: Scope) -> Result<(), Problem> {
        match &self.purpose {
            Purpose::ApiToken { scopes } if scopes.contains(&scope) => Ok(()),
            Purpose::ApiToken { .. } | Purpose::SecretToken | Purpose::OauthClient => {
                Err(Problem::OutOfScope(scope))
            }
        }
    }

    /// Makes an intent true, if the caller may do so by `scope`, now and at the time of the
    /// decision.
    pub(super) async fn execute(
        &self,
        gateway: &Gateway,
        scope: Scope,
        intent: impl Fn(&Roster) -> Result<Intent, Problem> + Send + 'static,
    ) -> Result<Committed, Problem> {
        self.may(scope)?;
        gateway.writer.execute(Command::new(self.provenance(scope), intent)).await
    }

    /// Whether the caller still may do something by `scope`, now that the body has come. Each
    /// decision asks again; this spares a request of many decisions all of them.
    pub(super) fn still_may(&self, gateway: &Gateway, scope: Scope) -> Result<(), Problem> {
        self.may(scope)?;
        Ok(self.provenance(scope).check(&gateway.writer.roster())?)
    }

    fn provenance(&self, scope: Scope) -> Provenance {
        Provenance {
            tenant: self.tenant.clone(),
            access: Access::Api(self.credential, scope),
            request: Some(self.request.clone()),
            trace_parent: self.trace_parent.clone(),
        }
    }
}

impl FromRequestParts<Gateway> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, gateway).await;
        let params = params.map_err(|error| Problem::Malformed(error.to_string()))?;
        let wanted = params.iter().find(|(name, _)| *name == "tenant").map_or("", |(_, slug)| slug);
        let token = bearer::token(&parts.headers)?;
        let roster = gateway.current_roster().await?;
        let (owner, credential) =
            roster.credential_by_digest(&Digest::of(token.as_bytes())).ok_or_else(|| {
                bearer::turn_away::<Problem>(gateway, wanted, parts, Unauthorized::UnknownToken)
            })?;
        gateway.counts.request(owner, &parts.extensions)?;
        // The same answer whether or not there is such a tenant.
        if owner.as_str() != wanted {
            return Err(Problem::OtherTenant);
        }
        Ok(Self {
            tenant: owner.clone(),
            credential: credential.id,
            request: request_id::of(parts),
            trace_parent: request_id::trace_parent(&parts.headers),
            purpose: credential.purpose.clone(),
        })
    }
}
