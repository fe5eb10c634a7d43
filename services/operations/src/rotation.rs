//! A further secret token, beside the newest that there is.

use access::{CommandError, CredentialUses};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::{clock, ids};
use events::{CredentialId, IntegrationProfile};
use jiff::Timestamp;
use roster::{Credential, Intent, Refusal, TenantRoster};
use serde::Deserialize;
use web::Problem;
use web::json_body::OptionalBody;

use crate::caller::{Operator, tenant};
use crate::credentials::{Expiry, PREFIX_SECRET};
use crate::integration::{Activated, activated};
use crate::operator_api::OperatorApi;

/// How a secret token is rotated.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    #[serde(default)]
    expires_in_days: Expiry,
    /// The token of which the caller knows that it ends by this.
    ends: Option<CredentialId>,
    /// The id that the new one is to have: who asks again with the same one does not make another.
    credential_id: Option<CredentialId>,
}

/// Gives out another secret token. The newest of the earlier ones lives on until it is revoked, or
/// until the next rotation, so that Entra can be given the new one without a gap.
///
/// As long as nobody has used that newest one, Entra most likely has the older one, which a rotation would
/// end: then the caller has to name it.
pub(crate) async fn rotate(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    OptionalBody(Rotation { expires_in_days, ends, credential_id }): OptionalBody<Rotation>,
) -> Result<Json<Activated>, CommandError> {
    let (slug, now) = (tenant(&slug)?, clock::now());
    let expires_at = expires_in_days.from(now)?;
    let uses = api.credential_uses(&slug).await?;
    let credential = credential_id.unwrap_or_else(|| CredentialId(ids::uuid_v7()));
    let (secret, secret_digest) = ids::secret(PREFIX_SECRET);
    let named = slug.clone();
    let intent = move |roster: &roster::Roster| {
        if roster.credential(&credential).is_some() {
            return Err(Refusal::IdReused(credential.0).into());
        }
        if let Some(tenant) = roster.tenant(&named) {
            confirmed(tenant, &uses, ends, now)?;
        }
        Ok(Intent::RotateSecret { credential, secret_digest, expires_at })
    };
    operator.execute(&api, &slug, intent).await?;
    let roster = api.access.writer().roster();
    let integration = roster.tenant(&slug).and_then(TenantRoster::integration);
    let profile = integration.map_or(IntegrationProfile::Workplace, |known| known.profile);
    Ok(Json(activated(&api, &slug, profile, Some((credential, secret)))))
}

/// Refuses a rotation that would end a token which the caller has not named, while the newest was never
/// used; and one that names another token than would end.
fn confirmed(
    tenant: &TenantRoster,
    uses: &CredentialUses,
    named: Option<CredentialId>,
    now: Timestamp,
) -> Result<(), Problem> {
    let ended = tenant.ended_by_rotation(now);
    let ended = ended.into_iter().rfind(|one| one.is_live(now));
    match (ended, named) {
        (Some(ended), Some(named)) if ended.id == named => Ok(()),
        (_, Some(named)) => Err(not_that_one(named, ended)),
        (Some(ended), None) if newest_is_unused(tenant, uses, now) => Err(unasked(ended, uses)),
        (Some(_) | None, None) => Ok(()),
    }
}

fn newest_is_unused(tenant: &TenantRoster, uses: &CredentialUses, now: Timestamp) -> bool {
    let tokens = tenant.credentials().filter(|one| one.purpose == events::Purpose::SecretToken);
    let newest = tokens.filter(|one| one.is_live(now)).last();
    newest.is_some_and(|one| !uses.contains_key(&one.id))
}

fn unasked(ended: &Credential, uses: &CredentialUses) -> Problem {
    let id = ended.id;
    let told = match uses.get(&id) {
        Some(at) => format!("was last used at {}", at.strftime("%Y-%m-%d %H:%M UTC")),
        None => "was never used either".to_owned(),
    };
    let detail = format!(
        "the newest secret token was never used, and a further one would end the token {id}, which {told}; put \
         the newest into Entra instead, or say that you mean it: \"ends\": \"{id}\" (--ends {id})"
    );
    Problem::new(StatusCode::CONFLICT, detail).with_code("would-end-token")
}

fn not_that_one(named: CredentialId, ended: Option<&Credential>) -> Problem {
    let instead = match ended {
        Some(ended) => format!("it would end the token {}", ended.id),
        None => "it would end none".to_owned(),
    };
    let detail = format!(
        "this rotation does not end the token {named}: {instead}; list the credentials, and name what ends now"
    );
    Problem::new(StatusCode::CONFLICT, detail)
}
