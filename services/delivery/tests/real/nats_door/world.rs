//! A nats-server with the settings that are shipped, the door of subscribers on it, and a client that is one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use access::{CommandError, Settings, WriteAccess};
use async_nats::{Client, ConnectOptions, Message};
use bytes::Bytes;
use delivery::NatsDoor;
use embedded::Nats;
use eventlog::{Feed, FeedMessage, Issuer, KeptConsumer, Log, LogOptions, Placement, ids};
use events::{
    Door, FactPattern, SecretId, StoredSecret, SubscriberId, SubscriberState, Tenant, TenantId,
};
use futures_util::StreamExt as _;
use kit::wait::{DEADLINE, blocking, until};
use roster::Intent;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use writer::{Access, Command, Provenance, Writer};

const SETTINGS: &str = include_str!("../../../../../deploy/nats-server.conf");
/// How long an answer that should not come is waited for.
pub(super) const SILENCE: Duration = Duration::from_millis(300);

pub(super) struct World {
    pub(super) nats: Nats,
    pub(super) log: Log,
    pub(super) feed: Feed,
    pub(super) access: WriteAccess,
    pub(super) stop: CancellationToken,
}

pub(super) struct Subscriber {
    pub(super) id: SubscriberId,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) secret: SecretId,
}

impl World {
    pub(super) async fn new() -> Self {
        let issuer = Issuer::new();
        let mut settings = SETTINGS.replace("$NATS_SUBSCRIBER_ISSUER", &issuer.public_key());
        for user in ["operator", "ingest", "operate", "portal", "erase", "project", "deliver"] {
            let variable = format!("$NATS_PASSWORD_{}", user.to_uppercase());
            settings = settings.replace(&variable, &format!("\"password-of-{user}\""));
        }
        let start = move |store: &std::path::Path| {
            settings.replacen("\"/var/lib/nats\"", &format!("{store:?}"), 1)
        };
        let nats = blocking(|| Nats::start_for_tests_with(start).expect("start nats-server")).await;
        let url = as_user(&nats, "deliver");
        let log = Log::open(&url, LogOptions::default()).await.expect("open the log");
        let (stop, progress) = (CancellationToken::new(), watch::Sender::default());
        let writer = Writer::start(log.clone(), None, true, &progress, stop.clone()).await;
        let writer = writer.expect("start the writer");
        let running = writer.clone();
        tokio::spawn(async move { running.run(None).await });
        let access = WriteAccess::new(writer, Settings::default());
        let feed = Feed::open(&log).await.expect("open the feed");
        let world = Self { nats, log, feed, access, stop };
        world.keep_door(issuer);
        for tenant in ["acme", "initech"] {
            world.tell(tenant, Intent::NewTenant { tenant: TenantId(ids::uuid_v7()) }).await;
        }
        world
    }

    pub(super) fn keep_door(&self, issuer: Issuer) {
        let door = NatsDoor {
            log: self.log.clone(),
            feed: self.feed.clone(),
            access: self.access.clone(),
            placement: Placement::default(),
            issuer: Arc::new(issuer),
        };
        let stop = self.stop.clone();
        tokio::spawn(async move { door.run(&stop).await });
    }

    pub(super) async fn tell(&self, tenant: &str, intent: Intent) {
        let provenance = Provenance {
            tenant: tenant.parse().expect("a slug"),
            access: Access::Operator,
            request: None,
            trace_parent: None,
        };
        let intent = move |_: &_| Ok::<_, CommandError>(intent.clone());
        let told = self.access.writer().execute(Command::new(provenance, intent)).await;
        told.expect("it is done");
    }

    pub(super) async fn subscriber(
        &self,
        tenant: &str,
        name: &str,
        facts: &[&str],
        after: u64,
    ) -> Subscriber {
        let id = SubscriberId(ids::uuid_v7());
        let (password, digest) = ids::secret("rcn_");
        let facts = facts.iter().map(|fact| fact.parse::<FactPattern>().expect("facts")).collect();
        let name = name.parse().expect("a name");
        let state = SubscriberState { subscriber_id: id, name, door: Door::Nats, facts };
        let slug: Tenant = tenant.parse().expect("a slug");
        let user = eventlog::subscriber_user(&slug, &state.name);
        let secret_id = SecretId(ids::uuid_v7());
        let secret = StoredSecret::Digest(digest);
        let secret = Some((secret_id, secret));
        self.tell(tenant, Intent::AddSubscriber { state, after, secret }).await;
        let added = Subscriber { id, user, password, secret: secret_id };
        until("the subscriber has its consumer", async || {
            let consumers = self.feed.subscriber_consumers().await;
            consumers.is_ok_and(|all| all.iter().any(|one| one.subscriber == id))
        })
        .await;
        added
    }

