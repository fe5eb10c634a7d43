//! What the running program answers is what the document says, and nothing that it says is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use kit::entra;
use kit::http::{Answer, http};
use kit::positions::{Positions, cursor_of_another_feed};
use kit::wait::{DEADLINE, until};
use kit::world::World;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::apart::Apart;
use crate::document::{Document, Operation};
use crate::history::History;

const PAST: (&str, &str) = ("2020-01-06T09:00:00Z", "2020-01-06T17:00:00Z");
const UPCOMING: (&str, &str) = ("2099-01-06T09:00:00Z", "2099-01-06T17:00:00Z");

/// Refusals that take a fault, or half a minute of silence.
const NOT_PROVOKED: [u16; 3] = [408, 500, 507];

/// Asks, and holds each answer against the document.
struct Asker<'a> {
    document: &'a Document,
    history: &'a History,
    http: Client,
    /// The statuses that were seen, by operation id.
    seen: BTreeMap<String, BTreeSet<u16>>,
}

impl Asker<'_> {
    fn operation(&self, id: &str) -> Operation<'_> {
        let mut operations = self.document.operations().into_iter();
        operations.find(|one| one.id() == id).unwrap_or_else(|| panic!("there is no {id}"))
    }

    /// A request for an operation; `words` fill the places in its path, in their order.
    fn request(&self, id: &str, words: &[&str]) -> RequestBuilder {
        let operation = self.operation(id);
        let mut url = operation.path.replace("{tenant}", &self.history.company.slug);
        for word in words {
            let (before, rest) = url.split_once('{').expect("a place for each word");
            let (_, after) = rest.split_once('}').expect("a name of a place");
            url = format!("{before}{word}{after}");
        }
        let method: Method = operation.method.to_uppercase().parse().expect("a method");
        self.http.request(method, format!("{}{url}", self.history.world.url()))
    }

    async fn send(&mut self, id: &str, request: RequestBuilder) -> Answer {
        let answer = Answer::to(request).await;
        self.document.holds(self.operation(id), &answer);
        self.seen.entry(id.to_owned()).or_default().insert(answer.status.as_u16());
        answer
    }

    /// Asks with the company's token, and insists on the status. A read is asked again until its read model has
    /// what was written before.
    async fn ask(&mut self, id: &str, words: &[&str], body: Option<Value>, status: u16) -> Answer {
        let asked = Instant::now();
        loop {
            let request = self.request(id, words).bearer_auth(&self.history.company.api_token);
            let request = match &body {
                Some(body) => request.json(body),
                None => request,
            };
            let answer = self.send(id, request).await;
            let is_read = self.operation(id).method == "get";
            if answer.status == status || !is_read || asked.elapsed() > DEADLINE {
                return answer.answered(status);
            }
        }
    }
}

fn booking(person: (&str, &str), (starts_at, ends_at): (&str, &str)) -> Value {
    json!({ person.0: person.1, "resource": "desk-7", "startsAt": starts_at, "endsAt": ends_at })
}

async fn people_and_teams(asker: &mut Asker<'_>) {
    let (ada, sales) = (&*asker.history.ada, &*asker.history.sales);
    let nobody = &*Uuid::now_v7().to_string();
    asker.ask("listEmployees", &[], None, 200).await;
    asker.ask("getEmployee", &[ada], None, 200).await;
    asker.ask("getEmployee", &[nobody], None, 404).await;
    asker.ask("listTeams", &[], None, 200).await;
    for (operation, ok) in [("getTeam", 200), ("listMembers", 200)] {
        asker.ask(operation, &[sales], None, ok).await;
        asker.ask(operation, &[nobody], None, 404).await;
    }
    asker.ask("countEmployees", &[], None, 200).await;
    for (operation, known) in [("getTeamEdits", ada), ("listTeamEdits", sales)] {
        asker.ask(operation, &[known], None, 200).await;
        asker.ask(operation, &[nobody], None, 404).await;
    }
    let named = |name: &str| Some(json!({ "name": name }));
    let own = asker.ask("createTeam", &[], named("Climbers"), 201).await.id();
    asker.ask("createTeam", &[], named("Climbers"), 409).await;
    asker.ask("assignTeam", &[ada, &own], None, 204).await;
    asker.ask("assignTeam", &[ada, nobody], None, 404).await;
    asker.ask("choosePrimaryTeam", &[ada], Some(json!({ "teamId": own })), 204).await;
    asker.ask("choosePrimaryTeam", &[nobody], Some(json!({ "teamId": own })), 404).await;
    asker.ask("unassignTeam", &[ada, &own], None, 204).await;
    asker.ask("unassignTeam", &[nobody, &own], None, 404).await;
    asker.ask("choosePrimaryTeam", &[ada], Some(json!({ "teamId": own })), 409).await;
    asker.ask("resetTeams", &[ada], None, 204).await;
    asker.ask("resetTeams", &[nobody], None, 404).await;
    asker.ask("renameTeam", &[&own], named("Hikers"), 204).await;
    asker.ask("renameTeam", &[nobody], named("Hikers"), 404).await;
    asker.ask("renameTeam", &[sales], named("Hikers"), 409).await;
    asker.ask("removeTeam", &[&own], None, 204).await;
    asker.ask("removeTeam", &[nobody], None, 404).await;
    asker.ask("removeTeam", &[sales], None, 409).await;
}

