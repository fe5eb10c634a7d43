//! Erasing a person: what Rollcall knew of them is nowhere, and nobody else is touched.

use std::path::PathBuf;
use std::time::Duration;

use kit::company::Company;
use kit::entra;
use kit::file_bytes::{files_with, holds};
use kit::program::verb;
use kit::skip::skipped;
use kit::tables::connect;
use kit::wait::{found, until};
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

/// What is in no text of anybody else.
const MARK: &str = "Qzx7";

fn zoe(user_name: &str) -> Value {
    let mut zoe = entra::workplace_user(user_name, "Qzx7 Display", "object-Qzx7");
    zoe["name"] = json!({ "givenName": "GivenQzx7", "familyName": "FamilyQzx7" });
    zoe["phoneNumbers"] = json!([{ "type": "mobile", "value": "+49 1Qzx7" }]);
    zoe["addresses"] = json!([{ "type": "work", "streetAddress": "Qzx7 Street 1" }]);
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    zoe[enterprise] = json!({ "department": "Department of Qzx7" });
    zoe
}

/// Zoe works here, is in a group beside Bob, has bookings and leaves; so does nobody else.
struct Story {
    world: World,
    company: Company,
    zoe: String,
    bob: String,
    group: String,
}

impl Story {
    async fn told() -> Self {
        let world = World::new().await;
        let company = world.contoso().await;
        let bob = company.hire("Bob").await.clone();
        let zoe = company.post("Users", &zoe("qzx7.Qzx7@contoso.example")).await;
        let zoe = zoe.answered(201).id();
        let mut group = entra::group("Design");
        group["members"] = json!([
            { "value": zoe, "display": "Qzx7 as the client calls her" },
            { "value": bob, "display": "Bob" },
        ]);
        let group = company.post("Groups", &group).await.answered(201).id();
        for (reference, employee, title) in
            [("ref-Qzx7", &zoe, "Title Qzx7"), ("ref-bob", &bob, "By the window")]
        {
            let booking = json!({
                "employeeId": employee, "resource": "desk-7", "title": title,
                "startsAt": "2099-01-06T09:00:00Z", "endsAt": "2099-01-06T17:00:00Z",
            });
            let path = format!("bookings/{reference}");
            company.command(Method::PUT, &path, Some(&booking)).await.answered(201);
        }
        let renamed = entra::replace("userName", "other.Qzx7@contoso.example");
        company.patch(&format!("Users/{zoe}"), &renamed).await.answered(200);
        Self { world, company, zoe, bob, group }
    }

    async fn zoe_leaves(&self) {
        let Self { company, zoe, .. } = self;
        company.disable(zoe).await;
        let path = format!("leavers/{zoe}/bookings/ref-Qzx7/cancel");
        let reason = json!({ "reason": "Reason Qzx7" });
        company.command(Method::POST, &path, Some(&reason)).await.answered(204);
    }

    async fn planned(&self) -> String {
        let plan = self.world.result(&format!("erase plan {} --tenant contoso", self.zoe)).await;
        assert_eq!(plan["employee_id"], json!(self.zoe), "{plan}");
        plan["erasure"].as_str().expect("the plan has an id").to_owned()
    }

    /// Where something of Zoe is: files of the log and of the program, and tables.
    async fn found(&self) -> Vec<String> {
        let dirs = [self.world.nats.dir().join("store"), self.world.data_dir().to_owned()];
        let files: Vec<PathBuf> = dirs.iter().flat_map(|dir| files_with(dir, MARK)).collect();
        let mut found: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        if holds(dump(&self.world.database_url).await.as_bytes(), MARK) {
            found.push("Postgres".to_owned());
        }
        match pg_dump(&self.world.database_url).await {
            Some(dumped) if holds(&dumped, MARK) => found.push("pg_dump".to_owned()),
            Some(_) => {}
            None => skipped("pg_dump of an erased person", "there is no pg_dump beside postgres"),
        }
        found
    }

    async fn nobody_else_is_touched(&self) {
        let Self { company, bob, group, .. } = self;
        until("the read models are read again", async || {
            company.ask(&format!("employees/{bob}")).await.status == 200
        })
        .await;
        assert_eq!(company.employee(bob).await["displayName"], "Bob");
        assert_eq!(company.members(group).await, std::slice::from_ref(bob));
        let kept = company.scim(&format!("Groups/{group}")).await.answered(200).body;
        assert_eq!(kept["members"].as_array().map(Vec::len), Some(1), "{kept}");
        company.disable(bob).await;
        let kept = company.ask(&format!("leavers/{bob}/bookings")).await.answered(200).body;
        assert_eq!(kept["upcoming"][0]["title"], "By the window", "{kept}");
    }
}

