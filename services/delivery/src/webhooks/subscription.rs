//! A subscriber, as its webhooks are made.

use cipher::{Cipher, Context, SUBSCRIBER_SECRET, WebhookSecret};
use events::{Door, StoredSecret, SubscriberId, Tenant};
use roster::Subscriber;

use super::client::Client;
use super::receiver_url::ReceiverUrl;

/// A subscriber with the door webhook.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) tenant: Tenant,
    /// Where to; nothing if webhooks may not be sent there.
    pub(super) url: Option<ReceiverUrl>,
    /// What signs: the older first.
    pub(super) secrets: Vec<WebhookSecret>,
    subscriber: Subscriber,
}

/// A subscriber's secret cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret of the subscriber was encrypted with another key than that beside the log")]
pub(super) struct BadSecretText;

impl Subscription {
    /// Whether a subscriber has the door webhook.
    pub(super) fn is_one(subscriber: &Subscriber) -> bool {
        match subscriber.door {
            Door::Webhook { .. } => true,
            Door::Nats | Door::Pull => false,
        }
    }

    /// The subscriber as it is now; nothing if it has another door.
    pub(super) fn of(
        tenant: &Tenant,
        subscriber: &Subscriber,
        cipher: &Cipher,
        client: &Client,
    ) -> Result<Option<Self>, BadSecretText> {
        let Door::Webhook { url } = &subscriber.door else { return Ok(None) };
        let context = Context { tenant: tenant.as_str(), purpose: SUBSCRIBER_SECRET };
        let mut secrets = vec![];
        for stored in &subscriber.secrets {
            let StoredSecret::Encrypted(encrypted) = &stored.secret else { continue };
            let text = cipher.decrypt(context, encrypted).map_err(|_| BadSecretText)?;
            let text = String::from_utf8(text).map_err(|_| BadSecretText)?;
            secrets.push(WebhookSecret::parse(&text).map_err(|_| BadSecretText)?);
        }
        Ok(Some(Self {
            tenant: tenant.clone(),
            url: client.receiver(url),
            secrets,
            subscriber: subscriber.clone(),
        }))
    }

    pub(super) fn id(&self) -> SubscriberId {
        self.subscriber.id
    }

    /// Whether it wants a fact of an entity.
    pub(super) fn wants(&self, entity: &str, fact: &str) -> bool {
        self.subscriber.wants(entity, fact)
    }

    /// Whether it is the same as this subscriber.
    pub(super) fn is_of(&self, subscriber: &Subscriber) -> bool {
        self.subscriber == *subscriber
    }
}
