//! Feed events made ready for the stream.

use std::collections::HashMap;

use bytes::Bytes;
use eventlog::{Entry, FeedMessage};
use events::{Position, Recorded, Tenant};
use feed::{Fact, FeedEvent, Provenance, Source, header};

use roster::Roster;

use crate::derive::Derived;

/// The last number of each tenant's events, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sequences(HashMap<Tenant, u64>);

impl Sequences {
    /// Whether a tenant's last number is known.
    pub(crate) fn knows(&self, tenant: &Tenant) -> bool {
        self.0.contains_key(tenant)
    }

    /// Notes the last number that a tenant's events have now.
    pub(crate) fn note(&mut self, tenant: &Tenant, last: u64) {
        self.0.insert(tenant.clone(), last);
    }

    /// The number of the tenant's next event. A test is none of theirs, and has that of the one before.
    fn next(&mut self, tenant: &Tenant, fact: Fact) -> u64 {
        let last = self.0.entry(tenant.clone()).or_default();
        *last += u64::from(fact != Fact::SubscriberTest);
        *last
    }
}

/// Some feed events in a row that follow from the same part of the log.
#[derive(Debug)]
pub(crate) struct Part<'d> {
    /// The events of the log that they follow from.
    pub(crate) events: &'d [Recorded],
    /// Where the log is then.
    pub(crate) position: Position,
    /// How many of them were told before.
    pub(crate) told: usize,
}

impl Part<'_> {
    /// The messages of those that were not told yet.
    pub(crate) fn messages(
        &self,
        derived: &[Derived],
        sequences: &mut Sequences,
    ) -> Vec<FeedMessage> {
        let untold = derived.iter().enumerate().skip(self.told);
        untold
            .map(|(place, (event, cause))| {
                let source = Source {
                    position: self.position,
                    told: count(place + 1),
                    of: count(derived.len()),
                };
                message(event, &self.events[*cause], sequences, source)
            })
            .collect()
    }
}

fn message(
    event: &FeedEvent,
    cause: &Recorded,
    sequences: &mut Sequences,
    source: Source,
) -> FeedMessage {
    let envelope = &cause.envelope;
    let provenance = Provenance {
        cause: envelope.id,
        tenant: envelope.tenant.clone(),
        time: envelope.time,
        actor: envelope.actor.to_string(),
        request: envelope.request.clone(),
        trace_parent: envelope.trace_parent.clone(),
    };
    let sequence = sequences.next(&envelope.tenant, event.fact);
    ready(&provenance, event, sequence, source)
}

fn ready(provenance: &Provenance, event: &FeedEvent, sequence: u64, source: Source) -> FeedMessage {
    let mut headers = provenance.headers(event, sequence, source);
    headers.push((header::RULES, Roster::RULES.to_owned()));
    FeedMessage {
        subject: event.subject(&provenance.tenant),
        headers,
        body: event.body.json().into(),
    }
}

/// The messages of what corrects the feed, which stays at `source` until all of it is told.
pub(crate) fn corrections(
    provenance: &Provenance,
    events: &[FeedEvent],
    sequences: &mut Sequences,
    source: Source,
) -> Vec<FeedMessage> {
    let message = |event: &FeedEvent| {
        let sequence = sequences.next(&provenance.tenant, event.fact);
        ready(provenance, event, sequence, source)
    };
    events.iter().map(message).collect()
}

/// Where the marker is published. No tenant is called so.
const MARKER: &str = "feed._.feed.0.corrected";

/// Whether a message is the marker of a correction, which is no event.
pub(crate) fn is_marker(entry: &Entry) -> bool {
    entry.subject().ends_with(MARKER)
}

/// A message that tells nobody anything but this program where the feed is.
pub(crate) fn marker(source: Source) -> FeedMessage {
    FeedMessage {
        subject: MARKER.to_owned(),
        headers: vec![(header::LOG, source.to_string()), (header::RULES, Roster::RULES.to_owned())],
        body: Bytes::new(),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The tenant's own number of the event in a message of the feed.
pub(crate) fn sequence(entry: &Entry) -> Option<u64> {
    entry.header(header::SEQUENCE)?.parse().ok()
}
