//! A feed event as one JSON object: CloudEvents 1.0, structured mode.

use serde_json::{Map, Value};

use crate::header;

/// Why a message is no feed event.
#[derive(Debug, thiserror::Error)]
pub enum NotAnEvent {
    /// A header is missing that every event has.
    #[error("the message has no header {0}")]
    NoHeader(&'static str),
    /// A header's value is no percent-encoded text.
    #[error("header {0} is not percent-encoded UTF-8")]
    BadHeader(&'static str),
    /// The body is not JSON.
    #[error("the body is not JSON")]
    Body(#[from] serde_json::Error),
}

/// The attributes that an event may lack.
const OPTIONAL: [&str; 2] = [header::REQUEST, header::TRACE_PARENT];

/// The event in a message of the feed, as the JSON event format has it: its attributes, and its body as
/// `data`.
pub fn cloud_event<'h>(
    header_of: impl Fn(&'static str) -> Option<&'h str>,
    body: &[u8],
) -> Result<Map<String, Value>, NotAnEvent> {
    let mut event = Map::new();
    for name in header::ATTRIBUTES {
        let Some(value) = header_of(name) else {
            if OPTIONAL.contains(&name) {
                continue;
            }
            return Err(NotAnEvent::NoHeader(name));
        };
        let text = events::header_text(value).map_err(|_| NotAnEvent::BadHeader(name))?;
        let attribute = name.strip_prefix("ce-").unwrap_or(name);
        event.insert(attribute.to_owned(), text.into_owned().into());
    }
    event.insert("data".to_owned(), serde_json::from_slice(body)?);
    Ok(event)
}
