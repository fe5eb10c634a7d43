//! What each event says of activity: pure.

use events::{CredentialId, Event, Recorded, Tenant};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use projector::sql::storable;
use uuid::Uuid;

use crate::mentions::mentions;

/// One change to one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// One more event of a type, on a day.
    Counted {
        /// Whose.
        tenant: Tenant,
        /// The day, in UTC.
        day: Date,
        /// The event's type, like `user.created`.
        event: String,
    },
    /// A credential caused an event.
    Seen(Seen),
    /// An event concerns somebody, or something that people have.
    Mentioned {
        /// Whose event it is.
        tenant: Tenant,
        /// A person, a SCIM resource, a group, a team, a booking or an alert.
        id: Uuid,
        /// The position of the event.
        seq: i64,
    },
}

/// An event that a credential caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whose credential it is.
    pub tenant: Tenant,
    /// Which one.
    pub credential: CredentialId,
    /// The event's type.
    pub event: String,
    /// When it happened.
    pub at: Timestamp,
    /// Its position.
    pub seq: i64,
    /// The last request that an event tells of.
    pub request: Option<Request>,
}

/// A request that changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What it is called.
    pub id: String,
    /// When its last event happened.
    pub at: Timestamp,
    /// The position of that event.
    pub seq: i64,
}

/// What `event` says of activity.
pub(crate) fn project(event: &Recorded) -> Vec<Change> {
    let envelope = &event.envelope;
    let tenant = event.tenant();
    let kind = type_of(&event.event);
    let day = envelope.time.to_zoned(TimeZone::UTC).date();
    let (at, seq) = (envelope.time, event.seq.0.cast_signed());
    let mut changes = vec![Change::Counted { tenant: tenant.clone(), day, event: kind.clone() }];
    changes.extend(mentions(&event.event).into_iter().map(|id| Change::Mentioned {
        tenant: tenant.clone(),
        id,
        seq,
    }));
    if let Some(credential) = envelope.actor.as_credential() {
        let request = envelope.request.as_deref();
        let request = request.map(|id| Request { id: storable(id), at, seq });
        let tenant = tenant.clone();
        changes.push(Change::Seen(Seen { tenant, credential, event: kind, at, seq, request }));
    }
    changes
}

/// An event of a later release is counted under the name that it tells.
fn type_of(event: &Event) -> String {
    match (event.kind(), event) {
        (None, Event::Unknown { name }) => storable(name),
        (kind, _) => kind.map(|kind| kind.to_string()).unwrap_or_default(),
    }
}
