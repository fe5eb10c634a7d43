//! What pages say in words: names instead of ids, what changed, of what and whose.

use jiff::{SignedDuration, Timestamp};
use kit::company::Company;
use kit::http::http;
use kit::visitor::Visitor;
use kit::wait::found;
use kit::world::World;
use reqwest::{Method, header};
use serde_json::json;
use uuid::Uuid;

/// Somebody books a desk for two days from now.
async fn book(company: &Company, employee: &str) {
    let begin = Timestamp::now() + SignedDuration::from_hours(48);
    let booking = json!({
        "employeeId": employee, "resource": "Desk 3.12", "resourceType": "desk", "startsAt": begin,
        "endsAt": begin + SignedDuration::from_hours(8),
    });
    company.command(Method::PUT, "bookings/d1", Some(&booking)).await.answered(201);
}

/// The page of an owner, once it says this.
async fn says(world: &World, owner: &Visitor, path: &str, words: &str) -> String {
    let request = http().get(format!("{}/t/contoso/{path}", world.url()));
    let request = request.header(header::COOKIE, owner.session(&world.url()));
    found(words, async || {
        let answer = request.try_clone().expect("no body").send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a text"));
        assert_eq!(status, 200, "{path}: {text}");
        text.contains(words).then_some(text)
    })
    .await
}

/// What a reader sees of markup.
fn seen(html: &str) -> String {
    let pieces = html.split('<').map(|one| one.split_once('>').map_or(one, |(_, text)| text));
    pieces.collect::<Vec<_>>().join("")
}

#[tokio::test]
async fn how_it_came_to_a_person_is_told_by_names_and_a_moment_to_come_by_a_notice() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    book(&company, &ada).await;
    company.remove(&sales, &ada).await;
    company.disable(&ada).await;
    let (owner, _) = Visitor::administrator(&world, "contoso", "owner").await;
    let page = says(&world, &owner, &format!("people/{ada}"), "No longer in the team").await;
    let (_, events) = page.split_once("id=\"events\"").expect("the events");
    let (events, _) = events.split_once("</ol>").expect("a list");
    let told = seen(events);
    for words in [
        "In the team: Sales (from Entra)",
        "Primary team: Sales → nothing",
        "Standing: Active → Former",
        "Account in Entra: active → inactive",
        "Booking: Desk 3.12, ",
        "by Entra (secret token) · request",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let ids = told.split([' ', ':', ',', '(', ')']).filter(|word| word.parse::<Uuid>().is_ok());
    assert_eq!(ids.collect::<Vec<_>>(), Vec::<&str>::new(), "{told}");
    let later = format!("people/{ada}?at=2999-01-01T00:00");
    says(&world, &owner, &later, "That moment is still to come").await;
    says(&world, &owner, &format!("people/{ada}?at=soon"), "is no date and time").await;
}

#[tokio::test]
async fn activity_tells_a_booking_by_what_when_and_whose_and_opens_in_words() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    book(&company, &ada).await;
    company.disable(&ada).await;
    let reason = json!({ "reason": "Has left the company" });
    let cancel = format!("leavers/{ada}/bookings/d1/cancel");
    company.command(Method::POST, &cancel, Some(&reason)).await.answered(204);
    let (owner, _) = Visitor::administrator(&world, "contoso", "owner").await;
    let page = says(&world, &owner, "activity?entity=booking", "Booking cancelled").await;
    let rows: Vec<&str> = page.split("<li>").filter(|row| row.contains("class=\"when\"")).collect();
    assert_eq!(rows.len(), 2, "{page}");
    for (row, words) in rows.iter().zip(["Booking cancelled", "Booking recorded"]) {
        let (opens, details) = row.split_once("</summary>").expect("a row opens");
        let opens = seen(opens);
        let when = opens.contains("–") && opens.contains("UTC, of Ada");
        assert!(opens.contains(&format!("{words} Desk 3.12, ")) && when, "{opens}");
        let (words, recorded) =
            details.split_once("<pre>").expect("the raw event is folded inside");
        assert!(words.contains("As it is recorded") && recorded.contains("bookingId"), "{row}");
        let told = seen(words);
        assert!(told.contains("PersonAda"), "{told}");
    }
    let told = seen(rows[0]);
    assert!(told.contains("ReasonHas left the company"), "{told}");
    assert!(told.contains("Cancelled byan administrator"), "{told}");
    // All of it happened just now: the chart is one of hours.
    says(&world, &owner, "activity", "Joiners and leavers, by hour").await;
}

