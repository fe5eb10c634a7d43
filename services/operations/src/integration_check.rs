//! What a tenant's requests tell of its connection: how far it has come, and what is wrong with the
//! mapping.

use access::{CommandError, ignored_attributes};
use axum::Json;
use axum::extract::{Path, State};
use eventlog::clock;
use events::{Purpose, Tenant};
use jiff::Timestamp;
use requests::{CredentialFact, Facts, Finding, Milestones, Seen, lint};
use roster::TenantRoster;
use serde::Serialize;

use crate::caller::{Operator, known, tenant};
use crate::operator_api::OperatorApi;
use crate::recorded::Observed;

/// How a connection stands.
#[derive(Debug, Serialize)]
pub(crate) struct IntegrationCheck {
    tenant: String,
    checked_at: Timestamp,
    /// Whether requests are recorded at all (`--record-requests`): without that, less is found.
    recording: bool,
    /// Whether all that was recorded is in it.
    complete: bool,
    milestones: Milestones,
    people: u64,
    groups: u64,
    findings: Vec<Finding>,
}

pub(crate) async fn check(
    State(api): State<OperatorApi>,
    _operator: Operator,
    Path(slug): Path<String>,
) -> Result<Json<IntegrationCheck>, CommandError> {
    let slug = tenant(&slug)?;
    let roster = api.access.current_roster().await?;
    let of_tenant = known(&roster, &slug)?;
    let away = |error: eventlog::ReadError| {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "cannot read what was recorded of requests");
        CommandError::from(writer::Outage::LogAway)
    };
    let (observed, not_kept) = match &api.requests {
        None => (Observed::default(), vec![]),
        Some(requests) => (
            requests.observed(&slug).await.map_err(away)?,
            ignored_attributes(requests.log()).await.map_err(away)?,
        ),
    };
    let facts = facts(&slug, of_tenant, not_kept);
    let now = clock::now();
    Ok(Json(IntegrationCheck {
        tenant: slug.to_string(),
        checked_at: now,
        recording: observed.recording,
        complete: observed.complete,
        milestones: observed.observations.milestones(),
        people: facts.people,
        groups: of_tenant.groups().count() as u64,
        findings: lint(&observed.observations, &facts, now),
    }))
}

fn facts(slug: &Tenant, tenant: &TenantRoster, not_kept: Vec<access::IgnoredAttribute>) -> Facts {
    let integration = tenant.integration();
    let opens_scim = |one: &&roster::Credential| match one.purpose {
        Purpose::SecretToken | Purpose::OauthClient => !one.revoked,
        Purpose::ApiToken { .. } => false,
    };
    let credentials = tenant.credentials().filter(opens_scim).map(|one| CredentialFact {
        name: one.label.clone().unwrap_or_else(|| one.id.to_string()),
        issued_at: one.issued_at,
        expires_at: one.expires_at,
    });
    let not_kept = not_kept.into_iter().filter(|one| one.tenant == *slug).map(|one| {
        let seen = Seen { times: one.times, first: one.last_sent_at, last: one.last_sent_at };
        (one.attribute, seen)
    });
    Facts {
        profile: integration.map(|known| known.profile),
        active: integration.is_some_and(|known| known.active),
        people: tenant.people().all().count() as u64,
        credentials: credentials.collect(),
        not_kept: not_kept.collect(),
    }
}
