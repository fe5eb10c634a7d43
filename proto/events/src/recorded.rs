//! An event as the log holds it.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::envelope::{header_text, schema_version};
use crate::{
    Actor, BadBody, Chain, Digest, Envelope, Event, Position, Seq, Tenant, decode, header,
};

/// An event once the log has accepted it: numbered, dated, chained, final.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The position in the log.
    pub seq: Seq,
    /// What the headers tell about it.
    pub envelope: Envelope,
    /// What happened.
    pub event: Event,
    /// The SHA-256 of the subject, the headers and the body.
    pub digest: Digest,
    /// The chain value up to this event and with it.
    pub chain: Chain,
    /// Whether a decision ends here: a transaction may end only at such an event.
    pub commit: bool,
}

/// Why a message of the log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Undecodable {
    /// A header is missing that every event has.
    #[error("the message has no header {0}")]
    NoHeader(&'static str),
    /// A header has a value that it cannot have.
    #[error("header {name} cannot be {text:?}")]
    BadHeader {
        /// The name of the header.
        name: &'static str,
        /// What it says.
        text: String,
    },
    /// The subject is none of ours.
    #[error("{0:?} is no subject of an event")]
    BadSubject(String),
    /// The subject is that of another event.
    #[error("this {kind} was published on {subject:?}, where it does not belong")]
    Misplaced {
        /// Which event it is, as its header says.
        kind: String,
        /// Where it was published.
        subject: String,
    },
    /// The event is not as it was written.
    #[error(
        "the event has another digest ({found}) than it tells ({told}): its subject, a header or its \
         body was altered"
    )]
    Altered {
        /// The digest in the header.
        told: Digest,
        /// The digest of what it says.
        found: Digest,
    },
    /// The body does not have the shape that its event promises.
    #[error(transparent)]
    Body(#[from] BadBody),
}

impl Recorded {
    /// Reads a message of the log, and checks it against its digest and its subject. Whether it continues the chain is for the caller to see, who knows the event before it.
    pub fn decode<'h>(
        seq: Seq,
        commit: bool,
        subject: &str,
        header_of: impl Fn(&'static str) -> Option<&'h str>,
        body: &[u8],
    ) -> Result<Self, Undecodable> {
        let needed = |name| header_of(name).ok_or(Undecodable::NoHeader(name));
        let text = |name, value| header_text(value).map_err(|_| bad_header(name, value));
        let told_by =
            |name| header_of(name).map(|value| text(name, value).map(Cow::into_owned)).transpose();

        let kind = needed(header::TYPE)?;
        let name = kind.strip_prefix("rollcall.").ok_or_else(|| bad_header(header::TYPE, kind))?;
        let schema = needed(header::SCHEMA)?;
        let version = schema_version(schema).ok_or_else(|| bad_header(header::SCHEMA, schema))?;
        let [id, time, actor] =
            [needed(header::ID)?, needed(header::TIME)?, needed(header::ACTOR)?];
        let chain = parsed(header::CHAIN, needed(header::CHAIN)?)?;
        let digest = check_digest(subject, &header_of, body)?;
        let event = decode(name, version, body)?;
        let tenant = tenant_of(subject)?;
        if event.subject(&tenant).is_some_and(|its| its != subject) {
            return Err(Undecodable::Misplaced {
                kind: kind.to_owned(),
                subject: subject.to_owned(),
            });
        }
        Ok(Self {
            seq,
            commit,
            envelope: Envelope {
                id: parsed(header::ID, id)?,
                tenant,
                time: parsed::<Timestamp>(header::TIME, time)?,
                actor: Actor::from_header(&text(header::ACTOR, actor)?),
                request: told_by(header::REQUEST)?,
                trace_parent: told_by(header::TRACE_PARENT)?,
            },
            event,
            digest,
            chain,
        })
    }

    /// How far a reader is who has read this event.
    pub fn position(&self) -> Position {
        Position { seq: self.seq, chain: self.chain }
    }

    /// Whose event it is.
    pub fn tenant(&self) -> &Tenant {
        &self.envelope.tenant
    }
}

/// The digest that a message of the log tells of itself, which must be its own.
pub fn check_digest<'h>(
    subject: &str,
    header_of: impl Fn(&'static str) -> Option<&'h str>,
    body: &[u8],
) -> Result<Digest, Undecodable> {
    let text = header_of(header::DIGEST).ok_or(Undecodable::NoHeader(header::DIGEST))?;
    let told: Digest = parsed(header::DIGEST, text)?;
    if told.is_of_message(subject, &header_of, body) {
        Ok(told)
    } else {
        Err(Undecodable::Altered { told, found: Digest::of_message(subject, header_of, body) })
    }
}

fn bad_header(name: &'static str, text: &str) -> Undecodable {
    Undecodable::BadHeader { name, text: text.to_owned() }
}

fn parsed<T: std::str::FromStr>(name: &'static str, text: &str) -> Result<T, Undecodable> {
    text.parse().map_err(|_| bad_header(name, text))
}

fn tenant_of(subject: &str) -> Result<Tenant, Undecodable> {
    let bad = || Undecodable::BadSubject(subject.to_owned());
    let mut tokens = subject.split('.');
    if tokens.next() != Some("prov") {
        return Err(bad());
    }
    tokens.next().ok_or_else(bad)?.parse().map_err(|_| bad())
}

#[cfg(test)]
mod tests;
