//! What each event says of activity: pure.

use events::{Actor, CredentialId, EmployeeId, ErasedUser, Event, Recorded, Tenant};
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
    /// An event was erased, of which this alone is kept; whoever read it has counted it.
    Erased {
        /// Whose event it was.
        tenant: Tenant,
        /// Whom it was about.
        employee: EmployeeId,
        /// The position of the event.
        seq: i64,
        /// Its day, in UTC.
        day: Date,
        /// Its type.
        event: String,
    },
    /// By these ids an erased event is not found any more.
    Unmentioned {
        /// Whose event it was.
        tenant: Tenant,
        /// A SCIM resource or a booking.
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
    if let Event::UserErased(body) = &event.event {
        changes.extend(erased(tenant, body));
    }
    changes
}

/// What is kept of erased events, for whoever reads the log without them.
fn erased(tenant: &Tenant, body: &ErasedUser) -> Vec<Change> {
    let others = body.resources.iter().map(|resource| resource.0);
    let others: Vec<Uuid> = others.chain(body.bookings.iter().map(|booking| booking.0)).collect();
    let mut changes = Vec::new();
    for event in &body.events {
        let (seq, at) = (event.seq.0.cast_signed(), event.time);
        let day = at.to_zoned(TimeZone::UTC).date();
        let kind = storable(&event.kind);
        changes.push(Change::Erased {
            tenant: tenant.clone(),
            employee: body.employee_id,
            seq,
            day,
            event: kind.clone(),
        });
        // The employee id of most people is the id of their first resource.
        let others = others.iter().filter(|id| **id != body.employee_id.0);
        changes.extend(others.map(|id| Change::Unmentioned {
            tenant: tenant.clone(),
            id: *id,
            seq,
        }));
        if let Some(credential) = Actor::from_header(&event.actor).as_credential() {
            let request = event.request.as_deref();
            let request = request.map(|id| Request { id: storable(id), at, seq });
            let tenant = tenant.clone();
            changes.push(Change::Seen(Seen { tenant, credential, event: kind, at, seq, request }));
        }
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
