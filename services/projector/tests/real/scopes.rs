//! A slot of one tenant or one person, and what is live of them: compared, exchanged, verified.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Transaction;
use eventlog::{Log, ids, seal};
use events::{Event, EventKind, OwnTeam, Position, Recorded, TeamId};
use kit::log_writer::envelope;
use kit::servers::{DEADLINE, database, log, nats, until};
use projector::digests::{hand_made, kept_digests};
use projector::{
    Database, Extent, OrderKey, Ordered, People, Projection, ReadModel, RollBackBy, RowsOfPeople,
    Scope, SlotRole, SlotStatuses, Slots, StatusHandle, SwitchError, SwitchRefusal, Switched,
    Verified, VerifyError, Wanted, WantedCandidate, WorkerOptions, begin_at_one_position, compare,
    marks, slots,
};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

/// A read model of names: of each tenant, and of each of its people, as whom teams stand in here.
struct Names;

impl Projection for Names {
    const NAME: &'static str = "names";
    const PASSED_OVER: &'static [EventKind] = &[];
    const TABLES: &'static str = "CREATE TABLE names (
        tenant text, employee uuid, name text NOT NULL, seq bigint NOT NULL,
        PRIMARY KEY (tenant, employee)
    )";
    const RULES: &'static str = "the last name counts";
    const PEOPLE: People = People {
        rows: &[RowsOfPeople::by_employee("names")],
        seen: "SELECT employee, 'name' AS field, name AS value, false AS personal FROM names
               WHERE tenant = $1 AND employee = ANY ($2)",
    };
    type Change = (String, Uuid, String, i64);

    fn project(event: &Recorded) -> Vec<Self::Change> {
        let (Event::TeamCreated(team) | Event::TeamRenamed(team)) = &event.event else {
            return vec![];
        };
        let tenant = event.tenant().to_string();
        vec![(tenant, team.team_id.0, team.name.clone(), event.seq.0.cast_signed())]
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        OrderKey::of(event.tenant(), [Ordered::Tenant])
    }

    async fn write(
        tx: &Transaction<'_>,
        changes: Vec<Self::Change>,
    ) -> Result<(), tokio_postgres::Error> {
        let last: BTreeMap<_, _> = changes
            .into_iter()
            .map(|(tenant, employee, name, seq)| ((tenant, employee), (name, seq)))
            .collect();
        let upsert = "INSERT INTO names VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant, employee) DO UPDATE SET name = excluded.name, seq = excluded.seq";
        let upsert = tx.prepare_cached(upsert).await?;
        for ((tenant, employee), (name, seq)) in last {
            tx.execute(&upsert, &[&tenant, &employee, &name, &seq]).await?;
        }
        Ok(())
    }
}

pub(crate) const NAMES: ReadModel = ReadModel::of::<Names>();
pub(crate) const BACK: RollBackBy =
    RollBackBy::Operator { even_if_behind: false, even_if_changed: false };
pub(crate) const BACK_TO_CHANGED: RollBackBy =
    RollBackBy::Operator { even_if_behind: false, even_if_changed: true };

/// A log of two tenants with the same people, and a worker that keeps their names.
pub(crate) struct Story {
    log: Log,
    pub(crate) database: Database,
    position: Position,
    pub(crate) people: Vec<Uuid>,
    wanted: watch::Sender<Option<Wanted>>,
    _stop: DropGuard,
    _nats: embedded::Nats,
}

impl Story {
    pub(crate) async fn new() -> Self {
        let mut story = Self::without_events().await;
        for (number, person) in story.people.clone().into_iter().enumerate() {
            for tenant in ["acme", "zeta"] {
                story.named(tenant, person, &format!("{tenant} {number}")).await;
            }
        }
        story.live_is_level().await;
        story
    }

    /// Before anything has happened.
    pub(crate) async fn without_events() -> Self {
        let (nats, database) = (nats().await, database().await);
        let log = log(&nats.url()).await;
        let stop = CancellationToken::new();
        let wanted = watch::Sender::new(Some(Wanted::default()));
        let options = WorkerOptions { wanted: wanted.subscribe(), ..WorkerOptions::default() };
        let kept = NAMES.keep(
            log.clone(),
            database.clone(),
            SlotStatuses::default(),
            options,
            stop.clone(),
        );
        tokio::spawn(kept);
        let people = (0..5).map(|_| ids::uuid_v7()).collect();
        let position = Position::START;
        let story =
            Self { log, database, position, people, wanted, _stop: stop.drop_guard(), _nats: nats };
        story.live_is_level().await;
        story
    }

