//! The cases, tried for both products.

use std::collections::BTreeSet;

use crate::case::Case;
use crate::trial::differences;

const CONNECTION: &str = include_str!("cases/connection.json");
const TOKENS: &str = include_str!("cases/tokens.json");
const MATCHING: &str = include_str!("cases/matching.json");
const READING: &str = include_str!("cases/reading.json");
const JOINERS: &str = include_str!("cases/joiners.json");
const STANDING: &str = include_str!("cases/standing.json");
const CHANGES: &str = include_str!("cases/changes.json");
const ELEMENTS: &str = include_str!("cases/elements.json");
const EXTENSIONS: &str = include_str!("cases/extensions.json");
const GROUPS: &str = include_str!("cases/groups.json");
const MEMBERS: &str = include_str!("cases/members.json");

const ALL: [&str; 11] = [
    CONNECTION, TOKENS, MATCHING, READING, JOINERS, STANDING, CHANGES, ELEMENTS, EXTENSIONS,
    GROUPS, MEMBERS,
];

fn read(text: &str) -> Vec<Case> {
    serde_json::from_str(text).expect("cases are told in the way of `Case`")
}

/// Tries all of a file, and names each that fails.
async fn hold(text: &str) {
    let mut failed = Vec::new();
    for case in read(text) {
        for profile in ["workplace", "benefits"] {
            let differences = differences(&case, profile).await;
            if !differences.is_empty() {
                let (rule, says) = (&case.rule, &case.says);
                let list = differences.join("\n    ");
                failed.push(format!("{rule} ({says}; {profile}):\n    {list}"));
            }
        }
    }
    assert!(failed.is_empty(), "{} cases fail:\n{}", failed.len(), failed.join("\n"));
}

#[tokio::test]
async fn entra_tests_its_connection() {
    hold(CONNECTION).await;
}

#[tokio::test]
async fn tokens_open_what_they_have_to_and_nothing_else() {
    hold(TOKENS).await;
}

#[tokio::test]
async fn filters_find_whom_entra_looks_for() {
    hold(MATCHING).await;
}

#[tokio::test]
async fn resources_are_read_in_whole_and_in_part() {
    hold(READING).await;
}

#[tokio::test]
async fn users_are_made_of_whatever_entra_sends() {
    hold(JOINERS).await;
}

#[tokio::test]
async fn users_are_disabled_enabled_and_deleted() {
    hold(STANDING).await;
}

#[tokio::test]
async fn attributes_change_in_both_dialects() {
    hold(CHANGES).await;
}

#[tokio::test]
async fn elements_of_lists_are_found_made_and_replaced() {
    hold(ELEMENTS).await;
}

#[tokio::test]
async fn extensions_and_managers_change_in_every_spelling() {
    hold(EXTENSIONS).await;
}

#[tokio::test]
async fn groups_are_made_renamed_and_missed() {
    hold(GROUPS).await;
}

#[tokio::test]
async fn members_come_and_go_in_every_spelling() {
    hold(MEMBERS).await;
}

#[test]
fn there_are_a_hundred_and_six_cases_and_each_says_something_of_its_own() {
    let cases: Vec<Case> = ALL.into_iter().flat_map(read).collect();
    assert_eq!(cases.len(), 106);
    let rules: BTreeSet<&str> = cases.iter().map(|case| case.rule.as_str()).collect();
    assert_eq!(rules.len(), cases.len(), "two cases have one rule");
}
