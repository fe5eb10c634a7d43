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
