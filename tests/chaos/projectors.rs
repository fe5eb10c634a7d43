//! Projectors are killed in the middle of their work, again and again.

use std::time::Duration;

use embedded::Nats;
use futures_util::future::join_all;
use kit::service::Service;
use kit::tables::connect;
use rollcall::projections::NAMES;
use tokio_postgres::Client;

use crate::deployment::{Plan, blocking};
use crate::final_checks::final_checks;
use crate::load::Load;
use crate::rounds::rounds;

/// Kills of each of the three; together a hundred.
const KILLS: usize = 34;

/// A projector without news opens no transaction.
const TRANSACTION_DEADLINE: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_projector_killed_a_hundred_times_in_the_middle_of_a_batch_counts_each_event_once() {
    let nats = blocking(|| Nats::start_for_tests().expect("start nats-server"));
    let mut deployment = Plan::new(&nats.url(), 1).in_parts().await;
    let load = Load::on(&deployment).await;
    let observer = connect(&deployment.databases[0]).await;
    let killing = deployment
        .projections
        .iter_mut()
        .zip(NAMES)
        .map(|(projector, name)| kill(projector, name, &observer));
    let in_the_middle: usize = join_all(killing).await.into_iter().sum();
    let all = rounds(KILLS) * NAMES.len();
    eprintln!("{all} kills of projectors, {in_the_middle} in the middle of a transaction");
    assert!(in_the_middle > all / 2, "only {in_the_middle} of {all} kills came in the middle");
    final_checks(&deployment, load, "projectors killed").await;
}

/// Kills a projector whenever it is in the middle of a transaction; says how often it was.
async fn kill(projector: &mut Service, name: &str, observer: &Client) -> usize {
    let mut in_the_middle = 0;
    for _ in 0..rounds(KILLS) {
        let caught =
            tokio::time::timeout(TRANSACTION_DEADLINE, in_a_transaction(name, observer)).await;
        projector.kill9().await;
        in_the_middle += usize::from(caught.is_ok());
        projector.start_again();
    }
    in_the_middle
}

/// Waits until a projector has written something that it has not committed.
async fn in_a_transaction(name: &str, observer: &Client) {
    let question = "SELECT count(*) FROM pg_stat_activity
                    WHERE application_name = $1 AND backend_xid IS NOT NULL";
    loop {
        let row = observer.query_one(question, &[&name]).await.expect("Postgres tells");
        if row.get::<_, i64>(0) > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
