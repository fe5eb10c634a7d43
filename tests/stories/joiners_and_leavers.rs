//! People join, change, leave and come back within 30 days.

use kit::entra;
use kit::world::World;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_joiner_is_an_active_employee_with_everything_as_it_was_sent() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = entra::workplace_user("Ada.Byron@contoso.example", " Ada  Byrøn", "0b1c-Ada");
    let made = company.post("Users", &ada).await.answered(201);

    assert_eq!(made.header("location"), format!("{}/Users/{}", company.scim_base_url, made.id()));
    let found = company.find("Users", r#"userName eq "ada.byron@CONTOSO.example""#).await;
    assert_eq!(found.body["totalResults"], 1);
    let user = &found.body["Resources"][0];
    for attribute in ["userName", "displayName", "externalId", "active"] {
        assert_eq!(user[attribute], ada[attribute], "{attribute}");
    }
    let employee = company.employee(&made.id()).await;
    assert_eq!(employee["standing"], "active");
    assert_eq!(employee["userName"], "Ada.Byron@contoso.example");
    assert_eq!(employee["externalId"], "0b1c-Ada");
    assert_eq!(employee["profile"]["displayName"], " Ada  Byrøn");
    assert_eq!(employee["canSignIn"], true);
}

#[tokio::test]
async fn a_user_name_that_is_no_address_is_taken_and_flagged() {
    let world = World::new().await;
    let company = world.contoso().await;
    let guest = entra::workplace_user("guest#EXT#", "A guest", "object of a guest");
    let guest = company.post("Users", &guest).await.answered(201).id();
    assert_eq!(company.employee(&guest).await["canSignIn"], false);
}

#[tokio::test]
async fn a_mover_has_a_new_name_and_the_old_one_is_free() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let renamed = entra::patch([
        json!({ "op": "Replace", "path": "userName", "value": "ada.king@contoso.example" }),
        json!({ "op": "Replace", "path": "displayName", "value": "Ada King" }),
    ]);
    let answer = company.patch(&format!("Users/{ada}"), &renamed).await.answered(200);
    assert_eq!(answer.body["userName"], "ada.king@contoso.example");

    let employee = company.employee(&ada).await;
    assert_eq!(employee["userName"], "ada.king@contoso.example");
    assert_eq!(employee["displayName"], "Ada King");
    let namesake = entra::workplace_user("ada@contoso.example", "Ada", "object of another Ada");
    company.post("Users", &namesake).await.answered(201);
    assert_eq!(
        company.find("Users", r#"userName eq "ada@contoso.example""#).await.body["totalResults"],
        1
    );
}

#[tokio::test]
async fn a_leaver_is_former_stays_readable_and_keeps_the_name() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let disabled = company.patch(&format!("Users/{ada}"), &entra::disable()).await.answered(200);
    assert_eq!(
        disabled.body["active"], false,
        "the text \"False\" is read, and answered, as a boolean"
    );

    assert_eq!(company.scim(&format!("Users/{ada}")).await.answered(200).body["active"], false);
    let found = company.find("Users", r#"externalId eq "object of Ada""#).await;
    assert_eq!(found.body["totalResults"], 1, "inactive people are found by filters");
    let employee = company.employee(&ada).await;
    assert_eq!(employee["standing"], "former");
    assert!(employee["leftAt"].is_string(), "{employee}");

    let namesake = entra::workplace_user("ADA@contoso.example", "Ada", "object of another Ada");
    company.post("Users", &namesake).await.refused(409, Some("uniqueness"));
}

#[tokio::test]
async fn a_restored_leaver_has_the_teams_as_they_were() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.form("Sales", &[&ada]).await;
    company.form("Choir", &[&ada]).await;
    let before = company.teams_of(&ada).await;
    assert_eq!(before, ["Sales primary synced", "Choir additional synced"]);

    company.disable(&ada).await;
    assert_eq!(company.teams_of(&ada).await, before, "someone Former keeps theirs");
    company.restore(&ada).await;
    let employee = company.employee(&ada).await;
    assert_eq!(employee["standing"], "active");
    assert!(employee["leftAt"].is_null(), "{employee}");
    assert_eq!(company.teams_of(&ada).await, before);
}

#[tokio::test]
async fn a_deleted_resource_is_gone_for_good_while_the_person_stays_as_former() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.disable(&ada).await;
    company.purge(&ada).await;

    let path = format!("Users/{ada}");
    company.scim(&path).await.refused(404, None);
    company.patch(&path, &entra::restore()).await.refused(404, None);
    company.delete(&path).await.refused(404, None);
    assert_eq!(company.scim("Users").await.answered(200).body["totalResults"], 0);
    let employee = company.employee(&ada).await;
    assert_eq!(employee["standing"], "former");
    assert!(employee["resourceId"].is_null(), "{employee}");

    let namesake = entra::workplace_user("ada@contoso.example", "Ada", "object of another Ada");
    let namesake = company.post("Users", &namesake).await.answered(201).id();
    assert_eq!(company.employee(&namesake).await["standing"], "active");
    assert_eq!(company.employee(&ada).await["standing"], "former");
}

#[tokio::test]
async fn who_is_deleted_without_being_disabled_first_is_former_too() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.purge(&ada).await;
    assert_eq!(company.employee(&ada).await["standing"], "former");
    let former = company.ask("employees?standing=former").await.answered(200);
    assert_eq!(former.body["employees"].as_array().map(Vec::len), Some(1), "{}", former.text);
}

#[tokio::test]
async fn nobody_is_let_in_or_put_out_by_what_does_not_speak_of_active() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    company.disable(&ada).await;
    for (id, name, active, standing) in
        [(&ada, "ada", false, "former"), (&bob, "bob", true, "active")]
    {
        let path = format!("Users/{id}");
        let silent = |title: &str| json!({ "schemas": [entra::USER], "userName": format!("{name}@contoso.example"), "title": title });
        let mut null = silent("by a PUT with null");
        null["active"] = json!(null);
        let in_bulk = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
            { "method": "PUT", "path": format!("/{path}"), "data": silent("in a bulk") },
        ] });
        let amend = |operation| entra::patch([operation]);
        let title = json!({ "op": "replace", "value": { "title": "by a PATCH" } });
        company.scim_write(Method::PUT, &path, &silent("by a PUT")).await.answered(200);
        company.scim_write(Method::PUT, &path, &null).await.answered(200);
        company.post("Bulk", &in_bulk).await.answered(200);
        company.patch(&path, &amend(title)).await.answered(200);
        for nothing in [
            json!({ "op": "replace", "value": { "active": null } }),
            json!({ "op": "add", "path": "active", "value": "" }),
            json!({ "op": "remove", "path": "active" }),
        ] {
            company.patch(&path, &amend(nothing)).await.answered(200);
        }
        let shown = company.scim(&path).await.answered(200).body;
        assert_eq!(shown["active"], active, "{shown}");
        assert_eq!(shown["title"], "by a PATCH", "{shown}");
        assert_eq!(company.employee(id).await["standing"], standing);
    }
    let silent = json!({ "schemas": [entra::USER], "userName": "cyd@contoso.example" });
    assert_eq!(company.post("Users", &silent).await.answered(201).body["active"], true);
}
