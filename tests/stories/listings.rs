//! What Entra asks before it writes: probes, and pages of everybody.

use kit::entra;
use kit::world::World;

#[tokio::test]
async fn a_connection_test_finds_nobody_and_is_content() {
    let world = World::new().await;
    for (slug, profile) in [("contoso", "workplace"), ("fabrikam", "benefits")] {
        let company = world.company(slug, profile).await;
        for (kind, filter) in [
            ("Users", r#"userName eq "6f1a2bd0-2f4c-4ad9-9a3f-5a0f4ad1c2b7""#),
            ("Users", r#"externalId eq "6f1a2bd0-2f4c-4ad9-9a3f-5a0f4ad1c2b7""#),
            ("Groups", r#"displayName eq "6f1a2bd0-2f4c-4ad9-9a3f-5a0f4ad1c2b7""#),
        ] {
            let found = company.find(kind, filter).await;
            assert_eq!(found.body["totalResults"], 0, "{slug}, {kind}: {}", found.text);
            assert_eq!(found.header("content-type"), "application/scim+json");
        }
        // Administrators paste base URLs with a slash at the end, so that paths have two.
        company.scim("/Users").await.answered(200);
    }
}

#[tokio::test]
async fn pages_follow_the_order_of_arrival_with_exact_totals_whatever_changes_meanwhile() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut arrived = Vec::new();
    for name in ["Zoe", "Ada", "Mia", "Bob", "Yan", "Cyd", "Eve"] {
        arrived.push(company.hire(name).await);
    }
    let mut paged = Vec::new();
    for start in [1, 4, 7] {
        let page = company.scim(&format!("Users?startIndex={start}&count=3")).await.answered(200);
        assert_eq!(page.body["totalResults"], 7);
        assert_eq!(page.body["startIndex"], start);
        let users = page.body["Resources"].as_array().expect("a page").clone();
        assert_eq!(page.body["itemsPerPage"], users.len());
        paged.extend(users.iter().filter_map(|user| user["id"].as_str().map(str::to_owned)));
        // Who changes, or leaves without being deleted, keeps the place.
        let renamed = entra::replace("displayName", format!("Ada the {start}th"));
        company.patch(&format!("Users/{}", arrived[1]), &renamed).await.answered(200);
        company.disable(&arrived[0]).await;
    }
    assert_eq!(paged, arrived);
    let beyond = company.scim("Users?startIndex=8&count=3").await.answered(200);
    assert_eq!(beyond.body["totalResults"], 7);
    assert!(beyond.body["Resources"].as_array().is_none_or(Vec::is_empty), "{}", beyond.text);
}
