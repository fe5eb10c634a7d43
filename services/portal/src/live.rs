//! Parts of a page that change while somebody looks: the server's half of `parts/live.rs`.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::unfold;
use maud::Markup;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// How often the content is made anew, to be sent if it is another one.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long a browser may hear nothing.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// So long a stream lasts. The browser comes back by itself, and is let in anew.
const LASTS: Duration = Duration::from_mins(1);
/// What is said first: after how many milliseconds to come again.
const HELLO: &str = "retry: 2000\n\n";
/// So many are open at a time: of one session, as many as a browser has connections. Whoever finds no room reloads
/// the page.
const MOST: usize = 128;
const MOST_OF_SESSION: usize = 8;

/// How many streams each session has open.
static OPEN: LazyLock<Mutex<HashMap<Uuid, usize>>> = LazyLock::new(Mutex::default);

/// The place of one stream among them.
#[derive(Debug)]
struct Place(Uuid);

impl Place {
    fn take(session: Uuid) -> Option<Self> {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (open.values().sum::<usize>(), open.get(&session).copied().unwrap_or(0));
        if all >= MOST || own >= MOST_OF_SESSION {
            return None;
        }
        open.insert(session, own + 1);
        Some(Self(session))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.0) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.0);
            }
        }
    }
}

/// What `make` makes, sent whenever it is another one, as long as whoever reads it may.
pub(crate) fn stream<F, M, E>(portal: &Portal, signed: Signed, make: F) -> Result<Response, Refused>
where
    F: Fn(Portal, Signed) -> M + Send + Sync + 'static,
    M: Future<Output = Result<Markup, E>> + Send,
    E: Send,
{
    let place = Place::take(signed.session.id).ok_or_else(|| {
        let detail =
            "Too many pages are followed live just now. Reload the page to see what is new.";
        Refused::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    })?;
    let now = Instant::now();
    let following = Following {
        stop: portal.settings().stop.clone(),
        until: now + LASTS,
        beat: now + HEARTBEAT,
        shown: None,
        _place: place,
    };
    let portal = portal.clone();
    let begun = (following, make, portal, signed);
    let parts = unfold(Some(begun), async |state| {
        let (mut following, make, portal, signed) = state?;
        let part = match following.shown {
            None => {
                following.shown = Some(String::new());
                Some(HELLO.to_owned())
            }
            Some(_) => following.next(&portal, &signed, &make).await,
        };
        let part = Ok::<_, Infallible>(Bytes::from(part?));
        Some((part, Some((following, make, portal, signed))))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // What lies between must not keep it back until it has a buffer full.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(Box::pin(parts))).into_response())
}

/// A stream under way.
struct Following {
    stop: CancellationToken,
    until: Instant,
    /// When the browser has to hear something at the latest.
    beat: Instant,
    /// What it shows; none before anything was said.
    shown: Option<String>,
    _place: Place,
}

impl Following {
    /// What is to be sent next; nothing, if the stream ends.
    async fn next<F, M, E>(&mut self, portal: &Portal, signed: &Signed, make: &F) -> Option<String>
    where
        F: Fn(Portal, Signed) -> M,
        M: Future<Output = Result<Markup, E>>,
    {
        loop {
            let waited = self.stop.run_until_cancelled(sleep(INTERVAL)).await;
            if waited.is_none() || Instant::now() >= self.until || !may_go_on(portal, signed).await
            {
                return None;
            }
            // What cannot be told now is told by the next stream, or by the page.
            let content = make(portal.clone(), signed.clone()).await.ok()?.into_string();
            if self.shown.as_ref() != Some(&content) {
                let event = event(&content);
                self.shown = Some(content);
                self.beat = Instant::now() + HEARTBEAT;
                return Some(event);
            }
            if Instant::now() >= self.beat {
                self.beat = Instant::now() + HEARTBEAT;
                return Some(":\n\n".to_owned());
            }
        }
    }
}

/// Whether the session lives, and its administrator may do what they could when the stream began.
async fn may_go_on(portal: &Portal, signed: &Signed) -> bool {
    let roster = portal.access().writer().roster();
    let known = roster.administrator(&signed.id());
    known.is_some_and(|(_, known)| known.roles == signed.administrator.roles)
        && portal.sessions().lives(signed.session.id, signed.id()).await.unwrap_or(false)
}

/// A line of markup is a line of data, however it ends: what a name holds begins no field of its own.
fn event(content: &str) -> String {
    let mut event = "event: content\n".to_owned();
    for line in content.split(['\n', '\r']) {
        event.extend(["data: ", line, "\n"]);
    }
    event.push('\n');
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_session_cannot_have_so_many_that_others_find_no_room() {
        let (greedy, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut places: Vec<_> = (0..MOST_OF_SESSION).map(|_| Place::take(greedy)).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(Place::take(greedy).is_none());
        assert!(Place::take(other).is_some());
        places.pop();
        assert!(Place::take(greedy).is_some(), "one that has ended makes room");
    }

    #[test]
    fn each_line_of_a_content_is_a_line_of_its_event_whatever_a_name_holds() {
        let told = event("<p>a\nevent: x\r\n</p>");
        assert_eq!(told, "event: content\ndata: <p>a\ndata: event: x\ndata: \ndata: </p>\n\n");
    }
}
