//! The pages that tell an administrator what Entra did: requests, activity, the connection.

use kit::entra;
use kit::http::http;
use kit::visitor::Visitor;
use kit::wait::found;
use kit::world::World;
use reqwest::{StatusCode, header};

/// Somebody who is signed in, and looks at pages again until they say something.
struct Browser {
    session: String,
    url: String,
}

impl Browser {
    async fn signed_in(world: &World, roles: &str) -> Self {
        let (visitor, _) = Visitor::administrator(world, "contoso", roles).await;
        Self { session: visitor.session(&world.url()), url: world.url() }
    }

    async fn page(&self, path: &str) -> (StatusCode, String) {
        let url = format!("{}/t/contoso/{path}", self.url);
        let request = http().get(url).header(header::COOKIE, &self.session);
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a text"))
    }

    /// The page, once it says this.
    async fn says(&self, path: &str, words: &str) -> String {
        found(words, async || {
            let (status, text) = self.page(path).await;
            assert_eq!(status, StatusCode::OK, "{path}: {text}");
            text.contains(words).then_some(text)
        })
        .await
    }
}

#[tokio::test]
async fn what_entra_did_is_on_the_pages_in_words_and_what_it_said_for_operators_alone() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let taken = entra::workplace_user("ada@contoso.example", "Eve", "another object");
    company.post("Users", &taken).await.answered(409);
    let mut nameless = entra::workplace_user("eve@contoso.example", "Eve", "another object");
    nameless.as_object_mut().expect("an object").remove("userName");
    company.post("Users", &nameless).await.answered(400);
    company.disable(&ada).await;

    let owner = Browser::signed_in(&world, "owner").await;
    let listed = owner.says("requests", "Made the person Former").await;
    assert!(listed.contains("Refused: somebody else has that user name"), "{listed}");
    assert!(listed.contains("Refused: the user came without a userName"), "{listed}");
    assert!(!listed.contains("ada@"), "{listed}");
    let errors = owner.says("requests?errors=yes", "409").await;
    assert!(!errors.contains("Made the person Former"), "{errors}");
    let path = errors.split("/t/contoso/requests/").nth(3).expect("a link to the request");
    let path = format!("requests/{}", path.split('"').next().expect("a path"));
    let one = owner.says(&path, "Show what it said").await;
    assert!(!one.contains("another object"), "{one}");

    let activity = owner.says("activity", "Left").await;
    assert!(activity.contains("Joined") && activity.contains("Entra (secret token)"), "{activity}");
    let connection = owner.says("integrations/connection", "Seen").await;
    assert!(connection.contains("The first user"), "{connection}");
    // Nothing was read, as Test Connection does.
    assert!(connection.contains("Not seen"), "{connection}");
    assert!(connection.contains("Entra provisions all the same"), "{connection}");
    assert!(!connection.contains("before what is recorded"), "{connection}");

    let viewer = Browser::signed_in(&world, "viewer").await;
    let seen = viewer.says(&path, "operators may see it").await;
    assert!(!seen.contains("Show what it said"), "{seen}");
    viewer.says("activity", "Left").await;
    let (status, _) = viewer.page("integrations/connection").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}