#[tokio::test]
async fn a_refusal_is_told_without_calls_and_commands() {
    let world = World::new().await;
    let _company = world.contoso().await;
    let (mut owner, _) = Visitor::administrator(&world, "contoso", "owner").await;
    let path = format!("{}/t/contoso/teams/{}", world.url(), Uuid::nil());
    let page = owner.open(&path).await.answered(404).saying("There is no team");
    assert!(!page.html.contains("GET teams"), "{}", page.html);
}

#[tokio::test]
async fn a_booking_that_goes_to_and_fro_is_told_with_both_people_in_activity_and_in_their_histories()
 {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    book(&company, &ada).await;
    company.disable(&ada).await;
    let of_ada = format!("leavers/{ada}/bookings/d1");
    let to_bob = json!({ "to": bob });
    company
        .command(Method::POST, &format!("{of_ada}/hand-over"), Some(&to_bob))
        .await
        .answered(204);
    let (owner, _) = Visitor::administrator(&world, "contoso", "owner").await;
    let page = says(&world, &owner, "activity?entity=booking", "Booking handed over").await;
    assert!(seen(&page).contains("UTC, booked for Ada, to Bob by"), "{}", seen(&page));
    let history = says(&world, &owner, &format!("people/{ada}"), "Booking handed over").await;
    assert!(seen(&history).contains("handed over, and today with Bob"), "{}", seen(&history));

    company
        .command(Method::POST, &format!("{of_ada}/reopen"), Some(&json!({})))
        .await
        .answered(204);
    let path = format!("people/{bob}");
    let history = says(&world, &owner, &path, "Booking to decide again").await;
    assert!(seen(&history).contains(" → back to Ada"), "{}", seen(&history));
}

#[tokio::test]
async fn a_slip_in_a_form_about_teams_is_told_beside_the_form_with_what_was_typed() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.form("Sales", &[]).await;
    let (mut owner, page) = Visitor::administrator(&world, "contoso", "owner").await;
    let csrf = page.csrf();
    let teams = format!("{}/t/contoso/teams", world.url());
    let named = |name| [("csrf", csrf.clone()), ("name", String::from(name))];
    let mut send = async |url: String, fields: &[(&str, String)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        owner.send_form(&url, &fields).await.answered(200)
    };
    let typed = |name: &str, value: &str| format!(r#"name="{name}" value="{value}""#);
    let page = send(format!("{teams}/create"), &named("sales")).await;
    let page = page.saying("belongs to another team; choose another").saying("A team of your own");
    let _ = page.saying(&typed("name", "sales"));

    let page = send(format!("{teams}/create"), &named("Choir")).await.saying("The team is there");
    let choir = page.url.path().to_owned();
    let choir = format!("{}{choir}", world.url());
    let page = send(format!("{choir}/rename"), &named("SALES")).await;
    let page = page.saying("Nothing was changed").saying("belongs to another team");
    let _ = page.saying(&typed("name", "SALES")).saying("<bdi>Choir</bdi>");
    let whom = [("csrf", csrf.clone()), ("person", "nobody@contoso.example".to_owned())];
    let page = send(format!("{choir}/assign"), &whom).await.saying("Nobody has the user name");
    let _ = page.saying(&typed("person", "nobody@contoso.example"));
    let page = send(format!("{choir}/assign"), &whom[..1]).await;
    let _ = page.saying("No user name was written");
}

#[tokio::test]
async fn whoever_opens_the_address_of_a_form_is_told_that_it_is_no_page() {
    let world = World::new().await;
    let _company = world.contoso().await;
    let (mut owner, _) = Visitor::administrator(&world, "contoso", "owner").await;
    let url = format!("{}/t/contoso/teams/create", world.url());
    let page = owner.open(&url).await.answered(405).saying("where a form leads, and no page");
    assert_eq!(page.headers[header::ALLOW], "POST");
    // Within the frame, so that one can go on.
    let _ = page.saying("/t/contoso/people").saying("This page does not do that");
}
