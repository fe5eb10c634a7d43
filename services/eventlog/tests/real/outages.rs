//! A server that goes and comes back.

use std::pin::pin;
use std::time::{Duration, Instant};

use eventlog::{AppendError, Selection};
use events::Position;

use kit::log_writer::{Writer, take};
use kit::servers::{blocking, log, nats, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_goes_on_where_it_was() {
    let mut nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(10).await;
    let mut all = pin!(writer.log.follow(Position::START));
    let mut live = pin!(writer.log.select(Selection { live: true, ..Selection::default() }));
    take(&mut all, 4).await;
    take(&mut live, 7).await;
    let (mut followed, mut selected) = (4, 7);
    for _ in 0..3 {
        nats = blocking(move || {
            nats.kill9();
            nats.restart().expect("start nats-server again");
            nats
        })
        .await;
        until("the log can be written to", || async { writer.log.end().await.is_ok() }).await;
        writer.write(2).await;
        let end = writer.said.len();
        assert_eq!(take(&mut all, end - followed).await, writer.said[followed..]);
        assert_eq!(take(&mut live, end - selected).await, writer.said[selected..]);
        (followed, selected) = (end, end);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_log_is_away_an_append_fails_quickly_and_is_not_made_up_for_later() {
    let mut nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(1).await;
    nats = blocking(move || {
        nats.kill9();
        nats
    })
    .await;
    until("the loss is noticed", || async { !writer.log.is_connected() }).await;
    let asked = Instant::now();
    let refused = writer.try_write(1).await;
    assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
    // An answer that does not come is waited for longer.
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    let _nats = blocking(move || {
        nats.restart().expect("start nats-server again");
        nats
    })
    .await;
    until("the log is back", || async { writer.log.end().await.is_ok() }).await;
    assert_eq!(writer.log.end().await.unwrap(), writer.position.seq);
    writer.write(1).await;
}
