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
    let (subject, body) = (event.subject(&envelope.tenant)?, event.body()?);
    let mut headers = envelope.headers(&event)?;
    let header_of =
        |name| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str());
    let digest = Digest::of_message(&subject, header_of, &body);
    let chain = after.chain.then(digest);
    headers.extend([(header::DIGEST, digest.to_string()), (header::CHAIN, chain.to_string())]);
    let sealed = Sealed { subject, headers, body: body.into() };
    let recorded = Recorded { seq: after.seq.next(), envelope, event, digest, chain, commit };
    Some((sealed, recorded))
}
