//! What becomes of events that cannot be applied.

use std::sync::atomic::Ordering;

use acts::{Act, By, Record, Skipped};
use deadpool_postgres::Client;
use eventlog::{Journal, clock, seal};
use events::{Digest, EditedTeam, EmployeeId, Event, Position, Seq, header};
use kit::log_writer::{Writer, envelope};
use kit::refusals::{mend, refuse};
use kit::servers::{DEADLINE, database, log, nats, until};
use projector::parked::{self, ParkedEvent, Which};
use projector::{Database, Phase, Projection as _, ProjectionStatus};

use crate::roll::{Roll, WRITES, named, names, renamed, team};
use crate::worker::Worker;

/// A check that is violated: about values, and nothing that passes.
const VIOLATED: &str = "23514";

/// Servers, a writer and a projection at work on an empty log.
struct Company {
    _nats: embedded::Nats,
    database: Database,
    writer: Writer,
    worker: Worker,
    client: Client,
}

impl Company {
    async fn new() -> Self {
        let (nats, database) = (nats().await, database().await);
        let writer = Writer::new(log(&nats.url()).await);
        let worker = Worker::start::<Roll>(&writer.log, &database, Roll::NAME);
        worker.stands(|phase| *phase == Phase::Working).await;
        let client = database.pool().get().await.expect("a connection");
        Self { _nats: nats, database, writer, worker, client }
    }

    async fn refuses(&self, number: u128) {
        refuse(&self.client, Roll::NAME, &team(number).to_string(), VIOLATED).await;
    }

    async fn mended(&self) {
        mend(&self.client, Roll::NAME).await;
    }

    async fn written(&self) {
        self.worker.reaches(self.writer.position.seq).await;
    }

    async fn shows(&self, what: &str, holds: impl FnMut(&ProjectionStatus) -> bool) {
        let mut changes = self.worker.status.watch();
        let reached = tokio::time::timeout(DEADLINE, changes.wait_for(holds)).await;
        assert!(reached.is_ok(), "{what}: {:?}", self.worker.status.current());
    }

    async fn nothing_waits(&self) {
        self.shows("nothing waits", |now| now.parked.waiting == 0).await;
    }

    async fn parked(&self) -> Vec<ParkedEvent> {
        let which = Which::default();
        parked::list(self.database.pool(), Roll::NAME, &which, 100).await.expect("a list")
    }

    async fn names(&self, number: u128) -> Vec<String> {
        names(&self.database, Roll::NAME, number).await
    }

