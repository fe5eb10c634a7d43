//! The mass-change guard: many leavers at once are noticed, and held if the tenant chose so.

use kit::company::{Company, User};
use kit::http::{Answer, http};
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

/// A company of so many people.
async fn company_of(world: &World, people: usize) -> (Company, Vec<User>) {
    let company = world.contoso().await;
    let mut hired = Vec::new();
    for number in 0..people {
        hired.push(company.hire(&format!("Person{number}")).await);
    }
    (company, hired)
}

async fn hold(world: &World) {
    let guard = world.result("guard set --tenant contoso --hold on").await;
    assert_eq!(guard["hold"], true, "{guard}");
    assert_eq!(guard["deactivations"], 20, "what is not named stays as it is: {guard}");
}

/// The ids of people with a standing.
async fn with_standing(company: &Company, standing: &str) -> usize {
    let path = format!("employees?standing={standing}&limit=500");
    let found = company.ask(&path).await.answered(200).body;
    found["employees"].as_array().map_or(0, Vec::len)
}

async fn leavers(company: &Company) -> usize {
    let found = company.ask("leavers?limit=500").await.answered(200).body;
    found["leavers"].as_array().map_or(0, Vec::len)
}

async fn alerts(company: &Company) -> Vec<Value> {
    let found = company.ask("alerts").await.answered(200).body;
    found["alerts"].as_array().expect("a list of alerts").clone()
}

/// Decides on the one alert that there is.
async fn decide(company: &Company, how: &str) -> Answer {
    let alert = alerts(company).await.remove(0);
    let path = format!("alerts/{}/{how}", alert["id"].as_str().expect("an id"));
    company.command(Method::POST, &path, Some(&json!({ "reason": "looked into" }))).await
}

#[tokio::test]
async fn a_held_mass_of_leavers_stays_active_until_it_is_released() {
    let world = World::new().await;
    let (company, people) = company_of(&world, 100).await;
    hold(&world).await;
    for user in &people[..30] {
        company.disable(user).await;
    }
    let gone = company.scim(&format!("Users/{}", people[0])).await.answered(200).body;
    assert_eq!(gone["active"], false, "Entra sees what it said");
    assert_eq!(with_standing(&company, "active").await, 100);
    assert_eq!(leavers(&company).await, 0);
    let alerts = alerts(&company).await;
    assert_eq!(alerts.len(), 1, "one alert for all of them: {alerts:?}");
    let alert = &alerts[0];
    assert_eq!((&alert["cause"], &alert["held"]), (&json!("deactivations"), &json!(true)));
    assert_eq!((&alert["deactivations"], &alert["people"]), (&json!(20), &json!(30)), "{alert}");
    for user in [&people[0], &people[29]] {
        let employee = company.employee(user).await;
        assert_eq!(employee["held"]["alertId"], alert["id"], "{employee}");
    }
    assert_eq!(company.employee(&people[30]).await["held"], Value::Null);

    let id = alert["id"].as_str().expect("an id");
    let whole = company.ask(&format!("alerts/{id}")).await.answered(200).body;
    assert_eq!(whole["employees"].as_array().map(Vec::len), Some(30), "{whole}");
    let status = world.verb("status").await.ended(3).line();
    assert_eq!(status["alerts"][0]["alert_id"], alert["id"], "{status}");
    let metrics = http().get(format!("{}/metrics", world.url())).send().await;
    let metrics = metrics.expect("an answer").text().await.expect("a text");
    for sample in ["\nrollcall_alerts_open 1\n", "\nrollcall_people_held 30\n"] {
        assert!(metrics.contains(sample), "there is no {sample} in\n{metrics}");
    }
    assert!(!metrics.contains("contoso"), "anybody can read them:\n{metrics}");

    decide(&company, "release").await.answered(204);
    decide(&company, "release").await.answered(204);
    let refused = decide(&company, "reverse").await.answered(409);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(with_standing(&company, "former").await, 30);
    assert_eq!(leavers(&company).await, 30);
    let employee = company.employee(&people[0]).await;
    assert_eq!((&employee["held"], &employee["standing"]), (&Value::Null, &json!("former")));
    world.verb("status").await.ended(0);
    world.verb("log verify").await.ended(0);
}

