//! What Entra asked is recorded: who may see it, what it tells of the mapping, and that it goes with the
//! person.

use kit::company::Company;
use kit::entra;
use kit::wait::{found, until};
use kit::world::{World, verb_of};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The requests that are recorded of a tenant, the newest first, once there are so many.
async fn recorded(world: &World, tenant: &str, options: &str, count: usize) -> Vec<Value> {
    found("requests are recorded", async || {
        let line = format!("requests list --tenant {tenant}{options}");
        let listed = world.verb(&line).await.ended(0).listed("requests");
        (listed.len() >= count).then_some(listed)
    })
    .await
}

fn results(requests: &[Value]) -> Vec<&str> {
    requests.iter().map(|request| request["result"].as_str().expect("a text")).collect()
}

async fn refused(company: &Company, body: &Value) {
    company.post("Users", body).await.answered(409);
}

#[tokio::test]
async fn what_entra_asked_is_told_in_words_and_what_it_said_only_to_who_may_see_it() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.disable(&ada).await;
    company.find("Users", r#"userName eq "ada@contoso.example""#).await.answered(200);
    let taken = entra::workplace_user("ada@contoso.example", "Somebody", "another object");
    refused(&company, &taken).await;
    let wrong = company.scim_request(Method::GET, "Users").bearer_auth("wrong");
    company.send(wrong).await.answered(401);

    let all = recorded(&world, "contoso", "", 5).await;
    assert_eq!(
        results(&all),
        [
            "Refused: the secret or access token is unknown, revoked or expired",
            "Refused: somebody else has that user name",
            "Looked for users",
            "Made the person Former",
            "Made a user",
        ]
    );
    let told = json!(all).to_string();
    for name in ["ada@", "Ada", "another object"] {
        assert!(!told.contains(name), "{told}");
    }
    assert_eq!(all[0]["route"], "", "who is nobody of the tenant's leaves no word: {}", all[0]);
    assert_eq!(all[2]["filter"], "userName eq ?");
    assert_eq!(all[3]["employee_id"], all[4]["employee_id"]);
    let events = world.events("contoso").await;
    let deactivated = events.iter().find(|event| event["type"].to_string().contains("deactivated"));
    let deactivated = deactivated.expect("it is in the log");
    assert_eq!(all[3]["events"]["last"], deactivated["position"], "{deactivated}");

    let errors = recorded(&world, "contoso", " --errors", 2).await;
    assert_eq!(errors.len(), 2);
    let posts = recorded(&world, "contoso", " --method post", 2).await;
    assert_eq!(posts.len(), 2);
    let hers = format!(" --employee {}", all[3]["employee_id"].as_str().expect("an id"));
    assert_eq!(recorded(&world, "contoso", &hers, 2).await.len(), 2);
    let before = format!(" --limit 2 --before {}", all[1]["number"]);
    assert_eq!(results(&recorded(&world, "contoso", &before, 2).await), results(&all[2..4]));

    let show = format!("requests show {} --tenant contoso", all[1]["number"]);
    assert_eq!(world.result(&show).await["contents"], Value::Null);
    let seen = world.result(&format!("{show} --reveal")).await;
    assert_eq!(seen["contents"]["body"]["userName"], "ada@contoso.example", "{seen}");
    assert_eq!(seen["contents"]["answer"]["scimType"], "uniqueness", "{seen}");
    let acts = world.result("operations log --act personal.revealed").await;
    assert!(acts.to_string().contains(all[1]["request"].as_str().expect("an id")), "{acts}");
    let reader = world.result("operator add eve --role ops:read").await;
    let eve = reader["operator_token"].as_str().expect("a token");
    verb_of(&world, eve, &show).await.ended(0);
    assert!(!verb_of(&world, eve, &format!("{show} --reveal")).await.succeeded());
}

#[tokio::test]
async fn a_tenant_has_its_own_requests_and_no_others() {
    let world = World::new().await;
    let (contoso, fabrikam) = (world.contoso().await, world.company("fabrikam", "benefits").await);
    contoso.hire("Ada").await;
    let bob = fabrikam.post("Users", &entra::benefits_user("bob@fabrikam.example", None)).await;
    bob.answered(201);
    let [hers, his] = ["contoso", "fabrikam"];
    let hers = recorded(&world, hers, "", 1).await;
    let number = hers[0]["number"].to_string();
    assert_eq!(hers.len(), 1);
    recorded(&world, his, "", 1).await;
    let foreign = format!("requests show {number} --tenant fabrikam");
    assert!(!world.verb(&foreign).await.succeeded());
    world.verb("requests list --tenant nobody").await.ended(1);
}

