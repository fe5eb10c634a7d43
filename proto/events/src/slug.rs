//! What may stand in URLs, in subjects and in host names alike.

/// Whether a text is 1 to 63 of `a-z`, `0-9` and `-`, not beginning or ending with `-`.
pub(crate) fn is_slug(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !text.starts_with('-')
        && !text.ends_with('-')
}
