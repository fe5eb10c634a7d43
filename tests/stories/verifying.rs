//! A live read model is held against what was written, and against what the log makes.

use std::process::Stdio;

use kit::program::rollcall;
use kit::tables::{connect, reached};
use kit::world::World;
use rollcall::projections::NAMES;
use serde_json::{Value, json};

use crate::replay::ready;

/// Waits until every projection has seen what a company did.
async fn settled(world: &World) {
    let client = connect(&world.database_url).await;
    let end = world.result("log verify").await["position"].as_u64().expect("a position");
    for name in NAMES {
        reached(&client, name, end).await;
    }
}

async fn sql(world: &World, statement: &str) {
    connect(&world.database_url).await.batch_execute(statement).await.expect("it is done");
}

#[tokio::test]
async fn sound_read_models_are_told_to_be_and_the_journal_says_who_asked() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.form("Core", &[&ada]).await;
    settled(&world).await;
    for name in NAMES {
        let found = world.result(&format!("verify {name}")).await;
        assert_eq!(found["schema"], "rollcall.verify.v1");
        assert_eq!(found["result"]["outcome"], "sound", "{found}");
    }
    let acts = world.result("operations log").await;
    let acts = acts["acts"].as_array().expect("acts");
    let ended: Vec<&Value> = acts.iter().filter(|act| act["act"] == "verify.ended").collect();
    assert_eq!(ended.len(), NAMES.len());
    assert!(ended.iter().all(|act| act["by"] == "root"), "{ended:?}");
}

/// What a verb that fails says on standard error, with this exit code.
async fn refused(world: &World, code: i32, verb: &[&str]) -> String {
    let data_dir = world.data_dir().display().to_string();
    let arguments = [verb, &["--data-dir", &data_dir]].concat();
    let ended = rollcall(&arguments, &[]).output().await.expect("it runs");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(code), "{verb:?}: {said}");
    said
}

#[tokio::test]
async fn a_mistyped_tenant_is_neither_sound_nor_planned_for() {
    let world = World::new().await;
    for verb in [&["verify", "teams"][..], &["replay", "plan", "teams"]] {
        let said = refused(&world, 1, &[verb, &["--tenant", "nope"]].concat()).await;
        assert!(said.contains("there is no tenant nope"), "{verb:?}: {said}");
    }
}

#[tokio::test]
async fn a_reason_cannot_rewrite_what_a_journal_shows() {
    let world = World::new().await;
    let plan = ["replay", "plan", "teams", "--reason", "\u{1b}[2Jfake"];
    let said = refused(&world, 2, &plan).await;
    assert!(said.contains("none of which is a control character"), "{said}");
}

#[tokio::test]
async fn a_change_by_hand_is_told_with_the_person_and_the_narrowest_repair() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let bob = company.hire("Bob").await;
    company.form("Core", &[&ada, &bob]).await;
    settled(&world).await;
    sql(&world, &format!("DELETE FROM teams.members WHERE resource = '{bob}'")).await;

    let found = world.verb("verify teams").await.ended(4).line();
    let result = &found["result"];
    assert_eq!(result["outcome"], "differs", "{found}");
    let by_hand = json!([{ "tenant": "contoso", "table": "members", "written": 2, "found": 1 }]);
    assert_eq!(result["hand_made"], by_hand);
    assert_eq!(result["people_changed"], 1);
    assert_eq!(result["people"][0]["person"], json!(bob));
    assert!(result["people"][0]["fields"].as_array().expect("fields").contains(&json!("primary")));
    let cause = result["causes"][0].as_str().expect("a cause");
    assert!(cause.starts_with("changed by hand"), "{cause}");
    let repair = format!("rollcall replay plan teams --tenant contoso --person {bob}");
    assert_eq!(result["repair"], json!(repair));

    world.verb("verify teams --tenant contoso").await.ended(4);
    world.verb("verify directory").await.ended(0);
    let data_dir = world.data_dir().to_str().expect("a path of ours is text");
    let arguments = ["verify", "teams", "--data-dir", data_dir];
    let shown = rollcall(&arguments, &[]).stderr(Stdio::null()).output().await.expect("it runs");
    assert_eq!(shown.status.code(), Some(4));
    let shown = String::from_utf8(shown.stdout).expect("a text");
    for words in ["DIFFERS", "changed by hand", &repair, &bob] {
        assert!(shown.contains(words), "{words:?} is not in {shown}");
    }
    assert!(!shown.contains("Bob"), "a name of a person is shown: {shown}");
}

