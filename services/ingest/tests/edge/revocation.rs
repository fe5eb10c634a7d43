//! A revocation that was answered counts for every write that is decided after it, whenever its request
//! began.

use access::CommandError;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use eventlog::{clock, ids};
use events::{CredentialId, Digest, IssuedCredential, Purpose, Seq};
use jiff::SignedDuration;
use roster::Intent;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use writer::{Access, Command, Provenance};

use crate::answer::Answer;
use crate::world::{GROUPS, OPERATOR, USERS, World, patient};

const CREDENTIALS: &str = "/operator/v1/tenants/acme/credentials";
const IMPORT: &str = "/api/v1/acme/bookings/import";

/// A body of which nothing has arrived yet.
struct Rest {
    asked: oneshot::Receiver<()>,
    send: oneshot::Sender<Bytes>,
}

/// A body that is asked for once the headers were read, and arrives when it is told to.
fn late() -> (Body, Rest) {
    let (tell, asked) = oneshot::channel();
    let (send, arrived) = oneshot::channel::<Bytes>();
    let body = futures_util::stream::once(async move {
        tell.send(()).expect("the test waits");
        arrived.await.map_err(std::io::Error::other)
    });
    (Body::from_stream(body), Rest { asked, send })
}

impl World {
    async fn operate(&self, method: Method, path: &str) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {OPERATOR}"));
        self.send(request.body(Body::empty()).expect("a request")).await.ok()
    }

    /// Revokes all credentials of a purpose.
    async fn revoke(&self, purpose: &str) {
        let mut found = false;
        for credential in self.operate(Method::GET, CREDENTIALS).await.as_array().expect("a list") {
            if credential["purpose"] == purpose {
                let id = credential["credential_id"].as_str().expect("an id");
                self.operate(Method::DELETE, &format!("{CREDENTIALS}/{id}")).await;
                found = true;
            }
        }
        assert!(found, "there is no {purpose}");
    }

    /// Sends headers, then does something else, then sends the body.
    async fn send_late(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: String,
        meanwhile: impl Future<Output = ()>,
    ) -> Answer {
        let (late, Rest { asked, send }) = late();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(late);
        let rest = async {
            asked.await.expect("the body is asked for");
            meanwhile.await;
            send.send(body.into()).expect("somebody reads");
        };
        tokio::join!(self.send(request.expect("a request")), rest).0
    }

    async fn people(&self) -> Value {
        // The gateway of a tenant whose token was revoked is read by another one.
        self.operate(Method::GET, "/operator/v1/tenants").await[0]["people"].clone()
    }
}

impl World {
    /// Where the log is: a user that is what they were written to be already moves nothing.
    async fn position(&self) -> Seq {
        let person = format!("{USERS}/{}", self.amy);
        let body = json!({"userName": "amy@a.example"});
        self.scim(Method::PUT, &person, &body).await.ok();
        self.access.position()
    }
}

fn user(name: &str) -> Value {
    json!({"userName": format!("{name}@a.example")})
}

fn bulk(operations: usize) -> Value {
    let post = |at| {
        json!({"method": "POST", "path": "/Users", "bulkId": format!("b{at}"),
        "data": user(&format!("bulk-{at}"))})
    };
    // One after the other, as for whoever counts errors.
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": 1000,
        "Operations": (0..operations).map(post).collect::<Vec<_>>(),
    })
}

