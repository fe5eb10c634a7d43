//! Secrets in the portal: nothing ends that somebody has not agreed to end, and no form makes two.

use kit::company::Company;
use kit::http::{Answer, http};
use kit::visitor::{Seen, Visitor};
use kit::wait::until;
use kit::world::World;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};

struct Manager {
    visitor: Visitor,
    csrf: String,
    at: String,
}

impl Manager {
    async fn of(world: &World) -> Self {
        let (visitor, page) = Visitor::administrator(world, "contoso", "integration-manager").await;
        let at = format!("{}/t/contoso/integrations", world.url());
        Self { visitor, csrf: page.csrf(), at }
    }

    async fn open(&mut self, path: &str) -> Seen {
        self.visitor.open(&format!("{}{path}", self.at)).await.answered(200)
    }

    async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        self.visitor.send_form(&format!("{}{path}", self.at), &all).await
    }

    /// A further token by the form of the page: its id, and its secret.
    async fn rotate(&mut self) -> (String, String) {
        let id = self.open("/rotate").await.field("credential");
        let page = self.send("/rotate", &[("credential", &id)]).await.answered(200);
        (id, secret(&page))
    }

    /// Waits until it is told of a credential that it was used.
    async fn sees_used(&self, id: &str) {
        let page = http().get(format!("{}/credentials/{id}/revoke", self.at));
        let page = page.header("cookie", self.visitor.session(&self.at));
        until("it is told when the credential was used", async || {
            let page = page.try_clone().expect("no body").send().await.expect("an answer");
            !page.text().await.expect("a text").contains("<dd>never</dd>")
        })
        .await;
    }
}

fn secret(page: &Seen) -> String {
    let (_, rest) = page.html.split_once("rcs_").expect("a secret token");
    format!("rcs_{}", rest.split('"').next().unwrap_or_default())
}

async fn users_with(company: &Company, token: &str) -> Answer {
    Answer::to(company.scim_request(Method::GET, "Users").bearer_auth(token)).await
}

#[tokio::test]
async fn a_rotation_says_what_ends_and_ends_what_was_agreed_to_alone() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut manager = Manager::of(&world).await;
    let first = company.secret_token.clone();
    users_with(&company, &first).await.answered(200);
    let page = manager.open("/rotate").await.saying("Nothing ends by it");
    assert!(!page.html.contains("name=\"ends\""), "{}", page.html);
    let (second_id, second) = manager.rotate().await;

    let page = manager.open("/rotate").await.saying("The newest token was never used");
    let (ends, id) = (page.field("ends"), page.field("credential"));
    let told = manager.send("/rotate", &[("credential", &id)]).await.answered(200);
    told.saying("Nothing was rotated");
    users_with(&company, &first).await.answered(200);

    users_with(&company, &second).await.answered(200);
    manager.sees_used(&second_id).await;
    let page = manager.open("/rotate").await.saying("The older of the two tokens ends by it");
    assert_eq!(page.field("ends"), ends);
    let fields = [("credential", id.as_str()), ("ends", &ends)];
    let third = secret(&manager.send("/rotate", &fields).await.answered(200));
    users_with(&company, &first).await.refused(401, None);
    users_with(&company, &second).await.answered(200);
    users_with(&company, &third).await.answered(200);
}

#[tokio::test]
async fn a_form_that_is_sent_again_makes_no_second_secret() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut manager = Manager::of(&world).await;
    let (id, second) = manager.rotate().await;
    let again = manager.send("/rotate", &[("credential", &id)]).await.answered(200);
    assert!(!again.saying("was sent before").html.contains("rcs_"));
    let id = manager.open("/clients").await.field("credential");
    let fields = [("credential", id.as_str()), ("label", "entra"), ("expires", "90")];
    manager.send("/clients", &fields).await.answered(200).saying("It expires on");
    let again = manager.send("/clients", &fields).await.answered(200);
    assert!(!again.saying("was sent before").html.contains("rcc_"));
    for secret in [&company.secret_token, &second] {
        users_with(&company, secret).await.answered(200);
    }
    let listed =
        world.verb("integration list --tenant contoso").await.ended(0).listed("credentials");
    let of_entra = listed.iter().filter(|one| one["purpose"] != "api-token");
    assert_eq!(of_entra.count(), 3, "{listed:?}");
    manager.send("/rotate", &[("credential", "")]).await.answered(400);
}

#[tokio::test]
async fn who_revokes_a_credential_is_told_first_what_ends() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut manager = Manager::of(&world).await;
    let page = manager.open("").await;
    let (_, rest) = page.html.split_once("/integrations/credentials/").expect("a credential");
    let id = rest.split('/').next().unwrap_or_default().to_owned();
    let path = format!("/credentials/{id}/revoke");
    let page = manager.open(&path).await.saying("Last used").saying("<dd>never</dd>");
    page.saying("It is the only one that is live").saying(&id);
    users_with(&company, &company.secret_token).await.answered(200);
    manager.sees_used(&id).await;
    manager.open(&path).await.saying("Entra is shut out");
    let told = manager.send(&path, &[]).await.answered(200).saying("no secret token is live");
    let told = told.saying("is revoked: it opens nothing");
    // The page to which the answer led says it, once; no other page does.
    let again = manager.visitor.open(told.url.as_str()).await.answered(200);
    assert!(!again.html.contains("is revoked: it opens"), "{}", again.html);
    users_with(&company, &company.secret_token).await.refused(401, None);
    manager.open(&path).await.saying("It is revoked already");
}

