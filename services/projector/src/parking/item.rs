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
        let Some(keys) = keys_by_subject(entry.subject()) else { return Err(why) };
        Ok(Self {
            tenant: keys[0].tenant.clone(),
            keys,
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

/// At least the keys that an event has in any projection, as its subject tells:
/// `prov.<tenant>.<entity>.<id>.<fact>`. The events of a person are about that person, and some keep
/// their place among the alerts; that of an erasure names the person's teams, and those of a group may
/// name anybody. None, if it is no subject of ours; else at least one.
pub fn keys_by_subject(subject: &str) -> Option<Vec<OrderKey>> {
    let mut tokens = subject.split('.');
    let tenant = (tokens.next() == Some("prov")).then(|| tokens.next()).flatten()?;
    let of_user = tokens.next() == Some("user");
    let person: Option<EmployeeId> = of_user.then(|| tokens.next()?.parse().ok()).flatten();
    let things = match (person, tokens.next()) {
        (None, _) | (_, Some("erased")) => vec![Ordered::Everything],
        (Some(person), _) => vec![Ordered::Person(person), Ordered::Alerts],
    };
    Some(OrderKey::of(&tenant.parse().ok()?, things))
}
