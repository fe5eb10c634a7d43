//! A log, a feed that the test writes, and webhooks that are sent of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cipher::{Cipher, Context, SUBSCRIBER_SECRET, WebhookSecret};
use delivery::webhooks::{Client, Reach, Schedule, WebhookMetrics, Webhooks};
use embedded::Nats;
use eventlog::{Feed, FeedMessage, clock};
use events::{
    Door, FactPattern, SecretId, StoredSecret, SubscriberId, SubscriberState, Tenant, TenantId,
};
use feed::header;
use kit::receiver::Receiver;
use kit::servers::{database, log, nats};
use kit::wait::found;
use projector::Database;
use roster::{Intent, Refusal, Roster, Subscriber};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use writer::{Access, Command, Denied, Outage, Provenance, Writer};

/// What gives up after so many seconds.
pub(crate) const SHORT: Schedule = Schedule { give_up_after: Duration::from_secs(6) };

pub(crate) struct World {
    _nats: Nats,
    pub(crate) writer: Writer,
    pub(crate) feed: Feed,
    pub(crate) database: Database,
    pub(crate) cipher: Cipher,
}

/// Webhooks that are being sent.
pub(crate) struct Sending {
    task: JoinHandle<()>,
    stop: CancellationToken,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum No {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Outage(#[from] Outage),
}

pub(crate) fn acme() -> Tenant {
    "acme".parse().expect("a slug")
}

pub(crate) fn secret() -> WebhookSecret {
    WebhookSecret::shared([7; 32])
}

impl World {
    pub(crate) async fn new() -> Self {
        let nats = nats().await;
        let log = log(&nats.url()).await;
        let stop = CancellationToken::new();
        let progress = watch::Sender::default();
        let writer = Writer::start(log.clone(), None, false, &progress, stop).await;
        let writer = writer.expect("start the writer");
        let feed = Feed::open(&log).await.expect("open the feed");
        let (database, cipher) = (database().await, Cipher::new(&[9; 32]));
        let world = Self { _nats: nats, writer, feed, database, cipher };
        world.want(Intent::NewTenant { tenant: TenantId(Uuid::now_v7()) }).await;
        world
    }

    pub(crate) async fn want(&self, intent: Intent) {
        let access = Access::Operator;
        let provenance = Provenance { tenant: acme(), access, request: None, trace_parent: None };
        let intent = move |_: &Roster| Ok(intent.clone());
        let done = self.writer.execute::<_, No>(Command::new(provenance, intent)).await;
        done.expect("it can be done");
    }

    pub(crate) fn encrypted(&self, secret: &WebhookSecret) -> StoredSecret {
        let context = Context { tenant: "acme", purpose: SUBSCRIBER_SECRET };
        StoredSecret::Encrypted(self.cipher.encrypt(context, secret.text().as_bytes()))
    }

    /// A subscriber that wants these facts, of the whole feed.
    pub(crate) async fn subscriber(&self, name: &str, url: &str, facts: &[&str]) -> SubscriberId {
        self.subscriber_after(name, url, facts, 0).await
    }

    /// A subscriber that begins behind an event's number.
    pub(crate) async fn subscriber_after(
        &self,
        name: &str,
        url: &str,
        facts: &[&str],
        after: u64,
    ) -> SubscriberId {
        let id = SubscriberId(Uuid::now_v7());
        let pattern = |text: &&str| text.parse::<FactPattern>().expect("a pattern");
        let state = SubscriberState {
            subscriber_id: id,
            name: name.parse().expect("a name"),
            door: Door::Webhook { url: url.to_owned() },
            facts: facts.iter().map(pattern).collect::<BTreeSet<_>>(),
        };
        let secret = Some((SecretId(Uuid::now_v7()), self.encrypted(&secret())));
        self.want(Intent::AddSubscriber { state, after, secret }).await;
        id
    }

    pub(crate) fn known(&self, id: SubscriberId) -> Subscriber {
        let roster = self.writer.roster();
        let tenant = roster.tenant(&acme()).expect("the tenant");
        tenant.subscribers().get(id).expect("the subscriber").clone()
    }

    /// Tells facts of people, such as `(1, "employee.changed")`, and returns the ids of the events.
    pub(crate) async fn tell(&self, facts: &[(u128, &str)]) -> Vec<String> {
        let end = self.feed.end().await.expect("the feed").seq;
        let mut ids = vec![];
        let mut batch = vec![];
        for ((about, fact), number) in facts.iter().zip(end + 1..) {
            let (about, id) = (Uuid::from_u128(*about), Uuid::now_v7().to_string());
            let (entity, token) = fact.split_once('.').expect("an entity and a fact");
            let headers = vec![
                (header::SPEC_VERSION, "1.0".to_owned()),
                (header::ID, id.clone()),
                (header::SOURCE, "/rollcall/acme".to_owned()),
                (header::TYPE, format!("rollcall.{fact}")),
                (header::TIME, clock::now().to_string()),
                (header::SUBJECT, about.to_string()),
                (header::CONTENT_TYPE, "application/json".to_owned()),
                (header::SCHEMA, format!("https://schemas.example/{fact}.1.json")),
                (header::SEQUENCE, format!("{number:020}")),
                (header::ACTOR, "operator".to_owned()),
            ];
            let subject = format!("feed.acme.{entity}.{about}.{token}");
            let body = format!(r#"{{"number":{number}}}"#).into_bytes().into();
            batch.push(FeedMessage { subject, headers, body });
            ids.push(id);
        }
        self.feed.append(end, &batch).await.expect("nobody else writes");
        ids
    }

    /// Sends webhooks, also to this machine.
    pub(crate) fn send(&self, schedule: Schedule) -> Sending {
        self.send_as(schedule, Reach::Anywhere, Duration::from_secs(15))
    }

    pub(crate) fn send_as(&self, schedule: Schedule, reach: Reach, timeout: Duration) -> Sending {
        let webhooks = Webhooks {
            writer: self.writer.clone(),
            feed: self.feed.clone(),
            database: self.database.clone(),
            cipher: self.cipher.clone(),
            client: client(reach, timeout),
            schedule,
            metrics: WebhookMetrics::default(),
        };
        let stop = CancellationToken::new();
        let task = tokio::spawn(webhooks.send(stop.clone()));
        Sending { task, stop }
    }

    /// Waits until all that this subscriber was told is kept.
    pub(crate) async fn settled(&self, id: SubscriberId) {
        let end = self.feed.end().await.expect("the feed").seq;
        found("all is kept", async || {
            let state = self.state(id).await?;
            (state.position == end && state.waiting == 0).then_some(())
        })
        .await;
    }

    pub(crate) async fn state(&self, id: SubscriberId) -> Option<delivery::webhooks::WebhookState> {
        let client = self.database.pool().get().await.expect("a connection");
        // There are no tables before webhooks were sent.
        delivery::webhooks::states(&client, &[id.0]).await.ok()?.pop()
    }
}

impl Sending {
    /// Ends it as a stop of the program does.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.expect("no panic");
    }

    /// Ends it in the midst of whatever it does.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

fn client(reach: Reach, timeout: Duration) -> Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let tls = tls.expect("TLS").with_root_certificates(RootCertStore::empty());
    Client::new(reach, tls.with_no_client_auth(), timeout).expect("a client")
}

/// The ids of what a receiver got about a person, in order.
pub(crate) fn of_person(receiver: &Receiver, about: u128) -> Vec<String> {
    receiver.ids_of(&Uuid::from_u128(about).to_string())
}
