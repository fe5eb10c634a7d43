//! The feed as server-sent events.

use std::time::Duration;

use access::CommandError;
use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::unfold;
use tokio::time::{Instant, sleep};
use web::{Endless, Problem};

use super::door::{PullDoor, Reader};
use super::named::{Closed, Named};
use super::page::{self, EventPage};
use super::query::{EventsQuery, Types};
use super::streams::OpenStream;
use crate::feed_watch::TenantWatch;

/// The media type of server-sent events.
const EVENT_STREAM: &str = "text/event-stream";

/// Where a client that comes again was.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Events that are read and written at a time, and so held for each stream.
const AT_A_TIME: usize = 32;

/// How long nothing may come before the client is told that the stream lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How often it is looked whether the token was revoked.
const LOOK: Duration = Duration::from_secs(1);

/// What is said first: after how many milliseconds to come again.
const HELLO: &str = "retry: 2000\n\n";

/// Why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Slow,
    Stopping,
    Revoked,
    Disabled,
    Paused,
    Unavailable,
}

impl From<Closed> for End {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Removed | Closed::Disabled(_) => Self::Disabled,
            Closed::Paused(_) => Self::Paused,
        }
    }
}

impl End {
    /// The event that says so.
    fn told(self) -> String {
        let (reason, detail) = match self {
            Self::Slow => (
                "slow",
                "what was sent was not read in time; come again with Last-Event-ID, and read faster or in pages",
            ),
            Self::Stopping => ("stopping", "the service stops; come again with Last-Event-ID"),
            Self::Revoked => ("revoked", "the API token was revoked"),
            Self::Disabled => ("disabled", "the subscriber was disabled or removed"),
            Self::Paused => (
                "paused",
                "the subscriber is paused; come again with Last-Event-ID when it goes on",
            ),
            Self::Unavailable => (
                "unavailable",
                "the feed cannot be read just now; come again with Last-Event-ID in a moment",
            ),
        };
        format!("event: end\ndata: {{\"reason\":\"{reason}\",\"detail\":\"{detail}\"}}\n\n")
    }
}

/// Whether a client wants the stream rather than a page.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(header::ACCEPT).into_iter().filter_map(|it| it.to_str().ok());
    ranges.flat_map(|list| list.split(',')).any(|range| {
        let kind = range.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case(EVENT_STREAM)
    })
}

/// The stream, from where the client says that it was.
pub(super) async fn answer(
    door: PullDoor,
    (reader, named): (Reader, Option<Named>),
    headers: &HeaderMap,
    query: EventsQuery,
) -> Result<Response, CommandError> {
    let last = headers.get(LAST_EVENT_ID).map(|id| id.to_str().unwrap_or("?"));
    let cursor = last.filter(|id| !id.is_empty()).or(query.after.as_deref());
    let after = door.beginning(&reader.tenant, named.as_ref(), cursor).await?;
    let open = door.streams.open(&reader.tenant).map_err(Problem::from)?;
    let telling = Telling {
        watch: door.watch.of(&reader.tenant),
        types: query.types,
        after,
        told: after,
        handed_on: None,
        beat: Instant::now() + HEARTBEAT,
        phase: Phase::Begun,
        _open: open,
        door,
        reader,
        named,
    };
    let parts = unfold(telling, async |mut telling| {
        let part = telling.part().await?;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(part)), telling))
    });
    let kind = [
        (header::CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM)),
        // What lies between must not keep events back until it has a buffer full.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((kind, Extension(Endless), Body::from_stream(Box::pin(parts))).into_response())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Begun,
    Telling,
    Ended,
}

/// A stream under way.
struct Telling {
    door: PullDoor,
    watch: TenantWatch,
    reader: Reader,
    named: Option<Named>,
    types: Types,
    /// Where to read on.
    after: u64,
    /// The place that the client knows.
    told: u64,
    /// When the last part was handed on, of which the client may not have read all.
    handed_on: Option<Instant>,
    /// When the client has to hear something at the latest.
    beat: Instant,
    phase: Phase,
    _open: OpenStream,
}

