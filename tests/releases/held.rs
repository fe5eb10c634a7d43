//! An upgrade that waits for an operator's word, and is undone by it.

use serde_json::{Value, json};

use crate::deployment::{Deployment, NEW, OLD, ready};
use crate::next_release::next_release;

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_is_held_is_compared_cut_over_to_and_gone_back_from_by_command() {
    let next = next_release().await;
    let (deployment, operate) = Deployment::new().await;
    let servers = deployment.servers();
    let mut old = servers.start("project teams");
    ready(&old).await;
    deployment.serves().await;
    deployment.sees(&OLD).await;
    let refused = "replay cutover teams --confirm teams";
    servers.verb(&operate, refused).await.ended(5);
    servers.verb(&operate, "replay rollback teams").await.ended(5);
    assert!(!servers.verb(&operate, "replay rollback nothing").await.succeeded());

    let new = servers.start_of(next, "project teams --on-new-rules hold");
    let release = async || servers.result(&operate, "replay status teams").await;
    kit::wait::until("its candidate waits", async || release().await["state"] == "ready").await;
    // Somebody has to decide, and is told how.
    let status = servers.verb(&operate, "status").await.ended(3).line();
    let waiting = &status["releases"][0];
    assert_eq!((&waiting["projection"], &waiting["state"]), (&json!("teams"), &json!("ready")));
    assert!(
        command(waiting).contains("rollcall replay cutover teams --confirm teams"),
        "{waiting}"
    );
    let diff = servers.verb(&operate, "replay diff teams").await.ended(4).line();
    assert_eq!((&diff["job"], &diff["same_rules"]), (&Value::Null, &json!(false)));
    assert_eq!(diff["people"]["changed"], 1, "{diff}");
    assert_eq!(diff["people"]["first"][0]["person"], deployment.ada);
    deployment.hires("Bob").await;
    assert_eq!(deployment.teams().await, OLD, "nobody has said anything yet");

    servers.verb(&operate, "replay cutover teams --confirm directory").await.ended(5);
    let cut_over = servers.result(&operate, "replay cutover teams --confirm teams").await;
    assert_eq!(deployment.teams().await, NEW);
    assert_eq!(cut_over["state"], "cut-over", "{cut_over}");
    assert!(cut_over["until"].is_string(), "{cut_over}");
    let again = servers.result(&operate, "replay cutover teams --confirm teams").await;
    assert_eq!(again["live"]["slot"], cut_over["live"]["slot"], "said again, it is done");
    let status = servers.result(&operate, "status").await;
    assert_eq!(status["releases"][0]["until"], cut_over["until"], "{status}");
    assert_eq!(command(&status["releases"][0]), "rollcall replay rollback teams");
    deployment.hires("Cem").await;

    // And back, to what the old release has kept in step, and once again.
    let back = servers.result(&operate, "replay rollback teams --reason wrong").await;
    assert_eq!(deployment.teams().await, OLD);
    assert_eq!(back["state"], "rolled-back");
    let again = servers.result(&operate, "replay rollback teams").await;
    assert_eq!(again["live"]["slot"], back["live"]["slot"], "to go back twice is not to go forth");
    assert_eq!(deployment.teams().await, OLD);
    deployment.hires("Dora").await;
    servers.verb(&operate, &command(&back)["rollcall ".len()..]).await.ended(0);
    assert_eq!(deployment.teams().await, NEW);
    servers.verb(&operate, "replay rollback teams").await.ended(0);

    // Nobody of the new release is needed for that.
    drop(new);
    deployment.hires("Edgar").await;
    assert_eq!(deployment.teams().await, OLD);
    old.stop().await;
    assert_acts(&servers.result(&operate, "operations log").await, &cut_over);
}

/// The command that follows, as an operator types it.
fn command(of: &Value) -> String {
    of["next"].as_str().expect("a command").to_owned()
}

/// Who switched what, by which rules, is in the journal.
fn assert_acts(log: &Value, cut_over: &Value) {
    let acts = log["acts"].as_array().expect("acts").iter();
    let acts: Vec<&Value> = acts
        .filter(|act| act["act"].as_str().is_some_and(|it| it.starts_with("release.")))
        // What a release began is noted by the program, as soon as it is seen.
        .filter(|act| act["act"] != "release.begun")
        .collect();
    let names: Vec<&str> = acts.iter().filter_map(|act| act["act"].as_str()).collect();
    let [there, back] = ["release.cut-over", "release.rolled-back"];
    assert_eq!(names, [there, back, there, back]);
    let first = &acts[0];
    assert_eq!((&first["by"], &first["of"]["projection"]), (&json!("root"), &json!("teams")));
    assert_eq!(first["of"]["rules"], cut_over["live"]["made_by"]);
    assert_eq!(first["of"]["rules_before"], cut_over["previous"]["made_by"]);
    assert_eq!(acts[1]["of"]["reason"], "wrong");
}
