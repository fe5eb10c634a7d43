//! How many events each SCIM call makes: one event is one publish, several are an atomic batch, which
//! takes ten times as long. `services/roster/README.md` promises these numbers.

use std::cell::{Cell, RefCell};

use kit::company::{Company, User};
use kit::entra;
use kit::http::Answer;
use kit::positions::Positions;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

const README: &str = include_str!("../../services/roster/README.md");

/// Counts the events of each call by where the log is after it: nobody else writes.
struct Counted<'a> {
    company: &'a Company,
    positions: Positions,
    position: Cell<u64>,
    said: RefCell<Vec<String>>,
}

impl Counted<'_> {
    /// Takes note of an answer whose events do not matter here.
    fn passed(&self, answer: &Answer) {
        let told = answer.position().expect("a position");
        self.position.set(self.positions.read(&self.company.slug, told));
    }

    /// What an answer's call made, which must be what the README says of such calls.
    #[track_caller]
    fn made(&self, call: &str, events: u64, answer: &Answer) {
        let before = self.position.get();
        self.passed(answer);
        assert_eq!(self.position.get() - before, events, "{call}");
        let promised = format!("| {call} | {events} |\n");
        assert!(README.contains(&promised), "services/roster/README.md does not say: {promised}");
        self.said.borrow_mut().push(promised);
    }

    async fn hire(&self, name: &str) -> User {
        let user = self.company.hire(name).await;
        self.position.set(self.position.get() + 1);
        user
    }

    async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.company.patch(path, body).await
    }

    async fn form(&self, name: &str, members: &[User]) -> Answer {
        let mut group = entra::group(name);
        let members = members.iter().map(|user| json!({ "value": user }));
        group["members"] = members.collect();
        self.company.post("Groups", &group).await.answered(201)
    }
}

fn mangled(user: &User) -> Value {
    let name = format!("0123456789abcdef0123456789abcdef{user}@contoso.example");
    entra::patch([
        json!({ "op": "Replace", "path": "active", "value": "False" }),
        json!({ "op": "Replace", "path": "userName", "value": name }),
    ])
}

/// All rows of the table.
fn promises() -> Vec<String> {
    let table = README.split("## How many events a SCIM call makes").nth(1).expect("the table");
    let table = table.split("\n## ").next().unwrap_or_default();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| format!("{row}\n")).collect()
}

#[tokio::test]
async fn each_call_makes_as_many_events_as_the_table_says() {
    let world = World::new().await;
    let company = world.contoso().await;
    let positions = Positions::at(&world.nats.url()).await;
    let counted =
        Counted { company: &company, positions, position: Cell::new(0), said: RefCell::default() };
    counted.passed(&company.scim("Users").await.answered(200));
    users(&counted).await;
    returns(&counted).await;
    groups(&counted).await;
    large_groups(&counted).await;
    world.verb("guard set --tenant contoso --hold on --deactivations 3 --percent 0").await.ended(0);
    counted.passed(&company.scim("Users").await.answered(200));
    departures_under_the_guard(&counted).await;
    let said = counted.said.take();
    let unsaid: Vec<String> = promises().into_iter().filter(|row| !said.contains(row)).collect();
    assert!(unsaid.is_empty(), "no call here shows that {unsaid:#?}");
}

async fn users(counted: &Counted<'_>) {
    let ada = entra::workplace_user("ada@contoso.example", "Ada", "object of Ada");
    let created = counted.company.post("Users", &ada).await.answered(201);
    counted.made("POST a user", 1, &created);
    let user = format!("Users/{}", created.id());
    let again = counted.company.scim_write(Method::PUT, &user, &ada).await.answered(200);
    counted.made("any call that asks for what is so already", 0, &again);
    let mut renamed = ada.clone();
    renamed["displayName"] = "Countess".into();
    let put = counted.company.scim_write(Method::PUT, &user, &renamed).await.answered(200);
    counted.made("PUT or PATCH of a user's attributes", 1, &put);
    let patched = counted.patch(&user, &entra::replace("displayName", "Ada")).await.answered(200);
    counted.made("PUT or PATCH of a user's attributes", 1, &patched);
    let disabled = counted.patch(&user, &entra::disable()).await.answered(200);
    counted.made("PUT or PATCH that disables or enables, whatever else it changes", 1, &disabled);
    let enabled = entra::patch([
        json!({ "op": "Replace", "path": "active", "value": "True" }),
        json!({ "op": "Replace", "path": "displayName", "value": "Ada King" }),
    ]);
    let enabled = counted.patch(&user, &enabled).await.answered(200);
    counted.made("PUT or PATCH that disables or enables, whatever else it changes", 1, &enabled);
    renamed["active"] = false.into();
    let put = counted.company.scim_write(Method::PUT, &user, &renamed).await.answered(200);
    counted.made("PUT or PATCH that disables or enables, whatever else it changes", 1, &put);
    let deleted = counted.company.delete(&user).await.answered(204);
    counted.made("DELETE of a user, Active or not", 1, &deleted);
    let bob = counted.hire("Bob").await;
    let deleted = counted.company.delete(&format!("Users/{bob}")).await.answered(204);
    counted.made("DELETE of a user, Active or not", 1, &deleted);
}

