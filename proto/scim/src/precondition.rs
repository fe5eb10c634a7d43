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
pub enum Reading {
    Show,
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
    pub fn read(if_match: Option<&str>, if_none_match: Option<&str>) -> Self {
        Self { if_match: if_match.map(Tags::read), if_none_match: if_none_match.map(Tags::read) }
    }

    /// Whether a resource of this version may be changed.
    pub fn allows(&self, version: &str) -> bool {
        self.reading(version) == Reading::Show
    }

    /// What to answer to a read of a resource of this version.
    pub fn reading(&self, version: &str) -> Reading {
        if self.if_match.as_ref().is_some_and(|tags| !tags.include(version)) {
            Reading::Failed
        } else if self.if_none_match.as_ref().is_some_and(|tags| tags.include(version)) {
            Reading::NotModified
        } else {
            Reading::Show
        }
    }
}

impl Tags {
    /// A tag without quotes is taken as it stands: no version of ours has a comma in it.
    fn read(text: &str) -> Self {
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
    fn check(if_match: Option<&str>, if_none_match: Option<&str>, reading: Reading) {
        assert_eq!(Precondition::read(if_match, if_none_match).reading(NOW), reading);
    }

    #[test]
    fn who_demands_nothing_gets_everything() {
        check(None, None, Reading::Show);
        assert!(Precondition::default().allows(NOW));
    }

    #[test]
    fn one_of_the_tags_in_if_match_has_to_be_the_version() {
        check(Some("W/\"7\""), None, Reading::Show);
        check(Some("\"7\""), None, Reading::Show);
        check(Some("7"), None, Reading::Show);
        check(Some("W/\"6\" , W/\"7\""), None, Reading::Show);
        check(Some("*"), None, Reading::Show);
        check(Some("W/\"6\", \"77\""), None, Reading::Failed);
        check(Some(""), None, Reading::Failed);
    }

    #[test]
    fn none_of_the_tags_in_if_none_match_may_be_the_version() {
        check(None, Some("W/\"6\""), Reading::Show);
        check(None, Some("W/\"6\",W/\"7\""), Reading::NotModified);
        check(None, Some("*"), Reading::NotModified);
        assert!(!Precondition::read(None, Some("*")).allows(NOW));
    }

    #[test]
    fn if_match_is_asked_first() {
        check(Some("W/\"6\""), Some("W/\"7\""), Reading::Failed);
    }
}
