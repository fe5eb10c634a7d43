//! A replay is a deployment: planned, run beside what readers see, cut over to, undone.

use std::sync::atomic::{AtomicBool, Ordering};

use kit::company::Company;
use kit::tables::connect;
use kit::wait::until;
use kit::world::{World, verb_of};
use serde_json::{Value, json};

pub(crate) async fn world_with_people() -> (World, Company) {
    let world = World::new().await;
    let company = world.contoso().await;
    for name in ["Ada", "Bob", "Cem"] {
        company.hire(name).await;
    }
    (world, company)
}

/// Plans a replay; its id.
pub(crate) async fn planned(world: &World, what: &str) -> String {
    let plan = world.result(&format!("replay plan {what}")).await;
    plan["plan"].as_str().expect("a plan's id").to_owned()
}

/// Plans and runs a replay until it is ready; the job's id.
pub(crate) async fn ready(world: &World, what: &str) -> String {
    let plan = planned(world, what).await;
    let job = world.result(&format!("replay run {plan} --watch")).await;
    assert_eq!(job["state"], "ready", "{job}");
    job["job"].as_str().expect("a job's id").to_owned()
}

pub(crate) async fn state(world: &World, job: &str) -> Value {
    world.result(&format!("replay status {job}")).await["state"].clone()
}

#[tokio::test]
async fn a_plan_tells_with_numbers_what_a_replay_would_do_and_does_nothing() {
    let (world, company) = world_with_people().await;
    company.ask("employees").await.answered(200);
    let plan = world.result("replay plan teams --reason rehearsal").await;
    let events = world.events("contoso").await.len();
    assert_eq!(plan["schema"], "rollcall.replay-plan.v1");
    assert_eq!((&plan["scope"], &plan["projection"]), (&json!("whole"), &json!("teams")));
    assert_eq!(plan["forecast"]["events"], plan["forecast"]["of"]);
    assert!(plan["forecast"]["of"].as_u64() >= Some(events as u64), "{plan}");
    assert_eq!(plan["forecast"]["pace"]["from"], "default");
    assert_eq!(plan["blast_radius"]["people"], 3);
    assert_eq!(plan["effects"], json!([]));
    assert!(!plan.to_string().contains("Ada"), "{plan}");
    let listed = world.result("replay list").await;
    assert_eq!(listed["jobs"][0]["state"], "planned");
    let of_tenant = world.result("replay plan teams --tenant contoso").await;
    assert_eq!(of_tenant["forecast"]["events"], events as u64);
    world.verb("replay plan nothing").await.ended(2);
    world.verb("replay plan teams --range 5..9").await.ended(5);
    world.verb("replay run pl_0000000000").await.ended(1);
}

#[tokio::test]
async fn readers_get_no_error_while_a_replay_is_run_cut_over_to_and_undone() {
    let (world, company) = world_with_people().await;
    let done = AtomicBool::new(false);
    let reading = async {
        let mut reads = 0;
        while !done.load(Ordering::Relaxed) {
            let answer = company.ask("employees").await.answered(200);
            assert_eq!(answer.body["employees"].as_array().map(Vec::len), Some(3));
            reads += 1;
        }
        reads
    };
    let operating = async {
        let job = ready(&world, "directory").await;
        world.verb(&format!("replay cutover {job} --confirm teams")).await.ended(5);
        let cut_over = world.result(&format!("replay cutover {job} --confirm directory")).await;
        assert_eq!(cut_over["state"], "cut-over");
        assert!(cut_over["until"].is_string(), "{cut_over}");
        // Said again, it is done already.
        let again = world.result(&format!("replay cutover {job} --confirm directory")).await;
        assert_eq!(again["state"], "cut-over");
        let back = world.result(&format!("replay rollback {job} --reason wrong")).await;
        assert_eq!(back["state"], "rolled-back");
        world.verb(&format!("replay cutover {job} --confirm directory")).await.ended(5);
        // The way back led there: it does not lead back again.
        world.verb("replay rollback directory").await.ended(5);
        done.store(true, Ordering::Relaxed);
    };
    let (reads, ()) = tokio::join!(reading, operating);
    assert!(reads > 10, "{reads} reads");
    let acts = world.result("operations log").await;
    let names: Vec<&str> = acts["acts"]
        .as_array()
        .expect("acts")
        .iter()
        .filter_map(|act| act["act"].as_str())
        .filter(|name| name.starts_with("replay."))
        .collect();
    let expected = ["planned", "started", "built", "cut-over", "rolled-back"];
    assert_eq!(names, expected.map(|name| format!("replay.{name}")));
}