fn bookings(world: &World, lines: usize) -> String {
    let external = &world.amy;
    let line = |at| {
        json!({"reference": format!("b-{at}"), "employeeId": external, "resource": "desk 1",
            "startsAt": "2030-01-01T08:00:00Z", "endsAt": "2030-01-01T09:00:00Z"})
        .to_string()
    };
    (0..lines).map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_revoked_between_headers_and_body_writes_and_sees_nothing() {
    let world = World::open(patient()).await;
    let person = format!("{USERS}/{}", world.amy);
    let requests = [
        (Method::POST, USERS, user("bob")),
        (Method::PUT, &person, json!({"userName": "amy@a.example", "title": "Boss"})),
        (Method::POST, GROUPS, json!({"displayName": "Buying"})),
        (Method::POST, "/scim/v2/acme/Bulk", bulk(3)),
        (Method::POST, "/scim/v2/acme/Users/.search", json!({})),
        (Method::POST, "/scim/v2/acme/.search", json!({})),
    ];
    let before = world.people().await;
    for (round, (method, path, body)) in requests.into_iter().enumerate() {
        let secret = if round == 0 {
            world.secret.clone()
        } else {
            let rotated = "/operator/v1/tenants/acme/integration/rotate";
            let answer = world.operate(Method::POST, rotated).await;
            answer["secret_token"].as_str().expect("a token").to_owned()
        };
        let revoke = world.revoke("secret-token");
        let answer = world.send_late(method, path, &secret, body.to_string(), revoke).await;
        answer.refused(401, "unknown, revoked");
    }
    assert_eq!(world.people().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_ends_with_its_client_between_headers_and_body() {
    let world = World::open(patient()).await;
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        world.client.0, world.client.1
    );
    let request = Request::post("/oauth/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let token = world.send(request.expect("a request")).await.ok();
    let token = token["access_token"].as_str().expect("a token");
    let (revoke, body) = (world.revoke("oauth-client"), user("bob").to_string());
    let answer = world.send_late(Method::POST, USERS, token, body, revoke).await;
    answer.refused(401, "unknown, revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_that_is_switched_off_between_headers_and_body_writes_nothing() {
    let world = World::open(patient()).await;
    let off = async {
        world.operate(Method::DELETE, "/operator/v1/tenants/acme/integration").await;
    };
    let body = user("bob").to_string();
    let answer = world.send_late(Method::POST, USERS, &world.secret, body, off).await;
    answer.refused(403, "not active");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_that_is_revoked_between_headers_and_body_writes_nothing() {
    let world = World::open(patient()).await;
    let team = json!({"name": "Chess"}).to_string();
    let revoke = world.revoke("api-token");
    let answer =
        world.send_late(Method::POST, "/api/v1/acme/teams", &world.token, team, revoke).await;
    answer.refused(401, "unknown, revoked");
    let world = World::open(patient()).await;
    let (revoke, lines) = (world.revoke("api-token"), bookings(&world, 3));
    let answer = world.send_late(Method::POST, IMPORT, &world.token, lines, revoke).await;
    answer.refused(401, "unknown, revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_whose_time_is_over_is_refused_in_the_words_of_an_unknown_one() {
    let world = World::open(patient()).await;
    let soon = clock::now() + SignedDuration::from_secs(5);
    let (secret, client_secret) = ("rcs_of-this-test", "rcc_of-this-test");
    let client = CredentialId(ids::uuid_v7());
    world.revoke("secret-token").await;
    world.revoke("oauth-client").await;
    for (credential_id, purpose, secret) in [
        (CredentialId(ids::uuid_v7()), Purpose::SecretToken, secret),
        (client, Purpose::OauthClient, client_secret),
    ] {
        let secret_digest = Digest::of(secret.as_bytes());
        let (label, expires_at) = (None, Some(soon));
        let new = IssuedCredential { credential_id, purpose, secret_digest, label, expires_at };
        let provenance = Provenance {
            tenant: "acme".parse().expect("a slug"),
            access: Access::Operator,
            request: None,
            trace_parent: None,
        };
        let intent = move |_: &_| Ok::<_, CommandError>(Intent::IssueCredential(new.clone()));
        let issued = world.access.writer().execute(Command::new(provenance, intent)).await;
        issued.expect("it is issued");
    }
    let form =
        format!("grant_type=client_credentials&client_id={client}&client_secret={client_secret}");
    let grant = async || {
        let request = Request::post("/oauth/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.clone()));
        world.send(request.expect("a request")).await
    };
    let granted = grant().await.ok();
    let access_token = granted["access_token"].as_str().expect("a token");
    world.get_as(secret, USERS).await.ok();
    while clock::now() < soon {
        tokio::task::yield_now().await;
    }
    for token in [secret, access_token] {
        let shown = world.get_as(token, USERS).await;
        let unknown = world.get_as("rcs_made-up", USERS).await;
        assert_eq!((shown.status, &shown.body), (unknown.status, &unknown.body));
        shown.refused(401, "unknown, revoked, expired");
    }
    let refused = grant().await;
    assert_eq!(refused.status, 401, "{}", String::from_utf8_lossy(&refused.body));
}

/// Holds that everything went well up to a point, and nothing after it.
#[track_caller]
fn cut_once(well: &[bool]) {
    let cut = well.iter().position(|well| !well).expect("it was revoked before the end");
    assert!(cut > 0, "it was revoked after the first");
    assert!(well[cut..].iter().all(|well| !well), "somebody wrote after the revocation: {well:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_goes_on_until_its_token_is_revoked_and_no_further() {
    let world = World::open(patient()).await;
    let before = world.people().await.as_u64().expect("a number");
    let revoking = async {
        while world.people().await.as_u64().expect("a number") < before + 5 {
            tokio::task::yield_now().await;
        }
        world.revoke("secret-token").await;
        // All that is acknowledged by now is all there will ever be.
        world.people().await.as_u64().expect("a number")
    };
    let body = bulk(1000);
    let (answer, after) =
        tokio::join!(world.scim(Method::POST, "/scim/v2/acme/Bulk", &body), revoking);
    let answer = answer.ok();
    let well: Vec<bool> = answer["Operations"]
        .as_array()
        .expect("operations")
        .iter()
        .map(|operation| operation["status"] == "201")
        .collect();
    cut_once(&well);
    let made = well.iter().filter(|well| **well).count() as u64;
    assert_eq!(after, before + made, "the revocation was answered before the last of them");
    assert_eq!(world.people().await.as_u64(), Some(after));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_until_its_token_is_revoked_and_no_further() {
    let world = World::open(patient()).await;
    let lines = bookings(&world, 5_000);
    let import = Request::post(IMPORT)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header(header::CONTENT_TYPE, "application/x-ndjson")
        .body(Body::from(lines))
        .expect("a request");
    let revoking = async {
        // The import is under way once it has moved the log.
        let before = world.position().await;
        let mut rounds = 0;
        while world.position().await == before {
            rounds += 1;
            assert!(rounds < 1000, "the import writes nothing");
        }
        world.revoke("api-token").await;
    };
    let answer = tokio::join!(world.send(import), revoking).0;
    let text = String::from_utf8_lossy(&answer.body);
    assert!(answer.status == 200, "{text}");
    let well: Vec<bool> = text.lines().map(|line| line.contains("\"recorded\"")).collect();
    cut_once(&well);
}
