//! Operators who decide at the same time, and slots that were switched without a word.

use std::sync::atomic::{AtomicBool, Ordering};

use kit::alarms::WITHOUT_NATS;
use kit::http::{Answer, http};
use kit::program::Verb;
use kit::tables::connect;
use kit::wait::until;
use kit::world::World;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::replay::{ready, state, world_with_people};
use crate::undoing::sql;

/// As if who cut over to the candidate had died before that was noted.
async fn switch_by_hand(world: &World) {
    let switch = "BEGIN; ALTER SCHEMA teams RENAME TO teams_previous;
                  ALTER SCHEMA teams_next RENAME TO teams; COMMIT";
    sql(world, switch).await;
}

#[tokio::test]
async fn a_cancel_and_a_cut_over_at_once_never_leave_a_cancelled_job_that_readers_see() {
    let (world, _company) = world_with_people().await;
    let client = connect(&world.database_url).await;
    for _ in 0..4 {
        let job = ready(&world, "teams").await;
        let (shown, ended) =
            (format!("replay cutover {job} --confirm teams"), format!("replay cancel {job}"));
        let (shown, ended) = tokio::join!(world.verb(&shown), world.verb(&ended));
        assert_ne!(shown.succeeded(), ended.succeeded(), "{}{}", shown.stderr, ended.stderr);
        let live = client.query_one("SELECT job FROM teams.checkpoint", &[]).await;
        let live: Option<String> = live.expect("a live slot").get(0);
        assert_eq!(live == Some(job.clone()), shown.succeeded(), "{live:?} of {job}");
        let told = if shown.succeeded() { "cut-over" } else { "cancelled" };
        assert_eq!(state(&world, &job).await, told);
    }
}

/// What waits for a lock: a cut-over for somebody who reads, and an operator for the turn to decide.
const SWITCH: &str = "mode = 'AccessExclusiveLock'";
const TURN: &str = "locktype = 'advisory'";

/// Somebody who reads teams, for whom a cut-over waits until `COMMIT`.
async fn reader(world: &World) -> Client {
    let reader = connect(&world.database_url).await;
    let reading = "BEGIN; LOCK TABLE teams.checkpoint IN ACCESS SHARE MODE";
    reader.batch_execute(reading).await.expect("it reads");
    reader
}

async fn waits(client: &Client, what: &str) -> bool {
    let waits = format!(
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
                        WHERE NOT granted AND {what} AND datname = current_database())"
    );
    client.query_one(&waits, &[]).await.expect("an answer").get(0)
}

/// Asks for a cut-over over HTTP.
fn asking(world: &World, job: &str) -> RequestBuilder {
    let token = std::fs::read_to_string(world.data_dir().join("operator-token")).expect("a token");
    let url = format!("{}/ops/v1/replay/{job}/cutover", world.url());
    http().post(url).bearer_auth(token).json(&json!({ "confirm": "teams" }))
}

/// Who cut over to a job, as the journal says.
async fn cut_over_by(world: &World, job: &str) -> Vec<Value> {
    let acts = world.result("operations log").await;
    let acts = acts["acts"].as_array().expect("acts").iter();
    let over = acts.filter(|act| act["act"] == "replay.cut-over" && act["of"]["job"] == job);
    over.map(|act| act["by"].clone()).collect()
}

/// Whatever was answered to a cut-over and a pause at once: the one that was done did what it says, the
/// other one was refused and changed nothing, and the journal tells who did it.
async fn one_of_both_was_done(world: &World, job: &str, shown: &Verb, paused: &Verb) {
    assert_ne!(shown.succeeded(), paused.succeeded(), "{}{}", shown.stderr, paused.stderr);
    let client = connect(&world.database_url).await;
    let live = client.query_one("SELECT job FROM teams.checkpoint", &[]).await;
    let live: Option<String> = live.expect("a live slot").get(0);
    assert_eq!(live.as_deref() == Some(job), shown.succeeded(), "{live:?} of {job}");
    let (told, way_out) =
        if shown.succeeded() { ("cut-over", "rollback") } else { ("paused", "cancel") };
    assert_eq!(state(world, job).await, told);
    let acts = world.result("operations log").await;
    let acts = acts["acts"].as_array().expect("acts").iter();
    let about =
        acts.filter(|act| act["act"].as_str().is_some_and(|act| act.starts_with("replay.")));
    let about: Vec<_> = about.filter(|act| act.to_string().contains(job)).collect();
    let last = about.last().expect("an act");
    assert_eq!(last["act"], format!("replay.{told}"), "{about:?}");
    assert_eq!(last["by"], about[0]["by"], "by the operator who started it: {about:?}");
    let decided = |act: &&&Value| act["act"] == "replay.cut-over" || act["act"] == "replay.paused";
    assert_eq!(about.iter().filter(decided).count(), 1, "{about:?}");
    world.verb(&format!("replay {way_out} {job}")).await.ended(0);
}

