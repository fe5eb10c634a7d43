//! The forms about leavers' bookings: two that are sent at the same moment, what is taken back, and how a form keeps
//! its place and what was typed into it.

use futures_util::future::join_all;
use kit::wait::until;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

use crate::feed_reader::read_up_to;
use crate::leavers_bookings::{Browser, as_shown, book, decide, shown};

#[tokio::test]
async fn of_two_forms_about_one_booking_that_are_sent_at_once_one_is_told_that_the_other_was_quicker()
 {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let references: Vec<String> = (1..=4).map(|number| format!("d{number}")).collect();
    for reference in &references {
        book(&company, &ada, reference, "desk").await;
    }
    company.disable(&ada).await;
    let bobs = company.ask(&format!("employees/{bob}")).await.answered(200).body;
    let bobs = bobs["userName"].as_str().expect("a name").to_owned();
    let (one, other) = (
        Browser::signed_in(&world, "team-editor").await,
        Browser::signed_in(&world, "owner").await,
    );
    until("the leaver is in the inbox", async || {
        one.page("/t/contoso/leavers").await.contains("desk-d4")
    })
    .await;
    let path = format!("/t/contoso/leavers/{ada}/decide");
    let all_there_are = ["cancel", "keep", "hand-over"];
    let pairs =
        [("keep", "cancel"), ("hand-over", "keep"), ("cancel", "hand-over"), ("keep", "keep")];
    for (reference, pair) in references.iter().zip(pairs) {
        let named = as_shown(&company, reference).await;
        let send = async |browser: &Browser, what: &str| {
            let to = if what == "hand-over" { &*bobs } else { "" };
            let form = [("what", what), ("reason", "left"), ("to", to), ("booking", &*named)];
            browser.submit(&path, &form).await
        };
        let (first, second) = tokio::join!(send(&one, pair.0), send(&other, pair.1));
        let done = |page: &str| {
            ["Cancelling 1 booking", "Kept 1 booking", "Handed over 1 booking"]
                .map(|words| page.contains(words))
        };
        let (done_first, done_second) = (done(&first), done(&second));
        let successes = done_first.iter().chain(&done_second).filter(|done| **done).count();
        assert_eq!(successes, 1, "{pair:?}: {first} and {second}");
        let (loser, winner, what) = if done_first.contains(&true) {
            (&second, "team-editor@contoso.example", pair.0)
        } else {
            (&first, "owner@contoso.example", pair.1)
        };
        let told = format!("for others were quicker: desk-{reference} ({reference}) ");
        assert!(loser.contains(&told), "{pair:?}: {loser}");
        assert!(loser.contains(&format!("as {winner} decided")), "{pair:?}: {loser}");
        let booking = shown(&company, reference).await;
        let so = match what {
            "cancel" => !booking["plannedCancellation"].is_null(),
            "keep" => !booking["kept"].is_null(),
            "hand-over" => booking["employeeId"] == json!(bob),
            other => panic!("{other} is none of {all_there_are:?}"),
        };
        assert!(so, "the one that was told to be done is what was done: {what}: {booking}");
    }
}

#[tokio::test]
async fn callers_of_the_api_that_say_which_version_they_saw_do_not_undo_what_others_decided() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    for reference in ["d1", "d2"] {
        book(&company, &ada, reference, "desk").await;
    }
    company.disable(&ada).await;
    let booking = shown(&company, "d1").await;
    let version = &booking["version"];
    let send = async |what: &str, mut body: Value| {
        body["version"] = version.clone();
        let path = format!("leavers/{ada}/bookings/d1/{what}");
        company.command(Method::POST, &path, Some(&body)).await
    };
    let answers = join_all([
        send("keep", json!({})),
        send("cancel", json!({ "reason": "left" })),
        send("hand-over", json!({ "to": bob })),
        send("cancel", json!({ "reason": "left", "undoSeconds": 86_400 })),
    ])
    .await;
    let done = answers.iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(done, 1, "{answers:?}");
    for refused in answers.iter().filter(|answer| !answer.status.is_success()) {
        // Once it is Bob's, Ada has no such booking.
        if answers[2].status.is_success() {
            assert_eq!(refused.status, 404, "{refused:?}");
            continue;
        }
        assert_eq!(refused.status, 409, "{refused:?}");
        let detail = refused.body["detail"].as_str().expect("a reason");
        assert!(detail.contains("it is not as it was when you looked"), "{detail}");
        assert!(detail.contains(&company.administrator), "who decided: {detail}");
    }

    // Of many, each is decided by itself.
    let other = shown(&company, "d2").await;
    let many = json!({
        "bookings": [booking["id"], other["id"]],
        "versions": { booking["id"].as_str().unwrap(): version, other["id"].as_str().unwrap(): other["version"] },
    });
    let answer = company.command(Method::POST, "leavers/bookings/keep", Some(&many)).await;
    let results = answer.answered(200).body["results"].clone();
    assert_eq!((&results[0]["status"], &results[1]["status"]), (&json!("refused"), &json!("done")));
    let stray = json!({
        "bookings": [other["id"]],
        "versions": { booking["id"].as_str().unwrap(): version },
    });
    company.command(Method::POST, "leavers/bookings/keep", Some(&stray)).await.answered(400);
    let seen = json!({ "to": bob, "bookings": [other["id"]] });
    let answer = company.command(Method::POST, "leavers/bookings/hand-over", Some(&seen)).await;
    assert_eq!(answer.answered(200).body["results"][0]["employeeId"], json!(bob));
}

