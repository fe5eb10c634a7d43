//! Bookings, and what becomes of them when their people leave.

use kit::company::Company;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

const PAST: (&str, &str) = ("2020-01-06T09:00:00Z", "2020-01-06T17:00:00Z");
const UPCOMING: (&str, &str) = ("2099-01-06T09:00:00Z", "2099-01-06T17:00:00Z");

fn booking(person: (&str, &str), (starts_at, ends_at): (&str, &str)) -> Value {
    json!({
        person.0: person.1, "resource": "desk-7", "title": "By the window",
        "startsAt": starts_at, "endsAt": ends_at,
    })
}

async fn book(company: &Company, reference: &str, employee: &str, when: (&str, &str)) {
    let path = format!("bookings/{reference}");
    let booking = booking(("employeeId", employee), when);
    company.command(Method::PUT, &path, Some(&booking)).await.answered(201);
}

/// The references of a leaver's bookings: past, upcoming, cancelled.
async fn kept(company: &Company, leaver: &str) -> [Vec<String>; 3] {
    let kept = company.ask(&format!("leavers/{leaver}/bookings")).await.answered(200).body;
    ["past", "upcoming", "cancelled"].map(|list| {
        let bookings = kept[list].as_array().expect("three lists").iter();
        let reference = |booking: &Value| booking["reference"].as_str().map(str::to_owned);
        bookings.filter_map(reference).collect()
    })
}

async fn cancel(company: &Company, leaver: &str, reference: &str) -> kit::http::Answer {
    let path = format!("leavers/{leaver}/bookings/{reference}/cancel");
    let body = json!({ "reason": "left the company" });
    company.command(Method::POST, &path, Some(&body)).await
}

#[tokio::test]
async fn a_leavers_bookings_are_kept_and_the_upcoming_ones_wait_to_be_cancelled() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    book(&company, "old", &ada, PAST).await;
    book(&company, "new", &ada, UPCOMING).await;
    book(&company, "newer", &ada, UPCOMING).await;
    assert_eq!(company.ask("leavers").await.answered(200).body["leavers"], json!([]));
    cancel(&company, &ada, "new").await.answered(409);

    company.disable(&ada).await;
    assert_eq!(
        kept(&company, &ada).await,
        [vec!["old".to_owned()], vec!["new".to_owned(), "newer".to_owned()], vec![]]
    );
    let waiting = company.ask("leavers?upcoming=true").await.answered(200).body;
    let leaver = &waiting["leavers"][0];
    assert_eq!(leaver["employeeId"], json!(ada));
    assert_eq!(leaver["userName"], "ada@contoso.example");
    let counts = json!({
        "past": 1, "upcoming": 2, "cancelled": 0, "planned": 0, "kept": 0, "undecided": 2
    });
    assert_eq!(leaver["bookings"], counts);

    cancel(&company, &ada, "new").await.answered(204);
    let kept_now = company.ask(&format!("leavers/{ada}/bookings")).await.answered(200).body;
    let cancelled = &kept_now["cancelled"][0]["cancelled"];
    assert_eq!(cancelled["by"], "administrator");
    assert_eq!(cancelled["actor"], json!(company.administrator));
    assert_eq!(cancelled["reason"], "left the company");
    assert!(cancelled["at"].is_string(), "{cancelled}");
    cancel(&company, &ada, "new").await.answered(204);
    cancel(&company, &ada, "newer").await.answered(204);
    let waiting = company.ask("leavers?upcoming=true").await.answered(200).body;
    assert_eq!(waiting["leavers"], json!([]), "nothing waits any more");
}

#[tokio::test]
async fn a_past_booking_cannot_be_cancelled() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    book(&company, "old", &ada, PAST).await;
    company.disable(&ada).await;
    cancel(&company, &ada, "old").await.answered(409);
    cancel(&company, &ada, "no such").await.answered(404);
    assert_eq!(kept(&company, &ada).await, [vec!["old".to_owned()], vec![], vec![]]);
}