#[tokio::test]
async fn what_somebody_changed_of_a_person_is_seen_and_not_shown() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    settled(&world).await;
    sql(&world, "UPDATE directory.employees SET display_name = 'Mallory'").await;
    let found = world.verb("verify directory").await.ended(4).line();
    assert_eq!(found["result"]["people"][0]["person"], json!(ada));
    assert_eq!(found["result"]["people"][0]["fields"], json!(["display_name"]));
    assert!(
        !found.to_string().contains("Mallory") && !found.to_string().contains("Ada"),
        "{found}"
    );
    let journal = world.result("operations log").await.to_string();
    assert!(!journal.contains("Mallory") && !journal.contains("Ada"), "{journal}");
}

/// "The teams of one person look wrong; find out why, repair them, prove it, undo it."
#[tokio::test]
async fn a_person_is_repaired_by_the_line_that_a_verification_told_and_it_is_undone() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    company.form("Core", &[&ada, &bob]).await;
    settled(&world).await;
    sql(&world, &format!("DELETE FROM teams.members WHERE resource = '{bob}'")).await;
    assert_eq!(company.teams_of(&bob).await, Vec::<String>::new());

    let found = world.verb("verify teams").await.ended(4).line();
    let repair = found["result"]["repair"].as_str().expect("a repair");
    let repair = repair.strip_prefix("rollcall ").expect("a command line").to_owned();
    let of_counts = repair.replace("plan teams", "plan activity");
    let refused = world.verb(&of_counts).await.ended(5).stderr;
    assert!(refused.contains("no one person's"), "{refused}");
    let plan = world.result(&format!("{repair} --reason wrong-teams")).await;
    let id = plan["plan"].as_str().expect("a plan").to_owned();
    world.verb(&format!("replay run {id} --watch")).await.ended(0);

    let diff = world.verb(&format!("replay diff {id}")).await.ended(4).line();
    assert_eq!(diff["schema"], "rollcall.replay-diff.v1");
    assert_eq!(diff["people"]["changed"], 1, "{diff}");
    let person = &diff["people"]["first"][0];
    assert_eq!(person["person"], json!(bob));
    let primary = &person["fields"][0];
    assert_eq!((&primary["field"], &primary["live"]), (&json!("primary"), &Value::Null));
    assert!(primary["candidate"].as_str().is_some_and(|team| team.starts_with("Core")), "{diff}");
    assert_eq!(person["events"][0]["type"], "group.members-added", "{diff}");
    let data_dir = world.data_dir().to_str().expect("a path of ours is text");
    let arguments = ["replay", "diff", &id, "--csv", "--data-dir", data_dir];
    let csv = rollcall(&arguments, &[]).stderr(Stdio::null()).output().await.expect("it runs");
    assert_eq!(csv.status.code(), Some(4));
    let csv = String::from_utf8(csv.stdout).expect("a text");
    assert!(csv.lines().nth(1).is_some_and(|line| line.starts_with("contoso,")), "{csv}");

    world.verb(&format!("replay cutover {id} --confirm {bob}")).await.ended(0);
    assert_eq!(company.teams_of(&bob).await, ["Core primary synced"]);
    world.verb("verify teams").await.ended(0);
    // What was wrong is not shown again by accident, and is known for what it is.
    world.verb(&format!("replay rollback {id} --reason try")).await.ended(5);
    let rollback = format!("replay rollback {id} --reason try --even-if-changed");
    world.verb(&rollback).await.ended(0);
    assert_eq!(company.teams_of(&bob).await, Vec::<String>::new());
    let found = world.verb("verify teams").await.ended(4).line();
    let cause = found["result"]["causes"][0].as_str().expect("a cause");
    assert!(cause.starts_with("changed by hand"), "{cause}");
    assert_eq!(found["result"]["causes"].as_array().map(Vec::len), Some(1), "{found}");
}

