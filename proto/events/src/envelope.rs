//! The headers of an event: CloudEvents 1.0, binary mode.

use jiff::Timestamp;

use crate::{Actor, Chain, Digest, Event, EventId, Tenant};

/// The headers' names. The CloudEvents NATS binding prefixes each attribute with `ce-`.
pub mod header {
    pub const SPEC_VERSION: &str = "ce-specversion";
    pub const ID: &str = "ce-id";
    pub const SOURCE: &str = "ce-source";
    pub const TYPE: &str = "ce-type";
    pub const TIME: &str = "ce-time";
    pub const SUBJECT: &str = "ce-subject";
    pub const CONTENT_TYPE: &str = "ce-datacontenttype";
    pub const SCHEMA: &str = "ce-dataschema";
    /// Who caused it.
    pub const ACTOR: &str = "ce-actor";
    /// Which request caused it.
    pub const REQUEST: &str = "ce-requestid";
    /// The W3C trace context of that request (CloudEvents' distributed tracing extension).
    pub const TRACE_PARENT: &str = "ce-traceparent";
    /// SHA-256 of the body.
    pub const DIGEST: &str = "ce-digest";
    /// The chain value up to and including this event.
    pub const CHAIN: &str = "ce-chain";
}

/// What the headers tell about an event, apart from the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub id: EventId,
    pub tenant: Tenant,
    pub time: Timestamp,
    pub actor: Actor,
    pub request: Option<String>,
    pub trace_parent: Option<String>,
}

impl Envelope {
    /// The headers of `event`; none for an event that this program does not know.
    pub fn headers(
        &self,
        event: &Event,
        digest: Digest,
        chain: Chain,
    ) -> Option<Vec<(&'static str, String)>> {
        let kind = event.kind()?;
        let subject = event.subject(&self.tenant)?;
        let about = subject.rsplit('.').nth(1).unwrap_or_default();
        let mut headers = vec![
            (header::SPEC_VERSION, "1.0".to_owned()),
            (header::ID, self.id.to_string()),
            (header::SOURCE, format!("/rollcall/{}", self.tenant)),
            (header::TYPE, format!("rollcall.{kind}")),
            (header::TIME, self.time.to_string()),
            (header::SUBJECT, about.to_owned()),
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::SCHEMA, schema_uri(&kind.name(), kind.version())),
            (header::ACTOR, self.actor.to_string()),
            (header::DIGEST, digest.to_string()),
            (header::CHAIN, chain.to_string()),
        ];
        headers.extend(self.request.clone().map(|request| (header::REQUEST, request)));
        headers.extend(self.trace_parent.clone().map(|trace| (header::TRACE_PARENT, trace)));
        Some(headers)
    }
}

/// The name of a body's schema: `urn:rollcall:user.created:1`.
pub(crate) fn schema_uri(name: &str, version: u32) -> String {
    format!("urn:rollcall:{name}:{version}")
}

/// The version in a schema's name.
pub(crate) fn schema_version(uri: &str) -> Option<u32> {
    uri.strip_prefix("urn:rollcall:")?.rsplit_once(':')?.1.parse().ok()
}