#[tokio::test]
async fn a_pause_and_a_cut_over_at_once_do_what_they_answer_and_the_journal_names_who_did_it() {
    let (world, _company) = world_with_people().await;
    let verbs = |job: &str| {
        (format!("replay cutover {job} --confirm teams"), format!("replay pause {job}"))
    };
    // The pause comes while the cut-over, which has begun, waits for somebody who reads.
    let job = ready(&world, "teams").await;
    let reader = reader(&world).await;
    let (show, pause) = verbs(&job);
    let between = async {
        until("the cut-over waits", async || waits(&reader, SWITCH).await).await;
        let is_answered = AtomicBool::new(false);
        let pausing = async {
            let paused = world.verb(&pause).await;
            is_answered.store(true, Ordering::Relaxed);
            paused
        };
        let letting_go = async {
            until("the pause waits for its turn, or was answered", async || {
                is_answered.load(Ordering::Relaxed) || waits(&reader, TURN).await
            })
            .await;
            reader.batch_execute("COMMIT").await.expect("it has read");
        };
        tokio::join!(pausing, letting_go).0
    };
    let (shown, paused) = tokio::join!(world.verb(&show), between);
    assert!(shown.succeeded(), "it came first: {}", shown.stderr);
    one_of_both_was_done(&world, &job, &shown, &paused).await;
    for _ in 0..3 {
        let job = ready(&world, "teams").await;
        let (show, pause) = verbs(&job);
        let (shown, paused) = tokio::join!(world.verb(&show), world.verb(&pause));
        one_of_both_was_done(&world, &job, &shown, &paused).await;
    }
}

#[tokio::test]
async fn who_hangs_up_has_cut_over_and_the_journal_names_him() {
    let (world, _company) = world_with_people().await;
    let job = ready(&world, "teams").await;
    let reader = reader(&world).await;
    let asking = tokio::spawn(asking(&world, &job).send());
    until("the cut-over waits", async || waits(&reader, SWITCH).await).await;
    asking.abort();
    assert!(asking.await.is_err(), "it was not answered");
    reader.batch_execute("COMMIT").await.expect("it has read");
    until("readers see it", async || state(&world, &job).await == "cut-over").await;
    until("it is noted", async || !cut_over_by(&world, &job).await.is_empty()).await;
    assert_eq!(cut_over_by(&world, &job).await, ["root"]);
}

#[tokio::test]
async fn a_cut_over_that_cannot_be_noted_is_not_told_as_one_that_was_not_done() {
    let (mut world, _company) = world_with_people().await;
    for words in WITHOUT_NATS {
        world.expects(words);
    }
    let job = ready(&world, "teams").await;
    let reader = reader(&world).await;
    let asking = tokio::spawn(Answer::to(asking(&world, &job)));
    until("the cut-over waits", async || waits(&reader, SWITCH).await).await;
    world.nats.kill9();
    reader.batch_execute("COMMIT").await.expect("it has read");
    let told = asking.await.expect("an answer").answered(503);
    assert!(told.text.contains("readers see it"), "{}", told.text);
    world.nats.restart().expect("start nats-server again");
    until("it is told", async || {
        let told = world.verb(&format!("replay status {job}")).await;
        told.succeeded() && told.line()["state"] == "cut-over"
    })
    .await;
    until("it is noted", async || cut_over_by(&world, &job).await == ["program"]).await;
}

#[tokio::test]
async fn who_decides_about_a_projection_decides_on_what_was_switched_before_him() {
    let (world, _company) = world_with_people().await;
    let job = ready(&world, "teams").await;
    switch_by_hand(&world).await;
    let refused = world.verb("replay rollback teams").await.ended(5).stderr;
    assert!(refused.contains(&format!("rollcall replay rollback {job}")), "{refused}");
    for decision in ["cancel", "pause"] {
        world.verb(&format!("replay {decision} {job}")).await.ended(5);
        assert_eq!(state(&world, &job).await, "cut-over");
    }
    let back = world.result(&format!("replay rollback {job}")).await;
    assert_eq!(back["state"], "rolled-back", "{back}");
}

#[tokio::test]
async fn a_job_is_told_as_readers_see_it_whoever_switched_the_slots() {
    let (world, _company) = world_with_people().await;
    let job = ready(&world, "teams").await;
    // Nor does anybody say it again.
    switch_by_hand(&world).await;
    assert_eq!(state(&world, &job).await, "cut-over");
    let noted = async |act: &str| {
        let acts = world.result("operations log").await;
        let of = acts["acts"].as_array().expect("acts").iter().filter(|it| it["act"] == act);
        of.filter(|it| it["by"] == "program").count()
    };
    until("the journal has it", async || noted("replay.cut-over").await == 1).await;
    assert_eq!(world.verb("status").await.line()["jobs"], json!([]), "nothing is open");
    sql(
        &world,
        "BEGIN; ALTER SCHEMA teams RENAME TO teams_gone; ALTER SCHEMA teams_previous RENAME TO teams;
         ALTER SCHEMA teams_gone RENAME TO teams_previous; COMMIT",
    )
    .await;
    assert_eq!(state(&world, &job).await, "rolled-back");
    until("the journal has it", async || noted("replay.rolled-back").await == 1).await;
    ready(&world, "teams").await;
}
