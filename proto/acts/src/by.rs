//! Who acts.

use std::fmt;
use std::str::FromStr;

use events::{AdministratorId, Tenant};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who did something. As text: `root`, `operator:<name>`, `administrator:<tenant>:<id>` or `program`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum By {
    /// Whoever holds the token of the settings, which opens everything.
    Root,
    /// An operator with a token of their own.
    Operator(OperatorName),
    /// An administrator of this tenant, in the portal: by id, as no name or address belongs into the journal.
    Administrator(Tenant, AdministratorId),
    /// The program, by its settings: nobody asked for it.
    Program,
}

const OPERATOR: &str = "operator:";
const ADMINISTRATOR: &str = "administrator:";

/// A text that names nobody who could have acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBy {
    /// It names no operator, nor root or the program.
    #[error(transparent)]
    Operator(#[from] BadOperatorName),
    /// It begins as an administrator's, and goes on otherwise.
    #[error(
        "an administrator is written administrator:, the tenant, a colon and the administrator's id"
    )]
    Administrator,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::Operator(name) => write!(f, "{OPERATOR}{name}"),
            Self::Administrator(tenant, id) => write!(f, "{ADMINISTRATOR}{tenant}:{id}"),
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
    type Error = BadBy;

    fn try_from(text: String) -> Result<Self, BadBy> {
        match text.as_str() {
            "root" => Ok(Self::Root),
            "program" => Ok(Self::Program),
            other => match other.strip_prefix(ADMINISTRATOR) {
                Some(of) => administrator(of).ok_or(BadBy::Administrator),
                None => {
                    Ok(Self::Operator(other.strip_prefix(OPERATOR).unwrap_or_default().parse()?))
                }
            },
        }
    }
}

fn administrator(text: &str) -> Option<By> {
    let (tenant, id) = text.split_once(':')?;
    Some(By::Administrator(tenant.parse().ok()?, id.parse().ok()?))
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
        let eve = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        let eve = By::Administrator("acme".parse().unwrap(), eve);
        for by in [By::Root, By::Program, By::Operator(ann), eve] {
            assert_eq!(By::try_from(by.to_string()), Ok(by));
        }
        assert_eq!(By::try_from("somebody".to_owned()), Err(BadBy::Operator(BadOperatorName)));
        for bad in [
            "administrator:",
            "administrator:acme",
            "administrator:acme:eve",
            "administrator:ACME:",
        ] {
            assert_eq!(By::try_from(bad.to_owned()), Err(BadBy::Administrator), "{bad}");
        }
    }

    #[test]
    fn nobody_can_pass_for_root_or_for_the_program() {
        for bad in ["", "root", "program", "Ann", "-a", "ann@x", "a b", "é", &"a".repeat(64)] {
            assert_eq!(bad.parse::<OperatorName>(), Err(BadOperatorName), "{bad:?}");
        }
    }
}
