//! Where a backup is restored to, and what a restore does before anybody is let in.

use std::path::{Path, PathBuf};

use kit::file_bytes::files_with;
use kit::program::{Program, verb, verb_with};
use kit::servers::{fresh_database, nats};
use kit::world::World;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::backups::{erase, opened};

/// A server and a database with nothing in them.
async fn empty_place() -> (embedded::Nats, [(&'static str, String); 2]) {
    let (nats, database_url) = (nats().await, fresh_database().await);
    let place = [("NATS_URL", nats.url()), ("DATABASE_URL", database_url)];
    (nats, place)
}

/// What a verb of a program in this place ended with, which was started for it.
async fn in_place(place: &[(&'static str, String); 2], line: &str) -> Value {
    let place = place.each_ref().map(|(name, value)| (*name, value.as_str()));
    let data_dir = TempDir::new().expect("make a directory");
    let mut program = Program::up(data_dir.path(), &[], &place);
    let _: Value = program.line().await;
    let told = verb(line, data_dir.path()).await.ended(0).line();
    program.stop().await;
    told
}

async fn restored(place: &[(&'static str, String); 2], line: &str) -> Value {
    let place = place.each_ref().map(|(name, value)| (*name, value.as_str()));
    verb_with(&format!("restore {line}"), &place).await.ended(0).line()
}

#[tokio::test]
async fn who_was_erased_again_by_a_restore_is_listed_by_what_is_restored_and_by_all_restores_of_it()
{
    const NAME: &str = "Zdzislawa";
    let world = World::new().await;
    let company = world.contoso().await;
    let backups = TempDir::new().expect("make a directory");
    let path = |name: &str| backups.path().join(name).display().to_string();
    let written = |name: &str, listed: &Value| {
        std::fs::write(path(name), listed.to_string()).expect("write a file");
        path(name)
    };
    let left = company.hire(NAME).await;
    company.disable(&left).await;
    world.result(&format!("backup {}", path("old"))).await;
    let later = company.hire(&format!("{NAME} Later")).await;
    company.disable(&later).await;
    for employee in [&left, &later] {
        erase(&world, employee).await;
    }
    let of_lost = world.result("erase list").await;
    let list = written("list", &of_lost);
    let by_id = |listed: &Value| {
        let of = |it: &Value| {
            let told = ["erasure", "employee_id", "planned_at", "planned_by", "certificate"];
            told.map(|name| it[name].to_string())
        };
        let mut all: Vec<_> = listed["erasures"].as_array().into_iter().flatten().map(of).collect();
        all.sort();
        all
    };

    let (_nats, first) = empty_place().await;
    restored(&first, &format!("{} --erasures {list}", path("old"))).await;
    let listed = in_place(&first, "erase list").await;
    assert_eq!(by_id(&listed), by_id(&of_lost), "{listed}");
    for erasure in listed["erasures"].as_array().expect("erasures") {
        assert_eq!(erasure["state"], "carried-over", "{listed}");
        let known = erasure["employee_id"] == json!(*left);
        let by = erasure["carried_over"]["erased_by"].as_array().map(Vec::len);
        assert_eq!(
            by,
            Some(usize::from(known)),
            "who came after the backup was never here: {listed}"
        );
    }
    let journal = in_place(&first, "operations log --act erasure.carried-over").await;
    assert_eq!(journal["acts"].as_array().map(Vec::len), Some(2), "{journal}");

    // A backup of that, restored; and the old backup again, with the list of the restored one.
    in_place(&first, &format!("backup {}", path("new"))).await;
    let (_nats, second) = empty_place().await;
    restored(&second, &path("new")).await;
    assert_eq!(by_id(&in_place(&second, "erase list").await), by_id(&of_lost));
    let (nats, third) = empty_place().await;
    let list = written("list-of-the-restored", &listed);
    let done = restored(&third, &format!("{} --erasures {list}", path("old"))).await;
    assert_eq!(done["erased_again"]["people"], 1, "{done}");
    assert_eq!(files_with(nats.dir(), NAME), Vec::<PathBuf>::new());
    assert_eq!(by_id(&in_place(&third, "erase list").await), by_id(&of_lost));
}

#[tokio::test]
async fn a_restore_erases_again_whom_the_guard_holds_and_holds_the_others_still() {
    const NAME: &str = "Zdzislawa";
    let world = World::new().await;
    let mut company = world.contoso().await;
    let backups = TempDir::new().expect("make a directory");
    let dir = backups.path().join("backup").display().to_string();
    let (zoe, bob) = (company.hire(NAME).await, company.hire("Bob").await);
    company.hire("Cleo").await;
    world.result("guard set --tenant contoso --hold on --deactivations 2 --percent 1").await;
    company.disable(&zoe).await;
    company.disable(&bob).await;
    let alerts = world.result("alerts list --tenant contoso").await;
    let alert = alerts["alerts"][0]["alert_id"].as_str().expect("an alert").to_owned();
    world.result(&format!("backup {dir}")).await;
    world.result(&format!("alerts release {alert} --tenant contoso")).await;
    erase(&world, &zoe).await;
    let list = backups.path().join("list");
    std::fs::write(&list, world.result("erase list").await.to_string()).expect("write a file");

    let (nats, place) = empty_place().await;
    let done = restored(&place, &format!("{dir} --erasures {}", list.display())).await;
    assert_eq!(done["erased_again"]["people"], 1, "{done}");
    assert_eq!(files_with(nats.dir(), NAME), Vec::<PathBuf>::new());
    let place = place.each_ref().map(|(name, value)| (*name, value.as_str()));
    verb_with("log verify", &place).await.ended(0);
    let _opened = opened(&place, &mut company, &bob).await;
    assert_eq!(company.employee(&bob).await["held"]["alertId"], json!(alert));
    company.ask(&format!("employees/{zoe}")).await.answered(404);
}

#[tokio::test]
async fn a_restore_erases_again_whose_departure_was_reversed_after_the_resource_had_gone() {
    const NAME: &str = "Zdzislawa";
    let world = World::new().await;
    let company = world.contoso().await;
    let backups = TempDir::new().expect("make a directory");
    let dir = backups.path().join("backup").display().to_string();
    let (zoe, bob) = (company.hire(NAME).await, company.hire("Bob").await);
    company.hire("Cleo").await;
    world.result("guard set --tenant contoso --hold on --deactivations 2 --percent 1").await;
    company.purge(&zoe).await;
    company.purge(&bob).await;
    let alerts = world.result("alerts list --tenant contoso").await;
    let alert = alerts["alerts"][0]["alert_id"].as_str().expect("an alert").to_owned();
    world.result(&format!("alerts reverse {alert} --tenant contoso --reason slip")).await;
    world.result(&format!("backup {dir}")).await;
    let refused = world.verb(&format!("erase plan {zoe} --tenant contoso")).await.ended(5);
    assert!(refused.stderr.contains("create them again"), "{}", refused.stderr);
    let again = company.hire(NAME).await;
    company.purge(&again).await;
    erase(&world, &zoe).await;
    let list = backups.path().join("list");
    std::fs::write(&list, world.result("erase list").await.to_string()).expect("write a file");

    let (nats, place) = empty_place().await;
    let done = restored(&place, &format!("{dir} --erasures {}", list.display())).await;
    assert_eq!(done["erased_again"]["people"], 1, "{done}");
    assert_eq!(files_with(nats.dir(), NAME), Vec::<PathBuf>::new());
    let place = place.each_ref().map(|(name, value)| (*name, value.as_str()));
    verb_with("log verify", &place).await.ended(0);
}

#[tokio::test]
async fn on_private_servers_a_refused_restore_names_the_step_that_works() {
    let place = TempDir::new().expect("make a directory");
    let path = |name: &str| place.path().join(name);
    let (first, second, dir) =
        (path("first"), path("second"), path("backup").display().to_string());
    let mut program = Program::up(&first, &["--demo"], &[]);
    let _: Value = program.line().await;
    let made = verb(&format!("backup {dir}"), &first).await.ended(0).line();
    let restore = async |data_dir: &Path| verb(&format!("restore {dir}"), data_dir).await;
    let step = format!("`rollcall restore {dir} --data-dir NEW`");
    let over = restore(&first).await.ended(5);
    assert!(over.stderr.contains("runs on") && over.stderr.contains(&step), "{}", over.stderr);
    program.stop().await;
    let over = restore(&first).await.ended(5);
    assert!(
        over.stderr.contains("of another log") && over.stderr.contains(&step),
        "{}",
        over.stderr
    );

    let done = restore(&second).await.ended(0);
    let next = format!("next: rollcall up --data-dir {}", second.display());
    assert!(done.stderr.contains(&next), "{}", done.stderr);
    assert_eq!(done.line()["position"], made["position"]);
    let over = restore(&second).await.ended(5);
    assert!(over.stderr.contains("not empty") && over.stderr.contains(&step), "{}", over.stderr);
    let mut program = Program::up(&second, &[], &[]);
    let _: Value = program.line().await;
    verb("log verify", &second).await.ended(0);
    let tenants = verb("tenant list", &second).await.ended(0).line();
    assert_eq!(tenants["tenants"][0]["tenant"], "demo", "{tenants}");
    program.stop().await;
}

#[tokio::test]
async fn a_stream_that_is_named_is_the_one_that_is_backed_up_and_restored() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let place = TempDir::new().expect("make a directory");
    let path = |name: &str| place.path().join(name).display().to_string();
    let made = world.result(&format!("backup {}", path("live"))).await;
    // Beside the live log, whose read models say nothing of it.
    let done = world.result(&format!("restore {} --stream REHEARSAL", path("live"))).await;
    assert_eq!(done["position"], made["position"], "{done}");
    company.hire("Bob").await;
    let rehearsal = world.result(&format!("backup {} --stream REHEARSAL", path("rehearsal"))).await;
    assert_eq!(rehearsal["position"], made["position"], "{rehearsal}");
    world.verb("log verify --stream REHEARSAL").await.ended(0);
    let over = world.verb(&format!("restore {} --stream REHEARSAL", path("live"))).await.ended(5);
    assert!(over.stderr.contains("another --stream"), "{}", over.stderr);
}
