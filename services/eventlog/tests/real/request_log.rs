//! The stream of recorded requests beside the log.

use std::time::Duration;

use eventlog::{Access, RequestLog, RequestRetention, clock};
use kit::servers::{log, nats};
use kit::wait::until;

const RETENTION: RequestRetention =
    RequestRetention { max_age: Duration::from_hours(24), max_bytes: 1 << 20 };

async fn recorded(of: &RequestLog, subjects: &[&str]) {
    for (number, subject) in subjects.iter().enumerate() {
        of.record(subject, number.to_string().into()).await.expect("it is sent");
    }
    until("the server has them", async || {
        of.extent().await.expect("an extent").1 >= subjects.len() as u64
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_found_by_their_subjects_from_a_number_or_a_time_on() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    assert!(RequestLog::find(&log).await.unwrap().is_none(), "nothing was recorded yet");
    let requests = RequestLog::open(&log, RETENTION).await.unwrap();
    let before = clock::now();
    recorded(&requests, &["req.a.get.ok", "req.b.get.ok", "req.a.post.error", "req.a.get.ok"])
        .await;
    let numbers = async |pattern: &str, from, limit| {
        let page = requests.page(pattern, from, limit).await.unwrap();
        page.iter().map(|one| one.seq).collect::<Vec<_>>()
    };
    assert_eq!(numbers("req.a.>", 0, 10).await, [1, 3, 4]);
    assert_eq!(numbers("req.a.>", 2, 1).await, [3]);
    assert_eq!(numbers("req.*.*.error", 1, 10).await, [3]);
    assert_eq!(numbers("req.c.>", 1, 10).await, [0; 0]);
    let since = requests.page_since("req.a.>", before, 10).await.unwrap();
    assert_eq!(since.len(), 3);
    let newest = async |pattern: &str, before, limit| {
        let (found, more) = requests.newest(pattern, before, limit).await.unwrap();
        (found.iter().map(|one| one.seq).collect::<Vec<_>>(), more)
    };
    assert_eq!(newest("req.a.>", None, 2).await, (vec![3, 4], true));
    assert_eq!(newest("req.a.>", Some(4), 2).await, (vec![1, 3], false));
    assert_eq!(newest("req.a.>", Some(1), 2).await, (vec![], false));
    assert_eq!(newest("req.c.>", None, 2).await, (vec![], false));
    let found = RequestLog::find(&log).await.unwrap().expect("it is there");
    assert_eq!(found.extent().await.unwrap(), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_records_are_kept_may_be_changed_and_what_is_erased_is_gone() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    RequestLog::open(&log, RETENTION).await.unwrap();
    let longer = RequestRetention { max_age: Duration::from_hours(48), ..RETENTION };
    let requests = RequestLog::open(&log, longer).await.unwrap();
    recorded(&requests, &["req.a.ada", "req.a.bob", "req.a.ada"]).await;
    let hers = ["req.a.ada".to_owned()];
    assert_eq!(requests.count(&hers).await.unwrap(), 2);
    assert_eq!(requests.erase(&hers, None, &Access::default()).await.unwrap(), 2);
    assert_eq!(requests.count(&hers).await.unwrap(), 0);
    assert_eq!(requests.count(&["req.a.bob".to_owned()]).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_records_of_one_are_found_however_many_others_there_are() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let requests = RequestLog::open(&log, RETENTION).await.unwrap();
    let subjects: Vec<&str> =
        (0..600).map(|number| if number % 97 == 0 { "req.a" } else { "req.b" }).collect();
    recorded(&requests, &subjects).await;
    let (found, more) = requests.newest("req.a", None, 3).await.unwrap();
    let numbers: Vec<u64> = found.iter().map(|one| one.seq).collect();
    assert_eq!((numbers, more), (vec![389, 486, 583], true));
    let (found, more) = requests.newest("req.b", Some(1), 3).await.unwrap();
    assert!(found.is_empty() && !more);
}