#[tokio::test]
async fn the_requests_of_who_is_erased_are_gone_and_also_those_that_only_named_them() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (zoe, bob) = (company.hire("Zoe").await, company.hire("Bob").await);
    let rename = entra::replace("userName", "other@contoso.example");
    company.patch(&format!("Users/{zoe}"), &rename).await.answered(200);
    for (user_name, object) in
        [("OTHER@contoso.example", "a third object"), ("nobody@contoso.example", "a fourth object")]
    {
        let user = entra::workplace_user(user_name, "Zoe", object);
        company.post("Users", &user).await;
    }
    company.find("Users", r#"userName eq "zoe@contoso.example""#).await.answered(200);
    company.disable(&zoe).await;
    company.disable(&bob).await;
    let before = recorded(&world, "contoso", "", 8).await;

    let plan = world.result(&format!("erase plan {zoe} --tenant contoso")).await;
    let erasure = plan["erasure"].as_str().expect("an id");
    let ended = world.result(&format!("erase run {erasure} --confirm contoso")).await;
    assert_eq!(ended["state"], "completed", "{ended}");
    assert!(ended["certificate"]["stores"].to_string().contains("recorded requests"), "{ended}");

    let after = recorded(&world, "contoso", "", 1).await;
    let gone: Vec<&Value> = before.iter().filter(|one| !after.contains(one)).collect();
    let told: Vec<_> = gone.iter().map(|one| one["method"].as_str().expect("a text")).collect();
    // She left, somebody looked for her by her former name, a user of her present name was refused, and
    // she was renamed and made.
    assert_eq!(told, ["PATCH", "GET", "POST", "PATCH", "POST"], "{gone:#?}");
    assert_eq!(after.len(), before.len() - gone.len());
    world.verb("log verify").await.ended(0);
}

#[tokio::test]
async fn what_is_wrong_with_a_mapping_is_told_with_what_was_seen_and_what_to_do() {
    let world = World::new().await;
    let company = world.contoso().await;
    let check = "integration check --tenant contoso";
    let nothing = world.verb(check).await.ended(0).line();
    assert_eq!(nothing["milestones"]["connected_at"], Value::Null, "{nothing}");

    company
        .find("Users", r#"userName eq "5b1e1a9c-4f0e-4d6c-9a57-1f7f0b7e1e11""#)
        .await
        .answered(200);
    let mut user = entra::workplace_user("ada@contoso.example", "Ada", "ada@contoso.example");
    user["shoeSize"] = json!(38);
    company.post("Users", &user).await.answered(201);
    let inner = company.form("Inner", &[]).await;
    let outer = company.form("Outer", &[]).await;
    company.patch(&format!("Groups/{outer}"), &entra::add_members(&[&inner])).await;
    let mistakes = ["external-id-is-address", "groups-as-members", "attribute-not-kept"];
    let checked = found(&format!("what is seen is {mistakes:?}"), async || {
        let checked = world.verb(check).await.line();
        let findings = checked["findings"].as_array()?;
        let codes: Vec<_> = findings.iter().filter_map(|one| one["code"].as_str()).collect();
        (codes == mistakes).then(|| checked.clone())
    })
    .await;
    for milestone in ["connected_at", "first_user_at", "first_group_at", "first_member_at"] {
        assert!(checked["milestones"][milestone].is_string(), "{milestone}: {checked}");
    }
    assert!(!checked.to_string().contains("ada@"), "{checked}");
    world.verb(check).await.ended(3);
}

#[tokio::test]
async fn requests_are_not_recorded_where_that_is_switched_off() {
    let settings = vec![("ROLLCALL_RECORD_REQUESTS", "off".to_owned())];
    let world = World::set(settings).await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let listed = world.result("requests list --tenant contoso").await;
    assert_eq!((&listed["recording"], &listed["requests"]), (&json!(false), &json!([])));
    assert_eq!(world.result("integration check --tenant contoso").await["recording"], false);
}

#[tokio::test]
async fn a_request_is_answered_whether_or_not_it_can_be_recorded() {
    let world = World::new().await;
    let company = world.contoso().await;
    let client = async_nats::connect(world.nats.url()).await.expect("a client");
    let jetstream = async_nats::jetstream::new(client);
    until("the stream is made", async || jetstream.get_stream("REQUESTS").await.is_ok()).await;
    jetstream.delete_stream("REQUESTS").await.expect("it is there");
    let ada = company.hire("Ada").await;
    assert_eq!(company.scim(&format!("Users/{ada}")).await.status, StatusCode::OK);
}
