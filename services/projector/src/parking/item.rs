//! An event that is to be applied, or that cannot be read.

use eventlog::Entry;
use events::{EmployeeId, Recorded, Seq, Tenant, Undecodable};
use jiff::Timestamp;

use super::cause::Cause;
use crate::contract::Projection;
use crate::order_key::{OrderKey, Ordered};

/// An event that may have to wait.
#[derive(Debug)]
pub(crate) struct Item<'e> {
    pub(crate) tenant: Tenant,
    pub(crate) seq: Seq,
    /// Its type.
    pub(crate) kind: String,
    pub(crate) happened_at: Timestamp,
    pub(crate) keys: Vec<OrderKey>,
    /// What it says, or why it cannot be read.
    pub(crate) event: Result<&'e Recorded, Cause>,
}

impl<'e> Item<'e> {
    pub(crate) fn of<P: Projection>(event: &'e Recorded) -> Self {
        Self {
            tenant: event.tenant().clone(),
            seq: event.seq,
            kind: event.event.kind().map(|kind| kind.to_string()).unwrap_or_default(),
            happened_at: event.envelope.time,
            keys: P::keys(event),
            event: Ok(event),
        }
    }

    /// Whose event it is, as an operator is told.
    pub(crate) fn first_key(&self) -> Option<String> {
        Some(self.keys.first()?.of.to_string())
    }
}

/// An event whose body cannot be read, though it is the one that was written.
#[derive(Clone, Debug)]
pub(crate) struct Unreadable {
    tenant: Tenant,
    pub(crate) seq: Seq,
    kind: String,
    happened_at: Timestamp,
    keys: Vec<OrderKey>,
    cause: Cause,
}

impl Unreadable {
    /// The event in `entry`, which cannot be read for this reason. Hands the reason back if it is not
    /// its body alone: then it is not certain whose event it is.
    pub(crate) fn of(entry: &Entry, why: Undecodable) -> Result<Self, Undecodable> {
        let Undecodable::Body(body) = &why else { return Err(why) };
        let subject = Subject::of(entry.subject());
        let Some(subject) = subject else { return Err(why) };
        Ok(Self {
            keys: OrderKey::of(&subject.tenant, subject.things()),
            tenant: subject.tenant,
            seq: entry.seq,
            kind: body.kind.to_string(),
            happened_at: entry.time()?,
            cause: Cause::unreadable(),
        })
    }

    pub(crate) fn item<'e>(&self) -> Item<'e> {
        let Self { tenant, seq, kind, happened_at, keys, cause } = self.clone();
        Item { tenant, seq, kind, happened_at, keys, event: Err(cause) }
    }
}

/// Whose the event surely is, as its subject tells: `prov.<tenant>.<entity>.<id>.<fact>`.
struct Subject {
    tenant: Tenant,
    /// Whom it is about, if it is about one person and nobody else.
    person: Option<EmployeeId>,
}

impl Subject {
    fn of(subject: &str) -> Option<Self> {
        let mut tokens = subject.split('.');
        let tenant = (tokens.next() == Some("prov")).then(|| tokens.next()).flatten()?;
        let of_user = tokens.next() == Some("user");
        let person = of_user.then(|| tokens.next()?.parse().ok()).flatten();
        Some(Self { tenant: tenant.parse().ok()?, person })
    }

    /// At least the keys that the event has in any projection. The events of a person are about that
    /// person, and some keep their place among the alerts; those of a group may name anybody.
    fn things(&self) -> Vec<Ordered> {
        match self.person {
            Some(person) => vec![Ordered::Person(person), Ordered::Alerts],
            None => vec![Ordered::Everything],
        }
    }
}
