//! Which subjects a pattern of NATS covers.

/// Whether `pattern`, in which `*` stands for a token and `>` for all that follow, covers `subject`.
pub(crate) fn covers(pattern: &str, subject: &str) -> bool {
    let (mut pattern, mut subject) = (pattern.split('.'), subject.split('.'));
    loop {
        match (pattern.next(), subject.next()) {
            (Some(">"), Some(_)) | (None, None) => return true,
            (Some(wanted), Some(token)) if wanted == "*" || wanted == token => {}
            (Some(_), Some(_) | None) | (None, Some(_)) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_a_token_or_all_that_follow() {
        assert!(covers("a.b", "a.b") && covers("a.*", "a.b") && covers("a.>", "a.b.c"));
        assert!(!covers("a.b", "a") && !covers("a", "a.b") && !covers("a.>", "a"));
        assert!(!covers("a.*", "a.b.c") && !covers("b.>", "a.b"));
    }
}
