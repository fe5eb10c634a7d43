//! What can be run again or undone, and what is said of it: no more than is true.

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

use crate::replay::{planned, ready, state, world_with_people};

async fn sql(world: &World, statement: &str) {
    connect(&world.database_url).await.batch_execute(statement).await.expect("it is done");
}

async fn cut_over(world: &World, job: &str, name: &str) -> Value {
    world.result(&format!("replay cutover {job} --confirm {name}")).await
}

#[tokio::test]
async fn replays_and_rehearsals_follow_each_other_at_once() {
    let (world, _company) = world_with_people().await;
    for _ in 0..2 {
        let rehearsed = world.result("replay rehearse teams").await;
        assert_eq!(rehearsed["candidate_left"], false, "{rehearsed}");
        let client = connect(&world.database_url).await;
        let left = "SELECT to_regnamespace('teams_next') IS NOT NULL";
        assert!(!client.query_one(left, &[]).await.expect("an answer").get::<_, bool>(0));
    }
    // Each is run as soon as the one before has ended, in whichever way.
    let job = ready(&world, "teams").await;
    cut_over(&world, &job, "teams").await;
    let job = ready(&world, "teams").await;
    cut_over(&world, &job, "teams").await;
    world.verb(&format!("replay rollback {job}")).await.ended(0);
    let job = ready(&world, "teams --tenant contoso").await;
    cut_over(&world, &job, "contoso").await;
    let job = ready(&world, "teams").await;
    let cancelled = world.result(&format!("replay cancel {job}")).await;
    assert_eq!(cancelled["candidate_left"], false, "{cancelled}");
    ready(&world, "teams").await;
}

#[tokio::test]
async fn a_plan_that_cannot_be_run_any_more_says_so_and_why() {
    let (world, _company) = world_with_people().await;
    let old = planned(&world, "teams").await;
    let given_up = planned(&world, "teams").await;
    world.verb(&format!("replay cancel {given_up}")).await.ended(0);
    world.verb(&format!("replay run {given_up}")).await.ended(7);
    assert_eq!(state(&world, &given_up).await, "cancelled");
    assert_eq!(state(&world, &old).await, "planned");
    let job = ready(&world, "teams").await;
    cut_over(&world, &job, "teams").await;
    let void = world.result(&format!("replay status {old}")).await;
    assert_eq!(void["state"], "void", "{void}");
    assert!(void["why"].as_str().is_some_and(|why| why.contains("there was a cut-over")), "{void}");
    assert_eq!(void["until"], Value::Null);
    // A rehearsal that is refused leaves no plan that could be run by mistake.
    let job = ready(&world, "teams").await;
    world.verb("replay rehearse teams").await.ended(5);
    let listed = world.result("replay list").await;
    let jobs = listed["jobs"].as_array().expect("jobs");
    assert!(jobs.iter().all(|job| job["state"] != "planned"), "{listed}");
    assert_eq!(state(&world, &job).await, "ready");
}

#[tokio::test]
async fn an_undo_is_promised_as_long_as_it_can_be_done_and_a_plan_says_whose_it_ends() {
    let (world, _company) = world_with_people().await;
    let first = ready(&world, "teams").await;
    assert!(cut_over(&world, &first, "teams").await["until"].is_string());
    let plan = world.result("replay plan teams --tenant contoso").await;
    let notes = plan["notes"].to_string();
    assert!(notes.contains(&format!("the job {first} can then not be rolled back")), "{notes}");
    let second = ready(&world, "teams --tenant contoso").await;
    cut_over(&world, &second, "contoso").await;
    let ended = world.result(&format!("replay status {first}")).await;
    assert_eq!((&ended["state"], &ended["until"]), (&json!("done"), &Value::Null), "{ended}");
    assert!(ended["why"].as_str().is_some_and(|why| why.contains("cannot be undone")), "{ended}");
    world.verb(&format!("replay rollback {first}")).await.ended(5);
    let last = world.result(&format!("replay status {second}")).await;
    assert!(last["state"] == "cut-over" && last["until"].is_string(), "{last}");
    world.verb(&format!("replay rollback {second}")).await.ended(0);
}

#[tokio::test]
async fn what_is_written_by_hand_is_told_by_status_doctor_and_metrics() {
    let (world, company) = world_with_people().await;
    let ada = company.hire("Dana").await;
    company.form("Core", &[&ada]).await;
    until("the team is seen", async || !company.teams_of(&ada).await.is_empty()).await;
    sql(
        &world,
        "TRUNCATE teams.members;
         CREATE SCHEMA teams_of_yesterday;
         CREATE TABLE teams_of_yesterday.checkpoint AS TABLE teams.checkpoint",
    )
    .await;
    let status = world.verb("status").await.ended(3).line();
    let live = |slot: &&Value| slot["projection"] == "teams" && slot["slot"] == "live";
    let teams = status["projections"].as_array().expect("slots").iter().find(live);
    assert_eq!(teams.expect("the live slot")["changed_by_hand"], 1, "{status}");
    let diagnosis = world.verb("doctor").await.ended(1).line();
    let told = |name: &str| {
        let checks = diagnosis["checks"].as_array().expect("checks");
        let check = checks.iter().find(|check| check["name"] == name).expect("the check");
        (check["verdict"].clone(), check["found"].as_str().expect("a text").to_owned())
    };
    let (verdict, found) = told("read-models.by-hand");
    assert!(verdict == json!("fail") && found.contains("teams.members of contoso"), "{found}");
    let (verdict, found) = told("read-models.strays");
    assert!(verdict == json!("warn") && found.contains("teams_of_yesterday"), "{found}");
    until("the metric tells it", async || {
        let url = format!("{}/metrics", world.url());
        let text = Answer::to(http().get(url)).await.answered(200).text;
        text.contains("rollcall_slot_changed_by_hand{projection=\"teams\",slot=\"live\"} 1")
    })
    .await;
    let found = world.verb("verify teams").await.ended(4).line();
    assert_eq!(found["result"]["hand_made"][0]["table"], "members", "{found}");
    // The repair is the end of it.
    let job = ready(&world, "teams").await;
    cut_over(&world, &job, "teams").await;
    world.verb("verify teams").await.ended(0);
    let back = world.verb(&format!("replay rollback {job}")).await;
    back.ended(5);
}

