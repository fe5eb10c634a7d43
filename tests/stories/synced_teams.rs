//! SCIM groups are teams; a person's first is Primary.

use kit::entra;
use kit::world::World;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_first_synced_group_is_primary_and_the_others_are_additional() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    // Neither the names' order nor that in which the groups were made counts.
    let zoo = company.post("Groups", &entra::group("Zoo")).await.answered(201).id();
    let arts = company.post("Groups", &entra::group("Arts")).await.answered(201).id();
    let music = company.post("Groups", &entra::group("Music")).await.answered(201).id();
    for group in [&music, &zoo, &arts] {
        company.add(group, &ada).await;
    }
    assert_eq!(
        company.teams_of(&ada).await,
        ["Music primary synced", "Zoo additional synced", "Arts additional synced"]
    );
    let members = company.ask(&format!("teams/{zoo}/members")).await.answered(200);
    assert_eq!(members.body["members"][0]["employeeId"], json!(ada));
    assert_eq!(members.body["members"][0]["kind"], "additional");
    let listed = company.ask("employees").await.answered(200);
    assert_eq!(listed.body["employees"][0]["primaryTeam"]["name"], "Music");
}

#[tokio::test]
async fn when_the_primary_ends_the_oldest_that_is_left_becomes_primary() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    let choir = company.form("Choir", &[&ada]).await;
    company.form("Board", &[&ada]).await;

    company.remove(&sales, &ada).await;
    assert_eq!(company.teams_of(&ada).await, ["Choir primary synced", "Board additional synced"]);
    company.add(&sales, &ada).await;
    assert_eq!(
        company.teams_of(&ada).await,
        ["Choir primary synced", "Board additional synced", "Sales additional synced"],
        "who is added again has just joined"
    );
    company.delete(&format!("Groups/{choir}")).await.answered(204);
    assert_eq!(company.teams_of(&ada).await, ["Board primary synced", "Sales additional synced"]);
    company.scim(&format!("Groups/{choir}")).await.refused(404, None);
    company.ask(&format!("teams/{choir}")).await.answered(404);
}

#[tokio::test]
async fn a_renamed_group_is_the_same_team() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    company.form("Choir", &[&ada]).await;
    company
        .patch(&format!("Groups/{sales}"), &entra::replace("displayName", "Trade"))
        .await
        .answered(204);
    let described = entra::replace("description", "Those who sell");
    company.patch(&format!("Groups/{sales}"), &described).await.answered(204);

    assert_eq!(company.teams_of(&ada).await, ["Trade primary synced", "Choir additional synced"]);
    let team = company.ask(&format!("teams/{sales}")).await.answered(200).body;
    assert_eq!(team["description"], "Those who sell");
    assert_eq!(
        company.scim(&format!("Groups/{sales}")).await.body["description"],
        "Those who sell"
    );
}

#[tokio::test]
async fn a_groups_name_is_taken_whatever_its_case() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.form("Sales", &[]).await;
    let again = company.post("Groups", &entra::group("SALES")).await;
    again.refused(409, Some("uniqueness"));
    let found = company.find("Groups", r#"displayName eq "sales""#).await;
    assert_eq!(found.body["totalResults"], 1);
}

#[tokio::test]
async fn a_member_whom_nobody_knows_is_kept_and_counts_for_nobody() {
    let world = World::new().await;
    let company = world.contoso().await;
    let stranger = "019aa000-0000-7000-8000-000000000001".to_owned();
    let sales = company.form("Sales", &[&stranger]).await;
    assert_eq!(company.members(&sales).await, [stranger.as_str()]);
    let members = company.ask(&format!("teams/{sales}/members")).await.answered(200);
    assert_eq!(members.body["members"], json!([]), "nobody is known by that id");

    let ada = company.hire("Ada").await;
    company.add(&sales, &ada).await;
    company.remove(&sales, &stranger).await;
    assert_eq!(company.members(&sales).await, [ada.as_str()]);
}

#[tokio::test]
async fn a_group_that_is_put_has_the_members_of_the_body() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let sales = company.form("Sales", &[&ada]).await;
    let mut whole = entra::group("Sales");
    whole["members"] = json!([{ "value": bob }]);
    company.scim_write(Method::PUT, &format!("Groups/{sales}"), &whole).await.answered(200);
    assert_eq!(company.members(&sales).await, [bob.as_str()]);
    assert_eq!(company.teams_of(&ada).await, Vec::<String>::new());
    assert_eq!(company.teams_of(&bob).await, ["Sales primary synced"]);
}
