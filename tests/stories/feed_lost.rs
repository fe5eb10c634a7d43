//! The feed's stream is gone: nothing is lost, since the log has all of it.

use kit::http::{Answer, http};
use kit::wait::until;
use kit::world::World;

use crate::continuity::jetstream_of;
use crate::feed_reader::{check_numbers, events, read_up_to, snapshot};

/// What is logged of it, by whoever notices first.
const GONE: [&str; 6] = [
    "cannot tell applications",
    "the feed's stream is gone",
    "the feed's stream was made anew",
    "applications are told nothing any more",
    "cannot read the feed",
    "no webhooks are sent until this works",
];

async fn ready(world: &World) -> Answer {
    Answer::to(http().get(format!("{}/health/ready", world.url()))).await
}

#[tokio::test]
async fn a_feed_that_is_gone_is_told_anew_at_the_next_start_with_the_same_ids_and_old_cursors_say_so()
 {
    let mut world = World::new().await;
    for words in GONE.into_iter().chain(["the feed was made anew"]) {
        world.expects(words);
    }
    let mut company = world.contoso().await;
    let (_, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let before = read_up_to(&company, "rollcall.employee.joined", &bob).await;
    let jetstream = jetstream_of(&world.nats.url()).await;
    jetstream.delete_stream("FEED").await.expect("delete the stream");
    // Writing goes on; applications are told that they are told nothing.
    let eve = company.hire("Eve").await;
    until("it is told, with what to do", async || {
        let told = ready(&world).await;
        let why = told.body["checks"]["delivery"].to_string();
        told.status == 503 && why.contains("start this process again")
    })
    .await;
    let page = events(&company, "limit=5").await.answered(503);
    assert!(page.text.contains("made anew"), "{}", page.text);
    company.ask_now("snapshot").await.answered(503);

    world.program.stop().await;
    world.start_again().await;
    company.moved_to(&world.url());
    let after = read_up_to(&company, "rollcall.employee.joined", &eve).await;
    check_numbers(&after.events, 1);
    assert_eq!(after.events[..before.events.len()], before.events);
    events(&company, &format!("after={}", before.next)).await.answered(410);
    assert_eq!(snapshot(&company, "").await.len(), 3 + 2, "three people between two lines");
}
