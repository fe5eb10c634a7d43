//! Test events: each is posted at once, beside whatever waits, and also to who is paused or disabled. What came
//! of it is kept for whoever asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Pool;
use eventlog::{clock, sentence};
use events::{EventId, Position, SubscriberId, TestId};
use feed::{Provenance, Source, cloud_event};
use jiff::SignedDuration;
use roster::Tested;

use super::client::Post;
use super::deliver::Shared;
use super::outcome::{Cause, Outcome};
use super::progress::{ProgressError, keep_test, kept_test};
use super::subscription::Subscription;
use crate::{part, state};

/// A test that was asked for longer ago is nobody's any more.
const LATE: SignedDuration = SignedDuration::from_mins(1);
/// How long it is tried to keep what came of one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Which tests were sent.
#[derive(Debug, Default)]
pub(super) struct Testing(HashMap<SubscriberId, TestId>);

impl Testing {
    /// Whether a subscriber is to be sent a test that this process has not sent.
    pub(super) fn is_due(&mut self, subscriber: SubscriberId, tested: &Tested) -> bool {
        let is_new = self.0.insert(subscriber, tested.id) != Some(tested.id);
        is_new && clock::now().duration_since(tested.at) < LATE
    }
}

/// Posts a test, unless that was done before, and keeps what came of it.
pub(super) async fn test(
    shared: Arc<Shared>,
    subscription: Arc<Subscription>,
    tested: Tested,
    (pool, token): (Pool, i64),
) {
    let sent = tokio::time::timeout(PATIENCE * 3, async {
        let id = subscription.id();
        if kept_test(&pool, id.0).await?.is_some_and(|kept| kept.test == tested.id.0) {
            return Ok(());
        }
        let began = std::time::Instant::now();
        let outcome = post(&shared, &subscription, &tested).await;
        let took = i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX);
        let code = outcome.map_or_else(|why| why, Outcome::code);
        keep_test(&pool, token, id.0, tested.id.0, &code, took).await
    });
    let kept: Result<(), ProgressError> = sent.await.unwrap_or(Ok(()));
    if let Err(error) = kept {
        tracing::info!(error = sentence(&error), "what came of a test is not kept");
    }
}

/// What came of it; a word if it could not be sent.
async fn post(
    shared: &Shared,
    subscription: &Subscription,
    tested: &Tested,
) -> Result<Outcome, String> {
    let Some(url) = &subscription.url else {
        return Ok(Outcome::unanswered(Cause::ForbiddenAddress));
    };
    let tenant = subscription.tenant();
    let end = part::end(shared.source.feed(), tenant).await.map_err(|_| "no-feed".to_owned())?;
    let event = state::test(&subscription.course.subscriber, tested.id);
    let provenance = Provenance {
        cause: EventId(tested.id.0),
        tenant: tenant.clone(),
        time: tested.at,
        actor: "operator".to_owned(),
        request: None,
        trace_parent: None,
    };
    let source = Source { position: Position::START, told: 1, of: 1 };
    let headers = provenance.headers(&event, end, source);
    let header_of =
        |name: &str| headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str());
    let body = cloud_event(header_of, &event.body.json()).map_err(|_| "no-event".to_owned())?;
    let body = serde_json::Value::Object(body).to_string();
    let id = header_of(feed::header::ID).unwrap_or_default();
    let content_type = "application/cloudevents+json";
    let post = Post { id, content_type, body: body.as_bytes(), replay: None };
    Ok(shared.client.post(url, &subscription.secrets, post, clock::now()).await)
}
