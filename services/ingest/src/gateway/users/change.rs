//! Changes of a user, the large ones applied before their decision.
//!
//! One task decides for all tenants, so that applying a large change in the decision would keep all of
//! them waiting. The workers apply it, to the user as they are at that moment. The decision takes the
//! outcome if the user is at the same version. That is the event that last changed the user, and
//! nothing but events changes what a change depends on: the user's name, external id and attributes,
//! and whether they are active. If the version is another, the change is handed back and applied
//! again; access and preconditions are checked in the decision in any case.

use std::sync::Arc;

use events::{Profile, ResourceId, Seq, Tenant};
use roster::{Intent, Person, Refusal, Roster};
use scim::{Precondition, User};
use web::Held;
use web::workers::INLINE;
use writer::{Committed, Denied, Outage};

use super::{present, profile};
use crate::Limits;
use crate::gateway::failure::Failure;
use crate::gateway::write::{Writer, check};

/// From so many bytes on, of the body or of the user, a change is applied by the workers.
const LARGE: usize = 16 << 10;

/// How often a change is handed back before the decision applies it itself: others who change the
/// same user all the time must not keep anybody from it for ever.
const ATTEMPTS: usize = 3;

/// How many bytes a profile takes for each byte of its text, if it has many parts.
const TREE: usize = 64;

/// What shall become of one user.
pub(super) struct Change<W> {
    tenant: Tenant,
    resource: ResourceId,
    precondition: Precondition,
    limits: Limits,
    /// About how many bytes were sent, or something over [`INLINE`].
    sent: usize,
    wish: W,
}

/// What came of a change that was applied to a version of the user.
struct Prepared {
    version: Seq,
    outcome: Result<Looks, Failure>,
}

/// How a user shall look.
#[derive(Clone, Debug, PartialEq)]
struct Looks {
    profile: Profile,
    active: bool,
}

/// Why a decision came to nothing.
#[derive(Debug)]
enum Undecided {
    /// The change is large, and was not applied to this version of the user.
    Outdated,
    Failed(Failure),
}

impl From<Failure> for Undecided {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Refusal> for Undecided {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.into())
    }
}

impl From<Outage> for Undecided {
    fn from(outage: Outage) -> Self {
        Self::Failed(outage.into())
    }
}

impl From<Denied> for Undecided {
    fn from(denied: Denied) -> Self {
        Self::Failed(denied.into())
    }
}

/// Makes a change true.
pub(super) async fn carry_out<W>(
    writer: &Writer<'_>,
    change: Change<W>,
) -> Result<Committed, Failure>
where
    W: Fn(&Person) -> Result<User, Failure> + Send + Sync + 'static,
{
    let change = Arc::new(change);
    // The operations of a bulk request are decided in their order, so that none is handed back.
    let mut left = if writer.budget.is_some() { 0 } else { ATTEMPTS };
    loop {
        let (prepared, _held) =
            if left > 0 { prepare(writer, &change).await?.unzip() } else { (None, None) };
        // This task keeps what is large, so that the one that decides need not free it.
        let prepared = prepared.map(Arc::new);
        let (decided, outcome) = (Arc::clone(&change), prepared.clone());
        let decide = move |roster: &Roster| decided.decide(roster, outcome.as_deref(), left > 0);
        match writer.gateway.writer.execute(writer.command(decide)).await {
            Ok(committed) => return Ok(committed),
            Err(Undecided::Failed(failure)) => return Err(failure),
            Err(Undecided::Outdated) => left = left.saturating_sub(1),
        }
    }
}

/// Lets the workers apply a change, if it is large and there is somebody whom it is about, within the
/// memory that there is for what they make.
async fn prepare<W>(
    writer: &Writer<'_>,
    change: &Arc<Change<W>>,
) -> Result<Option<(Prepared, Held)>, Failure>
where
    W: Fn(&Person) -> Result<User, Failure> + Send + Sync + 'static,
{
    let (gateway, tenant) = (writer.gateway.clone(), &writer.caller.tenant);
    let room = change.of(&gateway.writer.roster()).and_then(|person| change.room(person));
    let Some(room) = room else { return Ok(None) };
    let held = gateway.memory.changes.take(tenant, room).await;
    let change = Arc::clone(change);
    // The newest roster that there is when the work begins, so that the version lasts.
    let applying = writer.gateway.workers.run(tenant, move |_| {
        let roster = gateway.writer.roster();
        change.of(&roster).map(|person| change.prepare(person))
    });
    Ok(applying.await?.map(|prepared| (prepared, held)))
}

impl<W> Change<W>
where
    W: Fn(&Person) -> Result<User, Failure>,
{
    pub(super) fn new(writer: &Writer<'_>, resource: ResourceId, wish: W) -> Self {
        Self {
            tenant: writer.caller.tenant.clone(),
            resource,
            precondition: writer.precondition.clone(),
            limits: writer.limits(),
            sent: writer.weight,
            wish,
        }
    }

    /// Whom the change is about, if they are there.
    fn of<'r>(&self, roster: &'r Roster) -> Option<&'r Person> {
        roster.tenant(&self.tenant)?.people().by_resource(self.resource)
    }

    /// What the outcome may take in memory; none if the change is small.
    fn room(&self, person: &Person) -> Option<usize> {
        let external_id = person.external_id().map_or(0, str::len);
        let there = person.attributes().len() + person.user_name().len() + external_id;
        let sent = if self.sent > INLINE { self.limits.resource } else { self.sent };
        let is_large = there > LARGE || sent > LARGE;
        is_large.then(|| there.saturating_add(sent).min(self.limits.resource).saturating_mul(TREE))
    }

    fn prepare(&self, person: &Person) -> Prepared {
        Prepared { version: person.version, outcome: self.apply(person) }
    }

    fn apply(&self, person: &Person) -> Result<Looks, Failure> {
        let user = (self.wish)(person)?;
        Ok(Looks { profile: profile(&user, self.limits)?, active: user.active })
    }

    /// What makes the change true on a roster. If it was not applied to this version, it is handed
    /// back where that may be, if it is large.
    fn decide(
        &self,
        roster: &Roster,
        prepared: Option<&Prepared>,
        may_hand_back: bool,
    ) -> Result<Intent, Undecided> {
        let person = present(roster.tenant(&self.tenant), self.resource)?;
        check(&self.precondition, person.version)?;
        let Looks { profile, active } = match prepared {
            Some(prepared) if prepared.version == person.version => prepared.outcome.clone()?,
            Some(_) | None if may_hand_back && self.room(person).is_some() => {
                return Err(Undecided::Outdated);
            }
            Some(_) | None => self.apply(person)?,
        };
        Ok(Intent::User { resource: self.resource, profile, active })
    }
}

#[cfg(test)]
mod tests;
