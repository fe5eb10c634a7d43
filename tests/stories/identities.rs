//! People who leave under another name, or are made anew before their old resource is deleted.

use kit::company::Company;
use kit::entra;
use kit::world::World;
use serde_json::{Value, json};

/// A user name with the object id in front, as Entra may change it before it deletes.
fn behind_object_id(login: &str) -> String {
    format!("8c7a6b5d4e3f2a1b0c9d8e7f6a5b4c3d{login}")
}

#[tokio::test]
async fn in_benefits_a_leaver_whose_name_was_put_behind_the_object_id_is_the_same_employee() {
    let world = World::new().await;
    let company = world.company("fabrikam", "benefits").await;
    let ann = entra::benefits_user("ann@x.example", Some("P-1"));
    let first = company.post("Users", &ann).await.answered(201).id();
    let path = format!("Users/{first}");
    let leaves = entra::patch([
        json!({ "op": "Replace", "path": "active", "value": "False" }),
        json!({ "op": "Replace", "path": "userName", "value": behind_object_id("ann@x.example") }),
    ]);
    company.patch(&path, &leaves).await.answered(200);
    company.delete(&path).await.answered(204);
    let again = company.post("Users", &ann).await.answered(201).id();

    let employee = company.employee(&first).await;
    assert_eq!(employee["standing"], "active", "{employee}");
    assert_eq!(employee["resourceId"], json!(again));
    assert_eq!(employee["userName"], "ann@x.example");
    company.ask(&format!("employees/{again}")).await.answered(404);
    let everybody = company.ask("employees").await.answered(200);
    assert_eq!(everybody.body["employees"].as_array().map(Vec::len), Some(1), "{}", everybody.text);
    // Somebody else has that address, by another payroll reference.
    company.purge(&again).await;
    let other = entra::benefits_user("ann@x.example", Some("P-2"));
    let other = company.post("Users", &other).await.answered(201).id();
    assert_eq!(company.employee(&other).await["id"], json!(other));
    assert_eq!(company.employee(&first).await["standing"], "former");
}

#[tokio::test]
async fn in_benefits_a_name_that_passed_to_somebody_else_makes_nobody_of_before_come_back() {
    let world = World::new().await;
    let company = world.company("fabrikam", "benefits").await;
    let post = async |login: &str| {
        company.post("Users", &entra::benefits_user(login, None)).await.answered(201).id()
    };
    let ann = post("ann@x.example").await;
    let married = entra::replace("userName", "ann.king@x.example");
    company.patch(&format!("Users/{ann}"), &married).await.answered(200);
    let namesake = post("ann@x.example").await;
    company.purge(&namesake).await;
    company.purge(&ann).await;
    let again = post("ann@x.example").await;
    assert_eq!(company.employee(&namesake).await["resourceId"], json!(again));
    assert_eq!(company.employee(&ann).await["standing"], "former");
    let king = post("ann.king@x.example").await;
    assert_eq!(company.employee(&ann).await["resourceId"], json!(king));
}

