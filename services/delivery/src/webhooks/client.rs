//! Posts events to receivers: no proxy, no redirects, bounded in time and in what is read.

use std::error::Error;
use std::time::Duration;

use cipher::{WebhookSecret, signatures};
use events::ReplayId;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, redirect};
use rustls::ClientConfig;

use super::outcome::{Cause, Outcome};
use super::receiver_url::{Reach, ReceiverUrl};
use super::resolver::{NowhereToSend, Resolver};

/// How long a look-up, a connection and TLS on it may take together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection waits for the next event.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the body of an answer may take. Nothing in it counts.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);
/// How much of it is read, so that the connection can be used again.
const BODY_LIMIT: usize = 16 * 1024;

/// Says in a header what the event says in its attribute `replayid`.
const REPLAY: &str = "rollcall-replay";

/// What posts webhooks.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    reach: Reach,
    timeout: Duration,
}

/// One event as it is posted.
#[derive(Clone, Copy, Debug)]
pub struct Post<'p> {
    /// Its id, which stays the same however often it is tried.
    pub id: &'p str,
    /// What kind of text the body is.
    pub content_type: &'p str,
    /// The event itself.
    pub body: &'p [u8],
    /// Of which replay it is a part.
    pub replay: Option<ReplayId>,
}

impl Client {
    /// A client that trusts as `tls` says, and waits for so long for an answer.
    pub fn new(reach: Reach, tls: ClientConfig, timeout: Duration) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .dns_resolver(Resolver::new(reach))
            .tls_backend_preconfigured(tls)
            .https_only(reach == Reach::Public)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .user_agent("Rollcall-Webhooks/1")
            .build()?;
        Ok(Self { http, reach, timeout })
    }

    /// The receiver's URL, if webhooks may be sent there.
    pub fn receiver(&self, url: &str) -> Option<ReceiverUrl> {
        ReceiverUrl::parse(url, self.reach).ok()
    }

    /// Posts one event, signed, and tells what came of it.
    pub async fn post(
        &self,
        url: &ReceiverUrl,
        secrets: &[WebhookSecret],
        post: Post<'_>,
        now: Timestamp,
    ) -> Outcome {
        let seconds = now.as_second();
        let mut request = self
            .http
            .post(url.url().clone())
            .header("webhook-id", post.id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signatures(secrets, post.id, seconds, post.body))
            .header(CONTENT_TYPE, post.content_type)
            .body(post.body.to_vec());
        if let Some(replay) = post.replay {
            request = request.header(REPLAY, replay.to_string());
        }
        match tokio::time::timeout(self.timeout, request.send()).await {
            Err(_) => Outcome::unanswered(Cause::Timeout),
            Ok(Err(error)) => Outcome::unanswered(cause(&error)),
            Ok(Ok(answer)) => {
                let retry_after = answer.headers().get(RETRY_AFTER);
                let retry_after = retry_after.and_then(|value| value.to_str().ok());
                let outcome = Outcome::of(answer.status().as_u16(), retry_after, now);
                discard(answer).await;
                outcome
            }
        }
    }
}

/// Reads a short body to its end. A longer one ends with its connection.
async fn discard(mut answer: Response) {
    let read = async {
        let mut length = 0;
        while let Ok(Some(piece)) = answer.chunk().await {
            length += piece.len();
            if length > BODY_LIMIT {
                return;
            }
        }
    };
    // One that takes longer is left.
    let _ = tokio::time::timeout(BODY_TIMEOUT, read).await;
}

fn cause(error: &reqwest::Error) -> Cause {
    let mut source = error.source();
    while let Some(inner) = source {
        match inner.downcast_ref() {
            Some(NowhereToSend::NoAddress) => return Cause::NoAddress,
            Some(NowhereToSend::Forbidden) => return Cause::ForbiddenAddress,
            None => source = inner.source(),
        }
    }
    if error.is_timeout() {
        Cause::Timeout
    } else if error.is_connect() {
        Cause::Connect
    } else {
        Cause::Broken
    }
}

#[cfg(test)]
mod tests;
