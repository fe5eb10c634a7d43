//! When sessions end, by a clock that the test sets.

use std::sync::atomic::{AtomicI64, Ordering};

use projector::Database;

use super::*;
use crate::fields::Fields;

static SECONDS: AtomicI64 = AtomicI64::new(0);
/// Whoever moves the clock is alone with it.
static CLOCK: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn now() -> Timestamp {
    Timestamp::from_second(SECONDS.load(Ordering::SeqCst)).expect("a moment")
}

fn pass(span: SignedDuration) {
    SECONDS.fetch_add(span.as_secs(), Ordering::SeqCst);
}

async fn sessions() -> Sessions {
    let made = tokio::task::spawn_blocking(|| embedded::for_tests().fresh_database());
    let database = Database::connect(&made.await.expect("a database"), 2).await.expect("Postgres");
    Sessions::open(database, now).await.expect("the tables")
}

fn at(tenant: &str, number: u128) -> (Tenant, AdministratorId) {
    (tenant.parse().expect("a slug"), AdministratorId(Uuid::from_u128(number)))
}

#[tokio::test]
async fn who_signs_in_at_a_second_tenant_stays_at_the_first_no_longer_than_before() {
    let _clock = CLOCK.lock().await;
    let sessions = sessions().await;
    let (acme, globex) = (at("acme", 1), at("globex", 2));
    let both = [acme.clone(), globex.clone()];
    let found = async |secret: &str| sessions.find(secret).await.expect("Postgres");
    let first = sessions.begin(&both[..1], "a browser", None).await.expect("a session");
    for _ in 0..20 {
        pass(SignedDuration::from_hours(1));
        found(&first).await.expect("it lives");
    }
    let before = found(&first).await.expect("it lives").id;
    let before = Before { session: before, same_person: vec![acme.1] };
    let merged = sessions.begin(&both[1..], "a browser", Some(before)).await.expect("a session");
    assert!(found(&first).await.is_none(), "the session before has ended");
    assert_eq!(found(&merged).await.expect("it lives").administrators, both);
    pass(SignedDuration::from_hours(4) + SignedDuration::from_secs(1));
    let left = found(&merged).await.expect("it lives at the second");
    assert_eq!(left.administrators, both[1..], "24 hours are over at the first");
    assert!(!sessions.lives(left.id, acme.1).await.expect("Postgres"));
    assert!(sessions.lives(left.id, globex.1).await.expect("Postgres"));
}

#[tokio::test]
async fn what_was_open_to_somebody_else_in_the_same_browser_does_not_go_on() {
    let _clock = CLOCK.lock().await;
    let sessions = sessions().await;
    let (ada, bob) = ([at("acme", 11), at("globex", 12)], [at("acme", 13)]);
    let first = sessions.begin(&ada, "a browser", None).await.expect("a session");
    let session = sessions.find(&first).await.expect("Postgres").expect("it lives").id;
    let before = Before { session, same_person: vec![] };
    let second = sessions.begin(&bob, "a browser", Some(before)).await.expect("a session");
    assert!(sessions.find(&first).await.expect("Postgres").is_none(), "it has ended");
    let found = sessions.find(&second).await.expect("Postgres").expect("it lives");
    assert_eq!(found.administrators, bob);
}

#[tokio::test]
async fn a_session_ends_at_one_tenant_and_goes_on_at_another() {
    let _clock = CLOCK.lock().await;
    let sessions = sessions().await;
    let both = [at("acme", 3), at("globex", 4)];
    let merged = sessions.begin(&both, "a browser", None).await.expect("a session");
    let found = async || sessions.find(&merged).await.expect("Postgres");
    let id = found().await.expect("it lives").id;
    sessions.end_for(id, &both[1..]).await.expect("Postgres");
    assert_eq!(found().await.expect("it lives").administrators, both[..1]);
    sessions.end_of(&both[0].0, both[0].1).await.expect("Postgres");
    assert!(found().await.is_none(), "nothing is left of it");
}

#[tokio::test]
async fn a_notice_is_said_to_its_own_session_and_once() {
    let _clock = CLOCK.lock().await;
    let sessions = sessions().await;
    let mut ids = Vec::new();
    for number in [5, 6] {
        let secret = sessions.begin(&[at("acme", number)], "a browser", None).await;
        let found = sessions.find(&secret.expect("a session")).await.expect("Postgres");
        ids.push(found.expect("it lives").id);
    }
    let mut named = Vec::new();
    for text in ["saved", "cancelled"] {
        let path = sessions.leave(ids[0], &Notice::done(text), "/t/acme").await.expect("Postgres");
        let (_, query) = path.split_once('?').expect("a query");
        assert!(!query.contains(text));
        named.push(notice_in(Some(query)).expect("an id"));
    }
    let said = async |session: usize, notice: usize| {
        sessions.notice(ids[session], named[notice]).await.expect("Postgres")
    };
    assert_eq!(said(0, 0).await, Some(Notice::done("saved")));
    let typed = Fields::read(b"reason=left+us&booking=1&booking=2");
    let failed = Notice::failed("no").with(typed);
    let path = sessions.leave(ids[0], &failed, "/t/acme").await.expect("Postgres");
    assert!(!path.contains("left"), "what was filled in is in no address: {path}");
    let id = notice_in(path.split_once('?').map(|(_, query)| query)).expect("an id");
    assert_eq!(sessions.notice(ids[0], id).await.expect("Postgres"), Some(failed));
    assert_eq!(said(0, 1).await, Some(Notice::done("cancelled")));
    assert_eq!(said(1, 0).await, None, "it is another session's");
    sessions.told(ids[0], named[0]).await.expect("Postgres");
    assert_eq!(said(0, 0).await, None, "it was said");
    assert_eq!(said(0, 1).await, Some(Notice::done("cancelled")));
}

#[tokio::test]
async fn a_session_ends_after_8_hours_without_use_and_24_hours_after_sign_in() {
    let _clock = CLOCK.lock().await;
    let sessions = sessions().await;
    let acme: Tenant = "acme".parse().expect("a slug");
    let ada = vec![(acme, AdministratorId(Uuid::from_u128(1)))];
    let begun = async || sessions.begin(&ada, "a browser", None).await.expect("a session");
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
