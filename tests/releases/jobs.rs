//! An upgrade while replays run.

use kit::wait::until;
use serde_json::Value;

use crate::deployment::{Deployment, NEW, OLD, Servers, ready};
use crate::next_release::next_release;
use kit::program::Program;

/// Plans a replay, starts it and pauses it: it is running when the upgrade comes.
async fn begun(servers: &Servers, operate: &Program, projection: &str) -> String {
    let plan = servers.result(operate, &format!("replay plan {projection}")).await;
    let plan = plan["plan"].as_str().expect("a plan's id");
    let job = servers.result(operate, &format!("replay run {plan}")).await;
    let job = job["job"].as_str().expect("a job's id").to_owned();
    servers.verb(operate, &format!("replay pause {job}")).await.ended(0);
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_replays_that_run_at_an_upgrade_one_of_other_rules_is_ended_and_the_others_go_on() {
    let next = next_release().await;
    let (deployment, mut operate) = Deployment::new().await;
    let servers = deployment.servers();
    let mut teams = servers.start("project teams");
    ready(&teams).await;
    deployment.serves().await;
    deployment.sees(&OLD).await;
    let of_teams = begun(servers, &operate, "teams").await;
    let of_directory = begun(servers, &operate, "directory").await;

    // The operators' API first, as they would have it to see the rest.
    operate.stop().await;
    let operate = servers.start_of(next, "operate");
    ready(&operate).await;
    let status = async |job: &str| -> Value {
        servers.verb(&operate, &format!("replay status {job}")).await.line()
    };
    until("the job of other rules is ended", async || status(&of_teams).await["state"] == "failed")
        .await;
    let failed = servers.verb(&operate, &format!("replay status {of_teams}")).await.ended(3).line();
    let why = failed["why"].as_str().expect("a reason");
    assert!(why.contains("other rules") && why.contains("plan again"), "{why}");
    let refused = format!("replay cutover {of_teams} --confirm teams");
    servers.verb(&operate, &refused).await.ended(5);

    // Its candidate gives way to that of the release, which readers see in the end.
    teams.stop().await;
    servers.age_leases().await;
    let teams = servers.start_of(next, "project teams");
    deployment.sees(&NEW).await;
    ready(&teams).await;

    // The rules of the directory are the same: its job goes on.
    assert_eq!(status(&of_directory).await["state"], "paused");
    servers.verb(&operate, &format!("replay resume {of_directory}")).await.ended(0);
    until("the other job is ready", async || status(&of_directory).await["state"] == "ready").await;
    let cutover = format!("replay cutover {of_directory} --confirm directory");
    servers.verb(&operate, &cutover).await.ended(0);
    deployment.hires("Bob").await;
    assert_eq!(deployment.teams().await, NEW);
}
