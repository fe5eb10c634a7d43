//! Administrators: who may sign in to the portal of a tenant, and what they may do there.

use std::collections::BTreeSet;

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::{clock, ids};
use events::{
    AdministratorId, AdministratorRole, AdministratorRoles, Digest, EmailAddress,
    InvitedAdministrator, IssuedSignInLink,
};
use jiff::{SignedDuration, Timestamp};
use roster::{Administrator, AdministratorIntent, Refusal};
use serde::{Deserialize, Serialize};
use web::json_body::Body;
use web::{Problem, path_id};

use crate::caller::{Operator, known, tenant};
use crate::operator_api::OperatorApi;

const PREFIX_LINK: &str = "rcl_";
/// How long a sign-in link is good: over a weekend.
const LINK_LASTS: SignedDuration = SignedDuration::from_hours(72);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAdministrator {
    email: String,
    name: Option<String>,
    roles: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OtherRoles {
    roles: Vec<String>,
}

/// An administrator as operators and owners see them: never their link.
#[derive(Debug, Serialize)]
pub(crate) struct AdministratorSummary {
    administrator_id: AdministratorId,
    email: EmailAddress,
    name: Option<String>,
    roles: AdministratorRoles,
    invited_at: Timestamp,
    signed_in_at: Option<Timestamp>,
    /// The provider at which they sign in, once they have.
    issuer: Option<String>,
    /// Until when their sign-in link is good; none, if it is spent.
    link_expires_at: Option<Timestamp>,
}

/// A sign-in link, in the answer to the request that made it.
#[derive(Debug, Serialize)]
pub(crate) struct IssuedLink {
    tenant: String,
    administrator_id: AdministratorId,
    /// Shown this once, and good once.
    sign_in_url: String,
    link_expires_at: Timestamp,
}

pub(crate) async fn list(
    State(api): State<OperatorApi>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<AdministratorSummary>>, CommandError> {
    let roster = api.access.current_roster().await?;
    let known = known(&roster, &tenant(&slug)?)?;
    Ok(Json(known.administrators().iter().map(summary).collect()))
}

fn summary(administrator: &Administrator) -> AdministratorSummary {
    let link = &administrator.link;
    AdministratorSummary {
        administrator_id: administrator.id,
        email: administrator.email.clone(),
        name: administrator.name.clone(),
        roles: administrator.roles.clone(),
        invited_at: administrator.invited_at,
        signed_in_at: administrator.signed_in_at,
        issuer: administrator.identity.as_ref().map(|identity| identity.issuer.clone()),
        link_expires_at: link.spent_at.is_none().then_some(link.expires_at),
    }
}

pub(crate) async fn invite(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(NewAdministrator { email, name, roles }): Body<NewAdministrator>,
) -> Result<(StatusCode, Json<IssuedLink>), CommandError> {
    let slug = tenant(&slug)?;
    let email = email.parse::<EmailAddress>();
    let email = email.map_err(|error| Problem::malformed(error.to_string()))?;
    let link = NewLink::made();
    let invited = InvitedAdministrator {
        administrator_id: AdministratorId(ids::uuid_v7()),
        email,
        name,
        roles: read_roles(&roles)?,
        link_digest: link.digest,
        link_expires_at: link.expires_at,
    };
    let administrator = invited.administrator_id;
    let intent = move |_: &_| Ok(AdministratorIntent::Invite(invited.clone()).into());
    operator.execute(&api, &slug, intent).await?;
    Ok((StatusCode::CREATED, Json(link.of(&api, &slug, administrator))))
}

pub(crate) async fn issue_link(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, text)): Path<(String, String)>,
) -> Result<(StatusCode, Json<IssuedLink>), CommandError> {
    let (slug, administrator) = (tenant(&slug)?, id(&text)?);
    let link = NewLink::made();
    let issued = IssuedSignInLink {
        administrator_id: administrator,
        link_digest: link.digest,
        link_expires_at: link.expires_at,
    };
    let intent = move |_: &_| Ok(AdministratorIntent::IssueLink(issued.clone()).into());
    operator.execute(&api, &slug, intent).await?;
    Ok((StatusCode::CREATED, Json(link.of(&api, &slug, administrator))))
}

pub(crate) async fn change_roles(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, text)): Path<(String, String)>,
    Body(OtherRoles { roles }): Body<OtherRoles>,
) -> Result<Json<AdministratorSummary>, CommandError> {
    let (slug, administrator) = (tenant(&slug)?, id(&text)?);
    let roles = read_roles(&roles)?;
    let intent = move |_: &_| {
        let roles = roles.clone();
        Ok(AdministratorIntent::ChangeRoles { administrator, roles }.into())
    };
    let done = operator.execute(&api, &slug, intent).await?;
    let found = known(&done.roster, &slug)?.administrators().get(administrator);
    let found = found.ok_or(Refusal::NoSuchAdministrator(administrator))?;
    Ok(Json(summary(found)))
}

pub(crate) async fn remove(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, text)): Path<(String, String)>,
) -> Result<StatusCode, CommandError> {
    let (slug, administrator) = (tenant(&slug)?, id(&text)?);
    let intent = move |_: &_| Ok(AdministratorIntent::Remove { administrator }.into());
    operator.execute(&api, &slug, intent).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link whose secret is not stored.
struct NewLink {
    secret: String,
    digest: Digest,
    expires_at: Timestamp,
}

impl NewLink {
    fn made() -> Self {
        let (secret, digest) = ids::secret(PREFIX_LINK);
        Self { secret, digest, expires_at: clock::now() + LINK_LASTS }
    }

    fn of(
        &self,
        api: &OperatorApi,
        tenant: &events::Tenant,
        administrator: AdministratorId,
    ) -> IssuedLink {
        IssuedLink {
            tenant: tenant.to_string(),
            administrator_id: administrator,
            sign_in_url: api.portal.sign_in_link(&self.secret),
            link_expires_at: self.expires_at,
        }
    }
}

fn id(text: &str) -> Result<AdministratorId, Problem> {
    path_id("administrator", text)
}

fn read_roles(names: &[String]) -> Result<AdministratorRoles, Problem> {
    let roles = names.iter().map(|name| name.parse::<AdministratorRole>());
    let roles = roles.collect::<Result<BTreeSet<_>, _>>();
    roles.map_err(|error| Problem::malformed(error.to_string()))
}
