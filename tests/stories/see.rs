//! What operators see: one person, a directory as of a moment, a request, and who is behind.

use kit::company::Company;
use kit::entra;
use kit::program::{rollcall, verb_with};
use kit::wait::until;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

/// What is explained of a person.
async fn explained(world: &World, person: &str) -> Value {
    world.result(&format!("explain person {person} --tenant contoso")).await
}

/// The teams in words: name, rank and origin.
fn teams(explanation: &Value) -> Vec<String> {
    let teams = explanation["teams"].as_array().expect("teams");
    let words = |team: &Value| {
        let part = |name: &str| team[name].as_str().expect("a text").to_owned();
        format!("{} {} {}", part("name"), part("rank"), part("origin"))
    };
    teams.iter().map(words).collect()
}

fn fact<'e>(explanation: &'e Value, name: &str) -> &'e Value {
    let facts = explanation["facts"].as_array().expect("facts");
    let fact = facts.iter().find(|fact| fact["fact"] == name);
    fact.unwrap_or_else(|| panic!("no {name} in {explanation}"))
}

/// The time of the last event of the tenant.
async fn last_event_at(world: &World) -> String {
    let last = world.events("contoso").await.pop().expect("there are events");
    last["time"].as_str().expect("a time").to_owned()
}

async fn choose_primary(company: &Company, employee: &str, team: &str) {
    let (path, choice) = (format!("employees/{employee}/primary-team"), json!({ "teamId": team }));
    company.command(Method::PUT, &path, Some(&choice)).await.answered(204);
}

#[tokio::test]
async fn a_person_is_explained_as_of_now_and_as_of_each_moment_before() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let design = company.form("Design", &[&ada]).await;
    let before_berlin = last_event_at(&world).await;
    let berlin = company.form("Berlin", &[&ada]).await;
    choose_primary(&company, &ada, &berlin).await;
    let chosen = explained(&world, &ada).await;
    assert_eq!(teams(&chosen), ["Berlin primary synced", "Design additional synced"]);
    let because = chosen["teams"][0]["because"].as_str().expect("a reason");
    assert!(because.starts_with(&format!("chosen by {}", company.administrator)), "{because}");
    assert_eq!(chosen["teams"][0]["set_by"]["actor"], company.administrator.as_str());

    // The chosen one ends, and the first synced group is Primary again.
    company.remove(&berlin, &ada).await;
    let ended = explained(&world, &ada).await;
    assert_eq!(teams(&ended), ["Design primary synced"]);
    let because = ended["teams"][0]["because"].as_str().expect("a reason");
    assert!(because.contains("\"Berlin\", ended: the oldest that is left"), "{because}");
    assert_eq!(ended["teams"][0]["team_id"], design.as_str());

    // What is told of the teams is what the read API shows.
    assert_eq!(company.teams_of(&ada).await, teams(&ended));
    let then = world.result(&format!("at {before_berlin} person {ada} --tenant contoso")).await;
    assert_eq!(teams(&then), ["Design primary synced"]);
    assert_eq!(then["as_of"]["time"], before_berlin.as_str());

    // Departure and return.
    company.disable(&ada).await;
    let former = explained(&world, &ada).await;
    assert_eq!(fact(&former, "standing")["value"], "former");
    assert_eq!(fact(&former, "standing")["set_by"]["event"], "user.deactivated");
    company.restore(&ada).await;
    let back = explained(&world, &ada).await;
    assert_eq!(fact(&back, "standing")["value"], "active");
    assert_eq!(fact(&back, "standing")["set_by"]["event"], "user.reactivated");
}

#[tokio::test]
async fn who_is_held_is_explained_by_the_alert() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let guard = "guard set --tenant contoso --hold on --deactivations 2 --percent 1";
    world.verb(guard).await.ended(0);
    company.disable(&bob).await;
    company.disable(&ada).await;
    let held = explained(&world, &ada).await;
    assert_eq!(fact(&held, "standing")["value"], "active");
    let alert = fact(&held, "held")["value"]["until_decided"].clone();
    let alert = alert.as_str().expect("the id of the alert");
    world.verb(&format!("alerts release {alert} --tenant contoso")).await.ended(0);
    let released = explained(&world, &ada).await;
    assert_eq!(fact(&released, "standing")["value"], "former");
    assert_eq!(fact(&released, "standing")["set_by"]["event"], "alert.released");
}

