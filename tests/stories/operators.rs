//! Operators with tokens of their own, and the journal of what they do.

use kit::alarms::WITHOUT_NATS;
use kit::http::{Answer, http};
use kit::visitor::Visitor;
use kit::wait::until;
use kit::world::{World, verb_of};
use reqwest::Method;
use serde_json::{Value, json};

async fn added(world: &World, line: &str) -> String {
    let added = world.result(&format!("operator add {line}")).await;
    assert_eq!(added["schema"], "rollcall.operator-added.v1");
    added["operator_token"].as_str().expect("a token").to_owned()
}

/// What operators did, as the journal tells.
async fn journal(world: &World) -> Vec<Value> {
    let page = world.result("operations log").await;
    page["acts"].as_array().expect("acts").clone()
}

#[tokio::test]
async fn an_operator_may_do_what_their_roles_say_and_nothing_else() {
    let world = World::new().await;
    let reader = added(&world, "ann --role ops:read").await;
    let manager = added(&world, "bob --role tenants:manage").await;
    verb_of(&world, &reader, "operator list").await.ended(0);
    verb_of(&world, &reader, "tenant create acme").await.ended(6);
    verb_of(&world, &reader, "operator add eve --role ops:read").await.ended(6);
    verb_of(&world, &manager, "tenant create acme").await.ended(0);
    verb_of(&world, &manager, "operator list").await.ended(6);
    verb_of(&world, "rco_nobody-has-this-token", "operator list").await.ended(6);
    world.verb("operator add ann --role replay:run").await.ended(5);
    world.verb("operator add ann2 --role replay:everything").await.ended(2);
    world.verb("operator revoke ann").await.ended(0);
    verb_of(&world, &reader, "operator list").await.ended(6);
    let listed = world.result("operator list").await;
    assert_eq!(listed["operators"][0]["name"], "ann");
    assert!(listed["operators"][0]["revoked_at"].is_string(), "{listed}");
    assert!(!listed.to_string().contains("rco_"), "{listed}");
}

#[tokio::test]
async fn what_a_token_opens_is_granted_and_taken_back_while_the_token_stays_the_same() {
    let world = World::new().await;
    let ann = added(&world, "ann --role ops:read").await;
    verb_of(&world, &ann, "tenant create acme").await.ended(6);
    let granted = world.result("operator grant ann --role tenants:manage,replay:run").await;
    assert_eq!(granted["schema"], "rollcall.operator-roles.v1");
    assert_eq!(granted["roles"], json!(["ops:read", "replay:run", "tenants:manage"]));
    verb_of(&world, &ann, "tenant create acme").await.ended(0);
    world.verb("operator ungrant ann --role tenants:manage").await.ended(0);
    verb_of(&world, &ann, "tenant create globex").await.ended(6);
    let listed = world.result("operator list").await;
    assert_eq!(listed["operators"][0]["roles"], json!(["ops:read", "replay:run"]), "{listed}");
    // A token that opens nothing is ended instead, and nobody grants anything to themselves.
    world.verb("operator ungrant ann --role ops:read,replay:run").await.ended(5);
    verb_of(&world, &ann, "operator grant ann --role privacy:erase").await.ended(6);
    world.verb("operator grant nobody --role ops:read").await.ended(1);
    // Said again, it changes nothing.
    world.verb("operator grant ann --role ops:read").await.ended(0);
    let acts = world.verb("operations log --act operator").await.ended(0).listed("acts");
    let told: Vec<_> = acts.iter().map(|act| (&act["act"], &act["of"]["roles"])).collect();
    let (granted, ungranted) = (json!("operator.granted"), json!("operator.ungranted"));
    let (both, one) = (json!(["replay:run", "tenants:manage"]), json!(["tenants:manage"]));
    assert_eq!(told[1..], [(&granted, &both), (&ungranted, &one)]);
}

