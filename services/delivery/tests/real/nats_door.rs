//! Subscribers on a nats-server with the settings that are shipped, each with no more than is theirs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use access::{CommandError, Settings, WriteAccess};
use async_nats::{Client, ConnectOptions, Message};
use bytes::Bytes;
use delivery::NatsDoor;
use embedded::Nats;
use eventlog::{Feed, FeedMessage, Issuer, KeptConsumer, Log, LogOptions, Placement, ids};
use events::{
    Digest, Door, FactPattern, PausedSubscriber, ReplayId, ReplayOutcome, ResetId, ResetSubscriber,
    ResumedSubscriber, SecretId, StartedReplay, StoredSecret, SubscriberId, SubscriberState,
    Tenant, TenantId,
};
use futures_util::StreamExt as _;
use kit::wait::{DEADLINE, blocking, until};
use roster::Intent;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use writer::{Access, Command, Provenance, Writer};

const SETTINGS: &str = include_str!("../../../../deploy/nats-server.conf");
/// How long an answer that should not come is waited for.
const SILENCE: Duration = Duration::from_millis(300);

struct World {
    nats: Nats,
    log: Log,
    feed: Feed,
    access: WriteAccess,
    stop: CancellationToken,
}

struct Subscriber {
    id: SubscriberId,
    user: String,
    password: String,
    secret: SecretId,
}