/// What each of several answers says to one form that is sent several times at once.
async fn sent_at_once(manager: &mut Manager, path: &str) -> Vec<String> {
    let id = manager.open(path).await.field("credential");
    let fields = [("csrf", manager.csrf.as_str()), ("credential", &id)];
    let form = http().post(format!("{}{path}", manager.at)).form(&fields);
    let form = form.header("cookie", manager.visitor.session(&manager.at));
    let send = async || Answer::to(form.try_clone().expect("a form")).await.answered(200).text;
    let (one, two, three, four) = tokio::join!(send(), send(), send(), send());
    vec![one, two, three, four]
}

#[tokio::test]
async fn of_one_form_that_is_sent_several_times_at_once_one_makes_a_secret_and_the_others_say_so() {
    let world = World::new().await;
    let _company = world.contoso().await;
    let mut manager = Manager::of(&world).await;
    for (path, prefix) in [("/rotate", "rcs_"), ("/clients", "rcc_")] {
        let answers = sent_at_once(&mut manager, path).await;
        let (made, again): (Vec<_>, Vec<_>) =
            answers.iter().partition(|text| text.contains(prefix));
        assert_eq!(made.len(), 1, "{path}: {answers:?}");
        for text in again {
            assert!(text.contains("was sent before"), "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn a_credential_that_expires_is_followed_by_one_of_its_own_kind() {
    let world = World::new().await;
    let _company = world.contoso().await;
    let mut manager = Manager::of(&world).await;
    let (rotate, generate) =
        ("Rotate the secret token to get one.", "Generate client credentials.");
    let days = "--tenant contoso --expires-in-days 20";
    world.verb(&format!("integration issue-client {days}")).await.ended(0);
    let page = manager.open("").await.saying("The OAuth client").saying(generate);
    assert!(!page.html.contains(rotate), "{}", page.html);
    world.verb(&format!("integration rotate-secret {days}")).await.ended(0);
    manager.open("").await.saying("The Secret token").saying(generate).saying(rotate);
}

#[tokio::test]
async fn a_notice_is_still_said_after_somebody_asked_for_the_headers_alone() {
    let world = World::new().await;
    let _company = world.contoso().await;
    let mut manager = Manager::of(&world).await;
    let (id, _) = manager.rotate().await;
    let fields = [("csrf", manager.csrf.as_str()), ("credential", id.as_str())];
    let cookie = manager.visitor.session(&manager.at);
    let form = http().post(format!("{}/rotate", manager.at)).form(&fields);
    let client = Client::builder().no_proxy().redirect(Policy::none()).build();
    let client = client.expect("an HTTP client");
    let form = form.header("cookie", &cookie).build().expect("a form");
    let answer = client.execute(form).await.expect("an answer");
    let there = answer.headers()["location"].to_str().expect("a path");
    assert!(there.contains("notice="), "{there}");
    let there = format!("{}{there}", world.url());
    Answer::to(http().head(&there).header("cookie", &cookie)).await.answered(200);
    manager.visitor.open(&there).await.answered(200).saying("was sent before");
    let again = manager.visitor.open(&there).await.answered(200);
    assert!(!again.html.contains("was sent before"), "it is said once");
}

#[tokio::test]
async fn the_address_of_a_tenant_with_a_slash_at_its_end_leads_to_its_page() {
    let world = World::new().await;
    let _company = world.contoso().await;
    let (mut owner, _) = Visitor::administrator(&world, "contoso", "owner").await;
    let page = owner.open(&format!("{}/t/contoso/", world.url())).await.answered(200);
    assert_eq!(page.url.path(), "/t/contoso");
}

#[tokio::test]
async fn who_changes_the_product_is_told_what_is_live_of_the_one_before() {
    let world = World::new().await;
    world.verb("tenant create contoso").await.ended(0);
    let mut manager = Manager::of(&world).await;
    let first = [("profile", "workplace"), ("expires", "")];
    let page = manager.send("/activate", &first).await.answered(200).saying("rcs_");
    // There is none of before beside the first.
    assert!(!page.html.contains("stays valid"), "{}", page.html);
    manager.rotate().await;
    manager.send("/deactivate", &[]).await.answered(200).saying("and so are its credentials");
    let other = [("profile", "benefits"), ("expires", "")];
    let page = manager.send("/activate", &other).await.answered(200);
    let page = page.saying("2 credentials of another kind than Benefits needs are live");
    page.saying("no client credentials are live");
    let guide = manager.open("/guide").await.saying("the client identifier and the client secret");
    assert!(!guide.html.contains("compare the secret token"), "{}", guide.html);
}
