//! Subscribers that ask over HTTP: what they want, and how far they are.

use access::CommandError;
use axum::http::StatusCode;
use eventlog::clock;
use events::{Door, SubscriberId, SubscriberName, Tenant};
use roster::{Refusal, Roster, Subscriber};
use web::Problem;

use super::door::PullDoor;
use super::page::PageError;
use super::query::Types;
use crate::places::place_of;
use crate::readers::Acknowledged;

/// A subscriber by whose name somebody reads.
#[derive(Clone, Debug)]
pub(super) struct Named {
    tenant: Tenant,
    pub(super) id: SubscriberId,
    facts: Types,
    /// The `ce-sequence` behind which it begins.
    after: u64,
}

impl Named {
    /// The subscriber that is named, which has to read over HTTP.
    pub(super) async fn find(
        door: &PullDoor,
        tenant: &Tenant,
        name: &str,
    ) -> Result<Self, CommandError> {
        let roster = door.access.current_roster().await?;
        let found = subscriber(&roster, tenant, name)?;
        match found.door {
            Door::Pull => {}
            Door::Nats | Door::Webhook { .. } => {
                let other = found.door.as_str();
                let why = format!(
                    "the subscriber {name} has the door {other} and does not read over HTTP; leave out \
                     `subscriber`, or have one added with the door pull"
                );
                return Err(Problem::new(StatusCode::CONFLICT, why).into());
            }
        }
        let facts = Types::of(&found.facts);
        let named = Self { tenant: tenant.clone(), id: found.id, facts, after: found.after };
        named.check(&roster)?;
        Ok(named)
    }

    /// Refuses a subscriber that was disabled, removed or paused.
    fn check(&self, roster: &Roster) -> Result<(), Problem> {
        let (status, why) = match self.known(roster) {
            None => (StatusCode::FORBIDDEN, "the subscriber was removed".to_owned()),
            Some(Subscriber { disabled: Some(disabled), .. }) => {
                (StatusCode::FORBIDDEN, format!("the subscriber is disabled: {}", disabled.reason))
            }
            Some(Subscriber { paused: Some(paused), .. }) => {
                let why = paused.reason.as_deref().unwrap_or("nobody said why");
                (StatusCode::CONFLICT, format!("the subscriber is paused: {why}; come again later"))
            }
            Some(_) => return Ok(()),
        };
        Err(Problem::new(status, why))
    }

    fn known<'r>(&self, roster: &'r Roster) -> Option<&'r Subscriber> {
        roster.tenant(&self.tenant)?.subscribers().get(self.id)
    }

    /// Refuses a subscriber that was disabled or removed since the request came.
    pub(super) fn check_still(&self, door: &PullDoor) -> Result<(), Problem> {
        self.check(&door.access.writer().roster())
    }

    /// What it wants, unless the request says.
    pub(super) fn types(&self, asked: Types) -> Types {
        if asked.is_everything() { self.facts.clone() } else { asked }
    }
}

/// The subscriber of a tenant that is named.
pub(super) fn subscriber<'r>(
    roster: &'r Roster,
    tenant: &Tenant,
    name: &str,
) -> Result<&'r Subscriber, Refusal> {
    let parsed: Option<SubscriberName> = name.parse().ok();
    let found = parsed.and_then(|name| roster.tenant(tenant)?.subscribers().named(&name));
    found.ok_or_else(|| Refusal::NoSuchSubscriber(name.chars().take(64).collect()))
}

impl PullDoor {
    /// The place behind which a request reads. Who names a cursor and a subscriber has what is before it; who
    /// names a subscriber alone goes on where that is.
    pub(super) async fn beginning(
        &self,
        tenant: &Tenant,
        named: Option<&Named>,
        cursor: Option<&str>,
    ) -> Result<u64, CommandError> {
        let position = self.place(tenant, cursor).map_err(Problem::from)?;
        let Some(named) = named else { return Ok(position) };
        if cursor.is_some() {
            self.readers.database().map_err(Problem::from)?;
            self.readers.note(named.id, Acknowledged { position, at: clock::now() });
            return Ok(position);
        }
        if let Some(known) = self.readers.place(named.id).await.map_err(Problem::from)? {
            return Ok(known);
        }
        Ok(place_of(&self.feed, tenant, named.after).await.map_err(PageError::from)?)
    }
}