async fn bookings_and_leavers(asker: &mut Asker<'_>) {
    let (ada, zoe) = (&*asker.history.ada, &*asker.history.zoe);
    let nobody = &*Uuid::now_v7().to_string();
    let of_zoe = booking(("employeeId", zoe), UPCOMING);
    asker.ask("recordBooking", &["new"], Some(of_zoe.clone()), 201).await;
    asker.ask("recordBooking", &["new"], Some(of_zoe), 200).await;
    asker.ask("recordBooking", &["old"], Some(booking(("employeeId", zoe), PAST)), 201).await;
    asker.ask("recordBooking", &["x"], Some(booking(("employeeId", nobody), PAST)), 404).await;
    for name in ["twin-1", "twin-2"] {
        let login = format!("{name}@contoso.example");
        let user = entra::workplace_user(&login, name, "object of both twins");
        asker.history.company.post("Users", &user).await.answered(201);
    }
    let twins = booking(("externalId", "object of both twins"), PAST);
    asker.ask("recordBooking", &["x"], Some(twins), 409).await;
    let lines = [booking(("employeeId", ada), UPCOMING), booking(("employeeId", nobody), PAST)];
    let named = lines.into_iter().enumerate().map(|(number, mut line)| {
        line["reference"] = format!("line-{number}").into();
        format!("{line}\n")
    });
    let import = asker.request("importBookings", &[]).body(named.collect::<String>());
    let import = import.header("content-type", "application/x-ndjson");
    let import = import.bearer_auth(&asker.history.company.api_token);
    asker.send("importBookings", import).await.answered(200);
    asker.ask("listLeavers", &[], None, 200).await;
    let reason = Some(json!({ "reason": "left the company" }));
    asker.ask("cancelLeaverBooking", &[ada, "line-0"], reason.clone(), 409).await;
    asker.ask("cancelLeaverBooking", &[zoe, "none"], reason.clone(), 404).await;
    asker.ask("cancelLeaverBooking", &[zoe, "new"], reason, 204).await;
    let many = |field: &str, value: Value| Some(json!({ "reason": "left", field: value }));
    asker.ask("cancelLeaverBookings", &[], many("employeeId", json!(zoe)), 200).await;
    asker.ask("cancelLeaverBookings", &[], many("employeeId", json!(ada)), 409).await;
    asker.ask("cancelLeaverBookings", &[], many("employeeId", json!(nobody)), 404).await;
    asker.ask("cancelLeaverBookings", &[], many("bookings", json!([nobody])), 200).await;
    decisions_about_leavers_bookings(asker).await;
    every_booking(asker).await;
    asker.ask("listLeaverBookings", &[zoe], None, 200).await;
    asker.ask("listLeaverBookings", &[nobody], None, 404).await;
    asker.ask("withdrawBooking", &["old"], None, 204).await;
    asker.ask("withdrawBooking", &["none"], None, 404).await;
}

