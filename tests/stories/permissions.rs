//! Who may do what on a nats-server with the settings that `deploy/` ships.

use async_nats::jetstream;
use embedded::Nats;
use kit::http::http;
use kit::visitor::Visitor;
use kit::wait::until;
use reqwest::{Method, header};
use serde_json::json;

use crate::deployment::{Deployment, nats_as_shipped, password, url_of};
use crate::wire::Wire;

const STREAMS: [&str; 5] =
    ["PROVISIONING", "FEED", "REQUESTS", "KV_ROLLCALL_KEYS", "KV_ROLLCALL_MARK"];
const USERS: [&str; 4] = ["ingest", "portal", "project", "deliver"];

/// What each user may publish, and by that ask for; the body of each is one that does nothing.
const MAY: [(&str, &[&str]); 42] = [
    ("prov.acme.user.x.created", &["ingest", "portal", "deliver"]),
    ("prov.initech.user.x.created", &["ingest", "portal", "deliver"]),
    ("$JS.API.INFO", &["ingest", "deliver"]),
    ("$JS.API.STREAM.NAMES", &[]),
    ("$JS.API.STREAM.LIST", &[]),
    ("$JS.API.STREAM.MSG.GET.PROVISIONING", &["ingest", "portal", "project", "deliver"]),
    ("$JS.API.STREAM.MSG.GET.KV_ROLLCALL_KEYS", &[]),
    ("$JS.API.DIRECT.GET.PROVISIONING", &["portal"]),
    ("$JS.API.DIRECT.GET.PROVISIONING.prov.acme.user.x.created", &[]),
    ("$JS.API.DIRECT.GET.KV_ROLLCALL_KEYS.$KV.ROLLCALL_KEYS.x", &["ingest", "portal", "deliver"]),
    (
        "$JS.API.DIRECT.GET.KV_ROLLCALL_KEYS.$KV.ROLLCALL_KEYS.positions",
        &["ingest", "portal", "project", "deliver"],
    ),
    (
        "$JS.API.DIRECT.GET.KV_ROLLCALL_MARK.$KV.ROLLCALL_MARK.log",
        &["ingest", "portal", "project", "deliver"],
    ),
    ("$JS.API.CONSUMER.CREATE.PROVISIONING", &["ingest", "portal", "project", "deliver"]),
    ("$JS.API.CONSUMER.CREATE.PROVISIONING.spy", &[]),
    ("$JS.API.CONSUMER.CREATE.PROVISIONING.spy.prov.>", &[]),
    ("$JS.API.CONSUMER.DURABLE.CREATE.PROVISIONING.spy", &[]),
    ("$JS.API.CONSUMER.CREATE.KV_ROLLCALL_KEYS", &[]),
    ("$JS.API.CONSUMER.DELETE.PROVISIONING.spy", &[]),
    ("$JS.API.CONSUMER.PAUSE.PROVISIONING.spy", &[]),
    ("$JS.API.CONSUMER.NAMES.PROVISIONING", &[]),
    ("$JS.API.CONSUMER.LIST.PROVISIONING", &[]),
    ("$JS.API.CONSUMER.MSG.NEXT.PROVISIONING.x", &["ingest", "portal", "project", "deliver"]),
    ("$KV.ROLLCALL_KEYS.x", &["ingest", "deliver"]),
    ("$KV.ROLLCALL_KEYS.portal", &["ingest", "portal", "deliver"]),
    ("$KV.ROLLCALL_MARK.log", &["ingest", "portal", "deliver"]),
    ("$KV.ROLLCALL_MARK.read-model", &["ingest", "portal", "project", "deliver"]),
    ("$SYS.REQ.SERVER.PING", &[]),
    ("req.acme.get.ok.-.-.-", &["ingest"]),
    ("$JS.API.STREAM.MSG.GET.REQUESTS", &["portal"]),
    ("$JS.API.DIRECT.GET.REQUESTS", &["portal"]),
    ("$JS.API.CONSUMER.CREATE.REQUESTS", &["portal"]),
    ("feed.acme.employee.x.joined", &["deliver"]),
    ("$JS.API.STREAM.MSG.GET.FEED", &["portal", "deliver"]),
    ("$JS.API.CONSUMER.CREATE.FEED.acme_kitchen", &["deliver"]),
    ("$JS.API.CONSUMER.DELETE.FEED.acme_kitchen", &["deliver"]),
    ("$JS.API.CONSUMER.PAUSE.FEED.acme_kitchen", &["deliver"]),
    ("$JS.API.CONSUMER.LIST.FEED", &["portal", "deliver"]),
    ("$JS.API.CONSUMER.MSG.NEXT.FEED.acme_kitchen", &["deliver"]),
    ("$JS.ACK.FEED.acme_kitchen.1.1.1.1.0", &[]),
    ("ROLLCALL.CONNZ", &["deliver"]),
    ("ROLLCALL.KICK.NSERVER", &["deliver"]),
    ("$SYS.REQ.SERVER.NSERVER.KICK", &[]),
];

