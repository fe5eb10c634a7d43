//! Live parts of the portal's pages.

use std::time::Duration;

use kit::http::http;
use kit::visitor::Visitor;
use kit::world::World;
use reqwest::header;

/// Half of the minute after which a live part ends in any case.
const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_live_part_ends_as_soon_as_its_session_has_ended() {
    let world = World::new().await;
    world.verb("tenant create acme").await.ended(0);
    let (mut ada, page) = Visitor::administrator(&world, "acme", "owner").await;
    let cookie = ada.session(&world.url());
    let url = format!("{}/t/acme/operations/live", world.url());
    let request = http().get(url).header(header::COOKIE, cookie);
    let mut live = request.send().await.expect("an answer");
    assert_eq!(live.status(), 200);
    let first = live.chunk().await.expect("it goes on").expect("it begins");
    assert!(first.starts_with(b"retry:"), "{first:?}");

    let out = format!("{}/sign-out", world.url());
    ada.send_form(&out, &[("csrf", &page.csrf())]).await.answered(200);
    let rest = async { while live.chunk().await.expect("it ends cleanly").is_some() {} };
    tokio::time::timeout(SOON, rest).await.expect("it ends with the session");
}

#[tokio::test]
async fn whoever_is_hired_appears_in_the_list_of_people_without_a_reload() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (mut viewer, _) = Visitor::administrator(&world, "contoso", "viewer").await;
    let people = format!("{}/t/contoso/people", world.url());
    let page = viewer.open(&people).await.answered(200);
    let (_, rest) = page.html.split_once(r#"data-live=""#).expect("a live part");
    let path = rest.split('"').next().expect("where it is").replace("&amp;", "&");
    let cookie = viewer.session(&world.url());
    let request = http().get(format!("{}{path}", world.url())).header(header::COOKIE, cookie);
    let mut live = request.send().await.expect("an answer");
    assert_eq!(live.status(), 200);

    company.hire("Ada").await;
    let mut told = String::new();
    let appears = async {
        while let Some(part) = live.chunk().await.expect("it goes on") {
            told.push_str(&String::from_utf8_lossy(&part));
            if told.contains("ada@contoso.example") {
                return;
            }
        }
    };
    tokio::time::timeout(SOON, appears).await.expect("it tells something before it ends");
    for words in ["ada@contoso.example", r#"Active <span class="soft">1</span>"#] {
        assert!(told.contains(words), "{words} is not told: {told}");
    }
    let (before, _) = page.html.split_once("data-live").expect("a live part");
    assert!(before.contains(r#"role="search""#), "who types in the search would keep it back");
}
