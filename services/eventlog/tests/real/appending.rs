//! What an append promises.

use std::pin::pin;

use eventlog::{AppendError, Log};
use events::{Position, Seq};
use futures_util::StreamExt;

use kit::log_writer::{Writer, decision, take};
use kit::servers::{Proxy, blocking, log, nats, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_appended_is_read_back_as_it_was_sealed() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    for count in [1, 2, 1, 7, 1000, 1] {
        writer.write(count).await;
    }
    let mut entries = pin!(writer.log.follow(Position::START));
    assert_eq!(take(&mut entries, writer.said.len()).await, writer.said);
    assert_eq!(writer.log.end().await.unwrap(), writer.position.seq);
    let last = writer.log.last().await.unwrap().expect("there is a last event");
    assert_eq!(Some(&last.read().unwrap()), writer.said.last());
    let third = writer.log.get(Seq(3)).await.unwrap().expect("there is a third event");
    assert_eq!(third.read().unwrap(), writer.said[2]);
    assert!(writer.log.get(Seq(5000)).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_last_event_of_a_decision_ends_it() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(1).await;
    writer.write(3).await;
    let entries = writer.log.follow(Position::START).take(4);
    let commits: Vec<bool> = entries.map(|entry| entry.unwrap().commit).collect().await;
    assert_eq!(commits, [true, false, false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_second_has_written_nothing() {
    let nats = nats().await;
    let mut first = Writer::new(log(&nats.url()).await);
    let mut second = Writer::new(log(&nats.url()).await);
    first.write(2).await;
    for count in [1, 2, 100] {
        let refused = second.try_write(count).await;
        assert!(matches!(refused, Err(AppendError::Conflict)), "{count} events: {refused:?}");
    }
    assert_eq!(first.log.end().await.unwrap(), Seq(2));
    first.write(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_whole_is_not_written_at_all() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let (many, _) = decision(Position::START, Log::MAX_BATCH + 1);
    let refused = log.append(Position::START, &many).await;
    assert!(matches!(refused, Err(AppendError::TooMany(1001))), "{refused:?}");
    let (mut large, _) = decision(Position::START, 3);
    large[1].body = vec![b' '; 9_000_000].into();
    let refused = log.append(Position::START, &large).await;
    assert!(matches!(refused, Err(AppendError::TooLarge { .. })), "{refused:?}");
    log.append(Position::START, &[]).await.expect("nothing is always possible");
    assert_eq!(log.end().await.unwrap(), Seq(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_writers_at_once_each_decision_is_whole() {
    let nats = nats().await;
    let mut writers = tokio::task::JoinSet::new();
    for count in 1..=4 {
        let log = log(&nats.url()).await;
        writers.spawn(async move {
            let mut followed = Box::pin(log.follow(Position::START));
            let mut position = Position::START;
            let mut written = 0;
            while written < 10 {
                let (batch, recorded) = decision(position, count);
                match log.append(position, &batch).await {
                    Ok(()) => {
                        written += 1;
                        take(&mut followed, count).await;
                        position = recorded.last().unwrap().position();
                    }
                    Err(AppendError::Conflict) => {
                        position = take(&mut followed, 1).await[0].position();
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    writers.join_all().await;
    let log = log(&nats.url()).await;
    let entries = log.follow(Position::START).take(100);
    let commits: Vec<bool> = entries.map(|entry| entry.unwrap().commit).collect().await;
    let mut sizes: Vec<usize> = commits.split_inclusive(|commit| *commit).map(<[_]>::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [[1; 10], [2; 10], [3; 10], [4; 10]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_whose_answer_is_lost_is_found_again() {
    let nats = nats().await;
    let proxy = Proxy::before(&nats.url()).await;
    let mut writer = Writer::new(log(&proxy.url).await);
    writer.write(1).await;
    for count in [1, 3] {
        let (batch, recorded) = decision(writer.position, count);
        proxy.lose_answers(true);
        let lost = writer.log.append(writer.position, &batch).await;
        proxy.lose_answers(false);
        assert!(matches!(lost, Err(AppendError::Unknown(_))), "{lost:?}");
        let first = recorded[0].envelope.id;
        assert!(writer.log.was_appended(writer.position, first).await.unwrap());
        writer.accepted(recorded);
    }
    let (_, other) = decision(writer.position, 1);
    let other = other[0].envelope.id;
    assert!(!writer.log.was_appended(writer.position, other).await.unwrap());
    until("the connection is back", || async { writer.log.is_connected() }).await;
    writer.write(1).await;
}

/// Every acknowledged event is there and no other, whatever the moment of the crash.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_loses_no_acknowledged_event() {
    let mut nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    let mut unknown = 0;
    for round in 0..6 {
        let kill = tokio::spawn({
            let log = writer.log.clone();
            let goal = Seq(writer.position.seq.0 + 40 + 17 * round);
            async move {
                until("some events are written", || async {
                    log.end().await.is_ok_and(|end| end >= goal)
                })
                .await;
                blocking(move || {
                    nats.kill9();
                    nats
                })
                .await
            }
        });
        let interrupted = loop {
            let (batch, recorded) = decision(writer.position, [1, 5, 30][writer.said.len() % 3]);
            match writer.log.append(writer.position, &batch).await {
                Ok(()) => writer.accepted(recorded),
                Err(AppendError::Unknown(_)) => break Some(recorded),
                Err(AppendError::Unavailable(_)) => break None,
                Err(error) => panic!("{error}"),
            }
        };
        nats = kill.await.unwrap();
        nats = blocking(move || {
            nats.restart().expect("start nats-server again");
            nats
        })
        .await;
        if let Some(recorded) = interrupted {
            unknown += 1;
            if writer.log.was_appended(writer.position, recorded[0].envelope.id).await.unwrap() {
                writer.accepted(recorded);
            }
        }
        until("the log can be written to", || async { writer.log.end().await.is_ok() }).await;
    }
    assert!(unknown > 0, "no append was ever interrupted");
    let mut entries = pin!(writer.log.follow(Position::START));
    assert_eq!(take(&mut entries, writer.said.len()).await, writer.said);
    assert_eq!(writer.log.end().await.unwrap(), writer.position.seq);
}