#[tokio::test]
async fn what_was_kept_or_handed_over_is_decided_again_and_no_policy_touches_it_until_then() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    for reference in ["d1", "d2"] {
        book(&company, &ada, reference, "desk").await;
    }
    company.disable(&ada).await;
    let editor = Browser::signed_in(&world, "team-editor").await;
    decide(&company, &format!("{ada}/bookings/d1"), "keep", json!({}), 204).await;
    decide(&company, &format!("{ada}/bookings/d2"), "hand-over", json!({ "to": bob }), 204).await;
    let at_once = json!({ "kind": "cancel-after", "days": 0 });
    company.command(Method::PUT, "leaver-policies/desk", Some(&at_once)).await.answered(204);
    let page = format!("/t/contoso/leavers/{ada}");
    until("both are shown as decided", async || {
        editor.page(&page).await.matches("Decide again").count() == 2
    })
    .await;
    for reference in ["d1", "d2"] {
        let named = as_shown(&company, reference).await;
        let (id, version) = named.split_once('.').expect("a version");
        let path = format!("{page}/bookings/{id}/reopen");
        let told = editor.submit(&path, &[("version", version)]).await;
        assert!(told.contains("the booking waits for a decision again"), "{told}");
        assert!(told.contains("took back what was decided"), "who did is shown: {told}");
        let late = editor.submit(&path, &[("version", version)]).await;
        let who =
            format!("desk-{reference} ({reference}) waits for a decision again, as team-editor");
        assert!(late.contains(&who), "{late}");
        let booking = shown(&company, reference).await;
        assert_eq!((&booking["employeeId"], &booking["bookedFor"]), (&json!(ada), &Value::Null));
        assert_eq!((&booking["state"], &booking["kept"]), (&json!("booked"), &Value::Null));
        assert_eq!(booking["plannedCancellation"], Value::Null, "no policy decides it at once");
        assert!(booking["reopened"]["at"].is_string(), "{booking}");
    }
    let handed = shown(&company, "d2").await;
    let told = read_up_to(&company, "rollcall.booking.changed", handed["id"].as_str().unwrap());
    let told = told.await;
    let told = &told.events.last().expect("that it is the leaver's again")["data"];
    assert_eq!(told["previous"]["employeeId"], json!(bob), "{told}");
    let inbox = company.ask("leavers?undecided=true").await.answered(200).body;
    assert_eq!(inbox["leavers"][0]["bookings"]["undecided"], 2, "{inbox}");
    decide(&company, &format!("{ada}/bookings/d1"), "reopen", json!({}), 204).await;
    decide(&company, &format!("{ada}/bookings/none"), "reopen", json!({}), 404).await;
}

