//! What can be run again or undone, and what is said of it: no more than is true.

use kit::http::{Answer, http};
use kit::tables::connect;
use kit::wait::until;
use kit::world::World;
use serde_json::{Value, json};

use crate::replay::{planned, ready, state, world_with_people};

pub(crate) async fn sql(world: &World, statement: &str) {
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
