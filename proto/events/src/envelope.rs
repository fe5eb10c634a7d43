//! The headers of an event: CloudEvents 1.0, binary mode.

use std::borrow::Cow;
use std::str::Utf8Error;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::{Actor, Event, EventId, Tenant};

/// The headers' names: `ce-` and the attribute's name, `datacontenttype` included (CloudEvents
/// NATS binding §3.1.3.1).
pub mod header {
    /// The version of CloudEvents: `1.0`.
    pub const SPEC_VERSION: &str = "ce-specversion";
    /// The id of the event, a `UUIDv7`.
    pub const ID: &str = "ce-id";
    /// Where the event comes from: `/rollcall/<tenant>`.
    pub const SOURCE: &str = "ce-source";
    /// Which event it is: `rollcall.user.created`.
    pub const TYPE: &str = "ce-type";
    /// When it happened, in RFC 3339.
    pub const TIME: &str = "ce-time";
    /// The id of what it is about.
    pub const SUBJECT: &str = "ce-subject";
    /// The content type of the body: `application/json`.
    pub const CONTENT_TYPE: &str = "ce-datacontenttype";
    /// The name of the schema of the body, with its version: `urn:rollcall:user.created:1`.
    pub const SCHEMA: &str = "ce-dataschema";
    /// Who caused it.
    pub const ACTOR: &str = "ce-actor";
    /// Which request caused it.
    pub const REQUEST: &str = "ce-requestid";
    /// The W3C trace context of that request (CloudEvents' distributed tracing extension).
    pub const TRACE_PARENT: &str = "ce-traceparent";
    /// SHA-256 of the subject, the other headers but the chain's, and the body.
    pub const DIGEST: &str = "ce-digest";
    /// The chain value up to and including this event.
    pub const CHAIN: &str = "ce-chain";

    /// All there are.
    pub const ALL: [&str; 13] = [
        SPEC_VERSION,
        ID,
        SOURCE,
        TYPE,
        TIME,
        SUBJECT,
        CONTENT_TYPE,
        SCHEMA,
        ACTOR,
        REQUEST,
        TRACE_PARENT,
        DIGEST,
        CHAIN,
    ];
}

/// What the headers tell about an event, apart from the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The id of the event.
    pub id: EventId,
    /// Whose event it is.
    pub tenant: Tenant,
    /// When it happened.
    pub time: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// Which request caused it, as the client called it or as we numbered it.
    pub request: Option<String>,
    /// The W3C trace context of that request.
    pub trace_parent: Option<String>,
}

impl Envelope {
    /// The headers of `event`, less its digest and its chain value, which are made of them; none for
    /// an event that this program does not know.
    ///
    /// Whatever text a client sent as its request id or trace context, no header holds anything
    /// but printable ASCII. One that was sent empty is left out: an attribute has a value, or is
    /// absent.
    pub fn headers(&self, event: &Event) -> Option<Vec<(&'static str, String)>> {
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
            (header::ACTOR, header_value(self.actor.as_str())),
        ];
        let told = [(header::REQUEST, &self.request), (header::TRACE_PARENT, &self.trace_parent)];
        for (name, value) in told {
            let value = value.as_deref().filter(|value| !value.is_empty());
            headers.extend(value.map(|value| (name, header_value(value))));
        }
        Some(headers)
    }
}

/// What a header cannot hold as it is, beside all that is not ASCII (NATS binding §3.1.3.2).
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// A text as the value of a header: percent-encoded, where it is not plain ASCII.
pub fn header_value(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The text that a header's value stands for.
pub fn header_text(value: &str) -> Result<Cow<'_, str>, Utf8Error> {
    percent_decode_str(value).decode_utf8()
}

/// The name of a body's schema: `urn:rollcall:user.created:1`.
pub(crate) fn schema_uri(name: &str, version: u32) -> String {
    format!("urn:rollcall:{name}:{version}")
}

/// The version in a schema's name.
pub(crate) fn schema_version(uri: &str) -> Option<u32> {
    uri.strip_prefix("urn:rollcall:")?.rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests;