    async fn execute(&self, sql: &str) {
        self.client.batch_execute(sql).await.expect(sql);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_applied_waits_with_what_follows_it_and_all_else_goes_on() {
    let mut company = Company::new().await;
    company.refuses(1).await;
    company.writer.say("acme", [named(1, "a"), named(2, "a"), renamed(1, "b")]).await;
    company.writer.say("acme", [renamed(2, "b"), renamed(1, "c")]).await;
    company.written().await;
    assert_eq!(company.names(2).await, ["a", "b"]);
    assert_eq!(company.names(1).await, [""; 0]);
    let parked = company.parked().await;
    let [event] = &parked[..] else { panic!("one event is parked: {parked:?}") };
    assert_eq!((event.position, event.event.as_str()), (Seq(1), "team.created"));
    assert_eq!(event.key, Some(format!("team {}", team(1))));
    assert_eq!((event.behind, event.cause.as_str()), (2, VIOLATED));
    assert!(!event.message.contains(&team(1).to_string()), "{}", event.message);
    company.shows("it is told", |now| now.parked.keys == 1 && now.parked.waiting == 3).await;
    let counted = company.worker.status.metrics().errors();
    let violated = counted.iter().find(|(cause, _)| cause == VIOLATED);
    assert!(violated.is_some_and(|(_, times)| *times > 0), "{counted:?}");
    company.mended().await;
    company.nothing_waits().await;
    assert_eq!(company.names(1).await, ["a", "b", "c"]);
    assert_eq!(company.parked().await, []);
    company.writer.say("acme", [renamed(1, "d")]).await;
    company.written().await;
    assert_eq!(company.names(1).await, ["a", "b", "c", "d"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_event_is_tried_again_ever_later_and_in_the_end_when_an_operator_says_so() {
    let mut company = Company::new().await;
    company.refuses(1).await;
    company.writer.say("acme", [named(1, "a")]).await;
    company.written().await;
    for tries in 2..=6 {
        // Time passes.
        company.execute("UPDATE roll.parked SET next_at = now() WHERE next_at IS NOT NULL").await;
        until("it is tried again", async || company.parked().await[0].tries >= tries).await;
    }
    let event = &company.parked().await[0];
    assert_eq!((event.tries, event.next_at), (6, None), "it waits for an operator");
    company.mended().await;
    // Another instance goes on with it.
    let next = Worker::start::<Roll>(&company.writer.log, &company.database, Roll::NAME);
    std::mem::replace(&mut company.worker, next).stops().await;
    let which = Which { cause: Some(VIOLATED.to_owned()), ..Which::default() };
    let pool = company.database.pool();
    assert_eq!(parked::retry(pool, Roll::NAME, &which, 10).await.unwrap(), [Seq(1)]);
    until("it is applied", async || company.names(1).await == ["a"]).await;
    company.nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_put_back_by_an_hour_delays_no_retry() {
    let mut company = Company::new().await;
    company.refuses(1).await;
    company.writer.say("acme", [named(1, "a")]).await;
    company.written().await;
    company.mended().await;
    company.execute("UPDATE roll.parked SET next_at = now() + interval '1 hour'").await;
    company.nothing_waits().await;
    assert_eq!(company.names(1).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_passes_parks_nobody_however_long_it_lasts() {
    let mut company = Company::new().await;
    // As when the disk is full.
    refuse(&company.client, Roll::NAME, &team(1).to_string(), "53100").await;
    company.writer.say("acme", [named(1, "a")]).await;
    for _ in 0..4 {
        company.worker.stands(|phase| matches!(phase, Phase::Waiting(_))).await;
        company.worker.stands(|phase| matches!(phase, Phase::Working)).await;
    }
    assert_eq!(company.parked().await, []);
    company.mended().await;
    company.written().await;
    assert_eq!(company.names(1).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_of_a_thousand_is_found_by_some_twenty_statements() {
    let mut company = Company::new().await;
    company.refuses(777).await;
    let before = WRITES.load(Ordering::Relaxed);
    company.writer.say("acme", (1..=1000).map(|number| named(number, "a"))).await;
    company.written().await;
    let writes = WRITES.load(Ordering::Relaxed) - before;
    // Other tests of this process may write at the same time, a little.
    assert!(writes < 100, "{writes} writes");
    assert_eq!(company.parked().await.len(), 1);
    let question = "SELECT count(*) FROM roll.teams";
    let count: i64 = company.client.query_one(question, &[]).await.unwrap().get(0);
    assert_eq!(count, 999);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_fail_alike_pause_the_projection_and_nobody_is_parked() {
    let mut company = Company::new().await;
    refuse(&company.client, Roll::NAME, "7ea0", VIOLATED).await;
    company.writer.say("acme", (1..=20).map(|number| named(number, "a"))).await;
    company.written().await;
    assert_eq!(company.parked().await.len(), 20, "so many may");
    company.writer.say("acme", [named(21, "a")]).await;
    company.worker.stands(|phase| matches!(phase, Phase::Paused(_))).await;
    let why = company.worker.status.check().unwrap_err();
    assert!(why.contains("more than 20") && why.contains(VIOLATED), "{why}");
    assert_eq!(company.parked().await.len(), 20, "nobody else is");
    company.mended().await;
    company.written().await;
    let which = Which::default();
    parked::retry(company.database.pool(), Roll::NAME, &which, 100).await.unwrap();
    company.nothing_waits().await;
    for number in 1..=21 {
        assert_eq!(company.names(number).await, ["a"]);
    }
}

/// Appends an event whose body is of no shape, though it is the one that its digest tells.
async fn say_unreadable(writer: &mut Writer, event: Event) {
    let after = writer.position;
    let (mut sealed, _) = seal(after, true, envelope("acme"), event).expect("is known");
    sealed.body = "[]".into();
    let digest = Digest::of(&sealed.body);
    let chain = after.chain.then(digest);
    for (name, value) in &mut sealed.headers {
        if *name == header::DIGEST {
            *value = digest.to_string();
        } else if *name == header::CHAIN {
            *value = chain.to_string();
        }
    }
    writer.log.append(after, &[sealed]).await.expect("append to the log");
    writer.position = Position { seq: after.seq.next(), chain };
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_body_cannot_be_read_holds_up_all_that_it_may_be_about_and_nothing_else() {
    let mut company = Company::new().await;
    company.writer.say("acme", [named(1, "a")]).await;
    // Of a group's event nobody knows whom it names; of a person's, who it is.
    let person = EmployeeId(team(9).0);
    let assigned = EditedTeam { employee_id: person, team_id: team(1) };
    say_unreadable(&mut company.writer, Event::UserTeamAssigned(assigned)).await;
    company.writer.say("acme", [renamed(1, "b")]).await;
    say_unreadable(&mut company.writer, renamed(2, "x")).await;
    company.writer.say("acme", [renamed(1, "c")]).await;
    company.writer.say("globex", [named(3, "a")]).await;
    company.written().await;
    assert_eq!(company.names(1).await, ["a", "b"]);
    let parked = company.parked().await;
    let told: Vec<_> =
        parked.iter().map(|e| (e.position, e.key.as_deref(), e.behind, &*e.cause)).collect();
    let key = format!("person {person}");
    // The other one may be about that person, and all that follows may be about what it is about.
    assert_eq!(told, [(Seq(2), Some(&*key), 1, "unreadable")]);
    company.shows("three wait", |now| now.parked.waiting == 3).await;
    let globex = "SELECT names FROM roll.teams WHERE tenant = 'globex'";
    assert_eq!(company.client.query(globex, &[]).await.unwrap().len(), 1);
}

/// An operator decides that an event is passed over.
async fn skip(writer: &Writer, seq: Seq) {
    let journal = Journal::open(&writer.log).await.expect("a journal");
    let act = Act::ParkedSkipped(Skipped {
        projection: Roll::NAME.to_owned(),
        seq,
        tenant: None,
        reason: "it was a test".to_owned(),
    });
    let record = Record::new("a".to_owned(), clock::now(), By::Root, &act);
    journal.append(0, act.name(), record.body()).await.expect("append to the journal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skip_lets_go_what_waits_behind_and_every_slot_that_is_built_passes_the_event_over() {
    let mut company = Company::new().await;
    company.refuses(1).await;
    company.writer.say("acme", [named(1, "a"), named(2, "a"), renamed(2, "b")]).await;
    company.writer.say("acme", [renamed(1, "b")]).await;
    company.written().await;
    // From now on it waits for an operator.
    assert!(parked::hold(company.database.pool(), Roll::NAME, Seq(1)).await.expect("an answer"));
    company.mended().await;
    skip(&company.writer, Seq(1)).await;
    company.nothing_waits().await;
    assert_eq!(company.names(1).await, ["b"]);
    let candidate = Worker::start::<Roll>(&company.writer.log, &company.database, "roll_next");
    candidate.reaches(company.writer.position.seq).await;
    assert_eq!(names(&company.database, "roll_next", 1).await, ["b"]);
    assert_eq!(names(&company.database, "roll_next", 2).await, ["a", "b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skip_and_a_retry_of_one_tenant_leave_every_row_of_another_where_it_is() {
    let mut company = Company::new().await;
    company.writer.say("globex", [named(1, "a"), renamed(1, "b"), named(2, "a")]).await;
    company.written().await;
    company.refuses(7).await;
    company.writer.say("acme", [named(7, "a"), named(8, "a"), renamed(7, "b")]).await;
    company.written().await;
    // Where a row stands changes when it is written again, though it be the same.
    let rows = async || -> Vec<String> {
        let question = "SELECT ctid::text || xmin::text || t::text FROM roll.teams t
            WHERE tenant = 'globex' ORDER BY 1";
        let rows = company.client.query(question, &[]).await.expect("rows");
        rows.iter().map(|row| row.get(0)).collect()
    };
    let before = rows().await;
    assert_eq!(before.len(), 2);
    assert!(parked::hold(company.database.pool(), Roll::NAME, Seq(4)).await.expect("an answer"));
    skip(&company.writer, Seq(4)).await;
    until("what was behind it is tried", async || {
        company.parked().await.iter().any(|event| event.position == Seq(6))
    })
    .await;
    company.mended().await;
    let which = Which { position: Some(Seq(6)), ..Which::default() };
    parked::retry(company.database.pool(), Roll::NAME, &which, 1).await.expect("an answer");
    company.nothing_waits().await;
    assert_eq!(company.names(7).await, ["b"]);
    assert_eq!(rows().await, before);
}