/// Decides about the alert as whoever was shown so many people.
async fn decide_about(company: &Company, alert: &str, how: &str, people: u64) -> Answer {
    let said = json!({ "people": people, "reason": "looked into" });
    company.command(Method::POST, &format!("alerts/{alert}/{how}"), Some(&said)).await
}

#[tokio::test]
async fn a_decision_about_as_many_as_were_shown_is_refused_once_the_alert_holds_another_one() {
    let world = World::new().await;
    let (company, people) = company_of(&world, 40).await;
    hold(&world).await;
    for user in &people[..25] {
        company.disable(user).await;
    }
    let alert = alerts(&company).await.remove(0);
    assert_eq!((&alert["people"], &alert["heldPeople"]), (&json!(25), &json!(25)), "{alert}");
    let id = alert["id"].as_str().expect("an id");
    company.restore(&people[0]).await;
    let alert = alerts(&company).await.remove(0);
    assert_eq!((&alert["people"], &alert["heldPeople"]), (&json!(25), &json!(24)), "{alert}");

    company.disable(&people[25]).await;
    for how in ["release", "reverse"] {
        let refused = decide_about(&company, id, how, 24).await.answered(409);
        let said = refused.body["detail"].as_str().expect("a reason");
        assert!(said.contains("is about 25 people by now, and not about 24"), "{said}");
    }
    assert_eq!(with_standing(&company, "active").await, 40, "nobody was decided about");

    // Whoever leaves meanwhile came first, so that nothing was decided, or is not of the alert.
    let mut shown = 25;
    for user in &people[26..] {
        let ((), decided) =
            tokio::join!(company.disable(user), decide_about(&company, id, "release", shown));
        if decided.status == 204 {
            break;
        }
        decided.answered(409);
        shown += 1;
        assert_eq!(alerts(&company).await[0]["heldPeople"], shown);
    }
    if alerts(&company).await[0]["decision"].is_null() {
        decide_about(&company, id, "release", shown).await.answered(204);
    }
    let alert = alerts(&company).await.remove(0);
    assert_eq!((&alert["people"], &alert["heldPeople"]), (&json!(shown + 1), &json!(0)), "{alert}");
    decide_about(&company, id, "release", 1).await.answered(204);
}

#[tokio::test]
async fn a_reversed_mass_of_leavers_stays_active_when_the_next_cycle_says_the_same() {
    let world = World::new().await;
    let (company, people) = company_of(&world, 40).await;
    hold(&world).await;
    for user in &people[..25] {
        company.disable(user).await;
    }
    let listed =
        world.verb("alerts list --tenant contoso").await.ended(0).listed("alerts").remove(0);
    assert_eq!(listed["state"], "open", "{listed}");
    let id = listed["alert_id"].as_str().expect("an id");
    let reversed =
        world.result(&format!("alerts reverse {id} --tenant contoso --reason slip")).await;
    assert_eq!(reversed["state"], "reversed");
    world.verb(&format!("alerts release {id} --tenant contoso")).await.ended(1);

    let before = world.events("contoso").await.len();
    for user in &people[..25] {
        company.disable(user).await;
    }
    let events = world.events("contoso").await;
    assert_eq!(events.len(), before, "what is said again is no news");
    let employee = company.employee(&people[0]).await;
    assert_eq!((&employee["standing"], &employee["held"]), (&json!("active"), &Value::Null));
    assert_eq!(leavers(&company).await, 0);

    company.restore(&people[0]).await;
    company.disable(&people[0]).await;
    assert_eq!(company.employee(&people[0]).await["standing"], "former", "that is news again");
    company.purge(&people[1]).await;
    assert_eq!(company.employee(&people[1]).await["standing"], "former", "and so is a deletion");
}

#[tokio::test]
async fn without_hold_a_mass_of_leavers_raises_an_alert_and_nothing_else() {
    let world = World::new().await;
    let (company, people) = company_of(&world, 30).await;
    for user in &people[..19] {
        company.disable(user).await;
    }
    assert_eq!(alerts(&company).await, [] as [Value; 0]);
    company.disable(&people[19]).await;
    company.purge(&people[20]).await;
    let alerts = alerts(&company).await;
    assert_eq!((alerts.len(), &alerts[0]["people"]), (1, &json!(21)));
    assert_eq!(with_standing(&company, "former").await, 21);
    decide(&company, "reverse").await.answered(409);
    decide(&company, "release").await.answered(204);
}

