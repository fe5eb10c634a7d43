//! A rebuild goes on beside all else: what is written meanwhile is read at once, and every read is
//! answered.

use std::sync::atomic::{AtomicBool, Ordering};

use eventlog::{Log, LogOptions};
use kit::company::Company;
use kit::log_writer::{Writer, team_created};
use kit::positions::Positions;
use kit::world::World;

/// Whole batches of the log: enough that a rebuild takes longer than a few requests.
const BATCHES: usize = 20;

/// A company with a long past.
async fn world_with_a_past() -> (World, Company) {
    let mut world = World::new().await;
    let mut company = world.contoso().await;
    // The gateway alone writes while it runs.
    world.program.stop().await;
    let log = Log::open(&world.nats.url(), LogOptions::default()).await.expect("open the log");
    let last = log.last().await.expect("read the log").expect("a tenant is in it");
    let mut writer = Writer::new(log);
    writer.position = last.position().expect("a whole event");
    for _ in 0..BATCHES {
        let teams = std::iter::repeat_with(team_created).take(Log::MAX_BATCH);
        writer.say(&company.slug, teams).await;
    }
    world.start_again().await;
    company.moved_to(&world.url());
    (world, company)
}

#[tokio::test]
async fn a_rebuild_under_load_keeps_the_live_slot_close_and_answers_every_read() {
    let (world, company) = world_with_a_past().await;
    let done = AtomicBool::new(false);
    let reading = async {
        let mut reads = 0;
        while !done.load(Ordering::Relaxed) {
            company.ask("teams").await.answered(200);
            reads += 1;
        }
        reads
    };
    let operating = async {
        let plan = world.result("replay plan teams").await;
        let plan = plan["plan"].as_str().expect("a plan's id").to_owned();
        let job = world.result(&format!("replay run {plan}")).await;
        let job = job["job"].as_str().expect("a job's id").to_owned();
        let (mut written, mut before_the_candidate) = (Vec::new(), 0);
        let positions = Positions::at(&world.nats.url()).await;
        loop {
            let team = format!("Group {}", written.len());
            let user = company.hire(&format!("Person {}", written.len())).await;
            let group = company.form(&team, &[&user]).await;
            // A read waits for what was written before it.
            let teams = [format!("{team} primary synced")];
            assert_eq!(company.teams_of(&user).await, teams);
            let shown = company.ask(&format!("teams/{group}")).await.answered(200);
            let at = shown.position().map(|told| positions.read(&company.slug, told));
            written.push((user, teams));
            let status = world.result(&format!("replay status {job}")).await;
            if status["state"] == "ready" {
                break;
            }
            assert_eq!(status["state"], "running", "{status}");
            let candidate = status["progress"]["position"].as_u64();
            before_the_candidate += usize::from(candidate < at);
        }
        assert!(before_the_candidate > 0, "{} writes, all after the rebuild", written.len());
        // Nothing differs.
        world.verb(&format!("replay diff {job}")).await.ended(0);
        for switch in [format!("cutover {job} --confirm teams"), format!("rollback {job}")] {
            world.verb(&format!("replay {switch}")).await.ended(0);
            for (user, teams) in &written {
                assert_eq!(company.teams_of(user).await, *teams);
            }
        }
        done.store(true, Ordering::Relaxed);
    };
    let (reads, ()) = tokio::join!(reading, operating);
    assert!(reads > 10, "{reads} reads");
}

#[tokio::test]
async fn a_slot_that_was_built_anew_has_the_tables_and_indexes_of_one_that_grew_with_its_log() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let client = kit::tables::connect(&world.database_url).await;
    for projection in rollcall::projections::NAMES {
        let grown = structure(&client, projection).await;
        let plan = world.result(&format!("replay plan {projection}")).await;
        let plan = plan["plan"].as_str().expect("a plan's id").to_owned();
        let run = format!("replay run {plan} --watch");
        let job = world.verb(&run).await.ended(0).line();
        let job = job["job"].as_str().expect("a job's id").to_owned();
        let cut_over = format!("replay cutover {job} --confirm {projection}");
        world.verb(&cut_over).await.ended(0);
        assert_eq!(structure(&client, projection).await, grown, "{projection}");
    }
}

/// The relations in a schema, and how each index is made.
async fn structure(client: &tokio_postgres::Client, schema: &str) -> Vec<String> {
    let question =
        "SELECT relname || coalesce(': ' || replace(indexdef, schemaname || '.', ''), '')
        FROM pg_class
        LEFT JOIN pg_indexes ON schemaname = $1 AND indexname = relname
        WHERE relnamespace = to_regnamespace($1)
        ORDER BY 1";
    let rows = client.query(question, &[&schema]).await.expect("an answer");
    rows.iter().map(|row| row.get(0)).collect()
}
