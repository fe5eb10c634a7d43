//! What somebody wrote into a slot by hand is seen, and neither shown by accident nor taken for the
//! projection's own work.

use projector::{Scope, SlotRole, marks};

use crate::scopes::{BACK, BACK_TO_CHANGED, NAMES, Story, acme, is_refused_as_changed};

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_of_one_person_does_not_make_what_was_changed_by_hand_the_projections_work() {
    let story = Story::new().await;
    let person = story.people[1];
    story
        .sql(&format!(
            "UPDATE names.names SET name = 'wrong' WHERE tenant = 'acme' AND employee = '{person}'"
        ))
        .await;
    story.candidate(Scope::Person { tenant: acme(), person }).await;
    NAMES.cut_over(story.database.pool(), Some("r_1")).await.expect("a cut-over");
    assert!(story.is_as_written("names").await);
    story.roll_back(BACK_TO_CHANGED).await.expect("a rollback");
    assert!(!story.is_as_written("names").await, "it is told that it was changed by hand");
    assert!(story.is_as_written("names_previous").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_that_was_changed_by_hand_is_not_shown() {
    let story = Story::new().await;
    story.candidate(Scope::Tenant(acme())).await;
    story.sql("UPDATE names_next.names SET name = 'wrong' WHERE tenant = 'acme'").await;
    is_refused_as_changed(NAMES.cut_over(story.database.pool(), Some("r_1")).await);
    // The right rows again, whoever wrote them, are no reason to refuse.
    story
        .sql(
            "UPDATE names_next.names n SET name = l.name FROM names.names l
               WHERE (l.tenant, l.employee) = (n.tenant, n.employee)",
        )
        .await;
    NAMES.cut_over(story.database.pool(), Some("r_1")).await.expect("a cut-over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_was_emptied_by_hand_is_marked_for_everybody_whose_rows_it_had() {
    let story = Story::new().await;
    assert_eq!(story.marked().await, []);
    story.sql("TRUNCATE names.names").await;
    let marked = story.marked().await;
    assert_eq!(marked, ["acme", "zeta"].map(|tenant| (SlotRole::Live, tenant.to_owned())));
    story.sql("INSERT INTO names.names VALUES ('newer', gen_random_uuid(), 'x', 1)").await;
    assert_eq!(story.marked().await.len(), 3, "nor is a row added without a trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_changed_while_no_trigger_fired_are_not_shown_again() {
    for scope in [Scope::Whole, Scope::Tenant(acme())] {
        let story = Story::new().await;
        story.candidate(scope).await;
        let unnoticed = |slot: &str, name: &str| {
            format!(
                "SET session_replication_role = replica;
                 UPDATE {slot}.names SET name = {name} WHERE tenant = 'acme';
                 RESET session_replication_role"
            )
        };
        story.sql(&unnoticed("names_next", "name || ' wrong'")).await;
        assert_eq!(story.marked().await, [], "no trigger has fired");
        is_refused_as_changed(NAMES.cut_over(story.database.pool(), Some("r_1")).await);
        story.sql(&unnoticed("names_next", "replace(name, ' wrong', '')")).await;
        NAMES.cut_over(story.database.pool(), Some("r_1")).await.expect("a cut-over");
        story.sql(&unnoticed("names_previous", "name || ' wrong'")).await;
        is_refused_as_changed(story.roll_back(BACK).await);
        story.sql(&unnoticed("names_previous", "replace(name, ' wrong', '')")).await;
        story.roll_back(BACK).await.expect("a rollback");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_tells_when_rows_were_changed_also_after_they_were_exchanged() {
    let story = Story::new().await;
    let person = story.people[1];
    let change = format!(
        "UPDATE names.names SET name = 'wrong' WHERE tenant = 'acme' AND employee = '{person}'"
    );
    story.sql(&change).await;
    let told = async || marks(story.database.pool(), "names", 10).await.expect("the marks");
    let before = told().await;
    story.candidate(Scope::Person { tenant: acme(), person }).await;
    NAMES.cut_over(story.database.pool(), Some("r_1")).await.expect("a cut-over");
    story.roll_back(BACK_TO_CHANGED).await.expect("a rollback");
    assert_eq!(told().await, before, "it was changed when it was, and not at the rollback");
}