impl Telling {
    /// What is to be sent next. It is asked for when the client has read enough of what was sent before.
    async fn part(&mut self) -> Option<String> {
        let part = match self.phase {
            Phase::Ended => return None,
            Phase::Begun => {
                self.phase = Phase::Telling;
                HELLO.to_owned()
            }
            Phase::Telling => match self.next().await {
                Ok(part) => part,
                Err(end) => {
                    self.phase = Phase::Ended;
                    end.told()
                }
            },
        };
        self.handed_on = Some(Instant::now());
        self.beat = Instant::now() + HEARTBEAT;
        Some(part)
    }

    async fn next(&mut self) -> Result<String, End> {
        if self.handed_on.is_some_and(|since| since.elapsed() > self.door.patience) {
            return Err(End::Slow);
        }
        loop {
            if self.door.stop.is_cancelled() {
                return Err(End::Stopping);
            }
            self.check()?;
            let tenant = &self.reader.tenant;
            let known = self.watch.known();
            let read =
                page::read(&self.door.feed, tenant, self.after, &self.types, AT_A_TIME, known);
            let page = read.await.map_err(|error| {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "cannot read the feed for a reader");
                End::Unavailable
            })?;
            self.after = page.through;
            if !page.events.is_empty() {
                return Ok(self.events(&page));
            }
            if page.has_more {
                continue;
            }
            if let Some(heartbeat) = self.wait(self.after.max(known)).await? {
                return Ok(heartbeat);
            }
        }
    }

    /// Whether the client may still read, and there is something to be read.
    fn check(&self) -> Result<(), End> {
        if self.reader.is_revoked(&self.door) {
            return Err(End::Revoked);
        }
        if let Some(named) = &self.named {
            named.check_still(&self.door)?;
        }
        self.door.check().map_err(|_| End::Unavailable)
    }

    /// Waits until the tenant has an event behind `seen`, or the client has to hear something.
    async fn wait(&mut self, seen: u64) -> Result<Option<String>, End> {
        loop {
            tokio::select! {
                _ = self.watch.beyond(seen) => return Ok(None),
                () = self.door.stop.cancelled() => return Err(End::Stopping),
                () = sleep(LOOK) => {}
            }
            self.check()?;
            if Instant::now() >= self.beat {
                return Ok(Some(self.heartbeat()));
            }
        }
    }

    fn events(&mut self, page: &EventPage) -> String {
        let mut text = String::new();
        for event in &page.events {
            let cursor = self.door.cursor(&self.reader.tenant, event.seq);
            let lines =
                ["id: ", &cursor, "\nevent: ", &event.kind, "\ndata: ", &event.json, "\n\n"];
            text.extend(lines);
            self.told = event.seq;
        }
        text
    }

    /// A comment; and where the stream is, if that is further than the client knows.
    fn heartbeat(&mut self) -> String {
        if self.after == self.told {
            return ":\n\n".to_owned();
        }
        self.told = self.after;
        format!(":\nid: {}\n\n", self.door.cursor(&self.reader.tenant, self.after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_what_asks_for_one_by_its_media_type() {
        let wanted = |accept: &'static str| {
            is_wanted(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
        };
        for accept in ["text/event-stream", "text/html, Text/Event-Stream;q=0.9"] {
            assert!(wanted(accept), "{accept}");
        }
        for accept in ["*/*", "application/json", "text/*", ""] {
            assert!(!wanted(accept), "{accept}");
        }
        assert!(!is_wanted(&HeaderMap::new()));
    }

    #[test]
    fn the_end_is_an_event_of_json() {
        let ends =
            [End::Slow, End::Stopping, End::Revoked, End::Disabled, End::Paused, End::Unavailable];
        for end in ends {
            let told = end.told();
            let data = told.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
            let data: serde_json::Value = serde_json::from_str(data).unwrap();
            assert!(data["reason"].is_string() && data["detail"].is_string(), "{told}");
            assert!(told.starts_with("event: end\n") && told.ends_with("\n\n"));
        }
    }

    #[test]
    fn a_stream_says_whether_its_subscriber_is_paused_or_shut_out() {
        let why = || "moving".to_owned();
        assert_eq!(End::from(Closed::Paused(Some(why()))), End::Paused);
        assert!(End::Paused.told().contains(r#""reason":"paused""#));
        assert_eq!(End::from(Closed::Disabled(why())), End::Disabled);
        assert_eq!(End::from(Closed::Removed), End::Disabled);
    }
}