/// A leaver's booking is cancelled later, kept, or a colleague's, by hand or by a policy.
async fn decisions_about_leavers_bookings(asker: &mut Asker<'_>) {
    let (ada, zoe) = (&*asker.history.ada, &*asker.history.zoe);
    let nobody = &*Uuid::now_v7().to_string();
    asker.ask("recordBooking", &["later"], Some(booking(("employeeId", zoe), UPCOMING)), 201).await;
    let planned = Some(json!({ "reason": "left the company", "undoSeconds": 3600 }));
    asker.ask("cancelLeaverBooking", &[zoe, "later"], planned, 202).await;
    for operation in ["withdrawLeaverBookingCancellation", "keepLeaverBooking"] {
        asker.ask(operation, &[zoe, "later"], None, 204).await;
        asker.ask(operation, &[zoe, "none"], None, 404).await;
        asker.ask(operation, &[ada, "line-0"], None, 409).await;
    }
    let to = |whom: &str| Some(json!({ "to": whom }));
    asker.ask("handOverLeaverBooking", &[zoe, "later"], to(zoe), 409).await;
    asker.ask("handOverLeaverBooking", &[zoe, "none"], to(ada), 404).await;
    asker.ask("handOverLeaverBooking", &[zoe, "later"], to(ada), 204).await;
    asker.ask("reopenLeaverBooking", &[zoe, "later"], None, 204).await;
    asker.ask("reopenLeaverBooking", &[zoe, "none"], None, 404).await;
    asker.ask("reopenLeaverBooking", &[ada, "line-0"], None, 409).await;
    let stale = Some(json!({ "version": nobody }));
    asker.ask("keepLeaverBooking", &[zoe, "later"], stale, 409).await;
    let these = |more: Value| {
        let mut body = more;
        body["bookings"] = json!([nobody]);
        Some(body)
    };
    asker.ask("keepLeaverBookings", &[], these(json!({})), 200).await;
    asker.ask("handOverLeaverBookings", &[], these(json!({ "to": ada })), 200).await;
    let policy = |whom: &str| Some(json!({ "kind": "hand-over", "to": whom }));
    asker.ask("setLeaverPolicy", &["car"], policy(nobody), 404).await;
    asker.ask("setLeaverPolicy", &["car"], policy(zoe), 409).await;
    asker.ask("setLeaverPolicy", &["car"], policy(ada), 204).await;
    asker.ask("listLeaverPolicies", &[], None, 200).await;
    asker.ask("removeLeaverPolicy", &["car"], None, 204).await;
}

/// Two booking systems have a booking with the same reference.
async fn every_booking(asker: &mut Asker<'_>) {
    let issue = "token issue --tenant contoso --scope bookings:write --source rooms";
    let rooms = asker.history.world.result(issue).await;
    let rooms = rooms["api_token"].as_str().expect("a token");
    let twin = booking(("employeeId", &asker.history.zoe), UPCOMING);
    let twin = asker.request("recordBooking", &["new"]).bearer_auth(rooms).json(&twin);
    asker.send("recordBooking", twin).await.answered(201);
    asker.ask("listBookings", &[], None, 200).await;
    asker.ask("getBooking", &["old"], None, 200).await;
    asker.ask("getBooking", &["none"], None, 404).await;
    asker.ask("getBooking", &["new"], None, 409).await;
    let reason = Some(json!({ "reason": "left the company" }));
    asker.ask("cancelLeaverBooking", &[&asker.history.zoe, "new"], reason, 409).await;
}

async fn events(asker: &mut Asker<'_>) {
    let History { world, company, .. } = asker.history;
    let token = &*company.api_token;
    let first = asker.request("readEvents", &[]).bearer_auth(token).query(&[("limit", "1")]);
    let first = asker.send("readEvents", first).await.answered(200);
    let first = first.header("rollcall-next").to_owned();
    let stale = cursor_of_another_feed(&world.nats.url(), &company.slug).await;
    let lost = asker.request("readEvents", &[]).query(&[("after", &stale)]);
    asker.send("readEvents", lost.bearer_auth(token)).await.answered(410);
    world.verb("subscriber add reader --tenant contoso --door pull").await.ended(0);
    let add = "subscriber add hook --tenant contoso --door webhook --webhook-url https://hook.example \
         --facts team.deleted";
    world.verb(add).await.ended(0);
    let other = asker.request("readEvents", &[]).query(&[("subscriber", "hook")]);
    asker.send("readEvents", other.bearer_auth(token)).await.answered(409);
    for (cursor, status) in [(&first, 204), (&stale, 410)] {
        let body = Some(json!({ "cursor": cursor }));
        asker.ask("acknowledgeEvents", &["reader"], body, status).await;
    }
    replays(asker).await;
    let mia = company.hire("Mia").await;
    company.disable(&mia).await;
    until("the receipt of Mia is there", async || {
        let receipt = asker.request("readReceipt", &[&mia]).bearer_auth(token);
        Answer::to(receipt).await.status.is_success()
    })
    .await;
    asker.ask("readReceipt", &[&mia], None, 200).await;
    asker.ask("readReceipt", &[&Uuid::now_v7().to_string()], None, 404).await;
    asker.ask("takeSnapshot", &[], None, 200).await;
    // Nobody began a snapshot there.
    let again = asker.request("takeSnapshot", &[]).query(&[("at", first)]);
    asker.send("takeSnapshot", again.bearer_auth(token)).await.answered(410);
}