#[tokio::test]
async fn the_journal_is_searched_by_operator_act_tenant_read_model_and_time() {
    let world = World::new().await;
    let bob = added(&world, "bob --role tenants:manage").await;
    verb_of(&world, &bob, "tenant create acme").await.ended(0);
    verb_of(&world, &bob, "guard set --tenant acme --hold on").await.ended(0);
    let plan = world.result("replay plan teams --tenant acme").await;
    let plan = plan["plan"].as_str().expect("a plan").to_owned();
    let log = async |filter: &str| {
        let page = world.verb(&format!("operations log {filter}")).await.ended(0);
        let act = |act: &Value| act["act"].as_str().expect("an act").to_owned();
        page.listed("acts").iter().map(act).collect::<Vec<_>>()
    };
    let (received, answered) = ("request.received", "request.answered");
    assert_eq!(log("--operator bob").await, [received, answered, received, answered]);
    assert_eq!(log("--operator bob --tenant acme").await, [received, answered]);
    assert_eq!(log("--projection teams").await, ["replay.planned"]);
    assert_eq!(log("--tenant acme --act replay").await, ["replay.planned"]);
    assert_eq!(log("--tenant acme --projection directory").await, Vec::<String>::new());
    // What names only a plan is about what that is about.
    world.verb(&format!("replay run {plan}")).await.ended(0);
    let of_teams = log("--projection teams").await;
    assert_eq!(of_teams[..3], ["replay.planned", received, "replay.started"], "{of_teams:?}");
    assert_eq!(log("--act operator.added --since 1h").await, ["operator.added"]);
    assert_eq!(log("--act operator.added --until 1h").await, Vec::<String>::new());
    for slip in ["--act moon", "--since tomorrow", "--projection team", "--operator Bob!"] {
        world.verb(&format!("operations log {slip}")).await.ended(2);
    }
    // What could never match is told, and not answered with nothing.
    for (slip, said) in
        [("--tenant acmee", "no tenant acmee"), ("--operator bobb", "no operator bobb")]
    {
        let told = world.verb(&format!("operations log {slip}")).await.ended(1);
        assert!(told.stderr.contains(said), "{}", told.stderr);
    }
    let ann = added(&world, "ann --role ops:read").await;
    let ask = async |query: &str| {
        let url = format!("{}/ops/v1/journal?{query}", world.url());
        Answer::to(http().get(url).bearer_auth(&ann)).await
    };
    let refused = ask("act=replay.cutover").await.answered(400);
    assert!(refused.text.contains("replay.cut-over"), "{}", refused.text);
    let refused = ask("projection=team").await.answered(404);
    assert!(refused.body["code"] == "usage" && refused.text.contains("teams"), "{}", refused.text);
    ask("tenant=acmee").await.answered(404);
    ask("by=bobb").await.answered(404);
    ask("by=ann&tenant=acme").await.answered(200);
}

#[tokio::test]
async fn the_journal_is_read_from_either_end_page_by_page() {
    let world = World::new().await;
    world.verb("tenant create acme").await.ended(0);
    for reason in ["one", "two", "three"] {
        world.result(&format!("replay plan teams --tenant acme --reason {reason}")).await;
    }
    let reader = added(&world, "reader --role ops:read").await;
    let ask = async |query: &str| {
        let url = format!("{}/ops/v1/journal?act=replay.planned&{query}", world.url());
        Answer::to(http().get(url).bearer_auth(&reader)).await
    };
    let reasons = |page: &Answer| {
        let acts = page.body["acts"].as_array().expect("acts").iter();
        acts.map(|act| act["of"]["reason"].as_str().expect("a reason").to_owned())
            .collect::<Vec<_>>()
    };
    for (from_newest, order) in
        [("false", ["one", "two", "three"]), ("true", ["three", "two", "one"])]
    {
        let first = ask(&format!("newest={from_newest}&limit=2")).await.answered(200);
        assert_eq!(reasons(&first), order[..2]);
        let from = if from_newest == "true" { "before" } else { "after" };
        let next = first.body["next"].as_u64().expect("there is more");
        let second =
            ask(&format!("newest={from_newest}&limit=2&{from}={next}")).await.answered(200);
        assert_eq!(
            (reasons(&second), &second.body["next"]),
            (vec![order[2].to_owned()], &Value::Null)
        );
    }
    for limit in ["0", "1001"] {
        let refused = ask(&format!("limit={limit}")).await.answered(400);
        assert!(refused.text.contains("between 1 and 1000"), "{}", refused.text);
    }
}

#[tokio::test]
async fn no_text_that_an_operator_writes_holds_signs_that_nobody_sees() {
    let world = World::new().await;
    let company = world.contoso().await;
    let turned = "ok\u{202e}ton";
    for line in [
        format!("replay plan teams --reason {turned}"),
        format!("operator add {turned} --role ops:read"),
        format!("tenant create {turned}"),
        format!("token issue --tenant contoso --scope all --label {turned}"),
    ] {
        let refused = world.verb(&line).await;
        assert!(!refused.succeeded(), "{line}");
    }
    let team = json!({ "name": turned });
    let refused = company.command(Method::POST, "teams", Some(&team)).await.answered(400);
    assert!(refused.text.contains("U+202E"), "{}", refused.text);
    // Letters that belong together in Persian are joined or kept apart by signs of the same kind.
    let team = json!({ "name": "بخش\u{200c}ها" });
    company.command(Method::POST, "teams", Some(&team)).await.answered(201);
}