/// What changes a stream as a whole, or gives it away.
const ON_STREAMS: [&str; 9] = [
    "UPDATE",
    "DELETE",
    "PURGE",
    "RESTORE",
    "SNAPSHOT",
    "MSG.DELETE",
    "LEADER.STEPDOWN",
    "PEER.REMOVE",
    "TEMPLATE.CREATE",
];

async fn jetstream_as(nats: &Nats, user: &str) -> jetstream::Context {
    let options = async_nats::ConnectOptions::new()
        .custom_inbox_prefix(format!("_INBOX_{user}"))
        .user_and_password(user.to_owned(), password(user));
    let client = options.connect(nats.url()).await.expect("nats-server lets the user in");
    jetstream::new(client)
}

async fn a_log(nats: &Nats) -> jetstream::stream::Stream {
    let operator = jetstream_as(nats, "operator").await;
    let config = jetstream::stream::Config {
        name: "PROVISIONING".to_owned(),
        subjects: vec!["prov.>".to_owned()],
        ..Default::default()
    };
    operator.create_stream(config).await.expect("the operator makes a stream")
}

#[tokio::test]
async fn each_user_may_publish_what_it_needs_and_nothing_else() {
    let nats = nats_as_shipped().await;
    for user in USERS {
        let mut wire = Wire::to(&url_of(&nats, user)).await;
        let inbox = format!("_INBOX_{user}.answer");
        for (subject, users) in MAY {
            let may = wire.may_publish(subject, &inbox, "?").await;
            assert_eq!(may, users.contains(&user), "{user} publishes {subject}");
        }
        for stream in STREAMS {
            for verb in ON_STREAMS {
                let subject = format!("$JS.API.STREAM.{verb}.{stream}");
                // What was told of a person goes when they are erased.
                let owns = user == "deliver" && subject.ends_with(".MSG.DELETE.FEED");
                let may = wire.may_publish(&subject, &inbox, "?").await;
                assert_eq!(may, owns, "{user} publishes {subject}");
            }
        }
    }
}

#[tokio::test]
async fn each_user_may_listen_to_its_own_answers_and_to_nothing_else() {
    let nats = nats_as_shipped().await;
    let all = [">", "*", "prov.>", "prov.acme.>", "prov.acme.user.>", "$JS.>", "$JS.ACK.>"];
    let more = ["$KV.>", "$SYS.>", "_INBOX.>", "_R_.>", "ROLLCALL.API.>"];
    for user in USERS {
        let mut wire = Wire::to(&url_of(&nats, user)).await;
        for subjects in all.into_iter().chain(more) {
            assert!(!wire.may_subscribe(subjects).await, "{user} listens to {subjects}");
        }
        for whose in USERS {
            let inbox = format!("_INBOX_{whose}.>");
            assert_eq!(wire.may_subscribe(&inbox).await, whose == user, "{user}: {inbox}");
        }
    }
}

#[tokio::test]
async fn the_operator_may_purge_one_subject() {
    let nats = nats_as_shipped().await;
    let log = a_log(&nats).await;
    let ingest = jetstream_as(&nats, "ingest").await;
    for person in ["one", "other"] {
        let said = ingest.publish(format!("prov.acme.user.{person}.created"), "a person".into());
        said.await.expect("ingest may publish").await.expect("the log takes it");
    }
    let purged = log.purge().filter("prov.acme.user.one.>").await.expect("the operator may");
    assert_eq!(purged.purged, 1);
    let refused = ingest.get_stream_no_info("PROVISIONING").await.expect("a name");
    refused.purge().await.expect_err("nobody else may");
}

#[tokio::test]
async fn no_service_makes_a_durable_consumer() {
    let nats = nats_as_shipped().await;
    let log = a_log(&nats).await;
    for user in USERS {
        let service = jetstream_as(&nats, user).await;
        let config = json!({ "durable_name": "spy", "ack_policy": "explicit" });
        // By the one way that it has: without a name in the subject.
        let asked = json!({ "stream_name": "PROVISIONING", "config": config });
        let answer: serde_json::Value = service
            .request("CONSUMER.CREATE.PROVISIONING", &asked)
            .await
            .expect("the server answers");
        assert!(answer["error"].is_object(), "{user}: {answer}");
        log.consumer_info("spy").await.expect_err("there is none");
    }
}