#[tokio::test]
async fn personal_values_are_masked_until_somebody_reveals_them_which_is_in_the_journal() {
    let world = World::new().await;
    let company = world.contoso().await;
    let user = entra::workplace_user("ada@contoso.example", "Ada", "object-7");
    let ada = company.post("Users", &user).await.answered(201).id();
    company.ask("employees").await.answered(200);
    // By each of the names that a client or an operator may have.
    for name in [&*ada, "ADA@contoso.example", "object-7"] {
        let told = explained(&world, name).await;
        assert_eq!(told["employee_id"], ada.as_str(), "{name}");
        assert_eq!(fact(&told, "userName")["value"], "a•••@c•••.example");
        assert!(!told.to_string().contains("ada@"), "{told}");
    }
    let journal = world.verb("operations log").await.ended(0).lines();
    let revealed = |journal: &[Value]| {
        let acts = journal.iter().flat_map(|page| page["acts"].as_array().expect("acts"));
        acts.filter(|act| act["act"] == "personal.revealed").cloned().collect::<Vec<_>>()
    };
    assert_eq!(revealed(&journal), Vec::<Value>::new());
    let told = world.result(&format!("history person {ada} --reveal")).await;
    assert!(told.to_string().contains("ada@contoso.example"), "{told}");
    let journal = world.verb("operations log").await.ended(0).lines();
    let acts = revealed(&journal);
    assert_eq!(acts.len(), 1, "{journal:?}");
    assert_eq!(acts[0]["of"], json!({ "tenant": "contoso", "employee": ada }));
    let nobody = world.verb("explain person nobody@contoso.example --tenant contoso").await;
    nobody.ended(1);
    // Whoever may look at everything may not look at that.
    let reader = world.result("operator add ann --role ops:read").await;
    let (url, token) = (world.url(), reader["operator_token"].as_str().expect("a token"));
    let as_ann = [("ROLLCALL_URL", &*url), ("ROLLCALL_OPERATOR_TOKEN", token)];
    verb_with(&format!("explain person {ada}"), &as_ann).await.ended(0);
    verb_with(&format!("explain person {ada} --reveal"), &as_ann).await.ended(6);
    world.verb("operator grant ann --role privacy:reveal").await.ended(0);
    verb_with(&format!("explain person {ada} --reveal"), &as_ann).await.ended(0);
}

#[tokio::test]
async fn a_moment_is_one_position_of_the_log_whoever_is_asked_about() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let then = last_event_at(&world).await;
    let bob = company.hire("Bob").await;
    company.disable(&ada).await;
    let events = world.events("contoso").await;
    let at = async |time: &str, what: &str, ended| {
        world.verb(&format!("at {time} {what}")).await.ended(ended)
    };
    let person = at(&then, &format!("person {ada}"), 0).await.line();
    let directory = at(&then, "employees --tenant contoso", 0).await.line();
    let hired = events.iter().rfind(|event| event["time"] == json!(then)).expect("an event");
    assert_eq!(person["as_of"]["position"], hired["position"], "{person}");
    assert_eq!(directory["position"], hired["position"], "{directory}");
    // Who was not there yet is told as that, with where they begin.
    let early = at(&then, &format!("person {bob}"), 3).await.line();
    assert_eq!((&early["known"], teams(&early)), (&json!(false), vec![]));
    let first = &early["as_of"]["first"];
    assert_eq!(
        (&first["event"], first["position"].as_u64() > hired["position"].as_u64()),
        (&json!("user.created"), true)
    );
    for what in [format!("person {ada}"), "employees --tenant contoso".to_owned()] {
        let before = at("2020-01-01T00:00:00Z", &what, 1).await.stderr;
        assert!(before.contains("the log begins later, with event 1 of 20"), "{before}");
        at("2900-01-01T00:00:00Z", &what, 2).await;
        at("yesterday", &what, 2).await;
    }
    world.verb("tenant create later").await.ended(0);
    let later = at(&then, "employees --tenant later", 1).await.stderr;
    assert!(later.contains("there was no tenant later yet: it begins with event"), "{later}");
    let none = at(&then, "employees --tenant nobody", 1).await.stderr;
    assert!(none.contains("rollcall tenant list"), "{none}");
}

