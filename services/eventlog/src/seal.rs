//! Events made ready for the log.

use bytes::Bytes;
use events::{Digest, Envelope, Event, Position, Recorded, header};

/// An event as it will stand in the log: numbered, chained and serialised, not yet written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The subject that the event says of itself.
    pub subject: String,
    /// The CloudEvents headers, and ours.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: Bytes,
}

impl Sealed {
    /// Makes digest and chain value those of what it says now, as the event that follows `after`.
    pub fn close(&mut self, after: Position) -> (Digest, Position) {
        self.headers.retain(|(name, _)| ![header::DIGEST, header::CHAIN].contains(name));
        let header_of = |name| {
            let found = self.headers.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| value.as_str())
        };
        let digest = Digest::of_message(&self.subject, header_of, &self.body);
        let chain = after.chain.then(digest);
        self.headers.push((header::DIGEST, digest.to_string()));
        self.headers.push((header::CHAIN, chain.to_string()));
        (digest, Position { seq: after.seq.next(), chain })
    }
}

/// Seals the event that follows `after`; none for one that this program does not know.
///
/// `commit` tells whether a decision ends here. The second value is the event as readers will find
/// it, should the log accept it.
pub fn seal(
    after: Position,
    commit: bool,
    envelope: Envelope,
    event: Event,
) -> Option<(Sealed, Recorded)> {
    let mut sealed = Sealed {
        subject: event.subject(&envelope.tenant)?,
        headers: envelope.headers(&event)?,
        body: event.body()?.into(),
    };
    let (digest, Position { seq, chain }) = sealed.close(after);
    Some((sealed, Recorded { seq, envelope, event, digest, chain, commit }))
}
