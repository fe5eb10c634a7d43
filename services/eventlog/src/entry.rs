//! What a reader gets from the log.

use async_nats::header::{HeaderMap, HeaderName, NATS_BATCH_COMMIT, NATS_BATCH_ID};
use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use events::{Chain, Digest, EventId, Position, Recorded, Seq, Undecodable, check_digest, header};
use jiff::Timestamp;

use crate::stream_name::StreamName;

/// One event as it stands in the log, not yet decoded: a reader who passes over it need not pay for
/// that.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its position.
    pub seq: Seq,
    /// Whether a decision ends here: a transaction may end only at such an entry.
    pub commit: bool,
    subject: async_nats::Subject,
    headers: HeaderMap,
    body: Bytes,
}

impl Entry {
    /// The event in a message that was looked up in the stream called `stream`.
    pub(crate) fn stored(stream: &StreamName, message: StreamMessage) -> Self {
        let StreamMessage { subject, sequence, headers, payload, .. } = message;
        Self::new(stream, Seq(sequence), subject, headers, payload)
    }

    pub(crate) fn new(
        stream: &StreamName,
        seq: Seq,
        stored: async_nats::Subject,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        let subject = match stream.of_event(&stored) {
            Some(subject) if subject.len() < stored.len() => subject.into(),
            // The stream takes no subjects but its own, so there is nothing to cut off.
            Some(_) | None => stored,
        };
        Self::of_its_own_subject(seq, subject, headers, body)
    }

    /// An entry that says this of itself.
    pub(crate) fn of_its_own_subject(
        seq: Seq,
        subject: async_nats::Subject,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        // The server keeps the headers of an atomic batch; only its last message has a commit.
        let commit =
            headers.get(NATS_BATCH_ID).is_none() || headers.get(NATS_BATCH_COMMIT).is_some();
        Self { seq, commit, subject, headers, body }
    }

    /// The subject that the event says of itself: `prov.<tenant>.<entity>.<id>.<fact>`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The value of one of the headers in [`events::header`].
    pub fn header(&self, name: &'static str) -> Option<&str> {
        Some(self.headers.get(HeaderName::from_static(name))?.as_str())
    }

    /// All headers, the server's included.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The JSON body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The same, to be kept.
    pub(crate) fn body_bytes(&self) -> Bytes {
        self.body.clone()
    }

    /// The event's id.
    pub fn id(&self) -> Result<EventId, Undecodable> {
        self.parsed(header::ID)
    }

    /// The chain value that the entry itself tells.
    pub fn chain(&self) -> Result<Chain, Undecodable> {
        self.parsed(header::CHAIN)
    }

    /// The digest that the entry itself tells; [`check`](Self::check) and [`read`](Self::read) hold it
    /// against what the entry says.
    pub fn digest(&self) -> Result<Digest, Undecodable> {
        self.parsed(header::DIGEST)
    }

    /// When it happened.
    pub fn time(&self) -> Result<Timestamp, Undecodable> {
        self.parsed(header::TIME)
    }

    /// Where the event stands, and the chain value that it tells.
    pub fn position(&self) -> Result<Position, Undecodable> {
        Ok(Position { seq: self.seq, chain: self.chain()? })
    }

    /// Checks subject, headers and body against the digest.
    pub fn check(&self) -> Result<Digest, Undecodable> {
        check_digest(&self.subject, |name| self.header(name), &self.body)
    }

    /// Decodes the event, and checks it against its digest.
    pub fn read(&self) -> Result<Recorded, Undecodable> {
        Recorded::decode(self.seq, self.commit, &self.subject, |name| self.header(name), &self.body)
    }

    fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, Undecodable> {
        let text = self.header(name).ok_or(Undecodable::NoHeader(name))?;
        text.parse().map_err(|_| Undecodable::BadHeader { name, text: text.to_owned() })
    }
}