/// A check of the doctor: its verdict, and what it tells and advises.
async fn checked(world: &World, name: &str) -> (Value, String) {
    let diagnosis = world.verb("doctor").await.line();
    let checks = diagnosis["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["name"] == name).expect("the check");
    (check["verdict"].clone(), format!("{} {}", check["found"], check["remedy"]))
}

#[tokio::test]
async fn tables_that_somebody_altered_are_told_with_what_to_do_and_are_made_anew() {
    let mut world = World::new().await;
    // Who keeps the slot may come to the column first, in words of its own.
    world.expects("");
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.form("Core", &[&ada]).await;
    settled(&world).await;
    assert_eq!(checked(&world, "read-models.tables").await.0, "ok");
    // By this column nobody's teams are compared.
    sql(&world, "ALTER TABLE teams.teams RENAME COLUMN description TO about").await;
    let rehearsed = world.verb("replay rehearse teams").await.ended(4).line();
    assert_eq!(rehearsed["passes"], false, "{rehearsed}");
    let lacks = "live: teams lacks column description text";
    assert_eq!(rehearsed["diff"]["altered"][0], lacks, "{rehearsed}");
    sql(&world, "ALTER TABLE teams.teams RENAME COLUMN about TO description").await;
    sql(&world, "ALTER TABLE teams.members RENAME COLUMN resource TO person").await;

    let lacks = "members lacks column resource uuid NOT NULL";
    let status = world.verb("status").await.ended(3).line();
    assert!(status["projections"].to_string().contains(lacks), "{status}");
    let (verdict, told) = checked(&world, "read-models.tables").await;
    assert!(verdict == "fail" && told.contains(lacks) && told.contains("replay plan"), "{told}");
    let found = world.verb("verify teams").await.ended(4).line();
    let result = &found["result"];
    assert_eq!((&result["altered"][0], &result["people_unknown"]), (&json!(lacks), &json!(true)));
    assert_eq!(result["repair"], "rollcall replay plan teams", "{found}");

    let of_tenant = ready(&world, "teams --tenant contoso").await;
    let cutover = format!("replay cutover {of_tenant} --confirm contoso");
    let refused = world.verb(&cutover).await.ended(5).stderr;
    assert!(refused.contains(lacks) && refused.contains("plan the whole projection"), "{refused}");
    let refused = world.verb(&format!("replay diff {of_tenant}")).await.ended(5).stderr;
    assert!(refused.contains(lacks) && refused.contains("cannot be compared"), "{refused}");
    world.verb(&format!("replay cancel {of_tenant}")).await.ended(0);
    let job = ready(&world, "teams").await;
    world.verb(&format!("replay cutover {job} --confirm teams")).await.ended(0);
    assert_eq!(company.teams_of(&ada).await, ["Core primary synced"]);
    world.verb("verify teams").await.ended(0);
    let refused = world.verb(&format!("replay rollback {job} --even-if-changed")).await.ended(5);
    assert!(refused.stderr.contains(lacks), "{}", refused.stderr);
    let (verdict, told) = checked(&world, "read-models.tables").await;
    assert!(verdict == "warn" && told.contains("teams_previous"), "{told}");
}

#[tokio::test]
async fn a_finding_is_told_as_long_as_readers_see_the_rows_that_it_is_about() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.form("Core", &[&ada]).await;
    settled(&world).await;
    sql(&world, "DELETE FROM teams.members").await;
    world.verb("verify teams").await.ended(4);
    let stale = async || {
        let status = world.verb("status").await.line();
        let found = status["differences"].as_array().expect("findings").first();
        found.map(|found| found["stale"].clone())
    };
    assert_eq!(stale().await, Some(Value::Null));

    // What was repaired is not what was found; nobody has looked at it yet.
    let job = ready(&world, "teams --tenant contoso").await;
    world.verb(&format!("replay cutover {job} --confirm contoso")).await.ended(0);
    let told = stale().await.expect("it is told still").to_string();
    assert!(told.contains(&job) && told.contains("rollcall verify teams"), "{told}");
    assert_eq!(world.verb("status").await.line()["needs_attention"], false);
    assert_eq!(checked(&world, "read-models.by-hand").await.0, "ok", "it is in the previous slot");
    world.verb(&format!("replay rollback {job} --even-if-changed")).await.ended(0);
    assert_eq!(stale().await, Some(Value::Null), "readers see it again");

    let job = ready(&world, "teams").await;
    world.verb(&format!("replay cutover {job} --confirm teams")).await.ended(0);
    let told = stale().await.expect("it is told still").to_string();
    assert!(told.contains("another slot"), "{told}");
    // Only this tenant's rows differed.
    world.verb("verify teams --tenant contoso").await.ended(0);
    assert_eq!(stale().await, None);
}

