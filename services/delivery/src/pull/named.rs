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

/// Why a subscriber may not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    Removed,
    /// For this reason.
    Disabled(String),
    /// For this reason, if somebody said one.
    Paused(Option<String>),
}

impl From<Closed> for Problem {
    fn from(closed: Closed) -> Self {
        let (status, why) = match closed {
            Closed::Removed => (StatusCode::FORBIDDEN, "the subscriber was removed".to_owned()),
            Closed::Disabled(why) => {
                (StatusCode::FORBIDDEN, format!("the subscriber is disabled: {why}"))
            }
            Closed::Paused(why) => {
                let why = why.as_deref().unwrap_or("nobody said why");
                (StatusCode::CONFLICT, format!("the subscriber is paused: {why}; come again later"))
            }
        };
        Self::new(status, why)
    }
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
        named.check(&roster).map_err(Problem::from)?;
        Ok(named)
    }

    /// Refuses a subscriber that was disabled, removed or paused.
    fn check(&self, roster: &Roster) -> Result<(), Closed> {
        match self.known(roster) {
            None => Err(Closed::Removed),
            Some(Subscriber { disabled: Some(disabled), .. }) => {
                Err(Closed::Disabled(disabled.reason.clone()))
            }
            Some(Subscriber { paused: Some(paused), .. }) => {
                Err(Closed::Paused(paused.reason.clone()))
            }
            Some(_) => Ok(()),
        }
    }

    fn known<'r>(&self, roster: &'r Roster) -> Option<&'r Subscriber> {
        roster.tenant(&self.tenant)?.subscribers().get(self.id)
    }

    /// Refuses a subscriber that was disabled, removed or paused since the request came.
    pub(super) fn check_still(&self, door: &PullDoor) -> Result<(), Closed> {
        self.check(&door.access.writer().roster())
    }

    /// What it wants, unless the request says. A request that leaves out some of it is refused: whoever goes on
    /// behind its answer would acknowledge events that they have not seen.
    pub(super) fn types(&self, asked: Types) -> Result<Types, Problem> {
        if asked.is_everything() {
            return Ok(self.facts.clone());
        }
        match asked.first_left_out(&self.facts) {
            None => Ok(asked),
            Some(fact) => Err(Problem::malformed(format!(
                "`types` leaves out {}, which the subscriber wants: by its name that would count as read; leave \
                 out `types`, or leave out `subscriber`",
                fact.name()
            ))),
        }
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn by_its_name_nobody_asks_for_less_than_it_wants() {
        let types = |text: &str| Types::try_from(text.to_owned()).unwrap();
        let named = Named {
            tenant: "acme".parse().unwrap(),
            id: SubscriberId(Uuid::from_u128(1)),
            facts: types("employee.*,team.*"),
            after: 0,
        };
        assert_eq!(named.types(Types::default()).unwrap(), named.facts);
        let more = types("employee.*,team.*,alert.raised");
        assert_eq!(named.types(more.clone()).unwrap(), more);
        let refused = named.types(types("team.*")).unwrap_err();
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.detail.contains("employee."), "{}", refused.detail);
    }
}
