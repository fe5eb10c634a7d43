//! What a loop waits for.

use std::sync::Arc;

use eventlog::clock;

use super::super::client::Post;
use super::super::lanes::Taken;
use super::super::outcome::{Cause, Outcome};
use super::super::subscription::Subscription;
use super::{READ_PAUSE, Shared};
use crate::recent::Stretch;
use crate::source::{Item, SourceError};

/// What webhooks are.
const CONTENT_TYPE: &str = "application/cloudevents+json";

pub(super) type Read = Result<Stretch<Item>, SourceError>;

/// Something that a loop waited for.
pub(super) enum Happened {
    /// The feed was read.
    Read(Read),
    /// An event was posted, or not.
    Sent(Taken<Arc<Item>>, Sent),
    /// What changed is kept.
    Saved,
}

/// What came of sending.
#[derive(Clone, Copy)]
pub(super) enum Sent {
    /// It was posted.
    Answered {
        outcome: Outcome,
        /// Whether it says that somebody left, of which there is a receipt.
        is_departure: bool,
    },
    /// The feed does not hold it any more: the person was erased.
    Vanished,
    /// The feed could not be read.
    Unread,
}

pub(super) async fn send(
    shared: &Shared,
    subscription: &Subscription,
    taken: &Taken<Arc<Item>>,
) -> Sent {
    let item = match &taken.event {
        Some(item) => Arc::clone(item),
        None => match shared.source.at(subscription.tenant(), taken.position).await {
            Ok(Some(item)) => item,
            Ok(None) => return Sent::Vanished,
            Err(_) => {
                tokio::time::sleep(READ_PAUSE).await;
                return Sent::Unread;
            }
        },
    };
    let Some(url) = &subscription.url else {
        let outcome = Outcome::unanswered(Cause::ForbiddenAddress);
        return Sent::Answered { outcome, is_departure: false };
    };
    let replay = subscription.course.replay_id();
    let marked = replay.map(|replay| item.replayed(replay));
    let body = marked.as_deref().unwrap_or(&item.body);
    let post = Post { id: &item.id, content_type: CONTENT_TYPE, body, replay };
    let began = std::time::Instant::now();
    let outcome = shared.client.post(url, &subscription.secrets, post, clock::now()).await;
    shared.metrics.took(began.elapsed());
    if outcome == Outcome::Delivered && replay.is_none() {
        shared.metrics.arrived(clock::now().duration_since(item.at));
    }
    let is_departure = item.entity == "employee" && item.fact == "left";
    Sent::Answered { outcome, is_departure }
}