#[tokio::test]
async fn the_list_clears_when_the_person_comes_back() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    book(&company, "new", &ada, UPCOMING).await;
    company.disable(&ada).await;
    company.restore(&ada).await;
    assert_eq!(company.ask("leavers").await.answered(200).body["leavers"], json!([]));
    company.ask(&format!("leavers/{ada}/bookings")).await.answered(404);

    company.purge(&ada).await;
    assert_eq!(kept(&company, &ada).await[1], ["new"], "they were only waiting");
    company.hire("Ada").await;
    assert_eq!(company.ask("leavers").await.answered(200).body["leavers"], json!([]));
}

#[tokio::test]
async fn what_the_booking_system_withdraws_is_cancelled_by_it() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    book(&company, "new", &ada, UPCOMING).await;
    company.disable(&ada).await;
    company.command(Method::DELETE, "bookings/new", None).await.answered(204);
    let kept = company.ask(&format!("leavers/{ada}/bookings")).await.answered(200).body;
    assert_eq!(kept["cancelled"][0]["cancelled"]["by"], "booking-system");
    company.command(Method::DELETE, "bookings/unheard-of", None).await.answered(404);
}

#[tokio::test]
async fn a_person_is_named_by_employee_id_external_id_or_user_name() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    for (reference, person) in [
        ("b-1", ("employeeId", ada.as_str())),
        ("b-2", ("externalId", "object of Ada")),
        ("b-3", ("userName", "ADA@contoso.example")),
    ] {
        let path = format!("bookings/{reference}");
        let put = async |body: Value| company.command(Method::PUT, &path, Some(&body)).await;
        let said = put(booking(person, PAST)).await.answered(201);
        assert_eq!(said.body["employeeId"], json!(ada), "{person:?}");
        assert_eq!(said.body["status"], "recorded");
        assert_eq!(put(booking(person, PAST)).await.answered(200).body["status"], "unchanged");
        assert_eq!(put(booking(person, UPCOMING)).await.answered(200).body["status"], "changed");
    }
    let mut twice = booking(("employeeId", &ada), PAST);
    twice["userName"] = "ada@contoso.example".into();
    company.command(Method::PUT, "bookings/b-4", Some(&twice)).await.answered(400);
    let nobody = booking(("userName", "nobody@contoso.example"), PAST);
    company.command(Method::PUT, "bookings/b-4", Some(&nobody)).await.answered(404);
}

#[tokio::test]
async fn a_booking_ends_after_it_starts_and_its_times_are_moments() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let odd = [
        // Nothing lasts no time.
        ("2099-01-06T09:00:00Z", "2099-01-06T09:00:00Z", "not after its start"),
        ("2099-01-06T09:00:00Z", "2099-01-06T10:00:00+01:00", "not after its start"),
        (
            "2099-01-06T09:00:00",
            "2099-01-06T17:00:00Z",
            "startsAt: \"2099-01-06T09:00:00\" has no offset",
        ),
        ("2099-01-06T09:00:00Z", "2099-01-06T18:00:00+01:00[Europe/Berlin]", "endsAt"),
        ("2099-01-06T09:00:00Z", "9999-12-31T23:59:59-14:00", "9999-12-30T22:00:00Z"),
        ("2099-01-06T09:00:00Z", "9999-12-31T23:59:59Z", "9999-12-30T22:00:00Z"),
        ("2099-01-06T09:00:00Z", "2099-01-06T23:59:60Z", "leap second"),
        ("20990106T090000Z", "2099-01-06T09:00:00Z", "RFC 3339"),
        ("0000-01-06T09:00:00Z", "2099-01-06T09:00:00Z", "0001-01-01T00:00:00Z"),
        ("soon", "2099-01-06T09:00:00Z", "RFC 3339"),
    ];
    let mut lines = Vec::new();
    for (starts_at, ends_at, why) in odd {
        let mut body = booking(("employeeId", &ada), (starts_at, ends_at));
        let refused = company.command(Method::PUT, "bookings/b-1", Some(&body)).await.answered(400);
        let detail = refused.body["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(why), "{detail}");
        body["reference"] = "b-1".into();
        lines.push(body.to_string());
    }
    let url = format!("{}/bookings/import", company.api_base_url);
    let request = kit::http::http().post(url).bearer_auth(&company.api_token);
    let request = request.header("content-type", "application/x-ndjson").body(lines.join("\n"));
    let answer = company.send(request).await.answered(200);
    for (line, (_, _, why)) in answer.text.lines().zip(odd) {
        let result: Value = serde_json::from_str(line).expect("JSON lines");
        assert_eq!(result["status"], "refused", "{line}");
        assert!(result["detail"].as_str().unwrap_or_default().contains(why), "{line}");
    }
    let times = ("2099-01-06T09:00:00+01:00", "2099-01-06T09:00:00Z");
    let body = booking(("employeeId", &ada), times);
    let kept = company.command(Method::PUT, "bookings/b-1", Some(&body)).await.answered(201);
    assert_eq!(kept.body["reference"], "b-1", "{}", kept.text);
    assert_eq!(kept.body.get("id"), None, "one name for one thing");
}