/// Nobody fetches what is sent once more on NATS, so that it stays under way.
async fn replays(asker: &mut Asker<'_>) {
    let world = &asker.history.world;
    world.verb("subscriber add doors --tenant contoso --door nats").await.ended(0);
    asker.ask("listReplays", &["doors"], None, 200).await;
    let all = Some(json!({ "from": "beginning", "facts": ["employee.*"] }));
    let begun = asker.ask("startReplay", &["doors"], all.clone(), 201).await.body;
    let id = begun["replayId"].as_str().expect("an id");
    asker.ask("startReplay", &["doors"], all.clone(), 409).await;
    asker.ask("startReplay", &["nobody"], all, 404).await;
    asker.ask("listReplays", &["doors"], None, 200).await;
    asker.ask("listReplays", &["nobody"], None, 404).await;
    asker.ask("cancelReplay", &["doors", id], None, 204).await;
    asker.ask("cancelReplay", &["nobody", id], None, 404).await;
}

async fn alerts(asker: &mut Asker<'_>) {
    let nobody = &*Uuid::now_v7().to_string();
    let listed = asker.ask("listAlerts", &[], None, 200).await.body;
    for alert in listed["alerts"].as_array().expect("a list") {
        let id = alert["id"].as_str().expect("an id");
        asker.ask("getAlert", &[id], None, 200).await;
        asker.ask("releaseAlert", &[id], None, 204).await;
        asker.ask("reverseAlert", &[id], None, 409).await;
    }
    for (operation, status) in [("getAlert", 404), ("releaseAlert", 404), ("reverseAlert", 404)] {
        asker.ask(operation, &[nobody], None, status).await;
    }
    // Only an alert that holds people can be reversed.
    let History { world, company, .. } = asker.history;
    world.verb("guard set --tenant contoso --hold on").await.ended(0);
    let (one, other) = (company.hire("One").await, company.hire("Other").await);
    company.disable(&one).await;
    company.disable(&other).await;
    let open = company.ask("alerts?open=true").await.answered(200).body;
    let id = open["alerts"][0]["id"].as_str().expect("an alert that holds people");
    asker.ask("getAlert", &[id], None, 200).await;
    asker.ask("reverseAlert", &[id], Some(json!({ "people": 1_000 })), 409).await;
    asker.ask("reverseAlert", &[id], Some(json!({ "heldDigest": "0".repeat(64) })), 409).await;
    let (number, digest) = (&open["alerts"][0]["heldPeople"], &open["alerts"][0]["heldDigest"]);
    let both = json!({ "people": number, "heldDigest": digest, "reason": "a slip" });
    asker.ask("reverseAlert", &[id], Some(both), 204).await;
    asker.ask("releaseAlert", &[id], None, 409).await;
}

