//! Secret tokens and API tokens: what they open, and when they stop.

use kit::company::Company;
use kit::entra;
use kit::http::{Answer, http};
use kit::wait::found;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

async fn users_with(company: &Company, token: &str) -> Answer {
    Answer::to(company.scim_request(Method::GET, "Users").bearer_auth(token)).await
}

async fn rotate(world: &World) -> String {
    rotated(world).await.1
}

/// A further secret token: its id, and its secret.
async fn rotated(world: &World) -> (String, String) {
    let rotated = world.result("integration rotate-secret --tenant contoso").await;
    let text = |name: &str| rotated[name].as_str().expect("a new secret").to_owned();
    (text("credential_id"), text("secret_token"))
}

/// A credential as the list has it.
async fn listed(world: &World, id: &str) -> Value {
    let listed = world.verb("integration list --tenant contoso").await.ended(0);
    let found = listed.listed("credentials").into_iter().find(|one| one["credential_id"] == id);
    found.expect("the credential is in the list")
}

/// Waits until it is known that a credential was used, and since when.
async fn used(world: &World, id: &str) -> Value {
    found("it is known that the credential was used", async || {
        Some(listed(world, id).await["last_used_at"].clone()).filter(|at| !at.is_null())
    })
    .await
}

#[tokio::test]
async fn two_secrets_live_at_a_time_so_that_they_can_be_rotated() {
    let world = World::new().await;
    let company = world.contoso().await;
    let first = company.secret_token.clone();
    let (id, second) = rotated(&world).await;
    users_with(&company, &first).await.answered(200);
    users_with(&company, &second).await.answered(200);
    used(&world, &id).await;
    let third = rotate(&world).await;
    users_with(&company, &first).await.refused(401, None);
    users_with(&company, &second).await.answered(200);
    users_with(&company, &third).await.answered(200);

    let listed = world.verb("integration list --tenant contoso").await.ended(0);
    for secret in [&first, &second, &third, &company.api_token] {
        assert!(!listed.stdout.contains(secret.as_str()), "a secret is shown once");
    }
}

#[tokio::test]
async fn a_rotation_that_would_end_a_token_before_the_newest_was_used_has_to_name_it() {
    let world = World::new().await;
    let company = world.contoso().await;
    let first = &company.secret_token;
    users_with(&company, first).await.answered(200);
    let (newest, second) = rotated(&world).await;
    let tokens = world.verb("integration list --tenant contoso").await.ended(0);
    let tokens = tokens.listed("credentials").into_iter();
    let mut tokens = tokens.filter(|one| one["purpose"] == "secret-token");
    let ends =
        tokens.next().expect("the first")["credential_id"].as_str().expect("an id").to_owned();
    used(&world, &ends).await;
    let refused = world.verb("integration rotate-secret --tenant contoso").await.ended(1);
    for words in ["never used", &format!("--ends {ends}"), "last used at"] {
        assert!(refused.stderr.contains(words), "{words:?} is not in {}", refused.stderr);
    }
    let other = format!("integration rotate-secret --tenant contoso --ends {newest}");
    let refused = world.verb(&other).await.ended(1);
    assert!(
        refused.stderr.contains(&format!("it would end the token {ends}")),
        "{}",
        refused.stderr
    );
    users_with(&company, first).await.answered(200);

    let named = format!("integration rotate-secret --tenant contoso --ends {ends}");
    let third = world.result(&named).await;
    users_with(&company, first).await.refused(401, None);
    for secret in [&second, third["secret_token"].as_str().expect("a secret")] {
        users_with(&company, secret).await.answered(200);
    }
    let again = world.verb(&named).await.ended(1);
    assert!(again.stderr.contains("does not end the token"), "{}", again.stderr);
}

#[tokio::test]
async fn it_is_told_when_a_credential_was_used_last_and_when_it_expires() {
    let world = World::new().await;
    let company = world.contoso().await;
    let line = "integration issue-client --tenant contoso --label entra --expires-in-days 20";
    let issued = world.result(line).await;
    let text = |name: &str| issued[name].as_str().expect("a text").to_owned();
    let (id, secret) = (text("client_id"), text("client_secret"));
    let before = listed(&world, &id).await;
    assert_eq!((&before["last_used_at"], &before["expired"]), (&Value::Null, &json!(false)));
    assert_eq!(before["expires_at"], issued["expires_at"]);
    let asked = http().post(text("token_url")).basic_auth(&id, Some(&secret));
    Answer::to(asked.form(&[("grant_type", "client_credentials")])).await.answered(200);
    used(&world, &id).await;

    let checked = world.verb("integration check --tenant contoso").await.ended(3);
    let findings = checked.line()["findings"].clone();
    let codes: Vec<_> =
        findings.as_array().expect("findings").iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, [&json!("expiring-credential")], "{findings}");
    let shown = world.verb("integration issue-client --tenant contoso --expires-in-days 0").await;
    assert!(shown.ended(2).stderr.contains("1 to 3650"), "a day is the least");
    users_with(&company, &company.secret_token).await.answered(200);
}

