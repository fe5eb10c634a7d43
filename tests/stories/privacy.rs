//! Logs tell what happened, never to whom: ids only.

use reqwest::Method;
use serde_json::json;

use crate::company::Company;
use crate::entra;
use crate::world::World;

/// Somebody is called "null", as logs say, too: only longer names can tell whose they are.
const TELLING: usize = 6;

/// Whatever identifies somebody: names, addresses, numbers.
async fn personal(company: &Company) -> Vec<String> {
    let mut found = Vec::new();
    let mut path = "employees?limit=500".to_owned();
    loop {
        let page = company.ask(&path).await.answered(200).body;
        for employee in page["employees"].as_array().expect("employees") {
            for name in ["userName", "displayName", "externalId"] {
                found.extend(employee[name].as_str().map(str::to_owned));
            }
        }
        match page["next"].as_str() {
            Some(next) => path = format!("employees?limit=500&after={next}"),
            None => return found,
        }
    }
}

/// What goes wrong is told in words, and those hold what was sent. Returns what must not be told.
async fn mischief(company: &Company) -> Vec<String> {
    let zoe = entra::workplace_user("zoe.zimmer@contoso.example", "Zoe Zimmer", "object of Zoe");
    let user = company.post("Users", &zoe).await.answered(201).id();
    company.post("Users", &zoe).await.refused(409, Some("uniqueness"));
    company.post("Groups", &entra::group("Zimmerleute")).await.answered(201);
    company.post("Groups", &entra::group("Zimmerleute")).await.refused(409, Some("uniqueness"));
    let unsettled = entra::replace("active", "Zimmer or not");
    company.patch(&format!("Users/{user}"), &unsettled).await.refused(400, Some("invalidValue"));
    let found = company.find("Users", r#"userName eq "zoe.zimmer@contoso.example""#).await;
    assert_eq!(found.body["totalResults"], 1);
    let booking = json!({
        "userName": "yan.zimmer@contoso.example", "resource": "Zimmer 7", "title": "Zimmer's feast",
        "startsAt": "2099-01-06T09:00:00Z", "endsAt": "2099-01-06T17:00:00Z",
    });
    let path = "bookings/for-zoe-zimmer";
    company.command(Method::PUT, path, Some(&booking)).await.answered(404);
    let mut booking = booking;
    booking["userName"] = "zoe.zimmer@contoso.example".into();
    company.command(Method::PUT, path, Some(&booking)).await.answered(201);
    company.disable(&user).await;
    let cancel = format!("leavers/{user}/{path}/cancel");
    let reason = json!({ "reason": "Zimmer has gone" });
    company.command(Method::POST, &cancel, Some(&reason)).await.answered(204);
    company.ask("employees?q=Zimmer").await.answered(200);
    company.ask_with("rct_Zimmer", "employees").await.answered(401);
    vec!["Zimmer".to_owned(), "zimmer".to_owned()]
}

#[tokio::test]
async fn not_even_debug_logs_tell_a_name_an_address_or_a_secret() {
    let world = World::logging("debug").await;
    let (mut secrets, mut people) = (Vec::new(), Vec::new());
    for (slug, mapping, auth) in
        [("contoso", "workplace", "secret-token"), ("fabrikam", "benefits", "client-credentials")]
    {
        let company = world.company(slug, mapping).await;
        let client = world.result(&format!("integration issue-client --tenant {slug}")).await;
        let text = |name: &str| client[name].as_str().expect("a text").to_owned();
        let secret = text("client_secret");
        let target = format!(
            "--scim-base-url {} --secret-token {} --token-url {} --client-id {} --client-secret {}",
            company.scim_base_url,
            company.secret_token,
            text("token_url"),
            text("client_id"),
            secret,
        );
        let manner = format!("--mapping {mapping} --auth {auth}");
        let play = format!("simulate entra --people 30 --groups 4 --cycles 3 {manner} {target}");
        let played = world.result(&play).await;
        assert_eq!(played["differences"], json!([]));
        secrets.extend([company.secret_token.clone(), company.api_token.clone(), secret]);
        people.extend(mischief(&company).await);
        people.extend(personal(&company).await);
    }
    let operator = std::fs::read_to_string(world.data_dir().join("operator-token"));
    secrets.push(operator.expect("the operator token is kept"));

    people.retain(|name| name.chars().count() >= TELLING);
    assert!(people.len() > 150, "{} names are too few to tell", people.len());
    let said = world.program.said();
    assert!(said.contains("answered"), "debug logs tell of requests");
    for (kind, words) in [("a secret", &secrets), ("something personal", &people)] {
        for word in words {
            let line = said.lines().find(|line| line.contains(word.as_str()));
            assert_eq!(line, None, "a log line tells {kind}: {word:?}");
        }
    }
}
