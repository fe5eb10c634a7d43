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