#[tokio::test]
async fn who_was_released_stays_former_when_hold_was_chosen_before_that_and_the_next_mass_is_held()
{
    let world = World::new().await;
    let (company, people) = company_of(&world, 60).await;
    for user in &people[..20] {
        company.disable(user).await;
    }
    hold(&world).await;
    let first = alerts(&company).await.remove(0);
    assert_eq!((&first["held"], &first["people"]), (&json!(false), &json!(20)), "{first}");
    decide(&company, "release").await.answered(204);
    for user in &people[20..40] {
        company.disable(user).await;
    }
    let second = alerts(&company).await.remove(0);
    assert_eq!((&second["held"], &second["people"]), (&json!(true), &json!(20)), "{second}");
    assert_eq!(with_standing(&company, "former").await, 20);
    let released = company.employee(&people[0]).await;
    assert_eq!((&released["standing"], &released["held"]), (&json!("former"), &Value::Null));
    assert_eq!(company.employee(&people[20]).await["held"]["alertId"], second["id"]);
}

#[tokio::test]
async fn a_single_leaver_is_never_held() {
    let world = World::new().await;
    let (company, people) = company_of(&world, 3).await;
    hold(&world).await;
    world.verb("guard set --tenant contoso --deactivations 1").await.ended(2);
    world.verb("guard set --tenant contoso --deactivations 2 --percent 0").await.ended(0);
    company.disable(&people[0]).await;
    assert_eq!(company.employee(&people[0]).await["standing"], "former");
    assert_eq!(alerts(&company).await, [] as [Value; 0]);
}

#[tokio::test]
async fn an_emptied_group_raises_an_alert() {
    let world = World::new().await;
    let (company, people) = company_of(&world, 5).await;
    let members: Vec<&User> = people.iter().collect();
    let group = company.form("Sales", &members).await;
    for user in &people {
        company.remove(&group, user).await;
    }
    let alerts = alerts(&company).await;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert_eq!(alerts[0]["cause"], "group-emptied");
    assert_eq!((&alerts[0]["teamId"], &alerts[0]["deleted"]), (&json!(group), &json!(false)));
}

#[tokio::test]
async fn alerts_are_for_those_who_may_see_and_decide_them() {
    let world = World::new().await;
    let company = world.contoso().await;
    let issue = async |scope: &str| {
        let issued = world.result(&format!("token issue --tenant contoso --scope {scope}")).await;
        issued["api_token"].as_str().expect("a token").to_owned()
    };
    let (reader, decider) = (issue("alerts:read").await, issue("alerts:decide").await);
    let path = format!("alerts/{}/release", "01990000-0000-7000-8000-000000000000");
    let body = Some(json!({}));
    let command =
        async |token: &str| company.command_with(token, Method::POST, &path, body.as_ref()).await;
    company.ask_with(&reader, "alerts").await.answered(200);
    company.ask_with(&decider, "alerts").await.answered(403);
    command(&reader).await.answered(403);
    command(&decider).await.answered(404);
    // Serde would take it for a decision with this reason.
    let array = json!(["because"]);
    let misread = company.command_with(&decider, Method::POST, &path, Some(&array)).await;
    let said = misread.answered(400).text;
    assert!(said.contains("must be a JSON object"), "{said}");
}

/// The demo's company dissolves a group now and then; its few leavers are no mass.
#[tokio::test]
async fn an_ordinary_company_raises_no_alert_but_for_dissolved_groups() {
    let world = World::new().await;
    world.verb("tenant create plain").await.ended(0);
    world.verb("simulate entra --tenant plain --people 60 --groups 6 --cycles 5").await.ended(0);
    for alert in world.verb("alerts list --tenant plain").await.ended(0).listed("alerts") {
        assert_eq!(alert["cause"], "group-emptied", "{alert}");
        assert_eq!(alert["deleted"], true, "{alert}");
    }
}
