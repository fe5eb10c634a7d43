//! What becomes of leavers' bookings: planned, withdrawn, kept, handed over, and by a policy; over the API and in
//! the pages for administrators.

use kit::company::Company;
use kit::visitor::Visitor;
use kit::wait::until;
use kit::world::World;
use reqwest::{Client, Method, Response, header, redirect};
use serde_json::{Value, json};

use crate::feed_reader::read_up_to;

pub(crate) async fn book(company: &Company, employee: &str, reference: &str, kind: &str) {
    let booking = json!({
        "employeeId": employee, "resource": format!("{kind}-{reference}"), "resourceType": kind,
        "startsAt": "2099-01-06T09:00:00Z", "endsAt": "2099-01-06T17:00:00Z",
    });
    let path = format!("bookings/{reference}");
    let answer = company.command(Method::PUT, &path, Some(&booking)).await;
    assert!(answer.status.is_success(), "{answer:?}");
}

pub(crate) async fn shown(company: &Company, reference: &str) -> Value {
    company.ask(&format!("bookings/{reference}")).await.answered(200).body
}

pub(crate) async fn decide(
    company: &Company,
    of: &str,
    what: &str,
    body: Value,
    status: u16,
) -> Value {
    let path = format!("leavers/{of}/{what}");
    company.command(Method::POST, &path, Some(&body)).await.answered(status).body
}

/// A booking as a form of the portal names it now: with the version that the page shows.
pub(crate) async fn as_shown(company: &Company, reference: &str) -> String {
    let booking = shown(company, reference).await;
    let text = |name: &str| booking[name].as_str().expect("an id").to_owned();
    format!("{}.{}", text("id"), text("version"))
}

async fn is_cancelled(company: &Company, reference: &str) {
    until("the booking is cancelled by itself", async || {
        shown(company, reference).await["state"] == "cancelled"
    })
    .await;
}

#[tokio::test]
async fn a_cancellation_can_be_taken_back_until_it_is_carried_out_by_itself() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    for reference in ["d1", "d2", "d3", "d4"] {
        book(&company, &ada, reference, "desk").await;
    }
    company.disable(&ada).await;
    let of = |reference: &str| format!("{ada}/bookings/{reference}");

    let minute = json!({ "reason": "left", "undoSeconds": 86_400 });
    let planned = decide(&company, &of("d1"), "cancel", minute, 202).await;
    assert!(planned["due"].is_string(), "{planned}");
    let booking = shown(&company, "d1").await;
    assert_eq!(booking["state"], "booked");
    assert_eq!(booking["plannedCancellation"]["actor"], json!(company.administrator));
    decide(&company, &of("d1"), "withdraw-cancellation", json!({}), 204).await;
    assert_eq!(shown(&company, "d1").await["plannedCancellation"], Value::Null);

    decide(&company, &of("d2"), "keep", json!({ "reason": "the team meets" }), 204).await;
    decide(&company, &of("d3"), "hand-over", json!({ "to": bob }), 204).await;
    decide(&company, &of("d3"), "hand-over", json!({ "to": bob }), 204).await;
    // The nightly export repeats what it knows.
    book(&company, &ada, "d3", "desk").await;
    let handed = shown(&company, "d3").await;
    assert_eq!((&handed["employeeId"], &handed["bookedFor"]), (&json!(bob), &json!(ada)));
    let told = read_up_to(&company, "rollcall.booking.changed", handed["id"].as_str().unwrap());
    let told = told.await;
    let told = &told.events.last().expect("the hand-over")["data"];
    assert_eq!(told["previous"]["employeeId"], json!(ada), "{told}");

    let soon = json!({ "reason": "left", "undoSeconds": 1 });
    decide(&company, &of("d4"), "cancel", soon, 202).await;
    is_cancelled(&company, "d4").await;
    let cancelled = shown(&company, "d4").await;
    assert_eq!(cancelled["cancelled"]["actor"], json!(company.administrator), "who planned it");
    decide(&company, &of("d4"), "withdraw-cancellation", json!({}), 409).await;
    let inbox = company.ask("leavers?undecided=true").await.answered(200).body;
    let counts = &inbox["leavers"][0]["bookings"];
    assert_eq!((&counts["undecided"], &counts["kept"]), (&json!(1), &json!(1)), "{inbox}");
}

