//! The servers are killed under the services.

use embedded::{Nats, Postgres};

use crate::deployment::{Plan, blocking};
use crate::final_checks::final_checks;
use crate::load::Load;
use crate::rounds::rounds;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_nats_server_takes_nothing_that_was_acknowledged() {
    let mut nats = blocking(|| Nats::start_for_tests().expect("start nats-server"));
    let deployment = Plan::new(&nats.url(), 2).in_parts().await;
    let load = Load::on(&deployment).await;
    for _ in 0..rounds(3) {
        load.goes_on().await;
        blocking(|| nats.kill9());
        blocking(|| nats.restart()).expect("nats-server starts again");
        let waited = load.goes_on().await;
        eprintln!("nats-server was killed: some writes later after {waited:.1?}");
    }
    final_checks(&deployment, load, "nats-server killed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgres_holds_no_write_up_and_its_tables_catch_up() {
    let nats = blocking(|| Nats::start_for_tests().expect("start nats-server"));
    let mut postgres = blocking(|| Postgres::start_for_tests().expect("start Postgres"));
    let databases = ["live", "again"]
        .map(|name| blocking(|| postgres.create_database(name)).expect("a database is made"));
    let deployment = Plan { databases, ..Plan::new(&nats.url(), 1) }.in_parts().await;
    let load = Load::on(&deployment).await;
    for _ in 0..rounds(3) {
        load.goes_on().await;
        blocking(|| postgres.kill9());
        let waited = load.goes_on().await;
        eprintln!("Postgres was killed: some writes meanwhile took {waited:.1?}");
        blocking(|| postgres.restart()).expect("Postgres starts again");
    }
    final_checks(&deployment, load, "Postgres killed").await;
}
