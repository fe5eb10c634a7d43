//! Several booking systems of one company, each of which keeps up with what is cancelled here.

use kit::company::Company;
use kit::wait::found;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

use crate::feed_reader::{self, read_up_to};
use crate::leavers_bookings::Browser;

fn booking(employee: &str, resource: &str, year: u16) -> Value {
    json!({
        "employeeId": employee, "resource": resource, "title": "By the window",
        "startsAt": format!("{year}-01-06T09:00:00Z"), "endsAt": format!("{year}-01-06T17:00:00Z"),
    })
}

/// A token of a booking system.
async fn token(world: &World, source: &str) -> String {
    let scopes = "bookings:write,bookings:read";
    let issue = format!("token issue --tenant contoso --source {source} --scope {scopes}");
    let issued = world.result(&issue).await;
    assert_eq!(issued["source"], source, "{issued}");
    issued["api_token"].as_str().expect("a token").to_owned()
}

/// One field of all bookings that a token may see.
async fn listed(company: &Company, token: &str, field: &str) -> Vec<Value> {
    let page = company.ask_with(token, "bookings").await.answered(200).body;
    let bookings = page["bookings"].as_array().expect("a list").iter();
    bookings.map(|booking| booking[field].clone()).collect()
}

#[tokio::test]
async fn a_cancelled_booking_is_told_acted_upon_and_closed_in_the_system_that_it_is_of() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let (desks, rooms) = (token(&world, "desks").await, token(&world, "rooms").await);
    let put = async |token: &str, body: &Value| {
        company.command_with(token, Method::PUT, "bookings/4417", Some(body)).await
    };
    // The same reference is a booking in each of three.
    for (token, resource) in [(&desks, "desk-7"), (&rooms, "room-1"), (&company.api_token, "car-3")]
    {
        put(token, &booking(&ada, resource, 2099)).await.answered(201);
    }
    assert_eq!(listed(&company, &desks, "resource").await, ["desk-7"]);
    assert_eq!(listed(&company, &company.api_token, "source").await.len(), 3);
    company.ask_with(&desks, "bookings?source=rooms").await.answered(403);
    company.ask("bookings/4417").await.answered(409);
    let of_rooms = company.ask_with(&rooms, "bookings/4417").await.answered(200).body;
    assert_eq!((&of_rooms["resource"], &of_rooms["state"]), (&json!("room-1"), &json!("booked")));

    company.disable(&ada).await;
    let kept = put(&desks, &booking(&ada, "desk-8", 2099)).await.answered(200).body;
    assert_eq!(kept["status"], "changed");
    assert_eq!(kept["warnings"][0]["code"], "former-employee", "{kept}");
    let by_reference = format!("leavers/{ada}/bookings/4417/cancel");
    let reason = json!({ "reason": "left the company" });
    company.command(Method::POST, &by_reference, Some(&reason)).await.answered(409);
    let desk = company.ask_with(&desks, "bookings/4417").await.answered(200).body;
    let desk = desk["id"].as_str().expect("an id");
    let by_id = format!("leavers/{ada}/bookings/{desk}/cancel");
    company.command(Method::POST, &by_id, Some(&reason)).await.answered(204);
    let again = put(&desks, &booking(&ada, "desk-8", 2099)).await.answered(200).body;
    assert_eq!((&again["status"], &again["state"]), (&json!("unchanged"), &json!("cancelled")));

    let told = read_up_to(&company, "rollcall.booking.cancelled", desk).await;
    let told = told.events.last().expect("the cancellation");
    let (said, event) = (&told["data"]["booking"], &told["data"]);
    for (field, expected) in [
        ("source", "desks"),
        ("reference", "4417"),
        ("resource", "desk-8"),
        ("title", "By the window"),
        ("startsAt", "2099-01-06T09:00:00Z"),
        ("endsAt", "2099-01-06T17:00:00Z"),
        ("state", "cancelled"),
        ("cancelledBy", "administrator"),
        ("employeeId", ada.as_str()),
    ] {
        assert_eq!(said[field], expected, "{told}");
    }
    assert_eq!(said["cancellation"]["reason"], "left the company");
    assert_eq!(said["cancellation"]["actor"], json!(company.administrator));
    assert_eq!(event["reason"], "left the company");

    company.command_with(&desks, Method::DELETE, "bookings/4417", None).await.answered(204);
    company.command_with(&desks, Method::DELETE, "bookings/4417", None).await.answered(204);
    let told = read_up_to(&company, "rollcall.booking.closed", desk).await;
    let told = told.events.last().expect("the acknowledgement");
    assert_eq!(told["data"]["changed"], json!(["state"]), "{told}");
    assert_ne!(told["actor"], json!(company.administrator), "{told}");
    let trace = company.ask_with(&desks, "bookings/4417").await.answered(200).body;
    assert_eq!(trace["state"], "closed");
    assert_eq!(trace["cancelled"]["actor"], json!(company.administrator));
    assert!(trace["cancelled"]["closedAt"].is_string(), "{trace}");
    // The other two stand.
    assert_eq!(listed(&company, &rooms, "state").await, ["booked"]);
    let open = company.ask("bookings?state=cancelled").await.answered(200).body;
    assert_eq!(open["bookings"], json!([]));
}