#[tokio::test]
async fn a_policy_cancels_or_hands_over_what_leavers_leave_behind() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    world.verb("leaver-policy set desk --cancel-after 0 --tenant contoso").await.ended(0);
    let to_bob = json!({ "kind": "hand-over", "to": bob });
    company.command(Method::PUT, "leaver-policies/room", Some(&to_bob)).await.answered(204);
    for (reference, kind) in [("d1", "desk"), ("r1", "room"), ("p1", "parking")] {
        book(&company, &ada, reference, kind).await;
    }
    company.disable(&ada).await;
    is_cancelled(&company, "d1").await;
    until("the room is Bob's", async || shown(&company, "r1").await["employeeId"] == json!(bob))
        .await;
    let cancelled = shown(&company, "d1").await;
    assert_eq!(cancelled["cancelled"]["reason"], "policy for desk: cancelled when somebody leaves");
    let parking = shown(&company, "p1").await;
    assert_eq!((&parking["state"], &parking["employeeId"]), (&json!("booked"), &json!(ada)));
    let policies = company.ask("leaver-policies").await.answered(200).body;
    assert_eq!(policies["resourceTypes"], json!(["desk", "parking", "room"]), "{policies}");
    assert_eq!(policies["policies"][1]["toActive"], true, "{policies}");
    world.verb("leaver-policy remove desk --tenant contoso").await.ended(0);
}

/// A browser without scripts.
pub(crate) struct Browser {
    client: Client,
    url: String,
    cookie: String,
}

impl Browser {
    /// Signs in by a link for somebody new with these roles.
    pub(crate) async fn signed_in(world: &World, roles: &str) -> Self {
        let (visitor, _) = Visitor::administrator(world, "contoso", roles).await;
        let none = redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(none).build().expect("a client");
        Self { client, url: world.url(), cookie: visitor.session(&world.url()) }
    }

    async fn ask(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.url));
        request.header(header::COOKIE, &self.cookie).send().await.expect("an answer")
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.ask(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.expect("a page")
    }

    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.page("/t/contoso/leavers").await;
        let (_, rest) = page.split_once(r#"name="csrf" value=""#).expect("a form");
        let token = rest.split('"').next().unwrap_or_default();
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", token)]).collect();
        let request = self.client.post(format!("{}{path}", self.url)).form(&fields);
        request.header(header::COOKIE, &self.cookie).send().await.expect("an answer")
    }

    /// The bookings that a page's first form lists: what "all" means there.
    pub(crate) async fn listed(&self, path: &str) -> String {
        let page = self.page(path).await;
        let (_, rest) = page.split_once(r#"name="listed" value=""#).expect("a form with bookings");
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Sends a form, and reads the page to which it leads.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.send(path, fields).await;
        assert_eq!(answer.status(), 303, "{path}");
        let next = answer.headers()[header::LOCATION].to_str().expect("a path").to_owned();
        self.page(&next).await
    }
}

/// A policy for desks that acts on this booking at once: it is set by whoever has agreed to that.
async fn at_once_if_agreed(editor: &Browser, company: &Company, booking: &str) {
    let set = [("type", " "), ("kind", "cancel-after"), ("days", "0"), ("to", "")];
    let told = editor.submit("/t/contoso/leavers/policies", &set).await;
    assert!(told.contains("Nothing was set: say for which type"), "{told}");
    let set = [("type", "desk"), ("kind", "cancel-after"), ("days", "0"), ("to", "")];
    let policies = editor.submit("/t/contoso/leavers/policies", &set).await;
    assert!(policies.contains("would act at once on 1 booking"), "{policies}");
    assert_eq!(shown(company, booking).await["state"], "booked", "nobody has agreed");
    let for_two = [&set[..], &[("at-once", "2")]].concat();
    let policies = editor.submit("/t/contoso/leavers/policies", &for_two).await;
    assert!(policies.contains("Nothing is set yet"), "it is another number: {policies}");
    let agreed = [&set[..], &[("at-once", "1")]].concat();
    let policies = editor.submit("/t/contoso/leavers/policies", &agreed).await;
    assert!(policies.contains("Cancelled when somebody leaves"), "{policies}");
    is_cancelled(company, booking).await;
}

