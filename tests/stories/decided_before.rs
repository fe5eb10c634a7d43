//! What somebody has decided before: who comes later with another wish is told that it stands, and what it is.

use kit::wait::until;
use kit::world::World;
use reqwest::Method;
use serde_json::json;

use crate::leavers_bookings::{Browser, as_shown, book, decide, shown};

#[tokio::test]
async fn who_cancels_what_is_planned_for_another_day_is_told_so_and_for_when() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    for reference in ["d1", "d2"] {
        book(&company, &ada, reference, "desk").await;
    }
    company.disable(&ada).await;
    let plan = json!({ "reason": "the lease ends", "at": "2099-01-02T10:30:00Z" });
    decide(&company, &format!("{ada}/bookings/d1"), "cancel", plan, 202).await;
    let editor = Browser::signed_in(&world, "team-editor").await;
    until("the leaver is in the inbox", async || {
        editor.page("/t/contoso/leavers").await.contains("desk-d2")
    })
    .await;
    let path = format!("/t/contoso/leavers/{ada}/decide");
    let (planned, other) = (as_shown(&company, "d1").await, as_shown(&company, "d2").await);
    let cancel = [("what", "cancel"), ("reason", "left"), ("booking", &*planned)];
    let told = editor.submit(&path, &cancel).await;
    let so = "its cancellation is planned already, for 2099-01-02 10:30 UTC.";
    assert!(told.contains(&format!("Nothing was changed: {so}")), "{told}");
    assert!(!told.contains("in a minute"), "{told}");
    let both = [cancel[0], cancel[1], cancel[2], ("booking", &*other)];
    let told = editor.submit(&path, &both).await;
    assert!(told.contains("Cancelling 1 booking in a minute"), "{told}");
    assert!(told.contains(&format!("Of 1 booking nothing was changed: {so}")), "{told}");
    let stands = shown(&company, "d1").await["plannedCancellation"].clone();
    assert_eq!(stands["due"], json!("2099-01-02T10:30:00Z"), "{stands}");
    assert_eq!(stands["reason"], json!("the lease ends"), "{stands}");

    let again = json!({
        "reason": "left", "undoSeconds": 60, "bookings": [shown(&company, "d1").await["id"]],
    });
    let answer = company.command(Method::POST, "leavers/bookings/cancel", Some(&again)).await;
    let result = answer.answered(200).body["results"][0].clone();
    assert_eq!(result["status"], json!("unchanged"), "{result}");
    assert_eq!(result["due"], stands["due"], "{result}");
}

#[tokio::test]
async fn of_a_booking_that_was_handed_on_twice_an_old_form_is_told_who_was_quicker() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let cyd = company.hire("Cyd").await;
    book(&company, &ada, "d1", "desk").await;
    company.disable(&ada).await;
    decide(&company, &format!("{ada}/bookings/d1"), "hand-over", json!({ "to": bob }), 204).await;
    company.disable(&bob).await;
    let editor = Browser::signed_in(&world, "team-editor").await;
    let old = as_shown(&company, "d1").await;
    decide(&company, &format!("{bob}/bookings/d1"), "hand-over", json!({ "to": cyd }), 204).await;
    let keep = [("what", "keep"), ("booking", &*old)];
    let told = editor.submit(&format!("/t/contoso/leavers/{bob}/decide"), &keep).await;
    assert!(told.contains("others were quicker: desk-d1 (d1) is handed over to"), "{told}");
    let kept = shown(&company, "d1").await;
    assert_eq!((&kept["employeeId"], &kept["kept"]), (&json!(cyd), &json!(null)), "{kept}");
}