    pub(super) async fn rotated(&self, tenant: &str, subscriber: &Subscriber) -> Subscriber {
        let (password, digest) = ids::secret("rcn_");
        let secret_id = SecretId(ids::uuid_v7());
        let intent = Intent::IssueSubscriberSecret {
            subscriber: subscriber.id,
            secret_id,
            secret: StoredSecret::Digest(digest),
        };
        self.tell(tenant, intent).await;
        Subscriber { id: subscriber.id, user: subscriber.user.clone(), password, secret: secret_id }
    }

    /// Tells of a tenant's employee, as its `sequence`.
    pub(super) async fn told(&self, tenant: &str, fact: &str, sequence: u64) {
        let end = self.feed.end().await.expect("the feed is there").seq;
        let message = FeedMessage {
            subject: format!("feed.{tenant}.employee.{}.{fact}", ids::uuid_v7()),
            headers: vec![("ce-sequence", format!("{sequence:020}"))],
            body: Bytes::from(json!({ "tenant": tenant, "n": sequence }).to_string()),
        };
        self.feed.append(end, &[message]).await.expect("append to the feed");
    }

    pub(super) async fn consumer(&self, name: &str) -> Option<KeptConsumer> {
        self.feed.subscriber_consumer(name).await.expect("the server is there")
    }

    pub(super) fn known(&self, tenant: &str, id: SubscriberId) -> roster::Subscriber {
        let roster = self.access.writer().roster();
        let tenant = roster.tenant(&tenant.parse().expect("a slug")).expect("the tenant");
        tenant.subscribers().get(id).expect("the subscriber").clone()
    }

    pub(super) async fn connect(&self, user: &str, password: &str) -> Result<Client, String> {
        let options = ConnectOptions::new()
            .user_and_password(user.to_owned(), password.to_owned())
            .custom_inbox_prefix(format!("_INBOX_{user}"));
        options.connect(self.nats.url()).await.map_err(|error| error.to_string())
    }

    pub(super) async fn enter(&self, subscriber: &Subscriber) -> Client {
        self.connect(&subscriber.user, &subscriber.password).await.expect("it may come in")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(super) fn as_user(nats: &Nats, user: &str) -> String {
    nats.url().replace("nats://", &format!("nats://{user}:password-of-{user}@"))
}

/// Up to so many events, as a subscriber fetches them who does not wait for an answer.
pub(super) async fn fetch(client: &Client, user: &str, batch: usize) -> Vec<Message> {
    fetch_within(SILENCE, client, user, batch).await
}

/// The same, who waits so long for each message, and for what ends them.
pub(super) async fn fetch_within(
    time: Duration,
    client: &Client,
    user: &str,
    batch: usize,
) -> Vec<Message> {
    let inbox = client.new_inbox();
    let mut answers = client.subscribe(inbox.clone()).await.expect("its inbox is its own");
    let subject = format!("ROLLCALL.API.CONSUMER.MSG.NEXT.FEED.{user}");
    let asked = json!({ "batch": batch, "no_wait": true }).to_string();
    client.publish_with_reply(subject, inbox, asked.into()).await.expect("ask");
    let mut events = Vec::new();
    while events.len() < batch
        && let Ok(Some(message)) = tokio::time::timeout(time, answers.next()).await
        && message.status.is_none()
    {
        events.push(message);
    }
    events
}

/// At least so many events, as a subscriber that asks again and again gets them: a consumer hears of
/// what was published a moment after whoever published it.
pub(super) async fn received(client: &Client, user: &str, count: usize) -> Vec<Message> {
    let begun = Instant::now();
    let mut events = Vec::new();
    while events.len() < count {
        assert!(begun.elapsed() < DEADLINE, "{} of {count} events came", events.len());
        // What comes after it was waited for is lost until it is delivered again.
        events.extend(fetch_within(DEADLINE, client, user, 10).await);
    }
    events
}

pub(super) fn bodies(events: &[Message]) -> Vec<Value> {
    events.iter().map(|event| serde_json::from_slice(&event.payload).expect("JSON")).collect()
}

pub(super) async fn acknowledge(client: &Client, event: &Message) {
    let to = event.reply.clone().expect("an event can be acknowledged");
    client.publish(to, "+ACK".into()).await.expect("acknowledge");
    client.flush().await.expect("the server is there");
}

pub(super) fn numbers(events: &[Message]) -> Vec<u64> {
    bodies(events).iter().map(|body| body["n"].as_u64().expect("a number")).collect()
}