#[tokio::test]
async fn in_the_portal_a_leavers_booking_is_cancelled_undone_kept_and_handed_over() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    for reference in ["d1", "d2", "d3", "d5"] {
        book(&company, &ada, reference, "desk").await;
    }
    company.disable(&ada).await;
    let editor = Browser::signed_in(&world, "team-editor").await;
    until("the leaver is in the inbox", async || {
        editor.page("/t/contoso/leavers").await.contains("desk-d1")
    })
    .await;
    let mut ids = Vec::new();
    for reference in ["d1", "d2", "d3"] {
        ids.push(as_shown(&company, reference).await);
    }
    let path = format!("/t/contoso/leavers/{ada}/decide");
    let button = |named: &str, what: &str| {
        let (id, version) = named.split_once('.').expect("a version");
        (format!("/t/contoso/leavers/{ada}/bookings/{id}/{what}"), version.to_owned())
    };

    let nothing = editor.submit(&path, &[("what", "cancel"), ("reason", "left")]).await;
    assert!(nothing.contains("No booking was chosen"), "{nothing}");
    let no_reason = [("what", "cancel"), ("booking", ids[0].as_str())];
    assert!(editor.submit(&path, &no_reason).await.contains("Nothing was changed: the reason"));
    let (undo, version) = button(&ids[0], "undo");
    let never = editor.submit(&undo, &[("version", &version)]).await;
    assert!(never.contains("Nothing was changed: no cancellation of this booking is planned"));
    let capitals = ids[0].to_uppercase();
    let cancel = [
        ("what", "cancel"),
        ("reason", "Has left"),
        ("booking", ids[0].as_str()),
        ("booking", ids[0].as_str()),
        ("booking", capitals.as_str()),
    ];
    let planned = editor.submit(&path, &cancel).await;
    assert!(planned.contains("Cancelling 1 booking in a minute"), "{planned}");
    assert!(planned.contains("data-until") && planned.contains("team-editor@contoso.example"));
    let again = editor.submit(&path, &cancel).await;
    let who = "others were quicker: desk-d1 (d1) will be cancelled at";
    let decided = "as team-editor@contoso.example decided";
    assert!(again.contains(who) && again.contains(decided), "{again}");
    let stale = [("what", "keep"), ("booking", ids[0].as_str())];
    let stale = editor.submit(&path, &stale).await;
    assert!(stale.contains(who) && stale.contains(decided), "{stale}");
    let stale = editor.submit(&undo, &[("version", &version)]).await;
    assert!(stale.contains(who), "a form undoes the plan that it shows: {stale}");
    let (undo, version) = button(&as_shown(&company, "d1").await, "undo");
    let undone = editor.submit(&undo, &[("version", &version)]).await;
    assert!(undone.contains("is undone") && !undone.contains("data-until"), "{undone}");

    let keep = [("what", "keep"), ("reason", "the team meets"), ("booking", ids[1].as_str())];
    let kept = editor.submit(&path, &keep).await;
    assert!(kept.contains("Kept 1 booking.") && kept.contains("the team meets"), "{kept}");
    let name = company.ask(&format!("employees/{bob}")).await.answered(200).body;
    let name = name["userName"].as_str().expect("a name").to_owned();
    for what in ["cancel", "hand-over"] {
        let stale = [
            ("what", what),
            ("reason", "left"),
            ("to", if what == "cancel" { "" } else { name.as_str() }),
            ("booking", ids[1].as_str()),
        ];
        let stale = editor.submit(&path, &stale).await;
        assert!(stale.contains("desk-d2 (d2) is kept, as team-editor"), "{what}: {stale}");
    }
    let (undo_kept, seen) = button(&ids[1], "undo");
    let stands = editor.submit(&undo_kept, &[("version", &seen)]).await;
    assert!(stands.contains("desk-d2 (d2) is kept, as team-editor"), "{stands}");
    let enter = [
        ("what", "cancel"),
        ("reason", "left"),
        ("to", name.as_str()),
        ("booking", ids[2].as_str()),
    ];
    let told = editor.submit(&path, &enter).await;
    assert!(told.contains("Nothing was changed: a colleague is named"), "{told}");
    let hand = [("what", "hand-over"), ("to", name.as_str()), ("booking", ids[2].as_str())];
    assert!(editor.submit(&path, &hand).await.contains("Handed over 1 booking."));
    assert_eq!(shown(&company, "d3").await["employeeId"], json!(bob));
    let unknown = [("what", "hand-over"), ("to", "eve@nowhere"), ("booking", ids[0].as_str())];
    assert!(editor.submit(&path, &unknown).await.contains("nobody who is Active has this name"));

    let later = [("type", " desk "), ("kind", "cancel-after"), ("days", "9"), ("to", "")];
    editor.submit("/t/contoso/leavers/policies", &later).await;
    let sooner = json!({ "reason": "left", "undoSeconds": 86_400 });
    decide(&company, &format!("{ada}/bookings/d1"), "cancel", sooner, 202).await;
    let (_, version) = button(&as_shown(&company, "d1").await, "undo");
    let undone = editor.submit(&undo, &[("version", &version)]).await;
    assert!(undone.contains("no policy touches it"), "{undone}");
    at_once_if_agreed(&editor, &company, "d5").await;
    assert_eq!(shown(&company, "d1").await["state"], "booked", "it was undone by hand");
    let at_once = json!({ "reason": "left" });
    decide(&company, &format!("{ada}/bookings/d1"), "cancel", at_once, 204).await;
    let late = editor.submit(&path, &cancel).await;
    assert!(late.contains("desk-d1 (d1) is cancelled already, as "), "{late}");
    let page = editor.page(&format!("/t/contoso/leavers/{ada}")).await;
    assert!(page.contains("policy for desk") && page.contains("Has not said"), "{page}");
    assert_eq!(shown(&company, "d2").await["state"], "booked", "it is kept, whatever the policy");
    assert!(editor.page("/t/contoso/leavers?list=all").await.contains("Ada"));
}