#[tokio::test]
async fn the_services_and_the_verbs_need_no_more_than_their_users_may() {
    let deployment = Deployment::with(2).await;
    let company = deployment.companies("acme").await.remove(0);
    let ada = company.hire("Ada").await;
    company.form("Sales", &[&ada]).await;
    let end = deployment.verb_as("project", "log verify").await.ended(0).line()["position"].clone();
    until("the read models are as far as the log", async || {
        let status = deployment.verb_as("project", "status").await.line();
        let projections = status["projections"].as_array().expect("projections").clone();
        !projections.is_empty() && projections.iter().all(|p| p["position"] == end)
    })
    .await;
    let token = company.scim_request(Method::GET, "Users").bearer_auth(&company.secret_token);
    company.send(token).await.answered(200);
    deployment.verb_as("operator", "consumer list").await.ended(0);
    nothing_was_refused(&deployment);
}

#[track_caller]
fn nothing_was_refused(deployment: &Deployment) {
    let said = deployment.nats.said();
    let refused: Vec<&str> = said.lines().filter(|line| line.contains("Violation")).collect();
    assert!(refused.is_empty(), "nats-server refused {refused:#?}");
}

/// What the places in a path of the portal stand for here.
struct Places<'a> {
    person: &'a str,
    team: &'a str,
    job: &'a str,
}

impl Places<'_> {
    /// The path of a page of acme; of what is not named here, something that there is not.
    fn path(&self, route: &str) -> String {
        let part = |part: &str| match part {
            "{tenant}" => "acme".to_owned(),
            "{employee}" => self.person.to_owned(),
            "{team}" => self.team.to_owned(),
            "{job}" => self.job.to_owned(),
            "{name}" => "crm".to_owned(),
            "{request}" => "1".to_owned(),
            one if one.starts_with('{') => uuid::Uuid::now_v7().to_string(),
            word => word.to_owned(),
        };
        route.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

#[tokio::test]
async fn the_portal_needs_no_more_than_its_user_may() {
    let deployment = Deployment::with(1).await;
    let company = deployment.companies("acme").await.remove(0);
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    company.employee(&ada).await;
    let (_portal, at) = deployment.portal().await;
    let invite = "admin invite eve@acme.example --role owner --tenant acme";
    let invited = deployment.verb_as("project", invite).await.ended(0).line();
    let link = invited["sign_in_url"].as_str().expect("a link");
    let link = link.replacen(&deployment.urls[0], &at, 1);
    let mut eve = Visitor::default();
    let csrf = eve.send_form(&link, &[]).await.answered(200).csrf();
    let mut send = async |path: &str, fields: &[(&str, &str)]| {
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        eve.send_form(&format!("{at}/t/acme/{path}"), &fields).await
    };
    // Each of what a portal writes: events, acts of the journal, and what a subscriber is told.
    send("teams/create", &[("name", "Choir")]).await.answered(200);
    send("administrators/invite", &[("email", "bob@acme.example"), ("role", "viewer")])
        .await
        .answered(200);
    // The form brings the id of the token that it will make.
    let token = uuid::Uuid::now_v7().to_string();
    send("integrations/rotate", &[("credential", &token)]).await.answered(200);
    let crm = [("name", "crm"), ("door", "webhook"), ("url", "https://crm.acme.example/hook")];
    send("operations/subscribers/add", &crm).await.answered(200);
    let plan =
        send("operations/replays/plan", &[("projection", "teams"), ("reason", "rehearsal")]).await;
    let plan = plan.answered(200).url;
    let job = plan.path().rsplit('/').next().expect("the plan has a page").to_owned();
    let places = Places { person: &ada, team: &sales, job: &job };
    let cookie = eve.session(&at);
    for route in portal::listed().into_iter().filter(|route| route.method == "GET") {
        let url = format!("{at}{}", places.path(route.path));
        let asked = http().get(&url).header(header::COOKIE, &cookie).send().await;
        let mut answer = asked.expect("an answer");
        assert!(!answer.status().is_server_error(), "{url}: {}", answer.status());
        // Live parts have no end.
        answer.chunk().await.expect("it begins");
    }
    nothing_was_refused(&deployment);
}