#[tokio::test]
async fn whatever_an_operator_changes_is_in_the_journal_before_it_is_answered() {
    let mut world = World::new().await;
    let manager = added(&world, "bob --role tenants:manage").await;
    verb_of(&world, &manager, "tenant create acme").await.ended(0);
    verb_of(&world, &manager, "tenant create acme").await.ended(1);
    let acts = journal(&world).await;
    let told = |act: &Value| (act["by"].clone(), act["act"].clone());
    let expected = [
        ("root", "request.received"),
        ("root", "operator.added"),
        ("root", "request.answered"),
        ("operator:bob", "request.received"),
        ("operator:bob", "request.answered"),
        ("operator:bob", "request.received"),
        ("operator:bob", "request.answered"),
    ];
    let expected = expected.map(|(by, act)| (json!(by), json!(act)));
    assert_eq!(acts.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(acts[0]["of"]["route"], "/ops/v1/operators");
    assert_eq!(acts[3]["of"]["route"], "/operator/v1/tenants");
    assert_eq!(acts[3]["of"]["request"], acts[4]["of"]["request"]);
    assert_eq!((&acts[4]["of"]["status"], &acts[6]["of"]["status"]), (&json!(201), &json!(409)));
    let text = Value::from(acts.clone()).to_string();
    assert!(!text.contains("rco_") && !text.contains("\"token\""), "{text}");
    // What is only looked at leaves no act, and nor does who is not let in.
    verb_of(&world, "rco_nobody-has-this-token", "tenant create globex").await.ended(6);
    assert_eq!(journal(&world).await, acts);
    // It outlives the program, and so do the tokens.
    world.program.stop().await;
    world.start_again().await;
    assert_eq!(journal(&world).await, acts);
    verb_of(&world, &manager, "tenant create globex").await.ended(0);
}

#[tokio::test]
async fn while_the_journal_is_away_nothing_is_changed_by_operators() {
    let mut world = World::new().await;
    for words in WITHOUT_NATS {
        world.expects(words);
    }
    let token = std::fs::read_to_string(world.data_dir().join("operator-token")).expect("a token");
    world.nats.kill9();
    let url = format!("{}/operator/v1/tenants", world.url());
    let create = || http().post(&url).bearer_auth(&token).json(&json!({ "tenant": "acme" }));
    let refused = Answer::to(create()).await.answered(503);
    assert!(refused.text.contains("journal"), "{}", refused.text);
    world.nats.restart().expect("start nats-server again");
    until("a tenant can be created", async || Answer::to(create()).await.status == 201).await;
}

#[tokio::test]
async fn an_act_that_names_a_thing_by_its_id_alone_is_in_the_journal_of_its_tenant_and_of_no_other()
{
    let world = World::new().await;
    for tenant in ["acme", "globex"] {
        world.verb(&format!("tenant create {tenant}")).await.ended(0);
    }
    let add = "subscriber add crm --door webhook --webhook-url https://crm.example/rollcall";
    let added_to = async |tenant: &str| world.result(&format!("{add} --tenant {tenant}")).await;
    let (ours, theirs) = (added_to("acme").await, added_to("globex").await);
    let bob = added(&world, "bob --role tenants:manage,ops:read").await;
    let resend = async |subscriber: &Value| {
        let id = subscriber["subscriber_id"].as_str().expect("an id");
        let url = format!("{}/ops/v1/webhooks/{id}/resend", world.url());
        Answer::to(http().post(url).bearer_auth(&bob).json(&json!({}))).await
    };
    resend(&ours).await.answered(200);
    // Of what there is not nobody's journal tells.
    resend(&json!({ "subscriber_id": "01890000-0000-7000-8000-000000000001" })).await;
    let noted = async |tenant: &str| {
        let log = format!("operations log --tenant {tenant} --operator bob");
        let page = world.result(&log).await;
        let acts = page["acts"].as_array().expect("acts").iter();
        let about = acts.map(|act| act["of"]["about"]["subscriber"].clone());
        about.filter(|subscriber| !subscriber.is_null()).collect::<Vec<_>>()
    };
    assert_eq!(noted("acme").await, [ours["subscriber_id"].clone()]);
    assert_eq!(noted("globex").await, Vec::<Value>::new());
    for (tenant, sees) in [("acme", true), ("globex", false)] {
        let (mut owner, _) = Visitor::administrator(&world, tenant, "owner").await;
        let journal = format!("{}/t/{tenant}/operations/journal", world.url());
        let page = owner.open(&journal).await.answered(200).saying("Journal");
        assert_eq!(page.html.contains("Dead letters sent again"), sees, "{tenant}: {}", page.html);
    }
    resend(&theirs).await.answered(200);
    assert_eq!(noted("globex").await, [theirs["subscriber_id"].clone()]);
    assert_eq!(noted("acme").await, [ours["subscriber_id"].clone()], "as before");
}
