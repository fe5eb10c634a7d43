//! Tables that somebody altered by hand are seen before an event fails by them.

use projector::{Scope, SlotRole, SwitchError, SwitchRefusal, Switched, altered_slots};

use crate::scopes::{BACK, BACK_TO_CHANGED, NAMES, Story, acme};

const LACKS: &str = "names lacks column name text NOT NULL";

#[track_caller]
fn is_refused_as_altered(switched: Result<Switched, SwitchError>, of: SlotRole) {
    let refused = switched.expect_err("it is refused");
    let altered =
        |why: &SwitchRefusal| matches!(why, SwitchRefusal::Altered { role, .. } if *role == of);
    assert!(matches!(&refused, SwitchError::Refused(why) if altered(why)), "{refused}");
    assert!(refused.to_string().contains(LACKS), "{refused}");
}

fn renamed(slot: &str) -> String {
    format!("ALTER TABLE {slot}.names RENAME COLUMN name TO label")
}

fn renamed_back(slot: &str) -> String {
    format!("ALTER TABLE {slot}.names RENAME COLUMN label TO name")
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_are_never_let_see_a_slot_whose_columns_somebody_altered() {
    let story = Story::new().await;
    let pool = story.database.pool();
    story.candidate(Scope::Whole).await;
    assert_eq!(altered_slots(pool, "names").await.expect("the slots"), []);
    story.sql(&renamed("names_next")).await;
    is_refused_as_altered(NAMES.cut_over(pool, Some("r_1")).await, SlotRole::Candidate);
    story.sql(&renamed_back("names_next")).await;
    NAMES.cut_over(pool, Some("r_1")).await.expect("a cut-over");

    story.sql(&renamed("names_previous")).await;
    for by in [BACK, BACK_TO_CHANGED] {
        is_refused_as_altered(story.roll_back(by).await, SlotRole::Previous);
    }
    let told = altered_slots(pool, "names").await.expect("the slots");
    assert!(told.len() == 1 && told[0].0 == SlotRole::Previous, "{told:?}");
    story.sql(&renamed_back("names_previous")).await;
    assert_eq!(altered_slots(pool, "names").await.expect("the slots"), []);
    story.roll_back(BACK).await.expect("a rollback");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_rows_are_not_exchanged_with_tables_that_somebody_altered() {
    let story = Story::new().await;
    story.candidate(Scope::Tenant(acme())).await;
    story.sql(&renamed("names")).await;
    let switched = NAMES.cut_over(story.database.pool(), Some("r_1")).await;
    is_refused_as_altered(switched, SlotRole::Live);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_made_with_a_slot_is_missed_when_it_is_altered() {
    let story = Story::new().await;
    for (alter, told) in [
        (
            "ALTER TABLE names.names ALTER seq TYPE numeric",
            "names lacks column seq bigint NOT NULL",
        ),
        (
            "ALTER TABLE names.names DROP CONSTRAINT names_pkey",
            "names lacks constraint PRIMARY KEY",
        ),
        (
            "ALTER TABLE names.names DISABLE TRIGGER digest_update",
            "names lacks trigger digest_update",
        ),
        ("DROP TABLE names.digests", "digests is missing"),
        ("ALTER TABLE names.names ADD COLUMN more text", "names has column more text"),
        ("ALTER TABLE names.names ADD CHECK (seq < 0) NOT VALID", "names has constraint CHECK"),
        ("CREATE UNIQUE INDEX ON names.names (name)", "names has unique index USING btree (name)"),
    ] {
        let mut client = story.database.pool().get().await.expect("a connection");
        let tx = client.transaction().await.expect("a transaction");
        tx.batch_execute(alter).await.expect("it is altered");
        let found = projector::altered(&*tx, "names").await.expect("the structure");
        assert!(found.iter().any(|words| words.starts_with(told)), "{alter}: {found:?}");
        tx.rollback().await.expect("as before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_tells_what_of_the_tables_is_missing_and_not_that_nobody_is_concerned() {
    let story = Story::new().await;
    // The key of the rows, without which they are compared by nothing.
    story.sql("ALTER TABLE names.names RENAME COLUMN employee TO person").await;
    let found = story.verify(None).await.expect("a verification");
    assert!(!found.is_sound(), "{found:?}");
    assert_eq!(
        found.altered.first().map(String::as_str),
        Some("names lacks column employee uuid NOT NULL")
    );
    assert_eq!(found.comparison.people, None, "nobody can say of whom");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_of_an_empty_log_is_sound() {
    let story = Story::without_events().await;
    let found = story.verify(None).await.expect("a verification");
    assert!(found.is_sound() && found.position == events::Seq(0), "{found:?}");
}