/// What was told of a person, in order.
async fn facts(world: &World, employee: &str) -> Vec<String> {
    let events = world.events("contoso").await.into_iter();
    let about = events.filter(|event| event["data"]["employeeId"] == json!(employee));
    about.map(|event| event["type"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Ada, who was disabled and made anew under another name.
async fn ada_twice(company: &Company) -> (String, String) {
    let ada = company.hire("Ada").await;
    company.disable(&ada).await;
    let again = entra::workplace_user("ada.king@contoso.example", "Ada King", "object of Ada");
    let again = company.post("Users", &again).await.answered(201).id();
    (ada, again)
}

async fn is_described_by(company: &Company, ada: &str, resource: &str, standing: &str) -> Value {
    let employee = company.employee(ada).await;
    assert_eq!(employee["resourceId"], json!(resource), "{employee}");
    assert_eq!(employee["standing"], standing, "{employee}");
    let everybody = company.ask("employees").await.answered(200);
    assert_eq!(everybody.body["employees"].as_array().map(Vec::len), Some(1), "{}", everybody.text);
    employee
}

#[tokio::test]
async fn in_workplace_who_is_made_anew_before_the_old_resource_is_deleted_is_the_same_employee() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, again) = ada_twice(&company).await;
    let employee = is_described_by(&company, &ada, &again, "active").await;
    assert_eq!(employee["userName"], "ada.king@contoso.example");
    company.ask(&format!("employees/{again}")).await.answered(404);

    // Each is a resource of its own.
    for (id, name, active) in [(&ada, "ada", false), (&again, "ada.king", true)] {
        let login = format!("{name}@contoso.example");
        let shown = company.scim(&format!("Users/{id}")).await.answered(200).body;
        assert_eq!((&shown["userName"], &shown["active"]), (&json!(login), &json!(active)));
        let found = company.find("Users", &format!("userName eq \"{login}\"")).await;
        assert_eq!(found.column("id"), [id.as_str()]);
        let active = company.find("Users", &format!("active eq {active}")).await;
        assert_eq!(active.column("id"), [id.as_str()]);
    }
    let found = company.find("Users", r#"externalId eq "object of Ada""#).await;
    assert_eq!(found.column("id"), [ada.as_str(), again.as_str()]);
    let all = company.scim("Users?count=1&startIndex=2").await.answered(200);
    assert_eq!((&all.body["totalResults"], all.column("id")), (&json!(2), vec![again.clone()]));
    let sorted = company.query("Users", &[("sortBy", "displayName")]).await.answered(200);
    assert_eq!(sorted.column("id"), [ada.as_str(), again.as_str()]);
    let taken = entra::replace("userName", "ADA@contoso.example");
    company.patch(&format!("Users/{again}"), &taken).await.refused(409, Some("uniqueness"));

    // The old one is changed and deleted, and nobody leaves.
    let renamed = entra::replace("displayName", "Ada, as she was");
    let renamed = company.patch(&format!("Users/{ada}"), &renamed).await.answered(200);
    assert_eq!(renamed.body["displayName"], "Ada, as she was");
    let employee = is_described_by(&company, &ada, &again, "active").await;
    assert_eq!(employee["displayName"], "Ada King");
    company.purge(&ada).await;
    company.scim(&format!("Users/{ada}")).await.refused(404, None);
    is_described_by(&company, &ada, &again, "active").await;
    company.patch(&format!("Users/{again}"), &taken).await.answered(200);
    assert_eq!(
        facts(&world, &ada).await,
        [
            "user.created",
            "user.deactivated",
            "user.returned",
            "user.resource-changed",
            "user.resource-deleted",
            "user.changed",
        ]
    );
    company.purge(&again).await;
    assert_eq!(company.employee(&ada).await["standing"], "former");
}

#[tokio::test]
async fn the_old_resource_describes_the_person_again_if_the_new_one_is_deleted_first() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, again) = ada_twice(&company).await;
    company.purge(&again).await;
    let employee = is_described_by(&company, &ada, &ada, "former").await;
    assert_eq!(employee["userName"], "ada@contoso.example");
    company.restore(&ada).await;
    is_described_by(&company, &ada, &ada, "active").await;
    let facts = facts(&world, &ada).await;
    let last = ["user.resource-deleted", "user.deactivated", "user.reactivated"];
    assert_eq!(facts[facts.len() - 3..], last);
}

#[tokio::test]
async fn a_group_shows_the_ids_that_were_named_and_the_person_is_one_member() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let group = company.form("Sales", &[&ada]).await;
    company.disable(&ada).await;
    let again = entra::workplace_user("ada.king@contoso.example", "Ada King", "object of Ada");
    let again = company.post("Users", &again).await.answered(201).id();
    assert_eq!(company.members(&group).await, std::slice::from_ref(&ada));
    let in_groups = async |id: &str| {
        let user = company.scim(&format!("Users/{id}")).await.answered(200).body;
        user["groups"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((in_groups(&ada).await, in_groups(&again).await), (1, 0));

    company.add(&group, &again).await;
    assert_eq!(company.members(&group).await, [ada.clone(), again.clone()]);
    let team = company.ask(&format!("teams/{group}")).await.answered(200);
    assert_eq!(team.body["members"], 1, "{}", team.text);
    company.remove(&group, &ada).await;
    assert_eq!(company.members(&group).await, std::slice::from_ref(&again));
    assert_eq!(company.teams_of(&ada).await, ["Sales primary synced"], "she is in it still");
    let probe = company.find("Groups", &format!("members eq \"{ada}\"")).await;
    assert_eq!(probe.body["totalResults"], 0);

    // What the old resource alone is in, the new one is in once the old one is deleted.
    let choir = company.form("Choir", &[&ada]).await;
    company.purge(&ada).await;
    assert_eq!(company.members(&choir).await, std::slice::from_ref(&again));
    assert_eq!(company.members(&group).await, std::slice::from_ref(&again));
    company.remove(&group, &again).await;
    assert_eq!(company.teams_of(&ada).await, ["Choir primary synced"]);
}
