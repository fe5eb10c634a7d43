//! Why a team is somebody's Primary one, in the words of the operators' API, less what is no tenant's business.

use crate::parts::text::sentence;

/// As a sentence: without positions in the log, which all tenants share, and without ids of those who acted.
pub(super) fn because(told: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut words = told.split(' ').peekable();
    while let Some(word) = words.next() {
        let position =
            if word == "event" { words.peek().and_then(|next| position(next)) } else { None };
        if let Some(punctuation) = position {
            words.next();
            if kept.last().is_some_and(|last| last == "since" || last == "with") {
                kept.pop();
            }
            if let Some(last) = kept.last_mut() {
                last.truncate(last.trim_end_matches(',').len());
                last.push_str(punctuation);
            }
        } else if word.starts_with("portal:") || word.starts_with("credential:") {
            kept.push("an administrator".to_owned());
        } else {
            kept.push(word.to_owned());
        }
    }
    sentence(&kept.join(" "))
}

/// What follows upon a number, if the word is one.
fn position(word: &str) -> Option<&str> {
    let punctuation = word.trim_start_matches(|sign: char| sign.is_ascii_digit());
    (punctuation.len() < word.len()).then_some(punctuation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_team_is_primary_is_told_without_positions_of_the_log() {
        for (told, shown) in [
            (
                "first synced group: the only synced membership, since event 5; it took over with event 7, when \
                 the Primary before, \"Sales 2\", ended: the oldest that is left",
                "First synced group: the only synced membership; it took over, when the Primary before, \"Sales 2\", \
                 ended: the oldest that is left.",
            ),
            (
                "chosen by portal:grace with event 7, and the person is in it",
                "Chosen by an administrator, and the person is in it.",
            ),
            ("an event of 2026", "An event of 2026."),
        ] {
            assert_eq!(because(told), shown);
        }
    }
}