#[tokio::test]
async fn rows_of_a_tenant_that_never_was_are_repaired_by_the_line_that_a_verification_tells() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    settled(&world).await;
    let ghost = "INSERT INTO teams.chosen_primaries
        VALUES ('ghost', gen_random_uuid(), gen_random_uuid(), 1, now(), 'nobody')";
    sql(&world, ghost).await;
    let found = world.verb("verify teams").await.ended(4).line();
    assert!(found["result"]["causes"].to_string().contains("no event tells of a tenant ghost"));
    let repair = found["result"]["repair"].as_str().expect("a repair");
    let what = repair.strip_prefix("rollcall replay plan ").expect("a plan").to_owned();
    let job = ready(&world, &what).await;
    world.verb(&format!("replay cutover {job} --confirm teams")).await.ended(0);
    world.verb("verify teams").await.ended(0);
}

#[tokio::test]
async fn a_persons_replay_tells_what_it_leaves_out_and_the_events_that_explain_tells() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.form("Core", &[&ada]).await;
    // The row names this last event, which says nothing of the name.
    company.disable(&ada).await;
    company.restore(&ada).await;
    settled(&world).await;
    sql(&world, "UPDATE directory.employees SET display_name = 'Mallory'").await;
    let found = world.verb("verify directory").await.ended(4).line();
    let explained = world.result(&format!("explain person {ada} --tenant contoso")).await;
    let facts = explained["facts"].as_array().expect("facts");
    let name = facts.iter().find(|fact| fact["fact"] == "displayName").expect("the name");
    let set_by = json!([name["set_by"]["position"]]);
    assert_eq!(found["result"]["people"][0]["events"], set_by, "{found}");
    let job = ready(&world, &format!("directory --tenant contoso --person {ada}")).await;
    let diff = world.verb(&format!("replay diff {job}")).await.ended(4).line();
    let person = &diff["people"]["first"][0];
    assert_eq!(person["fields"][0]["field"], "display_name");
    assert_eq!(person["events"][0]["position"], set_by[0], "{diff}");
    assert_eq!(person["events"].as_array().map(Vec::len), Some(1), "{diff}");

    let of_teams = format!("replay plan teams --tenant contoso --person {ada}");
    let plan = world.result(&of_teams).await;
    let notes = plan["notes"].to_string();
    let wider = "`rollcall replay plan teams --tenant contoso`";
    assert!(
        notes.contains("those in teams are no person's own") && notes.contains(wider),
        "{notes}"
    );
    let job = ready(&world, &of_teams.replace("replay plan ", "")).await;
    let diff = world.verb(&format!("replay diff {job}")).await.ended(0).line();
    assert_eq!(diff["left_out"], json!(["teams"]), "{diff}");
}