    pub(crate) async fn verify(
        &self,
        tenant: Option<&events::Tenant>,
    ) -> Result<Verified, VerifyError> {
        let status = Arc::new(StatusHandle::default());
        NAMES.verify(&self.log, &self.database, tenant, 10, status).await
    }

    pub(crate) async fn named(&mut self, tenant: &str, person: Uuid, name: &str) {
        let event = Event::TeamCreated(OwnTeam { team_id: TeamId(person), name: name.to_owned() });
        let (sealed, recorded) = seal(self.position, true, envelope(tenant), event).expect("known");
        self.log.append(self.position, &[sealed]).await.expect("append to the log");
        self.position = recorded.position();
    }

    async fn slots(&self) -> Slots {
        slots(self.database.pool(), "names").await.expect("the slots")
    }

    pub(crate) async fn live_is_level(&self) {
        let end = self.position.seq;
        until("the live slot is level", async || {
            self.slots().await.live.is_some_and(|live| live.position == end)
        })
        .await;
    }

    pub(crate) async fn candidate(&self, scope: Scope) {
        let candidate =
            WantedCandidate { job: "r_1".to_owned(), scope, paused: false, max_rate: None };
        self.wanted.send_replace(Some(Wanted { candidate: Some(candidate), ended: vec![] }));
        let end = self.position.seq;
        until("the candidate is level", async || {
            self.slots().await.candidate.is_some_and(|found| found.position == end)
        })
        .await;
    }

    pub(crate) async fn sql(&self, statements: &str) {
        let client = self.database.pool().get().await.expect("a connection");
        client.batch_execute(statements).await.expect("it is done");
    }

    async fn rows(&self, slot: &str, tenant: &str) -> Vec<String> {
        let client = self.database.pool().get().await.expect("a connection");
        let question = format!("SELECT r::text FROM {slot}.names r WHERE tenant = $1 ORDER BY 1");
        let rows = client.query(&question, &[&tenant]).await.expect("the rows");
        rows.iter().map(|row| row.get(0)).collect()
    }

    pub(crate) async fn roll_back(&self, by: RollBackBy) -> Result<Switched, SwitchError> {
        NAMES.roll_back(self.database.pool(), by, &self.slots().await).await
    }

    /// Which slot is marked as changed by hand, and of whom.
    pub(crate) async fn marked(&self) -> Vec<(SlotRole, String)> {
        let found = marks(self.database.pool(), "names", 10).await.expect("the marks");
        found.into_iter().map(|mark| (mark.slot, mark.tenant)).collect()
    }

    pub(crate) async fn is_as_written(&self, slot: &str) -> bool {
        let client = self.database.pool().get().await.expect("a connection");
        hand_made(&**client, slot, None).await.expect("the digests").is_empty()
    }
}

#[track_caller]
pub(crate) fn is_refused_as_changed(switched: Result<Switched, SwitchError>) {
    let refused = switched.expect_err("it is refused");
    let changed = |why: &SwitchRefusal| matches!(why, SwitchRefusal::ChangedByHand { .. });
    assert!(matches!(&refused, SwitchError::Refused(why) if changed(why)), "{refused}");
    assert!(refused.to_string().contains("names of acme"), "{refused}");
}

