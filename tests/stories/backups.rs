//! A system is backed up while it runs, and made anew elsewhere.

use std::path::PathBuf;

use kit::company::Company;
use kit::file_bytes::files_with;
use kit::program::{Program, verb, verb_with};
use kit::servers::{fresh_database, nats};
use kit::wait::until;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Starts the program on what was restored to a place, and waits until its read models know somebody.
pub(crate) async fn opened(
    place: &[(&str, &str)],
    company: &mut Company,
    somebody: &str,
) -> (TempDir, Program) {
    let data_dir = TempDir::new().expect("make a directory");
    let mut program = Program::up(data_dir.path(), &[], place);
    let welcome: Value = program.line().await;
    let token_url = welcome["token_url"].as_str().expect("the line has a token_url");
    company.restored_at(token_url.trim_end_matches("/oauth/token"));
    until("the read models are built", async || {
        company.ask(&format!("employees/{somebody}")).await.status == 200
    })
    .await;
    (data_dir, program)
}

/// What clients see, whatever the address of the program.
async fn seen(company: &Company, url: &str) -> Vec<String> {
    let scim = ["Users", "Groups"].map(|path| company.scim(path));
    let api = ["employees", "teams", "leavers"].map(|path| company.ask(path));
    let mut answers = Vec::new();
    for answer in scim {
        answers.push(answer.await);
    }
    for answer in api {
        answers.push(answer.await);
    }
    answers.into_iter().map(|answer| answer.answered(200).text.replace(url, "")).collect()
}

#[tokio::test]
async fn a_restored_system_answers_as_the_one_that_was_backed_up() {
    let world = World::new().await;
    let mut company = world.contoso().await;
    let backups = TempDir::new().expect("make a directory");
    let dir = backups.path().join("backup");
    let dir = dir.to_str().expect("a path of ours is text");
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    company.form("Sales", &[&ada, &bob]).await;
    let first = world.result(&format!("backup {dir}")).await;
    assert_eq!(first["new_events"], first["position"]);
    company.hire("Cleo").await;
    company.disable(&bob).await;
    let second = world.result(&format!("backup {dir}")).await;
    let (before, after) = (first["position"].as_u64(), second["position"].as_u64());
    assert_eq!(second["new_events"].as_u64(), after.zip(before).map(|(a, b)| a - b));
    until("all is read", async || company.ask("leavers").await.text.contains("Bob")).await;
    let expected = seen(&company, &world.url()).await;

    let (nats, database_url) = (nats().await, fresh_database().await);
    let place = |nats_url: &str, database_url: &str| {
        [("NATS_URL", nats_url.to_owned()), ("DATABASE_URL", database_url.to_owned())]
    };
    let restore = async |nats_url: &str, database_url: &str| {
        let place = place(nats_url, database_url);
        let place = place.each_ref().map(|(name, value)| (*name, value.as_str()));
        verb_with(&format!("restore {dir}"), &place).await
    };
    let over = restore(&world.nats.url(), &database_url).await.ended(5);
    assert!(over.stderr.contains("PROVISIONING"), "{}", over.stderr);
    let over = restore(&nats.url(), &world.database_url).await.ended(5);
    assert!(over.stderr.contains("knows event"), "{}", over.stderr);
    let done = restore(&nats.url(), &database_url).await.ended(0).line();
    assert_eq!((&done["position"], &done["chain"]), (&second["position"], &second["chain"]));

    let data_dir = TempDir::new().expect("make a directory");
    let place = place(&nats.url(), &database_url);
    let place = place.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut program = Program::up(data_dir.path(), &[], &place);
    let welcome: Value = program.line().await;
    let token_url = welcome["token_url"].as_str().expect("the line has a token_url");
    let url = token_url.trim_end_matches("/oauth/token").to_owned();
    company.moved_to(&url);
    until("the read models are built", async || seen(&company, &url).await == expected).await;
    verb("log verify", data_dir.path()).await.ended(0);
    let acts = verb("operations log", data_dir.path()).await.ended(0).line().to_string();
    assert!(acts.contains("backup.made") && acts.contains("backup.restored"), "{acts}");
    // And it goes on: with the same credentials.
    company.hire("Dora").await;
    company.scim_write(Method::DELETE, &format!("Users/{ada}"), &Value::Null).await.answered(204);
}

/// Erases somebody who has left.
pub(crate) async fn erase(world: &World, employee: &str) {
    let plan = world.result(&format!("erase plan {employee} --tenant contoso")).await;
    let plan = plan["erasure"].as_str().expect("the plan has an id");
    let erased = world.result(&format!("erase run {plan} --confirm contoso")).await;
    assert_eq!(erased["state"], "completed", "{erased}");
}