#[tokio::test]
async fn an_inactive_integration_answers_403_until_it_is_active_again() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    world.verb("integration deactivate --tenant contoso").await.ended(0);
    company.scim("Users").await.refused(403, None);
    company.post("Users", &entra::benefits_user("bob@x.example", None)).await.refused(403, None);
    company.patch(&format!("Users/{ada}"), &entra::disable()).await.refused(403, None);
    assert_eq!(company.employee(&ada).await["standing"], "active", "the directory stays");

    let again = world.result("integration activate --tenant contoso --profile workplace").await;
    assert!(again["secret_token"].is_null(), "the old one is live: {again}");
    company.scim("Users").await.answered(200);
}

#[tokio::test]
async fn who_shows_no_token_or_a_wrong_one_is_told_what_to_show() {
    let world = World::new().await;
    let (contoso, fabrikam) = (world.contoso().await, world.company("fabrikam", "benefits").await);
    let without = Answer::to(contoso.scim_request(Method::GET, "Users")).await;
    let challenge = without.refused(401, None).header("www-authenticate").to_owned();
    assert!(challenge.starts_with("Bearer ") && !challenge.contains("error"), "{challenge}");

    let revoked = rotate(&world).await;
    let listed = world.verb("integration list --tenant contoso").await;
    let newest = listed.ended(0).listed("credentials").pop().expect("a credential");
    let newest = newest["credential_id"].as_str().expect("an id").to_owned();
    world.verb(&format!("integration revoke {newest} --tenant contoso")).await.ended(0);
    for (what, token) in [
        ("a made-up token", "rcs_made-up"),
        ("a revoked token", &revoked),
        ("another tenant's token", &fabrikam.secret_token),
        ("an API token", &contoso.api_token),
    ] {
        let refused = users_with(&contoso, token).await.refused(401, None);
        let challenge = refused.header("www-authenticate");
        assert!(challenge.contains(r#"error="invalid_token""#), "{what}: {challenge}");
    }
    let nowhere = http().get(format!("{}/scim/v2/nowhere/Users", world.url()));
    Answer::to(nowhere.bearer_auth(&contoso.secret_token)).await.refused(401, None);
}

#[tokio::test]
async fn an_api_token_of_one_tenant_sees_nothing_of_another() {
    let world = World::new().await;
    let (contoso, fabrikam) = (world.contoso().await, world.company("fabrikam", "workplace").await);
    let ada = contoso.hire("Ada").await;
    let bob = fabrikam.hire("Bob").await;
    let team = json!({ "name": "Climbers" });
    for path in ["employees".to_owned(), format!("employees/{ada}"), "teams".to_owned()] {
        contoso.ask_with(&fabrikam.api_token, &path).await.answered(403);
    }
    let refused =
        contoso.command_with(&fabrikam.api_token, Method::POST, "teams", Some(&team)).await;
    refused.answered(403);
    // Through its own tenant's door it finds nobody of the other.
    fabrikam.ask(&format!("employees/{ada}")).await.answered(404);
    let all = fabrikam.ask("employees").await.answered(200).body;
    assert_eq!(all["employees"].as_array().map(Vec::len), Some(1));
    assert_eq!(all["employees"][0]["id"], json!(bob));
    fabrikam.scim(&format!("Users/{ada}")).await.refused(404, None);
    let path = format!("employees/{ada}/team-edits");
    fabrikam.command(Method::DELETE, &path, None).await.answered(404);
}

#[tokio::test]
async fn a_revoked_api_token_stops_with_the_next_request() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.ask("employees").await.answered(200);
    let credential = company.administrator.trim_start_matches("credential:");
    world.verb(&format!("token revoke {credential} --tenant contoso")).await.ended(0);
    let team = json!({ "name": "Climbers" });
    company.command(Method::POST, "teams", Some(&team)).await.answered(401);
    company.ask("employees").await.answered(401);
}
