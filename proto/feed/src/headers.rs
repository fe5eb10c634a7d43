//! The headers of a feed event: CloudEvents 1.0, binary mode.

use events::{EventId, Tenant};
use jiff::Timestamp;

use crate::{FeedEvent, FeedId, Source};

/// The headers' names.
pub mod header {
    pub use events::header::{
        ACTOR, CONTENT_TYPE, ID, REQUEST, SCHEMA, SOURCE, SPEC_VERSION, SUBJECT, TIME,
        TRACE_PARENT, TYPE,
    };

    /// The tenant's own number of the event, 1 for the first, without gaps: 20 digits (CloudEvents'
    /// sequence extension).
    pub const SEQUENCE: &str = "ce-sequence";
    /// As which replay an event comes once more, in the JSON event format: an extension attribute that the
    /// stream's messages do not have.
    pub const REPLAY_ATTRIBUTE: &str = "replayid";
    /// How far in the log the feed is. For ourselves.
    pub const LOG: &str = "rollcall-log";

    /// By which rules it was derived. For ourselves.
    pub const RULES: &str = "rollcall-rules";

    /// All attributes of CloudEvents that an event may have.
    pub const ATTRIBUTES: [&str; 12] = [
        SPEC_VERSION,
        ID,
        SOURCE,
        TYPE,
        TIME,
        SUBJECT,
        CONTENT_TYPE,
        SCHEMA,
        SEQUENCE,
        ACTOR,
        REQUEST,
        TRACE_PARENT,
    ];
}

/// Where a feed event comes from: what the log's event said that it follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The event of the log.
    pub cause: EventId,
    /// Whose it is.
    pub tenant: Tenant,
    /// When it happened.
    pub time: Timestamp,
    /// Who caused it.
    pub actor: String,
    /// Which request caused it.
    pub request: Option<String>,
    /// The W3C trace context of that request.
    pub trace_parent: Option<String>,
}

impl Provenance {
    /// The headers of a feed event, the tenant's `sequence`th, which brings the feed up to `source`.
    pub fn headers(
        &self,
        event: &FeedEvent,
        sequence: u64,
        source: Source,
    ) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            (header::SPEC_VERSION, "1.0".to_owned()),
            (header::ID, FeedId::of(self.cause, event).to_string()),
            (header::SOURCE, format!("/rollcall/{}", self.tenant)),
            (header::TYPE, format!("rollcall.{}", event.fact)),
            (header::TIME, self.time.to_string()),
            (header::SUBJECT, event.about.to_string()),
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::SCHEMA, crate::schema::uri(event.fact)),
            (header::SEQUENCE, format!("{sequence:020}")),
            (header::ACTOR, events::header_value(&self.actor)),
        ];
        let told = [(header::REQUEST, &self.request), (header::TRACE_PARENT, &self.trace_parent)];
        for (name, value) in told {
            let value = value.as_deref().filter(|value| !value.is_empty());
            headers.extend(value.map(|value| (name, events::header_value(value))));
        }
        headers.push((header::LOG, source.to_string()));
        headers
    }
}