#[tokio::test]
async fn a_backup_from_before_erasures_is_restored_without_those_who_were_erased_since() {
    const NAME: &str = "Zdzislawa";
    let world = World::new().await;
    let mut company = world.contoso().await;
    let backups = TempDir::new().expect("make a directory");
    let dir = backups.path().join("backup");
    let dir = dir.to_str().expect("a path of ours is text");
    let (left, works, bob) = (
        company.hire(NAME).await,
        company.hire(&format!("{NAME} Active")).await,
        company.hire("Bob").await,
    );
    let sales = company.form("Sales", &[&left, &works, &bob]).await;
    company.disable(&left).await;
    let made = world.result(&format!("backup {dir}")).await;
    let later = company.hire(&format!("{NAME} Later")).await;
    for employee in [&works, &later] {
        company.disable(employee).await;
    }
    for employee in [&left, &works, &later] {
        erase(&world, employee).await;
    }
    // A plan that nobody ran says nothing.
    company.disable(&bob).await;
    world.result(&format!("erase plan {} --tenant contoso", &*bob)).await;
    let erasures = backups.path().join("erasures.json");
    let listed = world.verb("erase list").await.ended(0).stdout;
    std::fs::write(&erasures, listed).expect("write a file");
    assert!(!files_with(backups.path(), NAME).is_empty(), "the backup knows them");

    let (nats, database_url) = (nats().await, fresh_database().await);
    let place = [("NATS_URL", nats.url()), ("DATABASE_URL", database_url)];
    let place = place.each_ref().map(|(name, value)| (*name, value.as_str()));
    let line = format!("restore {dir} --erasures {}", backups.path().join("backup").display());
    verb_with(&line, &place).await.ended(1);
    let line = format!("restore {dir} --erasures {}", erasures.display());
    let done = verb_with(&line, &place).await.ended(0).line();
    assert_eq!(done["position"], made["position"], "{done}");
    let again = &done["erased_again"];
    assert_eq!((&again["people"], &again["not_in_backup"]), (&json!(2), &json!(1)), "{done}");
    assert_eq!(files_with(nats.dir(), NAME), Vec::<PathBuf>::new());
    verb_with("log verify", &place).await.ended(0);

    let (data_dir, _program) = opened(&place, &mut company, &bob).await;
    for erased in [&left, &works] {
        company.scim(&format!("Users/{erased}")).await.answered(404);
        company.ask(&format!("employees/{erased}")).await.answered(404);
    }
    assert_eq!(company.members(&sales).await, std::slice::from_ref(&bob));
    let acts = verb("operations log", data_dir.path()).await.ended(0).line().to_string();
    assert!(acts.contains("\"erased_again\":2"), "{acts}");
}

#[tokio::test]
async fn who_was_erased_after_last_nights_backup_stays_erased_in_what_is_restored() {
    const NAME: &str = "Zdzislawa";
    let world = World::new().await;
    let company = world.contoso().await;
    let backups = TempDir::new().expect("make a directory");
    let dir = backups.path().join("backup");
    let line = format!("backup {}", dir.to_str().expect("a path of ours is text"));
    let (zoe, bob) = (company.hire(NAME).await, company.hire("Bob").await);
    company.form("Sales", &[&zoe, &bob]).await;
    company.disable(&zoe).await;
    world.result(&line).await;
    assert!(!files_with(&dir, NAME).is_empty(), "the name is looked for where it is");

    company.hire("Cleo").await;
    erase(&world, &zoe).await;
    company.hire("Dora").await;
    let made = world.result(&line).await;
    assert!(made["scrubbed_events"].as_u64().is_some_and(|events| events > 0), "{made}");
    assert_eq!(files_with(&dir, NAME), Vec::<PathBuf>::new());

    let nats = nats().await;
    let restore = line.replace("backup ", "restore ") + " --nats-url " + &nats.url();
    let done = world.result(&restore).await;
    assert_eq!(done["erased_positions"], made["scrubbed_events"], "{done}");
    assert_eq!(files_with(nats.dir(), NAME), Vec::<PathBuf>::new());
    assert!(!files_with(nats.dir(), "Bob").is_empty(), "everybody else is there");
    let place = [("NATS_URL", nats.url())];
    verb_with("log verify", &place.each_ref().map(|(name, url)| (*name, url.as_str())))
        .await
        .ended(0);
}