#[tokio::test]
async fn two_operators_who_run_the_same_plan_at_once_make_one_job() {
    let (world, _company) = world_with_people().await;
    let plan = planned(&world, "teams").await;
    let run = format!("replay run {plan}");
    let (one, other) = tokio::join!(world.result(&run), world.result(&run));
    assert_eq!(one["job"], other["job"]);
    let listed = world.result("replay list").await;
    assert_eq!(listed["jobs"].as_array().map(Vec::len), Some(1));
    let acts = world.result("operations log").await;
    let started = acts["acts"].as_array().expect("acts").iter();
    assert_eq!(started.filter(|act| act["act"] == "replay.started").count(), 1);
    // Another plan has to wait for it, and is told for whom.
    let second = world.verb("replay plan teams").await.ended(0).line();
    let second = second["plan"].as_str().expect("a plan's id");
    world.verb(&format!("replay run {second}")).await.ended(5);
}

#[tokio::test]
async fn a_plan_is_out_of_date_after_a_cut_over() {
    let (world, _company) = world_with_people().await;
    let old = planned(&world, "teams").await;
    let job = ready(&world, "teams").await;
    world.verb(&format!("replay cutover {job} --confirm teams")).await.ended(0);
    world.verb(&format!("replay run {old}")).await.ended(7);
}

#[tokio::test]
async fn a_replay_needs_the_roles_that_it_is_about() {
    let (world, _company) = world_with_people().await;
    let token = async |line: &str| {
        let added = world.result(&format!("operator add {line}")).await;
        added["operator_token"].as_str().expect("a token").to_owned()
    };
    let reader = token("reader --role ops:read").await;
    let runner = token("runner --role ops:read --role replay:run").await;
    verb_of(&world, &reader, "replay plan teams").await.ended(6);
    let plan = verb_of(&world, &runner, "replay plan teams").await.ended(0).line();
    let plan = plan["plan"].as_str().expect("a plan's id");
    verb_of(&world, &reader, &format!("replay run {plan}")).await.ended(6);
    let job = verb_of(&world, &runner, &format!("replay run {plan} --watch")).await.ended(0).line();
    assert_eq!(job["by"], "operator:runner");
    let job = job["job"].as_str().expect("a job's id");
    let cutover = format!("replay cutover {job} --confirm teams");
    verb_of(&world, &runner, &cutover).await.ended(6);
    verb_of(&world, &reader, "replay list").await.ended(0);
    verb_of(&world, &runner, &format!("replay cancel {job}")).await.ended(0);
}

#[tokio::test]
async fn a_job_goes_on_after_everything_was_killed() {
    let (mut world, company) = world_with_people().await;
    let plan = planned(&world, "teams").await;
    let job = world.result(&format!("replay run {plan}")).await;
    let job = job["job"].as_str().expect("a job's id").to_owned();
    world.verb(&format!("replay pause {job}")).await.ended(0);
    world.program.kill9().await;
    world.start_again().await;
    assert_eq!(state(&world, &job).await, "paused");
    world.verb(&format!("replay resume {job}")).await.ended(0);
    world.program.kill9().await;
    world.start_again().await;
    until("the job is ready", async || state(&world, &job).await == "ready").await;
    world.verb(&format!("replay cutover {job} --confirm teams")).await.ended(0);
    drop(company);
}

#[tokio::test]
async fn a_cancelled_job_leaves_no_candidate() {
    let (world, _company) = world_with_people().await;
    let job = ready(&world, "teams").await;
    world.verb(&format!("replay cancel {job}")).await.ended(0);
    assert_eq!(state(&world, &job).await, "cancelled");
    world.verb(&format!("replay cutover {job} --confirm teams")).await.ended(5);
    // The next plan finds the world as it was before, once the candidate is gone.
    until("another job can be run", async || {
        let plan = planned(&world, "teams").await;
        world.verb(&format!("replay run {plan}")).await.succeeded()
    })
    .await;
}

#[tokio::test]
async fn a_rollback_is_refused_once_the_slot_of_the_job_was_replaced() {
    let (mut world, _company) = world_with_people().await;
    // Who reads and who keeps the slot notice it, in words of their own.
    world.expects("");
    let job = ready(&world, "teams").await;
    world.verb(&format!("replay cutover {job} --confirm teams")).await.ended(0);
    world.verb("replay rollback teams").await.ended(5);
    let slot = world.result("replay status teams").await["live"]["slot"].clone();
    let drop = "DROP TABLE teams.chosen_primaries CASCADE";
    connect(&world.database_url).await.batch_execute(drop).await.expect("it is dropped");
    until("the slot is replaced", async || {
        world.result("replay status teams").await["live"]["slot"] != slot
    })
    .await;
    let refused = world.verb(&format!("replay rollback {job}")).await.ended(5);
    assert!(refused.stderr.contains("nothing was switched"), "{}", refused.stderr);
    assert_ne!(state(&world, &job).await, "rolled-back");
    let refused = world.verb("replay rollback teams").await.ended(5);
    assert!(refused.stderr.contains("lacks a table"), "{}", refused.stderr);
}
