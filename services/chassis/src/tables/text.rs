//! Text on its way into Postgres.

/// The text as Postgres can hold it, which is without U+0000.
pub fn storable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// What a list is sorted by: the beginning of a name, in lower case and short enough for an index.
pub fn sort_key(name: &str) -> String {
    name.chars().take(200).flat_map(char::to_lowercase).collect()
}

/// A pattern for `LIKE` that finds `text` anywhere, whatever its case, taken to the letter.
pub fn anywhere(text: &str) -> String {
    let escaped = text.to_lowercase().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}
