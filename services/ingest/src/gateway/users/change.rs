//! Changes of a user, the large ones applied before their decision.
//!
//! One task decides for all tenants, so that applying a large change in the decision would keep all of
//! them waiting. The worker threads apply it, to the user as they are at that moment. The decision
//! takes the outcome if the user is still at the same version. The version is the event that last
//! changed the user, and nothing but events changes what the outcome depends on: the user's name,
//! external id and attributes, and whether they are active. At another version the decision fails as
//! stale, and the change is applied again; access and preconditions are checked in the decision in any
//! case.

use std::sync::Arc;

use events::{Profile, ResourceId, Seq, Tenant};
use roster::{Intent, Person, Refusal, Roster};
use scim::User;
use web::MemoryReservation;
use web::workers::INLINE;
use writer::{Committed, Denied, Outage};

use super::profile::profile;
use crate::ResourceLimits;
use crate::gateway::error::ScimError;
use crate::gateway::hidden_positions::ExpectedVersion;
use crate::gateway::resource::get_user;
use crate::gateway::write_context::WriteContext;

/// A change of which the body or the user has more bytes is applied by the worker threads.
const OFFLOAD_BYTES: usize = 16 << 10;

/// How often a large change is applied before its decision. After that the decision applies it
/// itself: others who change the same user all the time must not keep it from ending.
const MAX_EARLY_ATTEMPTS: usize = 3;

/// How many bytes of memory a profile takes for each byte of its text, if it has many parts.
const TREE_FACTOR: usize = 64;

/// A change of one user.
pub(super) struct UserChange<F> {
    tenant: Tenant,
    resource: ResourceId,
    expected: ExpectedVersion,
    limits: ResourceLimits,
    /// About how many bytes were sent; some number over [`INLINE`] if they are more.
    sent: usize,
    /// How the user shall look, given how they are.
    edit: F,
}

/// A change that was applied to one version of the user.
struct Applied {
    version: Seq,
    outcome: Result<Target, ScimError>,
}

/// What a user shall be after the change.
#[derive(Clone, Debug, PartialEq)]
struct Target {
    profile: Profile,
    active: bool,
}

/// Why a decision came to nothing.
#[derive(Debug)]
enum DecideError {
    /// The change is large, and was not applied to this version of the user.
    Stale,
    Failed(ScimError),
}

impl From<ScimError> for DecideError {
    fn from(failure: ScimError) -> Self {
        Self::Failed(failure)
    }
}

impl From<Refusal> for DecideError {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.into())
    }
}

impl From<Outage> for DecideError {
    fn from(outage: Outage) -> Self {
        Self::Failed(outage.into())
    }
}

impl From<Denied> for DecideError {
    fn from(denied: Denied) -> Self {
        Self::Failed(denied.into())
    }
}

/// Makes a change true, and waits until it is durable.
pub(super) async fn execute<F>(
    context: &WriteContext<'_>,
    change: UserChange<F>,
) -> Result<Committed, ScimError>
where
    F: Fn(&Person) -> Result<User, ScimError> + Send + Sync + 'static,
{
    let change = Arc::new(change);
    // The operations of a bulk request must be decided in their order, so that none may be retried.
    let mut attempts_left = if context.budget.is_some() { 0 } else { MAX_EARLY_ATTEMPTS };
    loop {
        let (applied, _held) = if attempts_left > 0 {
            apply_on_workers(context, &change).await?.unzip()
        } else {
            (None, None)
        };
        // This task keeps a reference, so that freeing what is large does not fall to the task that
        // decides.
        let applied = applied.map(Arc::new);
        let (decided, outcome) = (Arc::clone(&change), applied.clone());
        let may_retry = attempts_left > 0;
        let intent = move |roster: &Roster| decided.decide(roster, outcome.as_deref(), may_retry);
        match context.gateway.access.writer().execute(context.command(intent)).await {
            Ok(committed) => return Ok(committed),
            Err(DecideError::Failed(error)) => return Err(error),
            Err(DecideError::Stale) => attempts_left = attempts_left.saturating_sub(1),
        }
    }
}

/// Lets the worker threads apply a change, within the bound of memory for such; none if the change is
/// small, or if there is no such user.
async fn apply_on_workers<F>(
    context: &WriteContext<'_>,
    change: &Arc<UserChange<F>>,
) -> Result<Option<(Applied, MemoryReservation)>, ScimError>
where
    F: Fn(&Person) -> Result<User, ScimError> + Send + Sync + 'static,
{
    let (gateway, tenant) = (context.gateway.clone(), &context.caller.tenant);
    let needed = |roster: &Roster| change.memory_needed(change.user(roster)?);
    let Some(memory) = needed(&gateway.access.writer().roster()) else { return Ok(None) };
    let held = gateway.memory.changes.take(tenant, memory).await;
    let change = Arc::clone(change);
    // The newest roster that there is when the work begins, so that the version is not soon stale.
    let apply = move |_: &_| {
        let roster = gateway.access.writer().roster();
        change.user(&roster).map(|person| change.apply_to_version(person))
    };
    let applied = context.gateway.workers.run(tenant, apply).await?;
    Ok(applied.map(|applied| (applied, held)))
}

impl<F> UserChange<F>
where
    F: Fn(&Person) -> Result<User, ScimError>,
{
    /// The change that `edit` makes of a user.
    pub(super) fn new(context: &WriteContext<'_>, resource: ResourceId, edit: F) -> Self {
        Self {
            tenant: context.caller.tenant.clone(),
            resource,
            expected: context.expected_version(),
            limits: context.limits(),
            sent: context.size,
            edit,
        }
    }

    /// The user that the change is about.
    fn user<'r>(&self, roster: &'r Roster) -> Option<&'r Person> {
        roster.tenant(&self.tenant)?.people().by_resource(self.resource)
    }

    /// How much memory the outcome may take; none if the change is small.
    fn memory_needed(&self, person: &Person) -> Option<usize> {
        let external_id = person.external_id().map_or(0, str::len);
        let there = person.attributes().len() + person.user_name().len() + external_id;
        let sent = if self.sent > INLINE { self.limits.resource } else { self.sent };
        let is_large = there > OFFLOAD_BYTES || sent > OFFLOAD_BYTES;
        is_large.then(|| {
            there.saturating_add(sent).min(self.limits.resource).saturating_mul(TREE_FACTOR)
        })
    }

    fn apply_to_version(&self, person: &Person) -> Applied {
        Applied { version: person.version, outcome: self.apply(person) }
    }

    fn apply(&self, person: &Person) -> Result<Target, ScimError> {
        let user = (self.edit)(person)?;
        let active = user.active;
        Ok(Target { profile: profile(user, self.limits)?, active })
    }

    /// The intent that makes the change true on a roster. A large change that was not applied to this
    /// version of the user is stale, if it may be retried.
    fn decide(
        &self,
        roster: &Roster,
        applied: Option<&Applied>,
        may_retry: bool,
    ) -> Result<Intent, DecideError> {
        let person = get_user(roster.tenant(&self.tenant), self.resource)?;
        self.expected.check(person.version)?;
        let Target { profile, active } = match applied {
            Some(applied) if applied.version == person.version => applied.outcome.clone()?,
            Some(_) | None if may_retry && self.memory_needed(person).is_some() => {
                return Err(DecideError::Stale);
            }
            Some(_) | None => self.apply(person)?,
        };
        Ok(Intent::User { resource: self.resource, profile, active })
    }
}

#[cfg(test)]
mod tests;
