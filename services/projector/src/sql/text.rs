//! Text on its way into Postgres.

/// The text as Postgres can hold it, which is without U+0000.
pub fn storable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// What a list is sorted by: the beginning of a name, in lower case and short enough for an index.
pub fn sort_key(name: &str) -> String {
    name.chars().take(200).flat_map(char::to_lowercase).collect()
}

/// What a search looks for, and what it looks at of a text: its beginning, in lower case. Without an
/// end, a few names of many letters would make every search of their tenant slow.
pub fn searched(text: &str) -> String {
    text.chars().take(256).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_looks_at_no_more_than_the_beginning_of_a_text() {
        assert_eq!(searched("Ada LOVELACE"), "ada lovelace");
        assert_eq!(searched(&"P".repeat(100_000)).len(), 256);
    }
}