#[tokio::test]
async fn many_bookings_are_cancelled_at_once_and_each_is_answered_by_itself() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let lines = (0..40).map(|number| {
        let (person, year) = if number < 30 { (&ada, 2099) } else { (&bob, 2099) };
        let mut line = booking(person, "desk-7", if number == 0 { 2020 } else { year });
        line["reference"] = format!("b-{number}").into();
        line.to_string()
    });
    let url = format!("{}/bookings/import", company.api_base_url);
    let request = kit::http::http().post(url).bearer_auth(&company.api_token);
    let request = request.header("content-type", "application/x-ndjson");
    company.send(request.body(lines.collect::<Vec<_>>().join("\n"))).await.answered(200);
    let path = "leavers/bookings/cancel";
    let cancel = async |body: Value| company.command(Method::POST, path, Some(&body)).await;
    let of_ada = json!({ "reason": "left", "employeeId": ada });
    cancel(of_ada.clone()).await.answered(409);
    company.disable(&ada).await;

    let id = async |reference: &str| {
        let found = company.ask(&format!("bookings/{reference}")).await.answered(200).body;
        found["id"].clone()
    };
    let (past, upcoming, of_bob) = (id("b-0").await, id("b-1").await, id("b-30").await);
    let unknown = json!("0196a000-0000-7000-8000-000000000001");
    let named = [&upcoming, &past, &of_bob, &unknown, &upcoming];
    let done = cancel(json!({ "reason": "left", "bookings": named })).await.answered(200).body;
    let results = done["results"].as_array().expect("a result for each");
    let statuses: Vec<&Value> = results.iter().map(|result| &result["status"]).collect();
    assert_eq!(statuses, ["cancelled", "refused", "refused", "refused", "unchanged"], "{done}");
    for (place, why) in [(1, "ended at"), (2, "is Active"), (3, "there is no booking")] {
        let detail = results[place]["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(why), "{detail}");
    }

    let line = format!("bookings cancel --tenant contoso --employee {ada} --reason left");
    let done = world.result(&line).await;
    assert_eq!(done["results"].as_array().map(Vec::len), Some(28), "{done}");
    assert_eq!(done["remaining"], 0);
    let left = company.ask(&format!("bookings?state=booked&employee={ada}")).await.answered(200);
    let left = left.body["bookings"].as_array().expect("a list").clone();
    assert_eq!(left.len(), 1, "what is past stays: {left:?}");
    let nothing = cancel(of_ada).await.answered(200).body;
    assert_eq!(nothing, json!({ "results": [], "remaining": 0 }));

    for odd in [
        json!({ "reason": "left" }),
        json!({ "reason": "left", "bookings": [] }),
        json!({ "reason": "left", "bookings": [past], "employeeId": ada }),
    ] {
        cancel(odd).await.answered(400);
    }
    let too_many = vec![past; 1_001];
    cancel(json!({ "reason": "left", "bookings": too_many })).await.answered(413);
    let told = found("all are told", async || {
        let told = feed_reader::events(&company, "types=booking.cancelled").await;
        Some(feed_reader::page(told).events).filter(|told| told.len() >= 29)
    })
    .await;
    assert_eq!(told.len(), 29, "each is told once");
}

