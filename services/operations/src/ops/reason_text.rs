//! Why an operator does something, in their own words. It stays in the journal for good, and is shown
//! on terminals.

use events::{is_hidden, shows_something};
use serde::Deserialize;

/// The most characters of a reason.
const MAX: usize = 500;

/// Words that a terminal shows as they are: control characters could move its cursor, and signs that
/// turn the direction of a text its letters, and so make a journal seem to say something else.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ReasonText(String);

/// A text that is no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a reason is 1 to {MAX} characters, one of which is seen at least, and none of which is a control \
     character or invisible, as those are that turn the direction of a text"
)]
pub(crate) struct BadReason;

impl TryFrom<String> for ReasonText {
    type Error = BadReason;

    fn try_from(text: String) -> Result<Self, BadReason> {
        let text = text.trim();
        let fits = shows_something(text) && text.chars().count() <= MAX;
        if fits && !text.chars().any(is_hidden) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadReason)
        }
    }
}

impl From<ReasonText> for String {
    fn from(ReasonText(text): ReasonText) -> Self {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_words_that_a_terminal_shows_as_they_are() {
        let kept = ReasonText::try_from(" Müller asked, ticket №7 ".to_owned()).map(String::from);
        assert_eq!(kept, Ok("Müller asked, ticket №7".to_owned()));
        for bad in [
            "",
            "  ",
            "a\u{1b}[2Jb",
            "two\nlines",
            "\0",
            "a\u{202e}b",
            "a\u{200b}b",
            "\u{200d}\u{200d}",
            "\u{2800}",
            "a\u{e0100}b",
            &"x".repeat(MAX + 1),
        ] {
            assert_eq!(ReasonText::try_from(bad.to_owned()), Err(BadReason), "{bad:?}");
        }
    }
}