#[tokio::test]
async fn a_form_about_one_leaver_changes_nothing_if_it_names_a_booking_of_another_or_an_id_that_is_none()
 {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, cyd) = (company.hire("Ada").await, company.hire("Cyd").await);
    book(&company, &ada, "a1", "desk").await;
    book(&company, &cyd, "c1", "desk").await;
    company.disable(&ada).await;
    company.disable(&cyd).await;
    let editor = Browser::signed_in(&world, "team-editor").await;
    for booked in ["desk-a1", "desk-c1"] {
        until("the leaver is in the inbox", async || {
            editor.page("/t/contoso/leavers").await.contains(booked)
        })
        .await;
    }
    let mut ids = Vec::new();
    for reference in ["a1", "c1"] {
        ids.push(as_shown(&company, reference).await);
    }
    let path = format!("/t/contoso/leavers/{ada}/decide");
    for what in ["cancel", "keep", "hand-over"] {
        let of_both =
            [("what", what), ("reason", "left"), ("booking", &*ids[0]), ("booking", &*ids[1])];
        let told = editor.submit(&path, &of_both).await;
        assert!(
            told.contains("Nothing was changed: 1 chosen booking is not of this person"),
            "{told}"
        );
        let malformed =
            [("what", what), ("reason", "left"), ("booking", &*ids[0]), ("booking", "c1")];
        let answer = editor.send(&path, &malformed).await;
        assert_eq!(answer.status(), 400);
        let told = answer.text().await.expect("a page");
        assert!(told.contains("nothing was changed"), "{told}");
    }
    // Had anything been decided, a decision that comes later would have been told of it.
    let cancel = [("what", "cancel"), ("reason", "left"), ("booking", &*ids[0])];
    let told = editor.submit(&path, &cancel).await;
    assert!(told.contains("Cancelling 1 booking in a minute"), "{told}");
    let decided = company.ask(&format!("leavers/{cyd}/bookings")).await.answered(200).body;
    let booking = &decided["upcoming"][0];
    assert_eq!(
        (&booking["id"], &booking["state"]),
        (&json!(ids[1].split('.').next()), &json!("booked")),
        "{decided}"
    );
    assert_eq!((&booking["plannedCancellation"], &booking["kept"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn the_inbox_is_narrowed_by_person_type_time_and_decision_and_all_means_what_it_shows() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, cyd) = (company.hire("Ada").await, company.hire("Cyd").await);
    let bob = company.hire("Bob").await;
    for (whose, reference, kind) in
        [(&ada, "a1", "desk"), (&ada, "a2", "room"), (&ada, "a3", "desk"), (&cyd, "c1", "desk")]
    {
        book(&company, whose, reference, kind).await;
    }
    company.disable(&ada).await;
    company.disable(&cyd).await;
    let editor = Browser::signed_in(&world, "team-editor").await;
    let shows = async |address: &str, all: [bool; 4]| {
        until(&format!("{address} shows {all:?}"), async || {
            let page = editor.page(&format!("/t/contoso/leavers{address}")).await;
            ["desk-a1", "room-a2", "desk-a3", "desk-c1"].map(|booked| page.contains(booked)) == all
        })
        .await;
    };
    shows("", [true; 4]).await;
    shows("?type=room", [false, true, false, false]).await;
    shows(&format!("?employee={cyd}"), [false, false, false, true]).await;
    shows("?from=2019-01-01&to=2019-12-31", [false; 4]).await;
    shows("?from=2019-01-01", [true; 4]).await;
    // A person is named in the form, and by their id in the address.
    let name = company.ask(&format!("employees/{cyd}")).await.answered(200).body;
    let name = name["userName"].as_str().expect("a name").to_owned();
    let found =
        editor.send("/t/contoso/leavers/find", &[("whose", &*name), ("type", "desk")]).await;
    assert_eq!(found.status(), 303);
    let address = found.headers()[header::LOCATION].to_str().expect("a path");
    assert_eq!(address, format!("/t/contoso/leavers?employee={cyd}&type=desk"));
    let nobody = [("whose", "eve@nowhere"), ("type", "desk"), ("of", "filter")];
    let nobody = editor.submit("/t/contoso/leavers/find", &nobody).await;
    assert!(
        nobody.contains("No leaver has this name") && nobody.contains("eve@nowhere"),
        "{nobody}"
    );
    assert_eq!(editor.ask("/t/contoso/leavers?from=yesterday").await.status(), 400);

    let path = format!("/t/contoso/leavers/{ada}/decide");
    let listed = editor.listed(&format!("/t/contoso/leavers?employee={ada}&type=room")).await;
    let rooms = [("what", "keep"), ("all", "yes"), ("listed", &*listed)];
    assert!(editor.submit(&path, &rooms).await.contains("Kept 1 booking."));
    shows("?decision=kept", [false, true, false, false]).await;
    shows("", [true, false, true, true]).await;
    let first = as_shown(&company, "a1").await;
    let bobs = company.ask(&format!("employees/{bob}")).await.answered(200).body;
    let bobs = bobs["userName"].as_str().expect("a name").to_owned();
    let hand = [("what", "hand-over"), ("to", &*bobs), ("booking", &*first)];
    assert!(editor.submit(&path, &hand).await.contains("Handed over 1 booking."));
    shows("?decision=handed-over", [true, false, false, false]).await;
    let listed = editor.listed(&format!("/t/contoso/leavers?employee={ada}")).await;
    // What is booked after the page was made is not meant by it.
    book(&company, &ada, "a4", "desk").await;
    until("the new booking is shown", async || {
        editor.page("/t/contoso/leavers").await.contains("desk-a4")
    })
    .await;
    let rest = [("what", "cancel"), ("reason", "left"), ("all", "yes"), ("listed", &*listed)];
    assert!(editor.submit(&path, &rest).await.contains("Cancelling 1 booking in a minute"));
    assert_eq!(shown(&company, "a4").await["plannedCancellation"], json!(null));
    let new = as_shown(&company, "a4").await;
    let new = [("what", "keep"), ("booking", &*new)];
    assert!(editor.submit(&path, &new).await.contains("Kept 1 booking."));
    shows("?decision=planned", [false, false, true, false]).await;
    shows("", [false, false, false, true]).await;
}

#[tokio::test]
async fn a_viewer_sees_leavers_bookings_and_decides_nothing() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    book(&company, &ada, "d1", "desk").await;
    company.disable(&ada).await;
    let viewer = Browser::signed_in(&world, "viewer").await;
    until("the leaver is in the inbox", async || {
        viewer.page("/t/contoso/leavers").await.contains("desk-d1")
    })
    .await;
    let page = viewer.page("/t/contoso/leavers").await;
    assert!(!page.contains("Hand over"), "what may not be done is not offered: {page}");
    let path = format!("/t/contoso/leavers/{ada}/decide");
    let all = [("what", "cancel"), ("reason", "left"), ("all", "yes")];
    assert_eq!(viewer.send(&path, &all).await.status(), 403);
    let set = [("type", "desk"), ("kind", "cancel-after"), ("days", "0")];
    assert_eq!(viewer.send("/t/contoso/leavers/policies", &set).await.status(), 403);
    assert_eq!(shown(&company, "d1").await["state"], "booked");
}
