//! Read models are disposable: the log alone makes them, and makes them again.

use std::time::{Duration, Instant};

use kit::company::Company;
use kit::http::http;
use kit::program::Program;
use kit::servers::fresh_database;
use kit::tables::{Tables, connect, position, reached, tables};
use kit::wait::until;
use kit::world::World;
use reqwest::Method;
use rollcall::projections::NAMES;
use serde_json::json;

/// A lease that nobody renews lasts 15 s; the rest is for a busy machine.
const SECONDS: Duration = Duration::from_mins(1);

/// A life with something of everything: a simulated company, and one with bookings, local edits,
/// leavers, and people and groups that are gone.
async fn live(world: &World) -> Company {
    world.verb("simulate entra --people 40 --groups 5 --cycles 4").await.ended(0);
    let company = world.contoso().await;
    let (ada, bob, cyd) =
        (company.hire("Ada").await, company.hire("Bob").await, company.hire("Cyd").await);
    let sales = company.form("Sales", &[&ada, &bob, &cyd]).await;
    let choir = company.form("Choir", &[&ada, &bob]).await;
    let own = company.command(Method::POST, "teams", Some(&json!({ "name": "Climbers" }))).await;
    let own = own.answered(201).id();
    for (method, path) in [
        (Method::PUT, format!("employees/{ada}/teams/{own}")),
        (Method::DELETE, format!("employees/{bob}/teams/{sales}")),
        (Method::PUT, format!("employees/{cyd}/teams/{choir}")),
        (Method::DELETE, format!("employees/{cyd}/team-edits")),
    ] {
        company.command(method, &path, None).await.answered(204);
    }
    let choice = json!({ "teamId": choir });
    company
        .command(Method::PUT, &format!("employees/{ada}/primary-team"), Some(&choice))
        .await
        .answered(204);
    let policy = json!({ "kind": "cancel-after", "days": 9 });
    company.command(Method::PUT, "leaver-policies/car", Some(&policy)).await.answered(204);
    for (reference, employee, year) in
        [("b-1", &ada, 2020), ("b-2", &ada, 2099), ("b-3", &bob, 2098), ("b-4", &cyd, 2097)]
    {
        let booking = json!({
            "employeeId": employee, "resource": "desk-7",
            "startsAt": format!("{year}-01-06T09:00:00Z"), "endsAt": format!("{year}-01-06T17:00:00Z"),
        });
        company
            .command(Method::PUT, &format!("bookings/{reference}"), Some(&booking))
            .await
            .answered(201);
    }
    // Two who leave are a mass change to this company, and held until somebody says that it is right.
    let guard = "guard set --tenant contoso --hold on --deactivations 2 --percent 0";
    world.verb(guard).await.ended(0);
    company.disable(&ada).await;
    company.purge(&bob).await;
    let alert = world.verb("alerts list --tenant contoso").await.ended(0).listed("alerts");
    let alert = alert[0]["alert_id"].as_str().expect("an id of the alert").to_owned();
    world.verb(&format!("alerts release {alert} --tenant contoso")).await.ended(0);
    company.disable(&cyd).await;
    company.restore(&cyd).await;
    let cancel = format!("leavers/{ada}/bookings/b-2/cancel");
    company.command(Method::POST, &cancel, Some(&json!({ "reason": "left" }))).await.answered(204);
    company.command(Method::DELETE, "bookings/b-4", None).await.answered(204);
    company.delete(&format!("Groups/{choir}")).await.answered(204);
    company.hire("Bob").await;
    world.verb("token issue --tenant contoso --scope teams:read").await.ended(0);
    company
}

async fn end_of_log(world: &World) -> u64 {
    let status = world.verb("status").await.line();
    status["stream"]["position"].as_u64().expect("a position")
}

/// A projection as a process of its own.
fn project(projection: &str, world: &World, database_url: &str) -> Program {
    let nats_url = world.nats.url();
    let environment =
        [("NATS_URL", nats_url.as_str()), ("DATABASE_URL", database_url), ("ROLLCALL_LOG", "json")];
    Program::start(&["project", projection], &environment)
}

#[track_caller]
fn assert_equal(projection: &str, live: &Tables, again: &Tables) {
    assert_eq!(live.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    for (table, rows) in live {
        assert_eq!(&again[table], rows, "{projection}.{table}");
    }
}

#[tokio::test]
async fn a_projection_that_starts_from_nothing_equals_the_live_one() {
    let world = World::new().await;
    live(&world).await;
    let end = end_of_log(&world).await;
    let live = connect(&world.database_url).await;
    let database_url = fresh_database().await;
    let again = connect(&database_url).await;
    let mut running = Vec::new();
    for projection in NAMES {
        running.push(project(projection, &world, &database_url));
    }
    for projection in NAMES {
        reached(&live, projection, end).await;
        reached(&again, projection, end).await;
        let (live, again) = (tables(&live, projection).await, tables(&again, projection).await);
        // Nothing waits, and nobody wrote by hand.
        let no_rows = |table: &str| ["parked", "parked_keys", "changed_by_hand"].contains(&table);
        let empty = live.iter().filter(|(table, rows)| rows.is_empty() && !no_rows(table));
        let empty: Vec<_> = empty.collect();
        assert!(empty.is_empty(), "tables of {projection} stayed empty: {empty:?}");
        assert_equal(projection, &live, &again);
    }
}

#[tokio::test]
async fn a_read_model_that_was_removed_is_built_again() {
    let mut world = World::new().await;
    let company = live(&world).await;
    let end = end_of_log(&world).await;
    let client = connect(&world.database_url).await;
    reached(&client, "teams", end).await;
    let before = tables(&client, "teams").await;
    world.program.stop().await;
    client.batch_execute("DROP SCHEMA teams CASCADE").await.expect("drop the schema");
    world.start_again().await;
    reached(&client, "teams", end).await;
    assert_equal("teams", &before, &tables(&client, "teams").await);
    let mut company = company;
    company.moved_to(&world.url());
    company.ask("teams").await.answered(200);
}

#[tokio::test]
async fn of_two_instances_the_other_takes_over_within_seconds() {
    let world = World::new().await;
    let company = world.contoso().await;
    let database_url = fresh_database().await;
    let client = connect(&database_url).await;
    let mut working = project("directory", &world, &database_url);
    reached(&client, "directory", end_of_log(&world).await).await;
    let waiting = project("directory", &world, &database_url);
    let health = format!("{}/health/ready", waiting.url().await);
    until("the second instance stands by", async || {
        let asked = http().get(&health).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    })
    .await;

    working.kill9().await;
    let killed = Instant::now();
    company.hire("Ada").await;
    let end = end_of_log(&world).await;
    reached(&client, "directory", end).await;
    assert!(killed.elapsed() < SECONDS, "it took {:?}", killed.elapsed());
    let live = connect(&world.database_url).await;
    reached(&live, "directory", end).await;
    assert_eq!(position(&live, "directory").await, end);
    assert_equal(
        "directory",
        &tables(&live, "directory").await,
        &tables(&client, "directory").await,
    );
}