#[tokio::test]
async fn a_request_is_traced_to_its_events_and_to_every_read_model() {
    let world = World::new().await;
    let company = world.contoso().await;
    let user = entra::workplace_user("ada@contoso.example", "Ada", "object of Ada");
    let made = company.post("Users", &user).await.answered(201);
    let request = made.header("x-request-id").to_owned();
    company.ask("employees").await.answered(200);
    until("every read model has it", async || {
        let trace = world.result(&format!("trace {request}")).await;
        let applied = trace["projections"].as_array().expect("projections");
        applied.len() == 4 && applied.iter().all(|one| one["applied"] == 1)
    })
    .await;
    let trace = world.result(&format!("trace {request}")).await;
    let events = trace["events"].as_array().expect("events");
    assert_eq!(events.len(), 1, "{trace}");
    assert_eq!(
        (&events[0]["event"], &events[0]["tenant"]),
        (&json!("user.created"), &json!("contoso"))
    );
    assert!(trace["arrived_at"].is_string(), "{trace}");
    // The request of a fact is the one that is explained with it.
    let explained = explained(&world, &made.id()).await;
    assert_eq!(fact(&explained, "userName")["set_by"]["request"], request.as_str());

    // The same again changes nothing, so that nothing tells of it.
    let same =
        company.patch(&format!("Users/{}", made.id()), &entra::restore()).await.answered(200);
    let request = same.header("x-request-id").to_owned();
    let trace = world.result(&format!("trace {request} --tenant contoso")).await;
    assert_eq!((&trace["events"], &trace["searched"]["complete"]), (&json!([]), &json!(true)));
    // A client's own id is looked for in what the log took lately.
    let body = entra::replace("title", "Dr");
    let path = format!("Users/{}", made.id());
    let own = ("x-request-id", "entra-7");
    company.scim_with(Method::PATCH, &path, own, Some(&body)).await.answered(200);
    let trace = world.result("trace entra-7 --since 1h").await;
    assert_eq!(trace["events"][0]["event"], "user.changed", "{trace}");
}

#[tokio::test]
async fn a_directory_is_listed_as_of_a_moment_in_json_and_in_csv() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.form("Design", &[&ada]).await;
    let then = last_event_at(&world).await;
    let bob = company.hire("Bob").await;
    company.disable(&ada).await;
    company.purge(&bob).await;
    let now = last_event_at(&world).await;
    let at = async |time: &str, more: &str| {
        world.verb(&format!("at {time} employees --tenant contoso{more}")).await.ended(0)
    };
    let directory = at(&then, "").await.line();
    assert_eq!(directory["schema"], "rollcall.employees-at.v1");
    let employees = directory["employees"].as_array().expect("employees");
    assert_eq!(employees.len(), 1, "{directory}");
    assert_eq!(employees[0]["standing"], "active");
    assert_eq!(employees[0]["primary_team"], "Design");
    let directory = at(&now, " --reveal").await.line();
    let standings = directory["employees"].as_array().expect("employees").iter();
    let standings: Vec<_> = standings.map(|one| (&one["user_name"], &one["standing"])).collect();
    let (ada, bob) = (json!("ada@contoso.example"), json!("bob@contoso.example"));
    let former = json!("former");
    assert_eq!(standings, [(&ada, &former), (&bob, &former)]);

    let data_dir = world.data_dir().to_str().expect("a path of ours is text");
    let shown = ["at", &then, "employees", "--tenant", "contoso"];
    let shown = rollcall(&shown, &[("ROLLCALL_DATA_DIR", data_dir)]).output().await;
    let shown = String::from_utf8(shown.expect("it starts").stdout).expect("text");
    let rows: Vec<&str> = shown.lines().skip_while(|line| !line.starts_with("EMPLOYEE")).collect();
    assert!(shown.starts_with("DIRECTORY of contoso as of"), "a person reads a table: {shown}");
    assert!(rows[1].contains("active") && rows[1].ends_with("Design"), "{shown}");
    let csv = ["at", &then, "employees", "--tenant", "contoso", "--csv"];
    let csv = rollcall(&csv, &[("ROLLCALL_DATA_DIR", data_dir)]).output().await.expect("it starts");
    let csv = String::from_utf8(csv.stdout).expect("text");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[0].starts_with(r#""employee_id","standing","held","user_name""#), "{csv}");
    assert!(lines[1].contains(r#""active","false","a•••@c•••.example""#), "{csv}");
}

#[tokio::test]
async fn who_is_behind_is_nobody_once_all_has_been_applied() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    until("nobody is behind", async || {
        let lag = world.verb("lag --by tenant").await.line();
        lag["tenants"] == json!([]) && lag["position"] == lag["counted_to"]
    })
    .await;
    world.verb("lag --by tenant").await.ended(0);
}
