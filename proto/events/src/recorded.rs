//! An event as the log holds it.

use jiff::Timestamp;

use crate::envelope::schema_version;
use crate::{
    Actor, BadBody, Chain, Digest, Envelope, Event, Position, Seq, Tenant, decode, header,
};

/// An event once the log has accepted it: numbered, dated, chained, final.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub seq: Seq,
    pub envelope: Envelope,
    pub event: Event,
    pub digest: Digest,
    pub chain: Chain,
    /// Whether a decision ends here: a transaction may end only at such an event.
    pub commit: bool,
}

/// Why a message of the log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Undecodable {
    #[error("the message has no header {0}")]
    NoHeader(&'static str),
    #[error("header {name} cannot be {text:?}")]
    BadHeader { name: &'static str, text: String },
    #[error("{0:?} is no subject of an event")]
    BadSubject(String),
    #[error("the body has another digest ({found}) than its header tells ({told}): it was altered")]
    Altered { told: Digest, found: Digest },
    #[error(transparent)]
    Body(#[from] BadBody),
}

impl Recorded {
    /// Reads a message of the log, and checks its body against its digest.
    pub fn read<'h>(
        seq: Seq,
        commit: bool,
        subject: &str,
        header_of: impl Fn(&'static str) -> Option<&'h str>,
        body: &[u8],
    ) -> Result<Self, Undecodable> {
        let needed = |name| header_of(name).ok_or(Undecodable::NoHeader(name));
        let kind = needed(header::TYPE)?;
        let name = kind.strip_prefix("rollcall.").unwrap_or(kind);
        let schema = needed(header::SCHEMA)?;
        let bad_schema =
            || Undecodable::BadHeader { name: header::SCHEMA, text: schema.to_owned() };
        let version = schema_version(schema).ok_or_else(bad_schema)?;
        let told: Digest = parsed(header::DIGEST, needed(header::DIGEST)?)?;
        let found = Digest::of(body);
        if told != found {
            return Err(Undecodable::Altered { told, found });
        }
        Ok(Self {
            seq,
            commit,
            envelope: Envelope {
                id: parsed(header::ID, needed(header::ID)?)?,
                tenant: tenant_of(subject)?,
                time: parsed::<Timestamp>(header::TIME, needed(header::TIME)?)?,
                actor: Actor::told(needed(header::ACTOR)?),
                request: header_of(header::REQUEST).map(str::to_owned),
                trace_parent: header_of(header::TRACE_PARENT).map(str::to_owned),
            },
            event: decode(name, version, body)?,
            digest: found,
            chain: parsed(header::CHAIN, needed(header::CHAIN)?)?,
        })
    }

    pub fn position(&self) -> Position {
        Position { seq: self.seq, chain: self.chain }
    }

    pub fn tenant(&self) -> &Tenant {
        &self.envelope.tenant
    }
}

fn parsed<T: std::str::FromStr>(name: &'static str, text: &str) -> Result<T, Undecodable> {
    text.parse().map_err(|_| Undecodable::BadHeader { name, text: text.to_owned() })
}

fn tenant_of(subject: &str) -> Result<Tenant, Undecodable> {
    let bad = || Undecodable::BadSubject(subject.to_owned());
    let mut tokens = subject.split('.');
    if tokens.next() != Some("prov") {
        return Err(bad());
    }
    tokens.next().ok_or_else(bad)?.parse().map_err(|_| bad())
}