impl World {
    async fn new() -> Self {
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

    fn keep_door(&self, issuer: Issuer) {
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

    async fn tell(&self, tenant: &str, intent: Intent) {
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

    async fn subscriber(&self, tenant: &str, name: &str, facts: &[&str], after: u64) -> Subscriber {
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

    async fn rotated(&self, tenant: &str, subscriber: &Subscriber) -> Subscriber {
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
    async fn told(&self, tenant: &str, fact: &str, sequence: u64) {
        let end = self.feed.end().await.expect("the feed is there").seq;
        let message = FeedMessage {
            subject: format!("feed.{tenant}.employee.{}.{fact}", ids::uuid_v7()),
            headers: vec![("ce-sequence", format!("{sequence:020}"))],
            body: Bytes::from(json!({ "tenant": tenant, "n": sequence }).to_string()),
        };
        self.feed.append(end, &[message]).await.expect("append to the feed");
    }

    async fn consumer(&self, name: &str) -> Option<KeptConsumer> {
        self.feed.subscriber_consumer(name).await.expect("the server is there")
    }

    fn known(&self, tenant: &str, id: SubscriberId) -> roster::Subscriber {
        let roster = self.access.writer().roster();
        let tenant = roster.tenant(&tenant.parse().expect("a slug")).expect("the tenant");
        tenant.subscribers().get(id).expect("the subscriber").clone()
    }

    async fn connect(&self, user: &str, password: &str) -> Result<Client, String> {
        let options = ConnectOptions::new()
            .user_and_password(user.to_owned(), password.to_owned())
            .custom_inbox_prefix(format!("_INBOX_{user}"));
        options.connect(self.nats.url()).await.map_err(|error| error.to_string())
    }

    async fn enter(&self, subscriber: &Subscriber) -> Client {
        self.connect(&subscriber.user, &subscriber.password).await.expect("it may come in")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn as_user(nats: &Nats, user: &str) -> String {
    nats.url().replace("nats://", &format!("nats://{user}:password-of-{user}@"))
}

/// Up to so many events, as a subscriber fetches them who does not wait for an answer.
async fn fetch(client: &Client, user: &str, batch: usize) -> Vec<Message> {
    fetch_within(SILENCE, client, user, batch).await
}

/// The same, who waits so long for each message, and for what ends them.
async fn fetch_within(time: Duration, client: &Client, user: &str, batch: usize) -> Vec<Message> {
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
async fn received(client: &Client, user: &str, count: usize) -> Vec<Message> {
    let begun = Instant::now();
    let mut events = Vec::new();
    while events.len() < count {
        assert!(begun.elapsed() < DEADLINE, "{} of {count} events came", events.len());
        // What comes after it was waited for is lost until it is delivered again.
        events.extend(fetch_within(DEADLINE, client, user, 10).await);
    }
    events
}

fn bodies(events: &[Message]) -> Vec<Value> {
    events.iter().map(|event| serde_json::from_slice(&event.payload).expect("JSON")).collect()
}

async fn acknowledge(client: &Client, event: &Message) {
    let to = event.reply.clone().expect("an event can be acknowledged");
    client.publish(to, "+ACK".into()).await.expect("acknowledge");
    client.flush().await.expect("the server is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_reads_what_it_wants_of_its_own_tenant_from_where_it_wants_and_goes_on_there()
{
    let world = World::new().await;
    for (tenant, fact, sequence) in [
        ("acme", "joined", 1),
        ("initech", "joined", 1),
        ("acme", "left", 2),
        ("acme", "joined", 3),
    ] {
        world.told(tenant, fact, sequence).await;
    }
    let kitchen = world.subscriber("acme", "kitchen", &[], 0).await;
    let client = world.enter(&kitchen).await;
    let all = received(&client, &kitchen.user, 3).await;
    let numbers: Vec<_> = bodies(&all).iter().map(|body| body["n"].clone()).collect();
    assert_eq!(numbers, [1, 2, 3]);
    for event in &all {
        acknowledge(&client, event).await;
    }
    world.told("acme", "left", 4).await;
    let next = received(&client, &kitchen.user, 1).await;
    assert_eq!(bodies(&next), [json!({ "tenant": "acme", "n": 4 })]);

    let leavers = world.subscriber("acme", "leavers", &["employee.left"], 2).await;
    let client = world.enter(&leavers).await;
    let left = received(&client, &leavers.user, 1).await;
    assert_eq!(bodies(&left), [json!({ "tenant": "acme", "n": 4 })]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_can_do_nothing_but_read_its_own_events() {
    let world = World::new().await;
    world.told("acme", "joined", 1).await;
    world.told("initech", "joined", 1).await;
    let (ours, theirs) = (
        world.subscriber("acme", "kitchen", &[], 0).await,
        world.subscriber("initech", "kitchen", &[], 0).await,
    );
    let client = world.enter(&ours).await;
    assert!(fetch(&client, &theirs.user, 1).await.is_empty(), "another tenant's events");
    let before = (
        world.feed.end().await.expect("the feed is there"),
        world.log.end().await.expect("the log is there"),
    );
    for subject in [
        "feed.acme.employee.x.joined",
        "prov.acme.user.x.created",
        "$JS.API.STREAM.PURGE.FEED",
        "$JS.API.STREAM.DELETE.FEED",
        "$JS.API.STREAM.MSG.GET.PROVISIONING",
        "$JS.API.DIRECT.GET.FEED",
        "$JS.API.CONSUMER.CREATE.FEED",
        "$JS.API.CONSUMER.MSG.NEXT.FEED.acme_kitchen",
        "ROLLCALL.API.CONSUMER.DELETE.FEED.acme_kitchen",
        "ROLLCALL.API.CONSUMER.INFO.FEED.initech_kitchen",
        "ROLLCALL.CONNZ",
        "$SYS.REQ.SERVER.PING.CONNZ",
        "$SYS.REQ.USER.AUTH",
    ] {
        let asked = client.request(subject.to_owned(), r#"{"seq":1}"#.into());
        let answer = tokio::time::timeout(SILENCE, asked).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{subject} was answered");
    }
    for subject in [">", "prov.>", "feed.>", "_INBOX.>", "_INBOX_initech_kitchen.>", "$SYS.>"] {
        let mut heard = client.subscribe(subject.to_owned()).await.expect("the client asks");
        client.flush().await.expect("the server is there");
        world.told("acme", "left", world.feed.end().await.expect("there").seq + 1).await;
        assert!(tokio::time::timeout(SILENCE, heard.next()).await.is_err(), "{subject} is heard");
    }
    // What it has sent to where answers go, is written nowhere and acknowledges nothing of others.
    let (grew, after) = (world.feed.end().await.expect("there").seq, world.log.end().await);
    assert_eq!(after.expect("the log is there"), before.1);
    let victim = world.enter(&theirs).await;
    let held = received(&victim, &theirs.user, 1).await.remove(0);
    let next = format!("ROLLCALL.API.CONSUMER.MSG.NEXT.FEED.{}", ours.user);
    let acknowledgement = held.reply.clone().expect("it can be acknowledged").to_string();
    for reply in ["prov.acme.user.x.created", "feed.acme.employee.x.left", &acknowledgement] {
        let asked = r#"{"batch":1,"no_wait":true}"#;
        let sent = client.publish_with_reply(next.clone(), reply.to_owned(), asked.into()).await;
        sent.expect("the client asks");
    }
    client.flush().await.expect("the server is there");
    fetch(&client, &ours.user, 1).await;
    assert_eq!(world.feed.end().await.expect("there").seq, grew);
    assert_eq!(world.log.end().await.expect("the log is there"), before.1);
    let info = format!("ROLLCALL.API.CONSUMER.INFO.FEED.{}", theirs.user);
    let info = victim.request(info, Bytes::new()).await.expect("it may ask about its own");
    let info: Value = serde_json::from_slice(&info.payload).expect("JSON");
    assert_eq!(info["num_ack_pending"], json!(1), "{info}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_open_beside_each_other_and_whoever_came_in_by_a_withdrawn_one_is_cut_off() {
    let world = World::new().await;
    world.told("acme", "joined", 1).await;
    let old = world.subscriber("acme", "kitchen", &[], 0).await;
    let wrong = world.connect(&old.user, "rcn_wrong").await;
    assert!(wrong.is_err_and(|said| said.contains("authorization")), "a wrong secret");
    let new = world.rotated("acme", &old).await;
    let (by_old, by_new) = (world.enter(&old).await, world.enter(&new).await);
    assert_eq!(received(&by_new, &new.user, 1).await.len(), 1);

    let withdraw = Intent::WithdrawSubscriberSecret { subscriber: old.id, secret_id: old.secret };
    world.tell("acme", withdraw).await;
    until("whoever came in by the old one is cut off", async || {
        by_old.connection_state() != async_nats::connection::State::Connected
    })
    .await;
    assert!(world.connect(&old.user, &old.password).await.is_err());
    assert_eq!(by_new.connection_state(), async_nats::connection::State::Connected);
    world.told("acme", "left", 2).await;
    assert_eq!(received(&by_new, &new.user, 1).await.len(), 1);

    // Nobody is let in who is removed or disabled; a place is kept as long as there is a subscriber.
    let (subscriber, reason) = (old.id, "too loud".to_owned());
    world.tell("acme", Intent::DisableSubscriber { subscriber, reason, by_itself: false }).await;
    until("the disabled one is cut off", async || {
        by_new.connection_state() != async_nats::connection::State::Connected
    })
    .await;
    world.tell("acme", Intent::EnableSubscriber { subscriber }).await;
    let again = world.enter(&new).await;
    world.tell("acme", Intent::RemoveSubscriber { subscriber }).await;
    until("the removed one is cut off, and its consumer is gone", async || {
        let consumers = world.feed.subscriber_consumers().await;
        consumers.is_ok_and(|all| all.is_empty())
            && again.connection_state() != async_nats::connection::State::Connected
    })
    .await;
    assert_ne!(Digest::of(new.password.as_bytes()), Digest::of(old.password.as_bytes()));
}

fn numbers(events: &[Message]) -> Vec<u64> {
    bodies(events).iter().map(|body| body["n"].as_u64().expect("a number")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_subscriber_comes_in_and_gets_nothing_until_it_is_resumed() {
    let world = World::new().await;
    let kitchen = world.subscriber("acme", "kitchen", &[], 0).await;
    let client = world.enter(&kitchen).await;
    world.told("acme", "joined", 1).await;
    let first = received(&client, &kitchen.user, 1).await;
    let pause = PausedSubscriber { subscriber_id: kitchen.id, reason: None, drain: true };
    world.tell("acme", Intent::PauseSubscriber(pause)).await;
    let paused = || async { world.consumer(&kitchen.user).await.is_some_and(|one| one.paused) };
    until("it is paused", paused).await;
    world.told("acme", "left", 2).await;
    assert!(fetch(&client, &kitchen.user, 1).await.is_empty());
    // What it had been sent, it may still acknowledge: then it is drained.
    assert_eq!(world.consumer(&kitchen.user).await.expect("there").unacknowledged, 1);
    acknowledge(&client, &first[0]).await;
    until("it is drained", async || {
        world.consumer(&kitchen.user).await.is_some_and(|one| one.unacknowledged == 0)
    })
    .await;
    let resume = ResumedSubscriber { subscriber_id: kitchen.id };
    world.tell("acme", Intent::ResumeSubscriber(resume)).await;
    until("it is resumed", async || !paused().await).await;
    assert_eq!(numbers(&received(&client, &kitchen.user, 1).await), [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_makes_the_consumer_anew_where_it_was_said() {
    let world = World::new().await;
    for sequence in 1..=4 {
        world.told("acme", "joined", sequence).await;
    }
    let kitchen = world.subscriber("acme", "kitchen", &[], 0).await;
    let client = world.enter(&kitchen).await;
    for event in received(&client, &kitchen.user, 4).await {
        acknowledge(&client, &event).await;
    }
    for (after, expected) in [(2, vec![3, 4]), (0, vec![1, 2, 3, 4]), (4, vec![])] {
        let reset_id = ResetId(ids::uuid_v7());
        let reset = ResetSubscriber { subscriber_id: kitchen.id, reset_id, after };
        world.tell("acme", Intent::ResetSubscriber(reset)).await;
        let begun = world.known("acme", kitchen.id).begun;
        until("the consumer is another", async || {
            world.consumer(&kitchen.user).await.is_some_and(|one| one.added == begun)
        })
        .await;
        let mut again = received(&client, &kitchen.user, expected.len()).await;
        again.extend(fetch(&client, &kitchen.user, 9).await);
        assert_eq!(numbers(&again), expected, "{after}");
        // What it passes over it has not acknowledged, though its floor is behind that.
        let floor = world.feed.acknowledged(&kitchen.user, kitchen.id).await.expect("asked");
        let (first, skipped) = (floor.expect("a floor").first, u64::from(after > 0) * (after + 1));
        assert_eq!(first, skipped, "{after}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_has_a_consumer_of_its_own_and_ends_when_its_last_event_is_acknowledged() {
    let world = World::new().await;
    for (fact, sequence) in [("joined", 1), ("left", 2), ("joined", 3), ("left", 4)] {
        world.told("acme", fact, sequence).await;
    }
    let kitchen = world.subscriber("acme", "kitchen", &[], 4).await;
    let client = world.enter(&kitchen).await;
    let replay = StartedReplay {
        subscriber_id: kitchen.id,
        replay_id: ReplayId(ids::uuid_v7()),
        after: 1,
        through: 4,
        facts: ["employee.left".parse().expect("facts")].into(),
        person: None,
        rate: 50,
        events: 2,
    };
    world.tell("acme", Intent::StartReplay(replay)).await;
    let of_replay = eventlog::replay_consumer(&kitchen.user);
    until("it has a consumer", async || world.consumer(&of_replay).await.is_some()).await;
    let again = received(&client, &of_replay, 2).await;
    assert_eq!(numbers(&again), [2, 4]);
    // What is new comes beside it.
    world.told("acme", "joined", 5).await;
    assert_eq!(numbers(&received(&client, &kitchen.user, 1).await), [5]);
    assert!(world.known("acme", kitchen.id).replaying().is_some());
    for event in &again {
        acknowledge(&client, event).await;
    }
    until("the replay is at its end, and its consumer gone", async || {
        let ended = world.known("acme", kitchen.id).replay.and_then(|replay| replay.ended);
        ended.is_some_and(|end| end.outcome == ReplayOutcome::Done)
            && world.consumer(&of_replay).await.is_none()
    })
    .await;
}