#[tokio::test]
async fn a_form_comes_back_to_its_page_and_after_a_slip_with_what_was_filled_in() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    for name in ["Bob Stone", "Bob Stone-Miller"] {
        company.hire(name).await;
    }
    for reference in ["d1", "d2"] {
        book(&company, &ada, reference, "desk").await;
    }
    book(&company, &ada, "r1", "room").await;
    company.disable(&ada).await;
    let editor = Browser::signed_in(&world, "team-editor").await;
    until("the leaver is in the inbox", async || {
        let page = editor.page("/t/contoso/leavers?type=desk").await;
        page.contains("desk-d1") && page.contains("desk-d2")
    })
    .await;
    let inbox = editor.page("/t/contoso/leavers?type=desk&from=2020-01-01").await;
    let place = "inbox?type=desk&amp;from=2020-01-01";
    assert!(inbox.contains(&format!(r#"name="place" value="{place}""#)), "{inbox}");
    let place = ("place", "inbox?type=desk&from=2020-01-01");
    let named = as_shown(&company, "d2").await;
    let path = format!("/t/contoso/leavers/{ada}/decide");
    let of = ("of", &*ada);

    // Nothing ticked, no reason, nobody, and somebody who may be one of two.
    let slips: [(&[(&str, &str)], &str); 4] = [
        (&[("what", "keep"), ("reason", "they meet on Mondays")], "No booking was chosen"),
        (&[("what", "cancel"), ("reason", ""), ("booking", &*named)], "the reason is blank"),
        (
            &[("what", "hand-over"), ("to", "Nobody Known"), ("booking", &*named)],
            "has this name or user name",
        ),
        (&[("what", "hand-over"), ("to", "Bob"), ("booking", &*named)], "Choose whom you mean"),
    ];
    for (typed, why) in slips {
        let form: Vec<_> = typed.iter().copied().chain([place, of]).collect();
        let answer = editor.send(&path, &form).await;
        let next = answer.headers()["location"].to_str().expect("a path").to_owned();
        assert!(next.starts_with("/t/contoso/leavers?type=desk&from=2020-01-01&notice="), "{next}");
        let page = editor.page(&next).await;
        assert!(page.contains(why) && !page.contains("room-r1"), "{why}: {page}");
        for (name, value) in typed.iter().filter(|(name, _)| ["reason", "to"].contains(name)) {
            let given_back = format!(r#"name="{name}""#);
            // The filters above have a field of this name too.
            let field = page.split("<input").filter(|one| one.contains(&given_back)).last();
            let field = field.expect("the field is there");
            assert!(field.contains(&format!(r#"value="{value}""#)), "{name}: {field}");
        }
        let ticked = page.split("<input").find(|one| one.contains(&format!(r#"value="{named}""#)));
        let is_ticked = ticked.expect("the booking is listed").contains("checked");
        assert_eq!(is_ticked, typed.iter().any(|(name, _)| *name == "booking"), "{why}");
        assert!(!editor.page("/t/contoso/leavers").await.contains("checked"), "it is said once");
        if why == "Choose whom you mean" {
            assert!(page.contains("Bob Stone-Miller"), "who may be meant is offered: {page}");
        }
    }
    // A whole name that one person alone has is as good as a user name.
    let form = [("what", "hand-over"), ("to", "bob stone"), ("booking", &*named), place, of];
    let answer = editor.send(&path, &form).await;
    let next = answer.headers()["location"].to_str().expect("a path").to_owned();
    assert!(next.starts_with("/t/contoso/leavers?type=desk&from=2020-01-01&notice="), "{next}");
    assert!(editor.page(&next).await.contains("Handed over 1 booking."));
    let booking = shown(&company, "d2").await;
    let to = booking["employeeId"].as_str().expect("an id").to_owned();
    let to = company.ask(&format!("employees/{to}")).await.answered(200).body;
    assert_eq!(to["displayName"], "Bob Stone", "{to}");

    // Who was chosen among those whom the page offered is meant, whatever else was typed.
    let (room, desk) = (as_shown(&company, "r1").await, as_shown(&company, "d1").await);
    let chosen = ("colleague", to["id"].as_str().expect("an id"));
    let form = [("what", "hand-over"), ("to", ""), chosen, ("booking", &*room), place, of];
    assert!(editor.submit(&path, &form).await.contains("Handed over 1 booking."));
    assert_eq!(shown(&company, "r1").await["employeeId"], to["id"], "{to}");
    let nobody = [("what", "hand-over"), ("to", " "), ("booking", &*desk), place, of];
    assert!(editor.submit(&path, &nobody).await.contains("say to which colleague"));

    // A place that somebody made up leads nowhere else.
    let elsewhere = ("place", "https://evil.example/?type=desk");
    let answer = editor.send(&path, &[("what", "keep"), elsewhere]).await;
    let next = answer.headers()["location"].to_str().expect("a path").to_owned();
    assert!(next.starts_with(&format!("/t/contoso/leavers/{ada}?type=desk&notice=")), "{next}");

    // Whose: by a part of the name, those are offered who have left.
    let whose = [("whose", "Ad"), ("type", "desk"), ("of", "filter")];
    let page = editor.submit("/t/contoso/leavers/find", &whose).await;
    assert!(page.contains("Did you mean"), "{page}");
    assert!(page.contains(&format!("?employee={ada}&amp;type=desk")), "{page}");
}

#[tokio::test]
async fn all_bookings_of_a_leaver_are_reached_part_by_part() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    for number in 10..60 {
        book(&company, &ada, &number.to_string(), "desk").await;
    }
    company.disable(&ada).await;
    let viewer = Browser::signed_in(&world, "viewer").await;
    let page = format!("/t/contoso/leavers/{ada}");
    let shows = |page: &str| page.matches(">desk-").count();
    until("40 of 50 are shown", async || shows(&viewer.page(&page).await) == 40).await;
    let first = viewer.page(&page).await;
    assert!(first.contains("1 to 40 of 50 are shown"), "{first}");
    assert!(first.contains("list=undecided&amp;at=40#undecided"), "{first}");
    let rest = viewer.page(&format!("{page}?list=undecided&at=40")).await;
    assert_eq!(shows(&rest), 10, "{rest}");
    assert!(rest.contains("41 to 50 of 50 are shown"), "{rest}");
    let inbox = viewer.page("/t/contoso/leavers").await;
    assert!(inbox.contains("8 of 50 are shown."), "{inbox}");
}
