//! What the APIs say of an error, for whoever sees pages: without the calls and commands that help other readers.

/// The detail of an error, less the clauses that name a call of an API, a verb of the command line or an option of
/// one. One that consists of nothing else stays as it is.
pub(crate) fn in_portal_words(detail: &str) -> String {
    let kept: Vec<String> = detail
        .split("; ")
        .map(without_asides)
        .filter(|clause| !clause.is_empty() && !is_for_programs(clause))
        .collect();
    if kept.is_empty() { detail.to_owned() } else { kept.join("; ") }
}

/// Without what stands in brackets for the command line: `(--confirm NAME)`.
fn without_asides(clause: &str) -> String {
    let mut kept = clause.to_owned();
    while let Some(begin) = kept.find(" (--") {
        let Some(length) = kept.get(begin..).and_then(|rest| rest.find(')')) else { break };
        kept.replace_range(begin..=begin + length, "");
    }
    kept
}

fn is_for_programs(clause: &str) -> bool {
    let begins = ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "];
    begins.iter().any(|method| clause.starts_with(method))
        || clause.contains("`rollcall ")
        || clause.contains(" --")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_without_calls_and_commands() {
        for (told, shown) in [
            (
                "there is no team 7 in this tenant; GET teams lists those that there are",
                "there is no team 7 in this tenant",
            ),
            (
                "this replaces what readers see of teams; type that name to confirm it (--confirm teams)",
                "this replaces what readers see of teams; type that name to confirm it",
            ),
            (
                "there is no erasure 7; `rollcall erase list` shows those that there are",
                "there is no erasure 7",
            ),
            ("the plan expired; plan again", "the plan expired; plan again"),
            ("GET teams lists those", "GET teams lists those"),
            ("it is open (--like this", "it is open (--like this"),
        ] {
            assert_eq!(in_portal_words(told), shown);
        }
    }
}