#[tokio::test]
async fn an_import_answers_a_line_for_each_line_and_keeps_the_good_ones() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let with_reference = |reference: &str, mut booking: Value| {
        booking["reference"] = reference.into();
        booking.to_string()
    };
    let good = with_reference("b-1", booking(("employeeId", &ada), PAST));
    let lines = [
        good.clone(),
        "{ this is no JSON".to_owned(),
        String::new(),
        with_reference("b-2", booking(("userName", "nobody@contoso.example"), PAST)),
        with_reference("b-3", booking(("externalId", "object of Ada"), UPCOMING)),
        good,
    ];
    let url = format!("{}/bookings/import", company.api_base_url);
    let request = kit::http::http().post(url).bearer_auth(&company.api_token);
    let request = request.header("content-type", "application/x-ndjson").body(lines.join("\n"));
    let answer = company.send(request).await.answered(200);
    let results: Vec<Value> =
        answer.text.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
    let told: Vec<_> = results
        .iter()
        .map(|result| {
            (result["line"].as_u64(), result["reference"].as_str(), result["status"].as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some(1), Some("b-1"), Some("recorded")),
            (Some(2), None, Some("refused")),
            (Some(4), Some("b-2"), Some("refused")),
            (Some(5), Some("b-3"), Some("recorded")),
            (Some(6), Some("b-1"), Some("unchanged")),
        ],
        "{}",
        answer.text
    );
    let why = results[2]["detail"].as_str().unwrap_or_default();
    assert!(why.contains("nobody@contoso.example"), "{why}");
    company.disable(&ada).await;
    assert_eq!(
        kept(&company, &ada).await,
        [vec!["b-1".to_owned()], vec!["b-3".to_owned()], vec![]]
    );
}

#[tokio::test]
async fn a_token_does_only_what_its_scopes_say() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let issued = world.result("token issue --tenant contoso --scope bookings:write").await;
    let token = issued["api_token"].as_str().expect("a token");
    let desk = booking(("employeeId", &ada), UPCOMING);
    company.command_with(token, Method::PUT, "bookings/b-1", Some(&desk)).await.answered(201);
    company.disable(&ada).await;

    for read in ["employees".to_owned(), "teams".to_owned(), format!("leavers/{ada}/bookings")] {
        company.ask_with(token, &read).await.answered(403);
    }
    let reason = json!({ "reason": "left" });
    let path = format!("leavers/{ada}/bookings/b-1/cancel");
    let refused =
        company.command_with(token, Method::POST, &path, Some(&reason)).await.answered(403);
    assert!(
        refused.text.contains("leavers:cancel"),
        "the missing scope is named: {}",
        refused.text
    );
    let team = json!({ "name": "Climbers" });
    company.command_with(token, Method::POST, "teams", Some(&team)).await.answered(403);
    assert_eq!(kept(&company, &ada).await[1], ["b-1"]);
}