async fn returns(counted: &Counted<'_>) {
    let back = entra::workplace_user("bob@contoso.example", "Bob", "object of Bob");
    let back = counted.company.post("Users", &back).await.answered(201);
    counted.made("POST a user who returns", 1, &back);
    let path = format!("Users/{}", back.id());
    let left = counted.patch(&path, &mangled(&back.id())).await.answered(200);
    counted.made("PUT or PATCH that disables or enables, whatever else it changes", 1, &left);
}

async fn groups(counted: &Counted<'_>) {
    let mut people = Vec::new();
    for number in 0..6 {
        people.push(counted.hire(&format!("Member{number}")).await);
    }
    let created = counted.form("Core", &people[..5]).await;
    counted.made("POST a group with up to 500 members", 1, &created);
    let group = format!("Groups/{}", created.id());
    let renamed = counted.patch(&group, &entra::replace("displayName", "Kernel")).await;
    counted.made("PUT or PATCH of a group's attributes", 1, &renamed.answered(204));
    let added = counted.patch(&group, &entra::add_members(&[people[5].as_str()])).await;
    counted.made("PATCH that adds or removes up to 500 members", 1, &added.answered(204));
    let removed = counted.patch(&group, &entra::remove_members(&[people[5].as_str()])).await;
    counted.made("PATCH that adds or removes up to 500 members", 1, &removed.answered(204));
    let members = |of: &[User]| of.iter().map(|user| json!({ "value": user })).collect::<Value>();
    let others = entra::replace("members", members(&people[1..]));
    let others = counted.patch(&group, &others).await.answered(204);
    let replaces = "PUT or PATCH that replaces members, up to 500 who go or come";
    counted.made(replaces, 1, &others);
    let mut whole = entra::group("Kernel");
    whole["externalId"] = "object of Core".into();
    whole["members"] = members(&people[..5]);
    let put = counted.company.scim_write(Method::PUT, &group, &whole).await.answered(200);
    counted.made(replaces, 1, &put);
    whole["displayName"] = "Core".into();
    whole["members"] = members(&people);
    let put = counted.company.scim_write(Method::PUT, &group, &whole).await.answered(200);
    counted.made("PUT or PATCH of a group's attributes and members at once", 2, &put);
    let emptied = entra::patch([json!({ "op": "Remove", "path": "members" })]);
    let emptied = counted.patch(&group, &emptied).await.answered(204);
    counted.made("PUT or PATCH that empties a group of five or more (with its alert)", 2, &emptied);
    let deletes = "DELETE of a group, with or without members, with or without its alert";
    counted.made(deletes, 1, &counted.company.delete(&group).await.answered(204));
    let full = counted.form("Full", &people).await;
    counted.passed(&full);
    let full = format!("Groups/{}", full.id());
    counted.made(deletes, 1, &counted.company.delete(&full).await.answered(204));
    let alerts = counted.company.ask("alerts").await.answered(200).body;
    assert_eq!(alerts["alerts"].as_array().map(Vec::len), Some(2), "{alerts}");
}

/// Members need not be known.
async fn large_groups(counted: &Counted<'_>) {
    let strangers = |of: &str, count| (0..count).map(|n| format!("{of} {n}")).collect::<Vec<_>>();
    let large = counted.form("Large", &strangers("one", 501)).await;
    counted.made("POST a group with 501 to 1,000 members", 2, &large);
    let group = format!("Groups/{}", large.id());
    let others = strangers("other", 501).into_iter().map(|value| json!({ "value": value }));
    let others = entra::replace("members", others.collect::<Value>());
    let others = counted.patch(&group, &others).await.answered(204);
    counted.made("PUT or PATCH that replaces 501 members by 501 others", 4, &others);
}

/// Three who leave are too many here.
async fn departures_under_the_guard(counted: &Counted<'_>) {
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(counted.hire(&format!("Leaver{number}")).await);
    }
    let path = |nth: usize| format!("Users/{}", people[nth]);
    // The departures of before count, so that the next one raises the alert.
    let raises = counted.patch(&path(0), &entra::disable()).await.answered(200);
    counted.made("the departure that raises an alert, on up to 500 people", 3, &raises);
    let next = "each departure after it, by DELETE, PUT or PATCH";
    counted.made(next, 1, &counted.patch(&path(1), &entra::disable()).await.answered(200));
    counted.made(next, 1, &counted.patch(&path(2), &mangled(&people[2])).await.answered(200));
    counted.made(next, 1, &counted.company.delete(&path(3)).await.answered(204));
    let held = counted.company.employee(&people[3]).await;
    assert_eq!(held["standing"], "active", "the guard holds: {held}");
    let gone = counted.company.delete(&path(1)).await.answered(204);
    counted.made("DELETE of a user, Active or not", 1, &gone);
    let back = entra::workplace_user("leaver3@contoso.example", "Leaver3", "object of Leaver3");
    let back = counted.company.post("Users", &back).await.answered(201);
    counted.made("POST a user who returns", 1, &back);
}
