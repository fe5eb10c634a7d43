//! What holds for every projection when one person's or one tenant's rows are replaced.

use deadpool_postgres::Client;
use events::{Recorded, Seq, Tenant};
use projector::digests::{hand_made, kept_digests};
use projector::{Extent, Projection, compare, exchange_rows};
use proptest::sample::Index;
use uuid::Uuid;

use super::given::acme;
use super::read_model::{World, build, rows};

/// What somebody did to rows of a read model.
#[derive(Clone, Copy, Debug)]
pub(super) enum Damage {
    /// They are gone.
    Gone,
    /// They name other events.
    Moved,
}

/// The log in which another tenant has the same events, with the same ids, beside those of `log`.
fn beside_another_tenant(log: &[Recorded]) -> Vec<Recorded> {
    let other: Tenant = "zeta".parse().expect("a slug");
    let twice = log.iter().flat_map(|event| {
        let mut theirs = event.clone();
        theirs.envelope.tenant = other.clone();
        [event.clone(), theirs]
    });
    (1..).zip(twice).map(|(seq, event)| Recorded { seq: Seq(seq), ..event }).collect()
}

/// What [`assert_a_person_is_replaced`](super::assert_a_person_is_replaced) holds, of one log; how many
/// rows were changed by hand.
pub(super) async fn replaces_a_person<P: Projection>(
    client: &mut Client,
    log: &[Recorded],
    who: Index,
    damage: Damage,
) -> u64 {
    let slots = Slots::of::<P>(client, log).await;
    let Some(person) = someone::<P>(client, who).await else { return 0 };
    let mut done = 0;
    for of in P::PEOPLE.rows {
        let Some(condition) = of.of_person else { continue };
        done += slots.damage(client, of.table, condition, Some(person), damage).await;
    }
    let damaged = slots.assert_seen::<P>(client, done, Some(person)).await;
    slots.exchange::<P>(client, Some(person)).await;
    slots.assert_as_new(client).await;
    assert_known_as_changed(client, "candidate", done).await;
    slots.exchange::<P>(client, Some(person)).await;
    assert_eq!(rows(client, "live").await, damaged, "undone");
    assert_known_as_changed(client, "live", done).await;
    assert_known_as_changed(client, "candidate", 0).await;
    done
}

/// The same of a whole tenant.
pub(super) async fn replaces_a_tenant<P: Projection>(
    client: &mut Client,
    log: &[Recorded],
    damage: Damage,
) -> u64 {
    let slots = Slots::of::<P>(client, log).await;
    let tables = "SELECT table_name::text FROM information_schema.columns
                  WHERE table_schema = 'live' AND column_name = 'tenant'
                    AND table_name NOT IN ('digests', 'changed_by_hand')
                    AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'live')";
    let mut done = 0;
    for table in client.query(tables, &[]).await.expect("a list of tables") {
        let table: String = table.get(0);
        done += slots.damage(client, &table, "r.tenant = $1", None, damage).await;
    }
    let damaged = slots.assert_seen::<P>(client, done, None).await;
    slots.exchange::<P>(client, None).await;
    slots.assert_as_new(client).await;
    assert_known_as_changed(client, "candidate", done).await;
    slots.exchange::<P>(client, None).await;
    assert_eq!(rows(client, "live").await, damaged, "undone");
    assert_known_as_changed(client, "live", done).await;
    done
}

/// What was changed by hand stays known as such, wherever the rows are.
async fn assert_known_as_changed(client: &Client, slot: &str, done: u64) {
    let seen = hand_made(&***client, slot, None).await.expect("the digests");
    assert_eq!(seen.is_empty(), done == 0, "{slot}: {seen:?}");
}

/// The digests of the read model that this session builds, and of one that a session of another time
/// zone and other forms of values does, are the same.
pub(super) async fn digests_here_and_elsewhere<P: Projection>(
    client: &mut Client,
    log: &[Recorded],
) {
    build::<P>(client, "here", log, 3).await;
    let here = kept_digests(&***client, "here", None).await.expect("the digests");
    let elsewhere = "SET timezone = 'Pacific/Chatham'; SET datestyle = 'SQL, DMY';
                     SET intervalstyle = 'iso_8601'; SET extra_float_digits = -15;
                     SET bytea_output = 'escape'";
    client.batch_execute(elsewhere).await.expect("settings");
    build::<P>(client, "elsewhere", log, 100).await;
    let there = kept_digests(&***client, "elsewhere", None).await.expect("the digests");
    client.batch_execute("RESET ALL").await.expect("settings");
    assert_eq!(here, there);
}

/// A live slot of two tenants, one of the first tenant only, and what is to come out.
struct Slots {
    as_new: Vec<String>,
}

impl Slots {
    async fn of<P: Projection>(client: &mut Client, log: &[Recorded]) -> Self {
        let log = beside_another_tenant(log);
        build::<P>(client, "live", &log, 7).await;
        let as_new = rows(client, "live").await;
        let first: Vec<Recorded> =
            log.into_iter().filter(|event| *event.tenant() == acme()).collect();
        build::<P>(client, "candidate", &first, 50).await;
        Self { as_new }
    }

