//! Logs tell what happened, never to whom: ids only.

use serde_json::json;

use crate::company::Company;
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

#[tokio::test]
async fn not_even_debug_logs_tell_a_name_an_address_or_a_secret() {
    let world = World::logging("debug").await;
    let (mut secrets, mut people) = (Vec::new(), vec!["zoe.zimmer".to_owned()]);
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
        let nobody = company.find("Users", r#"userName eq "zoe.zimmer@contoso.example""#).await;
        assert_eq!(nobody.body["totalResults"], 0);
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
