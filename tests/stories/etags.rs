//! Versions, and requests on condition of one (RFC 7644 §3.14).

use kit::entra;
use kit::world::World;
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn who_has_the_version_already_gets_it_not_again() {
    let world = World::new().await;
    let company = world.contoso().await;
    let made = company.post("Users", &entra::workplace_user("a@x", "Ada", "1")).await.answered(201);
    let path = format!("Users/{}", made.id());
    let tag = made.header("etag").to_owned();
    assert_eq!(made.body["meta"]["version"], tag);
    assert!(tag.starts_with("W/\""), "{tag} is weak");
    assert_eq!(company.scim(&path).await.answered(200).header("etag"), tag);

    let none_match =
        async |tag: &str| company.scim_with(Method::GET, &path, ("if-none-match", tag), None).await;
    let unchanged = none_match(&tag).await.answered(304);
    assert_eq!((unchanged.text.as_str(), unchanged.header("etag")), ("", tag.as_str()));
    none_match("*").await.answered(304);
    none_match("W/\"0\"").await.answered(200);
    company.scim_with(Method::GET, &path, ("if-match", "W/\"0\""), None).await.refused(412, None);

    let changed = company.patch(&path, &entra::replace("title", "Dyer")).await.answered(200);
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.body["meta"]["version"], changed.header("etag"));
    none_match(&tag).await.answered(200);
    // What changes nothing makes no version.
    let again = company.patch(&path, &entra::replace("title", "Dyer")).await.answered(200);
    assert_eq!(again.header("etag"), changed.header("etag"));
}

#[tokio::test]
async fn a_change_of_a_version_that_is_no_more_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let company = world.contoso().await;
    let user = entra::workplace_user("a@x", "Ada", "1");
    let (rename, group) = (entra::replace("displayName", "Bea"), entra::group("Sales"));
    for (kind, body) in [("Users", &user), ("Groups", &group)] {
        let made = company.post(kind, body).await.answered(201);
        let path = format!("{kind}/{}", made.id());
        let old = made.header("etag").to_owned();
        company.patch(&path, &entra::replace("displayName", "Cyd")).await;
        let now = company.scim(&path).await.answered(200);
        let new = now.header("etag").to_owned();
        let on_condition = async |method, header, tag: &str, body: Option<&Value>| {
            company.scim_with(method, &path, (header, tag), body).await
        };

        on_condition(Method::PATCH, "if-match", &old, Some(&rename)).await.refused(412, None);
        on_condition(Method::PUT, "if-match", &old, Some(body)).await.refused(412, None);
        on_condition(Method::DELETE, "if-match", &old, None).await.refused(412, None);
        on_condition(Method::PATCH, "if-none-match", &new, Some(&rename)).await.refused(412, None);
        on_condition(Method::PUT, "if-none-match", "*", Some(body)).await.refused(412, None);
        assert_eq!(company.scim(&path).await.text, now.text);

        let listed = format!("{old}, {new}");
        let patched = on_condition(Method::PATCH, "if-match", &listed, Some(&rename)).await;
        assert!(patched.status.is_success(), "{}", patched.text);
        assert_ne!(patched.header("etag"), new);
        on_condition(Method::PUT, "if-match", "*", Some(body)).await.answered(200);
        on_condition(Method::DELETE, "if-match", "*", None).await.answered(204);
        // A resource that is not there is missing first, whatever the condition.
        on_condition(Method::DELETE, "if-match", &old, None).await.refused(404, None);
        on_condition(Method::GET, "if-match", &old, None).await.refused(404, None);
    }
    let able = company.scim("ServiceProviderConfig").await.answered(200);
    assert_eq!(able.body["etag"]["supported"], true);
}

#[tokio::test]
async fn of_many_who_change_the_same_version_one_wins() {
    let world = World::new().await;
    let company = world.contoso().await;
    let path = format!("Users/{}", company.hire("Ada").await);
    let tag = company.scim(&path).await.answered(200).header("etag").to_owned();
    let attempts = (0..16).map(|n| {
        let (company, path, tag) = (&company, &path, &tag);
        async move {
            let promote = entra::replace("title", format!("Title {n}"));
            company.scim_with(Method::PATCH, path, ("if-match", tag), Some(&promote)).await.status
        }
    });
    let statuses = futures_util::future::join_all(attempts).await;
    let count = |wanted: u16| statuses.iter().filter(|status| status.as_u16() == wanted).count();
    assert_eq!((count(200), count(412)), (1, 15), "{statuses:?}");
}
