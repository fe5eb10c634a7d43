//! What administrators decide about teams by hand.

use kit::company::Company;
use kit::entra;
use kit::world::World;
use reqwest::Method;
use serde_json::json;

async fn assign(company: &Company, employee: &str, team: &str) {
    let path = format!("employees/{employee}/teams/{team}");
    company.command(Method::PUT, &path, None).await.answered(204);
}

async fn unassign(company: &Company, employee: &str, team: &str) {
    let path = format!("employees/{employee}/teams/{team}");
    company.command(Method::DELETE, &path, None).await.answered(204);
}

async fn choose_primary(company: &Company, employee: &str, team: &str) {
    let (path, choice) = (format!("employees/{employee}/primary-team"), json!({ "teamId": team }));
    company.command(Method::PUT, &path, Some(&choice)).await.answered(204);
}

/// What a sync can say about a person and a group, all of it.
async fn sync(company: &Company, user: &str, group: &str) {
    company.add(group, user).await;
    company
        .patch(&format!("Groups/{group}"), &entra::replace("description", "synced"))
        .await
        .answered(204);
    company.disable(user).await;
    company.restore(user).await;
}

#[tokio::test]
async fn a_local_assignment_survives_syncs_shows_who_made_it_and_never_travels() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    let choir = company.form("Choir", &[]).await;
    assign(&company, &ada, &choir).await;
    sync(&company, &ada, &sales).await;

    assert_eq!(company.teams_of(&ada).await, ["Sales primary synced", "Choir additional local"]);
    let teams = company.employee(&ada).await["teams"].clone();
    assert_eq!(teams[1]["by"], json!(company.administrator));
    assert!(teams[1]["since"].is_string(), "{teams}");
    assert_eq!(company.members(&choir).await, Vec::<String>::new(), "SCIM shows what was synced");
    let groups = company.scim(&format!("Users/{ada}")).await.answered(200).body["groups"].clone();
    assert_eq!(groups.as_array().map(Vec::len), Some(1), "{groups}");
}

#[tokio::test]
async fn a_local_removal_survives_syncs_while_scim_shows_the_member_still() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    let choir = company.form("Choir", &[&ada]).await;
    unassign(&company, &ada, &sales).await;
    sync(&company, &ada, &sales).await;
    assert_eq!(company.teams_of(&ada).await, ["Choir primary synced"]);
    assert_eq!(company.members(&sales).await, [ada.as_str()]);

    // Not even to leave the group and join it again brings the team back.
    company.remove(&sales, &ada).await;
    company.add(&sales, &ada).await;
    assert_eq!(company.teams_of(&ada).await, ["Choir primary synced"]);
    assign(&company, &ada, &sales).await;
    assert_eq!(company.teams_of(&ada).await, ["Choir primary synced", "Sales additional synced"]);
    assert_eq!(company.members(&choir).await, [ada.as_str()]);
}

#[tokio::test]
async fn the_primary_is_the_chosen_one_for_as_long_as_the_person_is_in_it() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    let choir = company.form("Choir", &[&ada]).await;
    choose_primary(&company, &ada, &choir).await;
    sync(&company, &ada, &sales).await;
    assert_eq!(company.teams_of(&ada).await, ["Choir primary synced", "Sales additional synced"]);
    company.remove(&choir, &ada).await;
    assert_eq!(company.teams_of(&ada).await, ["Sales primary synced"]);

    let board = company.form("Board", &[]).await;
    let path = format!("employees/{ada}/primary-team");
    let choice = json!({ "teamId": board });
    company.command(Method::PUT, &path, Some(&choice)).await.answered(409);
}

#[tokio::test]
async fn reset_to_synced_drops_every_local_edit() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    let choir = company.form("Choir", &[&ada]).await;
    let board = company.form("Board", &[]).await;
    let synced = company.teams_of(&ada).await;
    assign(&company, &ada, &board).await;
    unassign(&company, &ada, &sales).await;
    choose_primary(&company, &ada, &board).await;
    assert_eq!(company.teams_of(&ada).await, ["Board primary local", "Choir additional synced"]);

    let edits = format!("employees/{ada}/team-edits");
    company.command(Method::DELETE, &edits, None).await.answered(204);
    assert_eq!(company.teams_of(&ada).await, synced);
    assert_eq!(company.members(&choir).await, [ada.as_str()]);
}

#[tokio::test]
async fn local_edits_survive_that_a_person_leaves_for_good_and_returns() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    let choir = company.form("Choir", &[]).await;
    assign(&company, &ada, &choir).await;
    choose_primary(&company, &ada, &choir).await;
    company.purge(&ada).await;
    let again = company.hire("Ada").await;
    company.add(&sales, &again).await;
    assert_eq!(company.teams_of(&ada).await, ["Choir primary local", "Sales additional synced"]);
}

#[tokio::test]
async fn an_own_team_lives_beside_the_synced_ones_and_scim_never_sees_it() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[]).await;
    let climbers = json!({ "name": "Climbers" });
    let own = company.command(Method::POST, "teams", Some(&climbers)).await.answered(201).id();
    assign(&company, &ada, &own).await;
    assert_eq!(company.teams_of(&ada).await, ["Climbers primary local"], "there is no other");
    company.add(&sales, &ada).await;
    assert_eq!(
        company.teams_of(&ada).await,
        ["Sales primary synced", "Climbers additional local"],
        "a synced group goes before a local one"
    );

    let renamed = json!({ "name": "Boulderers" });
    company.command(Method::PATCH, &format!("teams/{own}"), Some(&renamed)).await.answered(204);
    company.scim(&format!("Groups/{own}")).await.refused(404, None);
    assert_eq!(company.scim("Groups").await.answered(200).body["totalResults"], 1);
    company.command(Method::PATCH, &format!("teams/{sales}"), Some(&climbers)).await.answered(409);
    company.command(Method::DELETE, &format!("teams/{sales}"), None).await.answered(409);
    company.command(Method::DELETE, &format!("teams/{own}"), None).await.answered(204);
    assert_eq!(company.teams_of(&ada).await, ["Sales primary synced"]);
}