pub(crate) fn acme() -> events::Tenant {
    "acme".parse().expect("a slug")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_rows_are_replaced_and_given_back_and_no_others_change() {
    let mut story = Story::new().await;
    let (acmes, zetas) = (story.rows("names", "acme").await, story.rows("names", "zeta").await);
    let client = story.database.pool().get().await.expect("a connection");
    let zeta_before = kept_digests(&**client, "names", Some("zeta")).await.expect("digests");
    story.sql("UPDATE names.names SET name = 'wrong' WHERE tenant = 'acme'").await;
    assert!(!story.is_as_written("names").await, "what is changed by hand is seen");
    let wrong = story.rows("names", "acme").await;

    story.candidate(Scope::Tenant(acme())).await;
    assert_eq!(story.rows("names_next", "zeta").await, Vec::<String>::new());
    assert_eq!(story.rows("names_next", "acme").await, acmes);
    let refused = projector::cut_over(story.database.pool(), "names", Some("r_1")).await;
    let narrow = SwitchError::Refused(SwitchRefusal::Narrow(SlotRole::Candidate));
    assert_eq!(refused.unwrap_err().to_string(), narrow.to_string());

    let switched = NAMES.cut_over(story.database.pool(), Some("r_1")).await.expect("a cut-over");
    assert_eq!(switched.position, story.position.seq);
    assert_eq!(story.rows("names", "acme").await, acmes);
    assert_eq!(story.rows("names", "zeta").await, zetas);
    assert!(story.is_as_written("names").await);
    story.wanted.send_replace(Some(Wanted::default()));

    // What was live goes on beside it, with its scope, so that one can go back.
    let first = story.people[0];
    story.named("acme", first, "new").await;
    story.named("zeta", first, "new").await;
    let end = story.position.seq;
    until("the previous slot is level", async || {
        let found = story.slots().await;
        found.previous.is_some_and(|it| it.position == end && it.scope == Scope::Tenant(acme()))
    })
    .await;
    story.live_is_level().await;
    let zetas = story.rows("names", "zeta").await;
    // Whoever changed them by hand is not helped on by accident.
    is_refused_as_changed(story.roll_back(BACK).await);
    story.roll_back(BACK_TO_CHANGED).await.expect("a rollback");
    let back = story.rows("names", "acme").await;
    let others = |rows: &[String]| {
        rows.iter().filter(|row| !row.contains(&first.to_string())).cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&back), others(&wrong));
    assert!(back.iter().any(|row| row.contains("new")), "{back:?}");
    assert_eq!(story.rows("names", "zeta").await, zetas);
    assert!(!story.is_as_written("names").await, "what was changed by hand stays known as such");

    assert_eq!(story.marked().await, [SlotRole::Live].map(of_acme));

    // And forth again; of two who have seen the same, once.
    let seen = story.slots().await;
    NAMES.roll_back(story.database.pool(), BACK, &seen).await.expect("a rollback");
    assert_eq!(story.marked().await, [SlotRole::Previous].map(of_acme));
    let twice = NAMES.roll_back(story.database.pool(), BACK, &seen).await;
    assert!(matches!(twice, Err(SwitchError::Refused(SwitchRefusal::Moved))), "{twice:?}");
    assert!(story.is_as_written("names").await);
    let zeta_after = kept_digests(&**client, "names", Some("zeta")).await.expect("digests");
    assert_ne!(zeta_before, zeta_after, "one name was changed by an event");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_rows_are_replaced_and_nobody_elses() {
    let story = Story::new().await;
    let (acmes, zetas) = (story.rows("names", "acme").await, story.rows("names", "zeta").await);
    let (person, other) = (story.people[1], story.people[2]);
    story
        .sql(&format!(
            "DELETE FROM names.names WHERE tenant = 'acme' AND employee = '{person}';
             UPDATE names.names SET name = 'wrong' WHERE tenant = 'acme' AND employee = '{other}'"
        ))
        .await;
    story.candidate(Scope::Person { tenant: acme(), person }).await;

    // First it is shown what would change.
    let (client, at) =
        begin_at_one_position(&story.database, "names", "names_next", DEADLINE).await.expect("met");
    assert_eq!(at, story.position);
    let extent = Extent { tenant: Some("acme"), person: Some(person), told: 10 };
    let told = compare(&*client, &NAMES.people, "names", "names_next", extent).await.expect("told");
    drop(client);
    let people = told.people.expect("both have the tables");
    assert_eq!((people.changed, people.first.len()), (1, 1), "{people:?}");
    let found = &people.first[0];
    assert_eq!(found.employee, person);
    assert_eq!(found.fields[0].here, None);
    assert_eq!(found.fields[0].there.as_deref(), Some("acme 1"));
    assert_eq!(found.events, [events::Seq(3)], "the event that decides");
    let table = &told.tables[0];
    assert_eq!((table.changed, table.only_here, table.only_there), (0, 0, 1));

    let client = story.database.pool().get().await.expect("a connection");
    let before = hand_made(&**client, "names", None).await.expect("the digests");
    NAMES.cut_over(story.database.pool(), Some("r_1")).await.expect("a cut-over");
    let now = story.rows("names", "acme").await;
    let wrong: Vec<_> = now.iter().filter(|row| !acmes.contains(row)).collect();
    assert!(wrong.len() == 1 && wrong[0].contains(&other.to_string()), "{now:?}");
    assert_eq!(story.rows("names", "zeta").await, zetas);
    let seen = hand_made(&**client, "names", None).await.expect("the digests");
    assert_eq!(seen.len(), 1, "the other person's row is still known to be changed: {seen:?}");

    assert_eq!(story.marked().await, [SlotRole::Live, SlotRole::Previous].map(of_acme));
    is_refused_as_changed(story.roll_back(BACK).await);
    story.roll_back(BACK_TO_CHANGED).await.expect("a rollback");
    assert_eq!(story.rows("names", "acme").await.len(), acmes.len() - 1);
    let again = hand_made(&**client, "names", None).await.expect("the digests");
    assert_eq!(again, before, "what the projection wrote is known as before");
    assert_eq!(story.marked().await, [SlotRole::Live].map(of_acme));
}

fn of_acme(slot: SlotRole) -> (SlotRole, String) {
    (slot, "acme".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_tells_what_was_changed_by_hand_and_whom_it_concerns() {
    let mut story = Story::new().await;
    let sound = story.verify(None).await.expect("a verification");
    assert!(sound.is_sound(), "{sound:?}");
    assert_eq!(sound.position, story.position.seq);

    let person = story.people[3];
    story
        .sql(&format!(
            "UPDATE names.names SET name = 'wrong' WHERE tenant = 'zeta' AND employee = '{person}'"
        ))
        .await;
    let found = story.verify(None).await.expect("a verification");
    assert_eq!(found.hand_made.len(), 1, "{found:?}");
    assert_eq!(
        (found.hand_made[0].tenant.as_str(), found.hand_made[0].table.as_str()),
        ("zeta", "names")
    );
    let people = found.comparison.people.expect("the tables are there");
    assert_eq!(people.first.len(), 1);
    assert_eq!((people.first[0].tenant.as_str(), people.first[0].employee), ("zeta", person));
    let acme = acme();
    assert!(story.verify(Some(&acme)).await.expect("a verification").is_sound());

    // An event that overwrites what was changed does not make the digests right by chance.
    story.named("zeta", person, "right").await;
    story.live_is_level().await;
    let found = story.verify(None).await.expect("a verification");
    assert_eq!(found.hand_made.len(), 1, "{found:?}");
    assert!(found.comparison.is_none(), "{found:?}");
    let leftovers = story.database.pool().get().await.expect("a connection");
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'names_verify'";
    let left: i64 = leftovers.query_one(schemas, &[]).await.expect("an answer").get(0);
    assert_eq!(left, 0, "nothing is left of a verification");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_meets_the_live_slot_while_events_arrive() {
    let mut story = Story::new().await;
    let (log, database) = (story.log.clone(), story.database.clone());
    let verified = tokio::spawn(async move {
        let status = Arc::new(StatusHandle::default());
        NAMES.verify(&log, &database, None, 10, status).await
    });
    let mut said = 0;
    while !verified.is_finished() {
        let person = story.people[said % 5];
        story.named("acme", person, &said.to_string()).await;
        said += 1;
    }
    let verified = verified.await.expect("no panic").expect("a verification");
    assert!(verified.is_sound(), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_verifications_of_a_projection_do_not_share_their_slot() {
    let story = Story::new().await;
    let verify = || {
        let status = Arc::new(StatusHandle::default());
        NAMES.verify(&story.log, &story.database, None, 10, status)
    };
    let both =
        tokio::time::timeout(Duration::from_mins(2), async { tokio::join!(verify(), verify()) });
    let (one, other) = both.await.expect("they end");
    let busy =
        [&one, &other].into_iter().filter(|it| matches!(it, Err(VerifyError::Busy("names"))));
    assert!(busy.count() <= 1 && (one.is_ok() || other.is_ok()));
}
