//! The token endpoint: client credentials (RFC 6749 §4.4), and what bearer tokens open (RFC 6750).

use kit::company::Company;
use kit::http::{Answer, http};
use kit::world::World;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

/// An OAuth client of a company.
struct Client {
    token_url: String,
    id: String,
    secret: String,
}

impl Client {
    async fn issued(world: &World, tenant: &str) -> Self {
        let issued = world.result(&format!("integration issue-client --tenant {tenant}")).await;
        let text = |name: &str| issued[name].as_str().expect("an issued client").to_owned();
        Self { token_url: text("token_url"), id: text("client_id"), secret: text("client_secret") }
    }

    fn request(&self) -> RequestBuilder {
        http().post(&self.token_url)
    }

    /// Asks for a token as Entra does: the client in the header.
    async fn token(&self) -> String {
        let asked = self.request().basic_auth(&self.id, Some(&self.secret)).form(&GRANT);
        let granted = Answer::to(asked).await.answered(200).body;
        granted["access_token"].as_str().expect("a token").to_owned()
    }
}

const GRANT: [(&str, &str); 1] = [("grant_type", "client_credentials")];

async fn users_with(company: &Company, token: &str) -> Answer {
    Answer::to(company.scim_request(Method::GET, "Users").bearer_auth(token)).await
}

#[track_caller]
fn assert_granted(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["expires_in"], 3600);
    assert!(answer.body["access_token"].is_string(), "{}", answer.text);
    assert!(answer.body["refresh_token"].is_null(), "§4.4.3: none should be issued");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
}

/// An error of §5.2, with its status.
type Refused = (u16, &'static str);

const INVALID: Refused = (400, "invalid_request");
const OTHER_GRANT: Refused = (400, "unsupported_grant_type");
const NOT_ALLOWED: Refused = (400, "unauthorized_client");
const UNKNOWN: Refused = (401, "invalid_client");

#[track_caller]
fn assert_refused(what: &str, answer: &Answer, (status, error): Refused) {
    let told = (answer.status.as_u16(), answer.body["error"].as_str().unwrap_or_default());
    assert_eq!(told, (status, error), "{what}: {}", answer.text);
    let description = answer.body["error_description"].as_str().unwrap_or_default();
    assert!(!description.is_empty() && description.is_ascii(), "{what}: {description:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    let challenged = answer.header("www-authenticate").starts_with("Basic");
    assert_eq!(challenged, status == 401, "{what}");
}

#[tokio::test]
async fn a_client_is_known_by_header_or_by_form_and_its_token_opens_scim() {
    let world = World::new().await;
    let company = world.contoso().await;
    let client = Client::issued(&world, "contoso").await;
    let by_header = client.request().basic_auth(&client.id, Some(&client.secret)).form(&GRANT);
    let form = [GRANT[0], ("client_id", &client.id), ("client_secret", &client.secret)];
    let by_form = client.request().form(&form);
    let by_both = client.request().basic_auth(&client.id, Some(&client.secret)).form(&form);
    let mut tokens = Vec::new();
    for asked in [by_header, by_form, by_both] {
        let answer = Answer::to(asked).await;
        assert_granted(&answer);
        tokens.push(answer.body["access_token"].as_str().unwrap_or_default().to_owned());
    }
    for token in &tokens {
        users_with(&company, token).await.answered(200);
    }
    let with_scope = [GRANT[0], ("scope", "https://graph.microsoft.com/.default")];
    let asked = client.request().basic_auth(&client.id, Some(&client.secret)).form(&with_scope);
    let answer = Answer::to(asked).await;
    assert_granted(&answer);
    assert_eq!(answer.body["scope"], "scim", "§5.1: told when it is not what was asked for");
}

#[tokio::test]
async fn what_is_wrong_with_a_token_request_is_told_in_the_rfcs_words() {
    let world = World::new().await;
    world.contoso().await;
    let client = Client::issued(&world, "contoso").await;
    let (id, secret) = (client.id.as_str(), client.secret.as_str());
    let basic = || client.request().basic_auth(id, Some(secret));
    let other = [GRANT[0], ("client_id", "other"), ("client_secret", "secret")];
    let wrong = [GRANT[0], ("client_id", id), ("client_secret", "wrong")];
    let json = json!({ "grant_type": "client_credentials" });
    for (what, asked, error) in [
        ("a wrong secret", client.request().basic_auth(id, Some("x")).form(&GRANT), UNKNOWN),
        ("an unknown client", client.request().basic_auth("x", Some(secret)).form(&GRANT), UNKNOWN),
        ("a wrong secret in the form", client.request().form(&wrong), UNKNOWN),
        ("no client", client.request().form(&GRANT), UNKNOWN),
        ("two different clients", basic().form(&other), INVALID),
        ("a repeated parameter", basic().form(&[GRANT[0], GRANT[0]]), INVALID),
        ("no grant type", basic().form(&[("scope", "scim")]), INVALID),
        ("a body of JSON", basic().json(&json), INVALID),
        ("another grant type", basic().form(&[("grant_type", "password")]), OTHER_GRANT),
    ] {
        assert_refused(what, &Answer::to(asked).await, error);
    }
    Answer::to(http().get(&client.token_url)).await.answered(405);
}

#[tokio::test]
async fn the_tokens_of_a_revoked_client_stop_at_once() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (gone, other) =
        (Client::issued(&world, "contoso").await, Client::issued(&world, "contoso").await);
    let (stopped, living) = (gone.token().await, other.token().await);
    users_with(&company, &stopped).await.answered(200);
    world.verb(&format!("integration revoke {} --tenant contoso", gone.id)).await.ended(0);

    let refused = users_with(&company, &stopped).await.refused(401, None);
    assert!(refused.header("www-authenticate").contains(r#"error="invalid_token""#));
    let asked = gone.request().basic_auth(&gone.id, Some(&gone.secret)).form(&GRANT);
    assert_refused("a revoked client", &Answer::to(asked).await, UNKNOWN);
    users_with(&company, &living).await.answered(200);
}

#[tokio::test]
async fn a_client_gets_no_tokens_while_the_integration_is_inactive() {
    let world = World::new().await;
    world.contoso().await;
    let client = Client::issued(&world, "contoso").await;
    world.verb("integration deactivate --tenant contoso").await.ended(0);
    let asked = client.request().basic_auth(&client.id, Some(&client.secret)).form(&GRANT);
    assert_refused("an inactive integration", &Answer::to(asked).await, NOT_ALLOWED);
}
