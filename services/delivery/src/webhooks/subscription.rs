//! What a subscriber is sent, and where to: what is new, or a part of the feed once more.

use cipher::{Cipher, Context, SUBSCRIBER_SECRET, WebhookSecret};
use events::{Door, ReplayId, Seq, StoredSecret, SubscriberId, Tenant};
use roster::{Replay, Roster, Subscriber};
use uuid::Uuid;

use super::client::Client;
use super::receiver_url::ReceiverUrl;
use crate::source::Item;

/// One course of a subscriber with the door webhook through the feed: what is new, or a replay. Each has
/// a loop and progress of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Course {
    pub(super) tenant: Tenant,
    pub(super) subscriber: Subscriber,
    pub(super) replay: Option<Replay>,
}

/// A course, as webhooks are made of it.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) course: Course,
    /// Where to; nothing if webhooks may not be sent there.
    pub(super) url: Option<ReceiverUrl>,
    /// What signs: the older first.
    pub(super) secrets: Vec<WebhookSecret>,
}

/// A subscriber's secret cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret of the subscriber was encrypted with another key than that beside the log")]
pub(super) struct BadSecretText;

/// The courses of all subscribers with the door webhook.
pub(super) fn courses(roster: &Roster) -> impl Iterator<Item = Course> {
    let of_all = roster.tenants().flat_map(|(tenant, roster)| {
        roster.subscribers().iter().map(move |subscriber| (tenant, subscriber))
    });
    of_all.filter(|(_, subscriber)| is_one(subscriber)).flat_map(|(tenant, subscriber)| {
        let course = |replay| {
            let (tenant, subscriber) = (tenant.clone(), subscriber.clone());
            Course { tenant, subscriber, replay }
        };
        let replay = subscriber.replaying().cloned();
        [course(None)].into_iter().chain(replay.map(|replay| course(Some(replay))))
    })
}

/// Whether a subscriber has the door webhook.
fn is_one(subscriber: &Subscriber) -> bool {
    match subscriber.door {
        Door::Webhook { .. } => true,
        Door::Nats | Door::Pull => false,
    }
}

impl Course {
    /// By what its progress is known: the subscriber's id, or the replay's.
    pub(super) fn key(&self) -> Uuid {
        self.replay.as_ref().map_or(self.subscriber.id.0, |replay| replay.id.0)
    }

    /// Where in the log it began. Progress from before there is of another one.
    pub(super) fn begun(&self) -> Seq {
        self.replay.as_ref().map_or(self.subscriber.begun, |replay| replay.started)
    }

    /// Whether progress of a course that began there is of this one.
    pub(super) fn is_of(&self, begun: Option<Seq>) -> bool {
        match begun {
            Some(begun) => begun == self.begun(),
            None => self.replay.is_none() && self.subscriber.reset.is_none(),
        }
    }

    /// The `ce-sequence` behind which it begins.
    pub(super) fn after(&self) -> u64 {
        self.replay.as_ref().map_or(self.subscriber.after, |replay| replay.after)
    }

    /// Whether nothing is sent for now.
    pub(super) fn is_held(&self) -> bool {
        let is_paused = self.subscriber.paused.as_ref().is_some_and(|paused| !paused.drain);
        self.subscriber.disabled.is_some() || is_paused
    }

    /// Whether what was begun is finished, and nothing else.
    pub(super) fn is_draining(&self) -> bool {
        self.subscriber.paused.as_ref().is_some_and(|paused| paused.drain)
    }

    /// As which replay its events are marked.
    pub(super) fn replay_id(&self) -> Option<ReplayId> {
        self.replay.as_ref().map(|replay| replay.id)
    }

    /// Whether an event is part of it. Test events are sent by themselves, and to one subscriber.
    pub(super) fn wants(&self, item: &Item) -> bool {
        let Item { entity, fact, .. } = item;
        let is_replayed =
            self.replay.as_ref().is_none_or(|replay| replay.concerns(entity, item.about(), fact));
        entity != "subscriber" && is_replayed && self.subscriber.wants(entity, fact)
    }
}

impl Subscription {
    /// The course with what its webhooks need.
    pub(super) fn of(
        course: &Course,
        cipher: &Cipher,
        client: &Client,
    ) -> Result<Option<Self>, BadSecretText> {
        let Course { tenant, subscriber, .. } = course;
        let Door::Webhook { url } = &subscriber.door else { return Ok(None) };
        let context = Context { tenant: tenant.as_str(), purpose: SUBSCRIBER_SECRET };
        let mut secrets = vec![];
        for stored in &subscriber.secrets {
            let StoredSecret::Encrypted(encrypted) = &stored.secret else { continue };
            let text = cipher.decrypt(context, encrypted).map_err(|_| BadSecretText)?;
            let text = String::from_utf8(text).map_err(|_| BadSecretText)?;
            secrets.push(WebhookSecret::parse(&text).map_err(|_| BadSecretText)?);
        }
        Ok(Some(Self { course: course.clone(), url: client.receiver(url), secrets }))
    }

    pub(super) fn tenant(&self) -> &Tenant {
        &self.course.tenant
    }

    pub(super) fn id(&self) -> SubscriberId {
        self.course.subscriber.id
    }
}
