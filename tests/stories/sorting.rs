//! Lists in an order of the client's choice, and questions about both types at once.

use kit::company::Company;
use kit::entra;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

async fn sorted(company: &Company, path: &str, by: &str, order: &str) -> Vec<String> {
    let parameters = [("sortBy", by), ("sortOrder", order)];
    company.query(path, &parameters).await.answered(200).column("displayName")
}

#[tokio::test]
async fn a_list_comes_in_the_order_that_the_client_asks_for() {
    let world = World::new().await;
    let company = world.contoso().await;
    for (name, title) in [("mia", "b"), ("Zoe", "A"), ("Ada", ""), ("bob", "a")] {
        let mut user = entra::workplace_user(&format!("{name}@x.example"), name, name);
        user["title"] = title.into();
        company.post("Users", &user).await.answered(201);
    }
    let users = async |by, order| sorted(&company, "Users", by, order).await;

    assert_eq!(users("displayName", "").await, ["Ada", "bob", "mia", "Zoe"]);
    assert_eq!(users("userName", "descending").await, ["Zoe", "mia", "bob", "Ada"]);
    // Upper case comes first where letter case counts.
    assert_eq!(users("externalId", "ascending").await, ["Ada", "Zoe", "bob", "mia"]);
    // Who has no title comes last, or first when descending; the same title keeps the order of arrival.
    assert_eq!(users("title", "ascending").await, ["Zoe", "bob", "mia", "Ada"]);
    assert_eq!(users("title", "descending").await, ["Ada", "mia", "Zoe", "bob"]);
    assert_eq!(users("meta.created", "ascending").await, ["mia", "Zoe", "Ada", "bob"]);
    assert_eq!(users("nobodyKnowsThis", "descending").await, ["mia", "Zoe", "Ada", "bob"]);

    let page = [("sortBy", "userName"), ("startIndex", "2"), ("count", "2")];
    let page = company.query("Users", &page).await.answered(200);
    assert_eq!(page.column("displayName"), ["bob", "mia"]);
    assert_eq!(page.body["totalResults"], 4);

    let search = json!({ "sortBy": "userName", "sortOrder": "descending", "count": 1 });
    let found = company.post("Users/.search", &search).await.answered(200);
    assert_eq!(found.column("displayName"), ["Zoe"]);

    let by = |by| [("sortBy", by)];
    company.query("Users", &by("name")).await.refused(400, Some("invalidPath"));
    let sideways = [("sortBy", "userName"), ("sortOrder", "sideways")];
    company.query("Users", &sideways).await.refused(400, Some("invalidValue"));
    let able = company.scim("ServiceProviderConfig").await.answered(200);
    assert_eq!(able.body["sort"]["supported"], true);
}

#[tokio::test]
async fn the_root_answers_about_users_and_groups_together() {
    let world = World::new().await;
    let company = world.contoso().await;
    for name in ["Zoe", "Ada"] {
        company.hire(name).await;
    }
    for name in ["Sales", "Board"] {
        company.form(name, &[]).await;
    }
    let all = company.scim("").await.answered(200);
    assert_eq!(all.column("displayName"), ["Zoe", "Ada", "Sales", "Board"]);
    assert_eq!(all.body["totalResults"], 4);
    assert_eq!(sorted(&company, "", "displayName", "").await, ["Ada", "Board", "Sales", "Zoe"]);

    let search = async |body: Value| company.post(".search", &body).await.answered(200);
    let page = search(json!({ "startIndex": 2, "count": 2 })).await;
    assert_eq!(page.column("displayName"), ["Ada", "Sales"]);
    assert_eq!(page.body["totalResults"], 4);
    let found = search(json!({ "filter": r#"meta.resourceType eq "Group""# })).await;
    assert_eq!(found.column("displayName"), ["Sales", "Board"]);
    // An attribute that one type lacks matches nothing there.
    let found = search(json!({ "filter": r#"userName sw "ada""# })).await;
    assert_eq!(found.column("displayName"), ["Ada"]);
}

#[tokio::test]
async fn every_no_under_the_gateways_prefix_is_told_as_a_scim_error() {
    let world = World::new().await;
    let company = world.contoso().await;
    for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
        company.scim_write(method, "Me", &json!({})).await.refused(501, None);
    }
    company.scim("Devices").await.refused(404, None);
    company.scim("Users/1/2").await.refused(404, None);
    company.scim("../").await.refused(404, None);
    let refused = company.scim_write(Method::PUT, "Users", &json!({})).await.refused(405, None);
    let allowed = refused.header("allow");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed:?}");
    company.scim_write(Method::PATCH, ".search", &json!({})).await.refused(405, None);
}