    /// How many rows were changed.
    async fn damage(
        &self,
        client: &Client,
        table: &str,
        condition: &str,
        person: Option<Uuid>,
        damage: Damage,
    ) -> u64 {
        client
            .batch_execute("SET search_path TO live; SET rollcall.writer = 'off'")
            .await
            .expect("a setting");
        let positions = "SELECT column_name::text FROM information_schema.columns
            WHERE table_schema = 'live' AND table_name = $1 AND column_name LIKE '%seq'
                AND is_nullable = 'NO'";
        let position = client.query(positions, &[&table]).await.expect("a list of columns");
        let position: Option<String> = position.first().map(|row| row.get(0));
        let keys = format!("r.ctid IN (SELECT r.ctid FROM {table} r WHERE {condition})");
        let change = match (damage, position) {
            (Damage::Moved, Some(position)) => {
                format!("UPDATE {table} r SET {position} = {position} + 1000000 WHERE {keys}")
            }
            (Damage::Moved | Damage::Gone, _) => format!("DELETE FROM {table} r WHERE {keys}"),
        };
        let tenant = acme();
        let done = match &person {
            Some(person) => client.execute(&change, &[&tenant.as_str(), person]).await,
            None => client.execute(&change, &[&tenant.as_str()]).await,
        };
        done.expect("a change by hand")
    }

    /// What was done is seen by the digests, and told row by row. The rows as they are now.
    async fn assert_seen<P: Projection>(
        &self,
        client: &mut Client,
        done: u64,
        person: Option<Uuid>,
    ) -> Vec<String> {
        let seen = hand_made(&***client, "live", None).await.expect("the digests");
        assert_eq!(seen.is_empty(), done == 0, "{seen:?}");
        assert!(seen.iter().all(|change| change.tenant == "acme"), "{seen:?}");
        let tx = client.transaction().await.expect("a transaction");
        let extent = Extent { tenant: Some("acme"), person, told: 10 };
        let told =
            compare(&*tx, &P::PEOPLE, "live", "candidate", extent).await.expect("a comparison");
        tx.rollback().await.expect("a rollback");
        let counted: i64 = told
            .tables
            .iter()
            .map(|table| table.changed + table.only_here + table.only_there)
            .sum();
        // A row whose key was changed is one that is gone, and one that came.
        assert!(counted >= i64::try_from(done).expect("a small number"), "{told:?}");
        assert_eq!(counted == 0, done == 0, "{told:?}");
        if let Some(person) = person {
            let people = told.people.expect("both slots have the tables");
            assert!(people.first.iter().all(|found| found.employee == person), "{people:?}");
        }
        rows(client, "live").await
    }

    async fn exchange<P: Projection>(&self, client: &mut Client, person: Option<Uuid>) {
        let tx = client.transaction().await.expect("a transaction");
        exchange_rows(&*tx, &P::PEOPLE, "live", "candidate", "acme", person)
            .await
            .expect("an exchange");
        tx.commit().await.expect("a commit");
    }

    /// The live rows are as if built anew, and so are the digests that are kept of them.
    async fn assert_as_new(&self, client: &Client) {
        assert_eq!(rows(client, "live").await, self.as_new);
        let seen = hand_made(&***client, "live", None).await.expect("the digests");
        assert!(seen.is_empty(), "{seen:?}");
    }
}

/// One of the employees who have rows.
async fn someone<P: Projection>(client: &Client, who: Index) -> Option<Uuid> {
    let mut found = Vec::new();
    for of in P::PEOPLE.rows.iter().filter(|of| of.people == "SELECT r.employee") {
        let question = format!("SELECT DISTINCT employee FROM live.{} ORDER BY employee", of.table);
        let rows = client.query(&question, &[]).await.expect("a list of employees");
        found.extend(rows.iter().map(|row| row.get::<_, Uuid>(0)));
    }
    (!found.is_empty()).then(|| found[who.index(found.len())])
}

/// Every table that names an employee says whose rows it has.
///
/// # Panics
///
/// If one does not.
pub fn assert_rows_of_people_are_told<P: Projection>() {
    World::new().run(rows_of_people_are_told::<P>);
}

async fn rows_of_people_are_told<P: Projection>(client: &mut Client) {
    build::<P>(client, "live", &[], 1).await;
    let tables = "SELECT table_name::text FROM information_schema.columns
                  WHERE table_schema = 'live' AND column_name = 'employee'
                    AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'live')";
    for table in client.query(tables, &[]).await.expect("a list of tables") {
        let table: String = table.get(0);
        let told = P::PEOPLE.rows.iter().any(|of| of.table == table && of.of_person.is_some());
        assert!(told, "{}: nobody says whose the rows of {table} are", P::NAME);
    }
}