/// What `pg_dump` makes of a database; none, if the server came without it.
async fn pg_dump(database_url: &str) -> Option<Vec<u8>> {
    let program = embedded::for_tests().postgres().programs().join("pg_dump");
    if !program.is_file() {
        return None;
    }
    let done = tokio::process::Command::new(program).arg(database_url).output().await;
    let done = done.expect("pg_dump starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(done.stdout)
}

/// All rows of all tables of a database, as text.
async fn dump(database_url: &str) -> String {
    let client = connect(database_url).await;
    let tables = "SELECT table_schema::text, table_name::text FROM information_schema.tables
                  WHERE table_type = 'BASE TABLE'
                  AND table_schema NOT IN ('pg_catalog', 'information_schema')";
    let mut text = String::new();
    for table in client.query(tables, &[]).await.expect("a list of tables") {
        let (schema, table): (String, String) = (table.get(0), table.get(1));
        let rows = format!("SELECT t::text FROM \"{schema}\".\"{table}\" t");
        for row in client.query(&rows, &[]).await.expect("the rows of a table") {
            text += row.get(0);
            text.push('\n');
        }
    }
    text
}

#[tokio::test]
async fn an_erased_person_is_nowhere_and_nobody_else_is_touched() {
    let mut story = Story::told().await;
    let active = format!("erase plan {} --tenant contoso", story.zoe);
    story.world.verb(&active).await.ended(5);
    story.zoe_leaves().await;
    let before = found("the read models know her", async || {
        Some(story.found().await).filter(|places| places.iter().any(|place| place == "Postgres"))
    })
    .await;
    assert!(before.iter().any(|place| place.rsplit('.').next() == Some("blk")), "{before:?}");
    if embedded::for_tests().postgres().programs().join("pg_dump").is_file() {
        assert!(before.iter().any(|place| place == "pg_dump"), "{before:?}");
    }

    let erasure = story.planned().await;
    story.world.verb(&format!("erase run {erasure} --confirm acme")).await.ended(5);
    let run = format!("erase run {erasure} --confirm contoso");
    let ended = story.world.result(&run).await;
    assert_eq!(ended["state"], "completed", "{ended}");
    let certificate = &ended["certificate"];
    assert_eq!(certificate["events"], 5, "{certificate}");
    assert!(!ended.to_string().contains(MARK), "{ended}");
    assert_eq!(story.found().await, Vec::<String>::new());

    let Story { world, company, zoe, .. } = &story;
    company.scim(&format!("Users/{zoe}")).await.answered(404);
    company.ask(&format!("employees/{zoe}")).await.answered(404);
    world.verb("log verify").await.ended(0);
    assert_eq!(world.result(&run).await["certificate"], *certificate, "it is done once");

    // From the log alone the same comes out: read by a start without a snapshot.
    story.world.program.kill9().await;
    std::fs::remove_file(story.world.data_dir().join("roster")).expect("there is a snapshot");
    story.world.start_again().await;
    story.company.moved_to(&story.world.url());
    story.company.scim(&format!("Users/{}", story.zoe)).await.answered(404);
    let again = story.company.post("Users", &zoe_again()).await.answered(201).id();
    assert_ne!(again, story.zoe, "a re-hire is somebody new");
    assert_eq!(story.company.teams_of(&again).await, Vec::<String>::new());
    story.nobody_else_is_touched().await;
}

fn zoe_again() -> Value {
    entra::workplace_user("other.Qzx7@contoso.example", "Zoe", "object-Qzx7")
}

#[tokio::test]
async fn an_erasure_that_is_killed_anywhere_is_completed_when_it_is_run_again() {
    let mut story = Story::told().await;
    story.zoe_leaves().await;
    let erasure = story.planned().await;
    let run = format!("erase run {erasure} --confirm contoso");
    for milliseconds in [10, 25, 50, 100, 200] {
        let (line, data_dir) = (run.clone(), story.world.data_dir().to_owned());
        let asked = tokio::spawn(async move { verb(&line, &data_dir).await });
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        story.world.program.kill9().await;
        asked.abort();
        story.world.start_again().await;
    }
    let ended = story.world.result(&run).await;
    assert_eq!(ended["state"], "completed", "{ended}");
    assert_eq!(story.found().await, Vec::<String>::new());
    story.company.moved_to(&story.world.url());
    story.company.scim(&format!("Users/{}", story.zoe)).await.answered(404);
    story.nobody_else_is_touched().await;
}

#[tokio::test]
async fn a_plan_is_void_once_more_was_told_of_the_person() {
    let story = Story::told().await;
    story.zoe_leaves().await;
    let erasure = story.planned().await;
    let renamed = entra::replace("displayName", "Qzx7 again");
    story.company.patch(&format!("Users/{}", story.zoe), &renamed).await.answered(200);
    story.world.verb(&format!("erase run {erasure} --confirm contoso")).await.ended(7);
}
