//! Lists show each row once, filtered and in pages, whatever their size.

use serde_json::{Value, json};
use uuid::Uuid;

use super::history::{
    ADA, ALERT, CORE, CROWD, DESIGN, GLOBEX_ADA, GLOBEX_CORE, GLOBEX_READER, OPEN_ALERT, WARDENS,
    YAN, ZOE,
};
use super::world::{get, get_as};

#[tokio::test]
async fn employees_come_with_their_primary_team() {
    let body = get("/api/v1/acme/employees?userName=ADA%40acme.example").await.found();
    assert_eq!(body["next"], Value::Null);
    assert_eq!(body["employees"].as_array().map(Vec::len), Some(1));
    let ada = &body["employees"][0];
    assert_eq!(ada["id"], json!(ADA));
    assert_eq!(ada["userName"], "ada@acme.example");
    assert_eq!(ada["displayName"], "Ada Lovelace");
    assert_eq!(ada["standing"], "active");
    assert_eq!(ada["canSignIn"], true);
    assert_eq!(ada["leftAt"], Value::Null);
    assert_eq!(ada["primaryTeam"], json!({ "id": CORE, "name": "Core" }));
}

#[tokio::test]
async fn somebody_in_no_team_has_no_primary_one() {
    let teams = get("/api/v1/acme/employees?userName=p0@acme.example").await;
    assert_eq!(teams.column("employees", "primaryTeam"), [Value::Null]);
}

#[tokio::test]
async fn filters_narrow_a_list_down() {
    let ids = async |query: &str| {
        get(&format!("/api/v1/acme/employees?{query}")).await.column("employees", "id")
    };
    assert_eq!(ids("standing=former").await, [json!(YAN), json!(ZOE)]);
    assert_eq!(ids("externalId=x-yan").await, [json!(YAN)]);
    assert_eq!(ids("externalId=X-YAN").await, [] as [Value; 0], "external ids are case-exact");
    assert_eq!(ids("q=love").await, [json!(ADA)]);
    assert_eq!(ids("q=%C3%85NGSTR%C3%96M").await, [json!(ZOE)], "in any case, of any letter");
    assert_eq!(ids("q=100%25").await, [json!(YAN)], "a per cent sign is itself");
    assert_eq!(ids("q=_").await, [] as [Value; 0], "an underscore is itself");
    assert_eq!(ids("q=ada&standing=former").await, [] as [Value; 0]);
}

#[tokio::test]
async fn pages_show_everybody_once_whatever_their_size() {
    let path = "/api/v1/acme/employees";
    let everybody = get(path).await.column("employees", "id");
    assert_eq!(everybody.len(), 3 + CROWD);
    for limit in 1..=everybody.len() + 1 {
        assert_eq!(all_pages(path, "employees", "id", limit).await, everybody, "limit {limit}");
    }
}

#[tokio::test]
async fn an_employee_comes_with_profile_and_teams() {
    let ada = get(&format!("/api/v1/acme/employees/{ADA}")).await.found();
    assert_eq!(ada["displayName"], "Ada Lovelace");
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(ada["profile"][enterprise]["department"], "R&D");
    let teams: Vec<_> = ada["teams"]
        .as_array()
        .expect("teams")
        .iter()
        .map(|team| [&team["name"], &team["kind"], &team["origin"], &team["by"]])
        .collect();
    let none = &Value::Null;
    assert_eq!(
        teams,
        [
            [&json!("Core"), &json!("primary"), &json!("synced"), none],
            [&json!("Design"), &json!("additional"), &json!("synced"), none],
            [
                &json!("Fire wardens"),
                &json!("additional"),
                &json!("local"),
                &json!("portal:00000000-0000-0000-0000-000000000ad3")
            ],
        ]
    );
}

#[tokio::test]
async fn employees_are_counted_by_standing_and_those_who_are_held_beside() {
    let counts = get("/api/v1/acme/employees/counts").await.found();
    assert_eq!(counts, json!({ "active": 1 + CROWD, "former": 2, "held": 0 }));
    let held = get("/api/v1/acme/employees?held=true").await.column("employees", "id");
    assert_eq!(held, [] as [Value; 0]);
}