#[tokio::test]
async fn a_name_that_is_one_bookings_id_and_anothers_reference_decides_about_neither_unless_it_is_said_which()
 {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let rooms = token(&world, "rooms").await;
    let own = booking(&ada, "desk-7", 2099);
    company.command(Method::PUT, "bookings/4417", Some(&own)).await.answered(201);
    let known =
        async |name: &str| company.ask(&format!("bookings/{name}")).await.answered(200).body;
    let of = |booking: &Value, field: &str| booking[field].as_str().expect("a text").to_owned();
    let id = of(&known("4417").await, "id");
    // A booking system is free to choose its references.
    let path = format!("bookings/{id}");
    let odd = booking(&ada, "room-1", 2099);
    company.command_with(&rooms, Method::PUT, &path, Some(&odd)).await.answered(201);
    let other = of(&company.ask_with(&rooms, &path).await.answered(200).body, "id");
    company.disable(&ada).await;

    let both = company.ask(&path).await.answered(409).body;
    for said in [&*id, "4417", "rooms", &*other] {
        assert!(both["detail"].as_str().is_some_and(|detail| detail.contains(said)), "{both}");
    }
    let ask = async |name: &str, what: &str, body: &Value| {
        let path = format!("leavers/{ada}/bookings/{name}/{what}");
        company.command(Method::POST, &path, Some(body)).await
    };
    let wishes = [
        ("keep", json!({})),
        ("cancel", json!({ "reason": "left" })),
        ("withdraw-cancellation", json!({})),
        ("reopen", json!({})),
        ("hand-over", json!({ "to": bob })),
    ];
    for (what, body) in &wishes {
        let refused = ask(&id, what, body).await.answered(409).body;
        let detail = refused["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(&id) && detail.contains(&other), "{what}: {refused}");
    }
    // Each has names that are its own, and a version that is.
    ask(&other, "keep", &json!({})).await.answered(204);
    let later = json!({ "reason": "left", "undoSeconds": 86_400 });
    let mut seen = later.clone();
    seen["version"] = known("4417").await["version"].clone();
    ask(&id, "cancel", &seen).await.answered(202);
    let (own, odd) = (known("4417").await, known(&other).await);
    assert!(own["plannedCancellation"].is_object() && own["kept"].is_null(), "{own}");
    assert!(odd["plannedCancellation"].is_null() && odd["kept"].is_object(), "{odd}");
    let stale = json!({ "version": seen["version"] });
    ask(&id, "keep", &stale).await.answered(409);

    // A button of the portal is about the booking beside which it stands, whoever has it by then.
    let editor = Browser::signed_in(&world, "team-editor").await;
    let press = async |what: &str| {
        let version = of(&known("4417").await, "version");
        let path = format!("/t/contoso/leavers/{ada}/bookings/{id}/{what}");
        editor.submit(&path, &[("version", &*version)]).await
    };
    let page = press("undo").await;
    assert!(page.contains("The cancellation is undone"), "{page}");
    ask("4417", "hand-over", &json!({ "to": bob })).await.answered(204);
    for (what, body) in &wishes {
        ask(&id, what, body).await.answered(409);
    }
    let page = press("reopen").await;
    assert!(page.contains("What was decided is taken back"), "{page}");
    let (own, odd) = (known("4417").await, known(&other).await);
    assert_eq!((&own["employeeId"], own["reopened"].is_object()), (&json!(ada), true), "{own}");
    assert!(odd["kept"].is_object(), "{odd}");
}
