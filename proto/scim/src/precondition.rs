//! Conditional requests (RFC 7644 §3.14, RFC 9110 §13).

/// What a client demands of the version of a resource, before its request is carried out.
///
/// Our versions are weak entity tags, so tags are compared weakly, for `If-Match` too: RFC 7644
/// sends weak ones there, though RFC 9110 §13.1.1 would have none of them match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precondition {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

/// What to answer to a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// The precondition is met: answer with the resource.
    Proceed,
    /// The client has this version already.
    NotModified,
    /// The client wants another version than there is.
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    /// `*`: any version, as long as there is one.
    Any,
    /// What stands between the quotes of each tag.
    Listed(Vec<String>),
}

impl Precondition {
    /// Reads the values of the two headers, those of several lines joined by commas.
    pub fn parse(if_match: Option<&str>, if_none_match: Option<&str>) -> Self {
        Self { if_match: if_match.map(Tags::parse), if_none_match: if_none_match.map(Tags::parse) }
    }

    /// Whether a resource of this version may be changed.
    pub fn allows(&self, version: &str) -> bool {
        self.evaluate(version) == Evaluation::Proceed
    }

    /// What to answer to a read of a resource of this version.
    pub fn evaluate(&self, version: &str) -> Evaluation {
        if self.if_match.as_ref().is_some_and(|tags| !tags.include(version)) {
            Evaluation::Failed
        } else if self.if_none_match.as_ref().is_some_and(|tags| tags.include(version)) {
            Evaluation::NotModified
        } else {
            Evaluation::Proceed
        }
    }
}

impl Tags {
    /// A tag without quotes is taken as it stands: no version of ours has a comma in it.
    fn parse(text: &str) -> Self {
        if text.trim() == "*" {
            return Self::Any;
        }
        Self::Listed(text.split(',').map(|tag| opaque(tag).to_owned()).collect())
    }

    fn include(&self, version: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags.iter().any(|tag| tag == opaque(version)),
        }
    }
}

/// What is left of a tag when it is compared weakly (RFC 9110 §8.8.3.2).
fn opaque(tag: &str) -> &str {
    let tag = tag.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "W/\"7\"";

    #[track_caller]
    fn check(if_match: Option<&str>, if_none_match: Option<&str>, expected: Evaluation) {
        assert_eq!(Precondition::parse(if_match, if_none_match).evaluate(NOW), expected);
    }

    #[test]
    fn who_demands_nothing_gets_everything() {
        check(None, None, Evaluation::Proceed);
        assert!(Precondition::default().allows(NOW));
    }

    #[test]
    fn one_of_the_tags_in_if_match_has_to_be_the_version() {
        check(Some("W/\"7\""), None, Evaluation::Proceed);
        check(Some("\"7\""), None, Evaluation::Proceed);
        check(Some("7"), None, Evaluation::Proceed);
        check(Some("W/\"6\" , W/\"7\""), None, Evaluation::Proceed);
        check(Some("*"), None, Evaluation::Proceed);
        check(Some("W/\"6\", \"77\""), None, Evaluation::Failed);
        check(Some(""), None, Evaluation::Failed);
    }

    #[test]
    fn none_of_the_tags_in_if_none_match_may_be_the_version() {
        check(None, Some("W/\"6\""), Evaluation::Proceed);
        check(None, Some("W/\"6\",W/\"7\""), Evaluation::NotModified);
        check(None, Some("*"), Evaluation::NotModified);
        assert!(!Precondition::parse(None, Some("*")).allows(NOW));
    }

    #[test]
    fn if_match_is_asked_first() {
        check(Some("W/\"6\""), Some("W/\"7\""), Evaluation::Failed);
    }
}