#[tokio::test]
async fn what_is_synced_and_what_was_decided_by_hand_is_told_apart() {
    let layers = get(&format!("/api/v1/acme/employees/{ADA}/team-edits")).await.found();
    let names: Vec<_> =
        layers["synced"].as_array().expect("teams").iter().map(|team| &team["name"]).collect();
    assert_eq!(names, ["Core", "Design"]);
    assert_eq!(layers["edits"].as_array().map(Vec::len), Some(1));
    let edit = &layers["edits"][0];
    assert_eq!([&edit["teamName"], &edit["edit"]], ["Fire wardens", "assigned"]);
    assert_eq!(
        [&edit["employeeId"], &edit["by"]],
        [&json!(ADA), &json!("portal:00000000-0000-0000-0000-000000000ad3")]
    );
    assert_eq!(layers["chosenPrimary"], Value::Null);

    let path = format!("/api/v1/acme/teams/{WARDENS}/team-edits");
    let edits = get(&path).await.found();
    assert_eq!(edits["edits"][0]["displayName"], "Ada Lovelace");
    assert_eq!(all_pages(&path, "edits", "employeeId", 1).await, [json!(ADA)]);
    let none = get(&format!("/api/v1/acme/teams/{CORE}/team-edits")).await.found();
    assert_eq!(none["edits"], json!([]));
    let nobody = Uuid::nil();
    get(&format!("/api/v1/acme/employees/{nobody}/team-edits")).await.refused(404, &["no "]);
    get(&format!("/api/v1/acme/teams/{nobody}/team-edits")).await.refused(404, &["no "]);
}

#[tokio::test]
async fn teams_tell_their_members_and_origin() {
    let teams = get("/api/v1/acme/teams").await.found();
    let shown: Vec<_> = teams["teams"]
        .as_array()
        .expect("teams")
        .iter()
        .map(|team| [&team["id"], &team["origin"], &team["members"]])
        .collect();
    assert_eq!(
        shown,
        [
            [&json!(CORE), &json!("synced"), &json!(3)],
            [&json!(DESIGN), &json!("synced"), &json!(1)],
            [&json!(WARDENS), &json!("local"), &json!(1)],
        ]
    );
    assert_eq!(get("/api/v1/acme/teams?q=WARD").await.column("teams", "id"), [json!(WARDENS)]);
    let one = get(&format!("/api/v1/acme/teams/{CORE}")).await.found();
    assert_eq!(one, teams["teams"][0]);
    assert_eq!(all_pages("/api/v1/acme/teams", "teams", "id", 1).await.len(), 3);
}

#[tokio::test]
async fn members_have_names_and_standing() {
    let path = format!("/api/v1/acme/teams/{CORE}/members");
    let members = get(&path).await.found();
    let ada = &members["members"][0];
    assert_eq!(ada["employeeId"], json!(ADA));
    assert_eq!(ada["userName"], "ada@acme.example");
    assert_eq!(ada["displayName"], "Ada Lovelace");
    assert_eq!(ada["standing"], "active");
    assert_eq!(ada["kind"], "primary");
    let everybody = get(&path).await.column("members", "employeeId");
    assert_eq!(everybody.len(), 3);
    assert_eq!(all_pages(&path, "members", "employeeId", 2).await, everybody);
    let standings = get(&path).await.column("members", "standing");
    assert_eq!(standings.iter().filter(|standing| *standing == "former").count(), 2);
}

#[tokio::test]
async fn leavers_come_with_what_they_left_behind() {
    let leavers = get("/api/v1/acme/leavers").await.found();
    let all = leavers["leavers"].as_array().expect("leavers");
    assert_eq!(all.len(), 2);
    let zoe = all.iter().find(|leaver| leaver["employeeId"] == json!(ZOE)).expect("Zoë");
    assert_eq!(zoe["userName"], "zoe@acme.example");
    assert_eq!(zoe["displayName"], "Zoë Ångström");
    let counts = json!({
        "past": 1, "upcoming": 1, "cancelled": 1, "planned": 0, "kept": 0, "undecided": 1
    });
    assert_eq!(zoe["bookings"], counts);
    let paged = all_pages("/api/v1/acme/leavers", "leavers", "employeeId", 1).await;
    assert_eq!(paged.len(), 2);
}

