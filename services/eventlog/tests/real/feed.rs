//! The stream of the feed beside the log.

use std::pin::pin;

use eventlog::{AppendError, Feed, FeedMessage, FeedPage};
use events::Tenant;
use futures_util::StreamExt as _;
use kit::servers::{log, nats};

fn message(tenant: &str, text: &str) -> FeedMessage {
    FeedMessage {
        subject: format!("feed.{tenant}.employee.1.changed"),
        headers: vec![("ce-id", text.len().to_string())],
        body: text.as_bytes().to_vec().into(),
    }
}

fn texts(page: &FeedPage) -> Vec<String> {
    let text = |entry: &eventlog::Entry| String::from_utf8(entry.body().to_vec()).expect("UTF-8");
    page.entries.iter().map(text).collect()
}

fn tenant(slug: &str) -> Tenant {
    slug.parse().expect("a slug")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_where_the_feed_ends_appends_nothing() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let (one, other) = (Feed::open(&log).await.unwrap(), Feed::open(&log).await.unwrap());
    let batch = [message("acme", "a"), message("acme", "b")];
    one.append(0, &batch).await.unwrap();
    let late = other.append(0, &batch).await;
    assert!(matches!(late, Err(AppendError::Conflict)), "{late:?}");
    other.append(2, &[message("acme", "c")]).await.unwrap();
    assert_eq!(one.end().await.unwrap().seq, 3);
    assert_eq!(one.end().await.unwrap(), other.end().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_holds_one_tenants_messages_in_order_and_the_next_begins_where_it_ended() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let feed = Feed::open(&log).await.unwrap();
    let names = ["acme", "initech", "acme-2"];
    let batch: Vec<FeedMessage> = (0..60).map(|n| message(names[n % 3], &n.to_string())).collect();
    feed.append(0, &batch).await.unwrap();
    let acme = tenant("acme");
    let mut read = Vec::new();
    let mut after = 0;
    loop {
        let page = feed.page(&acme, after, 7, 0).await.unwrap();
        if page.entries.is_empty() {
            assert_eq!(page.through, after);
            break;
        }
        assert!(page.entries.len() <= 7);
        read.extend(texts(&page));
        after = page.through;
    }
    let expected: Vec<String> = (0..60).step_by(3).map(|n: usize| n.to_string()).collect();
    assert_eq!(read, expected);
    let one = feed.page(&tenant("initech"), 2, 1, 0).await.unwrap();
    assert_eq!((texts(&one), one.through), (vec!["4".to_owned()], 5));
    assert!(feed.page(&tenant("nobody"), 0, 10, 0).await.unwrap().entries.is_empty());
    assert_eq!(feed.last(Some(&acme)).await.unwrap().unwrap().seq.0, 58);
    assert_eq!(feed.last(None).await.unwrap().unwrap().seq.0, 60);
    assert!(feed.last(Some(&tenant("nobody"))).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_message_comes_in_a_page_of_its_own_and_no_page_is_too_large() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let feed = Feed::open(&log).await.unwrap();
    let large = "x".repeat(3 << 20);
    feed.append(0, &[message("acme", "a")]).await.unwrap();
    for after in 1..4 {
        feed.append(after, &[message("acme", &large)]).await.unwrap();
    }
    let acme = tenant("acme");
    let mut after = 0;
    let mut sizes = Vec::new();
    while after < 4 {
        let page = feed.page(&acme, after, 100, 0).await.unwrap();
        after = page.through;
        sizes.push(page.entries.len());
    }
    assert_eq!(sizes.iter().sum::<usize>(), 4);
    assert!(sizes.len() > 1, "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_known_and_was_deleted_since_is_not_waited_for() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let feed = Feed::open(&log).await.unwrap();
    feed.append(0, &[message("acme", "a")]).await.unwrap();
    let page = feed.page(&tenant("acme"), 1, 10, 5).await.unwrap();
    assert_eq!((page.entries.len(), page.through), (0, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_the_feed_gets_what_is_there_and_what_comes() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let feed = Feed::open(&log).await.unwrap();
    feed.append(0, &[message("acme", "a"), message("initech", "b")]).await.unwrap();
    let mut followed = pin!(feed.follow(1));
    assert_eq!(followed.next().await.unwrap().unwrap().body(), b"b");
    feed.append(2, &[message("acme", "c")]).await.unwrap();
    let entry = followed.next().await.unwrap().unwrap();
    assert_eq!((entry.seq.0, entry.subject()), (3, "feed.acme.employee.1.changed"));
}