#[tokio::test]
async fn a_rebuild_waits_while_the_disk_is_nearly_full_and_goes_on_when_there_is_room() {
    let limit = ("ROLLCALL_REPLAY_DISK_LIMIT", "96".to_owned());
    let world = World::set(vec![limit]).await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    sql(
        &world,
        "CREATE TABLE public.filler AS
         SELECT repeat(md5(number::text), 60) AS text FROM generate_series(1, 50000) AS number",
    )
    .await;
    let plan = planned(&world, "directory").await;
    let job = world.result(&format!("replay run {plan}")).await;
    let job = job["job"].as_str().expect("a job's id").to_owned();
    let status = async || world.result(&format!("replay status {job}")).await;
    until("it stands still, and says why", async || {
        status().await["why"].as_str().is_some_and(|why| why.contains("the database has"))
    })
    .await;
    // Writers and readers notice nothing of it.
    company.hire("Bob").await;
    let employees = async || {
        let answer = company.ask("employees").await.answered(200);
        answer.body["employees"].as_array().map(Vec::len)
    };
    until("readers see who came", async || employees().await == Some(2)).await;
    let waiting = status().await;
    assert_eq!(
        (&waiting["state"], &waiting["progress"]["position"]),
        (&json!("running"), &json!(0))
    );
    sql(&world, "DROP TABLE public.filler").await;
    until("it goes on by itself", async || state(&world, &job).await == "ready").await;
    cut_over(&world, &job, "directory").await;
    assert_eq!(employees().await, Some(2));
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
    // As if who cut over had died a moment ago.
    sql(
        &world,
        "BEGIN; ALTER SCHEMA teams RENAME TO teams_previous; ALTER SCHEMA teams_next RENAME TO teams;
         COMMIT",
    )
    .await;
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
async fn a_refusal_says_what_is_so_and_what_can_be_done_next() {
    let (mut world, _company) = world_with_people().await;
    // Who keeps the slot that is dropped below notices it, in words of Postgres.
    world.expects("teams_previous");
    let other = planned(&world, "teams").await;
    let job = ready(&world, "teams").await;
    let refused = async |verb: String| world.verb(&verb).await.ended(5).stderr;
    let said = refused(format!("replay run {other}")).await;
    assert!(said.contains("is ready") && !said.contains("wait for it"), "{said}");
    assert!(said.contains(&format!("replay cutover {job} --confirm teams")), "{said}");
    world.verb(&format!("replay pause {job}")).await.ended(0);
    let said = refused(format!("replay cutover {job} --confirm teams")).await;
    assert!(said.contains(&format!("rollcall replay resume {job}")), "{said}");
    world.verb(&format!("replay resume {job}")).await.ended(0);
    world.verb(&format!("replay cancel {job}")).await.ended(0);
    for verb in [format!("cutover {job} --confirm teams"), format!("run {job}")] {
        let said = refused(format!("replay {verb}")).await;
        assert!(said.contains("`rollcall replay plan teams` plans it anew"), "{verb}: {said}");
    }
    let said = refused(format!("replay diff {job}")).await;
    assert!(said.contains(&format!("rollcall replay status {job}")), "{said}");

    let job = ready(&world, "teams --tenant contoso").await;
    cut_over(&world, &job, "contoso").await;
    sql(&world, "DROP SCHEMA teams_previous CASCADE").await;
    let said = refused(format!("replay rollback {job}")).await;
    assert!(said.contains("dropped the schema teams_previous"), "{said}");
    assert!(!said.contains("another one"), "{said}");
    assert!(said.contains("rollcall replay plan teams --tenant contoso"), "{said}");
    assert_eq!(state(&world, &job).await, "done");
}

#[tokio::test]
async fn a_job_is_told_as_readers_see_it_whoever_switched_the_slots() {
    let (world, _company) = world_with_people().await;
    let job = ready(&world, "teams").await;
    // As if who cut over had died before it was noted; nor does anybody say it again.
    sql(
        &world,
        "BEGIN; ALTER SCHEMA teams RENAME TO teams_previous; ALTER SCHEMA teams_next RENAME TO teams;
         COMMIT",
    )
    .await;
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

#[tokio::test]
async fn what_a_release_rebuilds_by_itself_is_in_the_journal() {
    let (mut world, _company) = world_with_people().await;
    // Who reads and who keeps the slot notice it, in words of their own.
    world.expects("");
    sql(&world, "DROP TABLE teams.chosen_primaries CASCADE").await;
    until("the journal has it", async || {
        let acts = world.result("operations log").await;
        let acts = acts["acts"].as_array().expect("acts").iter();
        let over = acts.filter(|act| act["act"] == "release.cut-over" && act["by"] == "program");
        over.count() == 1
    })
    .await;
    let acts = world.result("operations log").await.to_string();
    assert!(acts.contains("somebody dropped a table"), "{acts}");
}