#[tokio::test]
async fn leavers_with_something_to_cancel_can_be_asked_for() {
    let path = "/api/v1/acme/leavers?upcoming=";
    let waiting = get(&format!("{path}true")).await.column("leavers", "employeeId");
    assert_eq!(waiting, [json!(ZOE)]);
    let all = get(&format!("{path}false")).await.column("leavers", "employeeId");
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn leavers_whose_bookings_wait_for_a_decision_can_be_asked_for() {
    let waiting = get("/api/v1/acme/leavers?undecided=true").await.column("leavers", "employeeId");
    assert_eq!(waiting, [json!(ZOE)]);
}

#[tokio::test]
async fn a_leavers_bookings_are_past_upcoming_or_cancelled() {
    let lists = get(&format!("/api/v1/acme/leavers/{ZOE}/bookings")).await.found();
    let ids = |list: &str| -> Vec<&str> {
        let bookings = lists[list].as_array().expect(list);
        bookings.iter().map(|booking| booking["reference"].as_str().expect("a text")).collect()
    };
    assert_eq!(ids("past"), ["bk-225"]);
    assert_eq!(ids("upcoming"), ["bk-226"]);
    assert_eq!(ids("cancelled"), ["bk-227"]);
    assert_eq!(lists["upcoming"][0]["cancelled"], Value::Null);
    let cancelled = &lists["cancelled"][0]["cancelled"];
    assert_eq!(cancelled["by"], "administrator");
    assert_eq!(cancelled["actor"], "portal:00000000-0000-0000-0000-000000000ad3");
    assert_eq!(cancelled["reason"], "left us");
}

#[tokio::test]
async fn a_leaver_without_bookings_has_empty_lists() {
    let lists = get(&format!("/api/v1/acme/leavers/{YAN}/bookings")).await.found();
    assert_eq!(lists, json!({ "past": [], "upcoming": [], "cancelled": [], "handedOver": [] }));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let nobody = Uuid::from_u128(0xDEAD);
    for path in ["employees/{}", "teams/{}", "teams/{}/members", "leavers/{}/bookings"] {
        let path = format!("/api/v1/acme/{}", path.replace("{}", &nobody.to_string()));
        get(&path).await.refused(404, &[&nobody.to_string()]);
    }
}

#[tokio::test]
async fn someone_active_is_no_leaver() {
    get(&format!("/api/v1/acme/leavers/{ADA}/bookings")).await.refused(404, &["leaver"]);
}

#[tokio::test]
async fn tenants_see_nothing_of_each_other() {
    let ids = async |list: &str, id: &str| {
        get_as(GLOBEX_READER, &format!("/api/v1/globex/{list}")).await.column(list, id)
    };
    assert_eq!(ids("employees", "id").await, [json!(GLOBEX_ADA)]);
    assert_eq!(ids("teams", "id").await, [json!(GLOBEX_CORE)]);
    assert_eq!(ids("leavers", "employeeId").await, [json!(GLOBEX_ADA)]);
    let paths = [
        format!("employees/{ADA}"),
        format!("teams/{CORE}"),
        format!("teams/{CORE}/members"),
        format!("leavers/{ZOE}/bookings"),
    ];
    for path in paths {
        get_as(GLOBEX_READER, &format!("/api/v1/globex/{path}")).await.refused(404, &[]);
    }
}

/// One field of all rows, read in pages of `limit`.
pub(super) async fn all_pages(path: &str, list: &str, field: &str, limit: usize) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&format!("{path}?limit={limit}{cursor}")).await.found();
        let found = page[list].as_array().expect(list);
        assert!(found.len() <= limit, "a page of {limit} holds {}", found.len());
        rows.extend(found.iter().map(|row| row[field].clone()));
        let Some(next) = page["next"].as_str() else { return rows };
        cursor = format!("&after={next}");
    }
}

#[tokio::test]
async fn alerts_come_last_first_and_tell_their_cause_and_what_was_decided() {
    let path = "/api/v1/acme/alerts";
    assert_eq!(get(path).await.column("alerts", "id"), [json!(OPEN_ALERT), json!(ALERT)]);
    assert_eq!(all_pages(path, "alerts", "id", 1).await, [json!(OPEN_ALERT), json!(ALERT)]);
    let open = get(&format!("{path}?open=true")).await.found();
    assert_eq!(open["alerts"].as_array().map(Vec::len), Some(1));
    let open = &open["alerts"][0];
    assert_eq!(open["cause"], "group-emptied");
    assert_eq!(open["teamId"], json!(DESIGN));
    assert_eq!(open["decision"], Value::Null);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused_and_nothing_that_it_says_is_repeated() {
    let page = get("/api/v1/acme/employees?limit=1&sortBy=userName").await.found();
    let next = page["next"].as_str().expect("a further page");
    let path = format!("/api/v1/acme/employees?limit=1&sortBy=displayName&after={next}");
    let refused = get(&path).await.refused(400, &["after", "take `next` of its last page"]);
    let detail = refused.body["detail"].as_str().expect("a detail");
    let longest = detail.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::len).max();
    assert!(longest < Some(16), "words only, and no text that could be decoded: {detail}");
}

#[tokio::test]
async fn an_alert_comes_with_its_people_page_by_page() {
    let path = format!("/api/v1/acme/alerts/{ALERT}");
    let alert = get(&path).await.found();
    assert_eq!(alert["alert"]["people"], 2);
    assert_eq!(alert["alert"]["deactivations"], 2);
    assert_eq!(alert["alert"]["decision"]["reason"], "a merger");
    assert_eq!(all_pages(&path, "employees", "id", 1).await, [json!(ZOE), json!(YAN)]);
    let foreign = format!("/api/v1/globex/alerts/{ALERT}");
    get_as(GLOBEX_READER, &foreign).await.refused(404, &["alert"]);
}
