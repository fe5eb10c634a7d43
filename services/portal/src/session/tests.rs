//! When sessions end, by a clock that the test sets.

use std::sync::atomic::{AtomicI64, Ordering};

use projector::Database;

use super::*;

static SECONDS: AtomicI64 = AtomicI64::new(0);

fn now() -> Timestamp {
    Timestamp::from_second(SECONDS.load(Ordering::SeqCst)).expect("a moment")
}

fn pass(span: SignedDuration) {
    SECONDS.fetch_add(span.as_secs(), Ordering::SeqCst);
}

#[tokio::test]
async fn a_session_ends_after_8_hours_without_use_and_24_hours_after_sign_in() {
    let made = tokio::task::spawn_blocking(|| embedded::for_tests().fresh_database());
    let database = Database::connect(&made.await.expect("a database"), 2).await.expect("Postgres");
    let sessions = Sessions::open(database, now).await.expect("the tables");
    let acme: Tenant = "acme".parse().expect("a slug");
    let ada = vec![(acme, AdministratorId(Uuid::from_u128(1)))];
    let begun = async || sessions.begin(&ada, "a browser").await.expect("a session");
    let lives = async |secret: &str| sessions.find(secret).await.expect("Postgres").is_some();

    let idle = begun().await;
    pass(IDLE - SignedDuration::from_secs(1));
    assert!(lives(&idle).await, "it is used in time");
    pass(IDLE);
    assert!(lives(&idle).await, "for 8 hours after that");
    pass(IDLE + SignedDuration::from_secs(1));
    assert!(!lives(&idle).await, "nobody has used it for 8 hours");

    let used = begun().await;
    for _ in 0..23 {
        pass(SignedDuration::from_hours(1));
        assert!(lives(&used).await, "it is used all the time");
    }
    pass(SignedDuration::from_hours(1) + SignedDuration::from_secs(1));
    assert!(!lives(&used).await, "24 hours are over");
    assert!(sessions.of(&ada).await.expect("Postgres").is_empty(), "nor is it listed");
}