/// What any operation may answer.
async fn refusals(asker: &mut Asker<'_>) {
    let token = &*asker.history.company.api_token;
    let document = asker.document;
    for operation in document.operations() {
        let id = operation.id();
        let thing = Uuid::now_v7().to_string();
        let places = operation.path.matches('{').count() - 1;
        let request = |asker: &Asker<'_>| asker.request(id, &vec![thing.as_str(); places]);
        let stranger = request(asker);
        asker.send(id, stranger).await.answered(401);
        let elsewhere = request(asker).bearer_auth(token).build().expect("a request");
        let url = elsewhere.url().as_str().replace("contoso", "globex");
        let elsewhere = asker.http.request(elsewhere.method().clone(), url).bearer_auth(token);
        asker.send(id, elsewhere).await.answered(403);
        let long = request(asker).bearer_auth(token).query(&[("q", "x".repeat(40_000))]);
        asker.send(id, long).await.answered(414);
        let large = request(asker).bearer_auth(token).header("x-large", "x".repeat(20_000));
        asker.send(id, large).await.answered(431);
        if operation.told.get("requestBody").is_some() && id != "importBookings" {
            let odd = request(asker).bearer_auth(token).json(&json!(["no", "object"]));
            asker.send(id, odd).await.answered(400);
            let coded = request(asker).bearer_auth(token).header("content-encoding", "gzip");
            asker.send(id, coded.json(&json!({}))).await.answered(415);
        }
    }
    let odd = asker.request("listTeams", &[]).bearer_auth(token).query(&[("limit", "0")]);
    asker.send("listTeams", odd).await.answered(400);
    let many = asker.request("importBookings", &[]).bearer_auth(token).body("{}\n".repeat(10_001));
    asker.send("importBookings", many).await.answered(413);
    let later = asker.request("listTeams", &[]).bearer_auth(token);
    let far = Positions::at(&asker.history.world.nats.url()).await.tell("contoso", 1 << 40);
    asker.send("listTeams", later.header("rollcall-after", far)).await.answered(503);
    for operation in ["listTeams", "createTeam"] {
        // Whoever guesses is told to wait, sooner or later.
        let mut status = 401;
        while status == 401 {
            let guess = asker.request(operation, &[]).bearer_auth("rct_guess");
            status = asker.send(operation, guess).await.status.as_u16();
        }
        assert_eq!(status, 429);
    }
}

#[tokio::test]
async fn every_answer_is_documented_and_every_documented_answer_is_given() {
    let mut history = History::new().await;
    history.world.expects("somebody guesses at tokens");
    let document = Document::reviewed();
    let (document, history) = (&document, &history);
    let mut asker = Asker { document, history, http: http(), seen: BTreeMap::new() };
    people_and_teams(&mut asker).await;
    bookings_and_leavers(&mut asker).await;
    alerts(&mut asker).await;
    events(&mut asker).await;
    refusals(&mut asker).await;
    let mut shared = BTreeSet::new();
    for operation in document.operations() {
        let seen = &asker.seen[operation.id()];
        let own = operation.statuses(false);
        assert!(own.is_subset(seen), "{}: of {own:?} only {seen:?} were seen", operation.id());
        shared.extend(operation.statuses(true));
    }
    let seen: BTreeSet<u16> = asker.seen.values().flatten().copied().collect();
    let unseen: Vec<_> = shared.difference(&seen).collect();
    assert_eq!(unseen, NOT_PROVOKED.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn every_answer_tells_its_request_and_every_answer_to_a_tenant_its_position() {
    let world = World::new().await;
    let apart = Apart::of(&world).await;
    let start = |arguments: &[&str]| apart.start(arguments);
    let ingest = start(&["ingest", "--listen", "127.0.0.1:0"]);
    let api = start(&["api", "--listen", "127.0.0.1:0"]);
    let teams = start(&["project", "teams"]);
    let http = http();
    // A projection serves no tenant.
    let roles = [(ingest.url().await, true), (api.url().await, true), (teams.url().await, false)];
    for (url, serves) in roles.into_iter().chain([(world.url(), true)]) {
        for path in [
            "",
            "nothing",
            "health/live",
            "health/ready",
            "metrics",
            "oauth/token",
            "operator/v1/tenants",
            "scim/v2/contoso/Users",
            "scim/v2/contoso/Nothing",
            "api",
            "api/v1/openapi.json",
            "api/v1/contoso/teams",
            "api/v1/contoso/teams/7",
        ] {
            for method in [Method::GET, Method::POST, Method::DELETE, Method::TRACE] {
                let request = http.request(method.clone(), format!("{url}/{path}"));
                let answer = Answer::to(request.header("x-request-id", "mine-7")).await;
                let of = format!("{method} {url}/{path}: {}", answer.status);
                assert_eq!(answer.header("x-request-id"), "mine-7", "{of}");
                let is_to_a_tenant = serves && path.contains("contoso");
                assert_eq!(answer.position().is_some(), is_to_a_tenant, "{of}");
                let kind = answer.header("content-type");
                let is_refusal = answer.status.is_client_error();
                assert!(!is_refusal || kind.ends_with("json"), "{of} is {kind:?}");
            }
        }
    }
}
