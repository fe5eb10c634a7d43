//! Two instances of one projection.

use std::time::{Duration, Instant};

use projector::Phase;

use crate::projecting::{Worker, assert_tallied};
use crate::tally::Tally;
use kit::log_writer::Writer;
use kit::servers::{database, log, nats};

#[tokio::test(flavor = "multi_thread")]
async fn one_works_and_the_other_takes_over_when_it_dies() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    let mut working = Worker::start::<Tally>(&log(&nats.url()).await, &database, "tally");
    working.stands(|phase| *phase == Phase::Working).await;
    for _ in 0..3 {
        let waiting = Worker::start::<Tally>(&log(&nats.url()).await, &database, "tally");
        waiting.stands(|phase| *phase == Phase::StandingBy).await;
        assert!(waiting.status.check().is_ok(), "to stand by is to be ready");
        writer.write(20).await;
        writer.write(1).await;
        working.reaches(writer.position.seq).await;
        assert_eq!(waiting.status.current().phase, Phase::StandingBy);
        working.task.abort();
        let died = Instant::now();
        writer.write(2).await;
        waiting.reaches(writer.position.seq).await;
        assert!(died.elapsed() < Duration::from_secs(30), "{:?}", died.elapsed());
        working = waiting;
    }
    assert_tallied(&database, "tally", &writer.said).await;
}
