//! Who acts.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who did something. As text: `root`, `operator:<name>` or `program`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum By {
    /// Whoever holds the token of the settings, which opens everything.
    Root,
    /// An operator with a token of their own.
    Operator(OperatorName),
    /// The program, by its settings: nobody asked for it.
    Program,
}

const OPERATOR: &str = "operator:";

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::Operator(name) => write!(f, "{OPERATOR}{name}"),
            Self::Program => f.write_str("program"),
        }
    }
}

impl From<By> for String {
    fn from(by: By) -> Self {
        by.to_string()
    }
}

impl TryFrom<String> for By {
    type Error = BadOperatorName;

    fn try_from(text: String) -> Result<Self, BadOperatorName> {
        match text.as_str() {
            "root" => Ok(Self::Root),
            "program" => Ok(Self::Program),
            other => other.strip_prefix(OPERATOR).unwrap_or_default().parse().map(Self::Operator),
        }
    }
}

/// What an operator is called in the journal: 1 to 63 of a-z, 0-9, `.`, `-` and `_`, beginning with
/// a letter or a digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
pub struct OperatorName(String);

/// A text that cannot name an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an operator's name is 1 to 63 of a-z, 0-9, '.', '-' and '_', begins with a letter or a digit, \
     and is neither root nor program"
)]
pub struct BadOperatorName;

impl OperatorName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperatorName {
    type Err = BadOperatorName;

    fn from_str(text: &str) -> Result<Self, BadOperatorName> {
        let begins = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let plain = |byte: u8| begins(byte) || matches!(byte, b'.' | b'-' | b'_');
        let taken = matches!(text, "root" | "program");
        let fits = text.bytes().next().is_some_and(begins) && text.bytes().all(plain);
        if fits && !taken && text.len() <= 63 {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadOperatorName)
        }
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<OperatorName> for String {
    fn from(name: OperatorName) -> Self {
        name.0
    }
}

impl TryFrom<String> for OperatorName {
    type Error = BadOperatorName;

    fn try_from(text: String) -> Result<Self, BadOperatorName> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_acted_is_read_back_as_it_was_written() {
        let ann = OperatorName::from_str("ann.b").unwrap();
        for by in [By::Root, By::Program, By::Operator(ann)] {
            assert_eq!(By::try_from(by.to_string()), Ok(by));
        }
        assert_eq!(By::try_from("somebody".to_owned()), Err(BadOperatorName));
    }

    #[test]
    fn nobody_can_pass_for_root_or_for_the_program() {
        for bad in ["", "root", "program", "Ann", "-a", "ann@x", "a b", "é", &"a".repeat(64)] {
            assert_eq!(bad.parse::<OperatorName>(), Err(BadOperatorName), "{bad:?}");
        }
    }
}
