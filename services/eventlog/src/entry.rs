//! What a reader gets from the log.

use async_nats::header::{HeaderMap, HeaderName, NATS_BATCH_COMMIT, NATS_BATCH_ID};
use bytes::Bytes;
use events::{Chain, Digest, EventId, Position, Recorded, Seq, Undecodable, header};
use jiff::Timestamp;

/// One event as it stands in the log, not yet decoded: a reader who knows it already need not pay
/// for that.
#[derive(Clone, Debug)]
pub struct Entry {
    pub seq: Seq,
    /// Whether a decision ends here: a transaction may end only at such an entry.
    pub commit: bool,
    subject: async_nats::Subject,
    headers: HeaderMap,
    body: Bytes,
}

impl Entry {
    pub(crate) fn new(
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

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub fn header(&self, name: &'static str) -> Option<&str> {
        Some(self.headers.get(HeaderName::from_static(name))?.as_str())
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub fn id(&self) -> Result<EventId, Undecodable> {
        self.told(header::ID)
    }

    /// The chain value that the entry itself tells.
    pub fn chain(&self) -> Result<Chain, Undecodable> {
        self.told(header::CHAIN)
    }

    /// The digest that the entry itself tells; [`read`](Self::read) holds it against the body.
    pub fn digest(&self) -> Result<Digest, Undecodable> {
        self.told(header::DIGEST)
    }

    /// When it happened.
    pub fn time(&self) -> Result<Timestamp, Undecodable> {
        self.told(header::TIME)
    }

    pub fn position(&self) -> Result<Position, Undecodable> {
        Ok(Position { seq: self.seq, chain: self.chain()? })
    }

    /// Decodes the event, and checks its body against its digest.
    pub fn read(&self) -> Result<Recorded, Undecodable> {
        Recorded::decode(self.seq, self.commit, &self.subject, |name| self.header(name), &self.body)
    }

    fn told<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, Undecodable> {
        let text = self.header(name).ok_or(Undecodable::NoHeader(name))?;
        text.parse().map_err(|_| Undecodable::BadHeader { name, text: text.to_owned() })
    }
}
