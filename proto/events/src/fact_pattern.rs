//! Which facts of the feed somebody wants.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Facts of the feed: one by its name, such as `team.changed`, or all of an entity, such as
/// `employee.*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FactPattern(String);

/// Why a text names no facts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no facts: write one as `team.changed`, or all of an entity as `employee.*`")]
pub struct BadFactPattern(String);

impl FactPattern {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The entity, and the fact unless all are meant.
    pub fn tokens(&self) -> (&str, Option<&str>) {
        let (entity, fact) = self.0.split_once('.').unwrap_or((&self.0, "*"));
        (entity, Some(fact).filter(|fact| *fact != "*"))
    }

    /// Whether a fact of an entity is one of these.
    pub fn matches(&self, entity: &str, fact: &str) -> bool {
        let (wanted, only) = self.tokens();
        wanted == entity && only.is_none_or(|only| only == fact)
    }
}

impl std::str::FromStr for FactPattern {
    type Err = BadFactPattern;

    fn from_str(text: &str) -> Result<Self, BadFactPattern> {
        let bad = || BadFactPattern(text.to_owned());
        let word = |text: &str| {
            text.starts_with(|first: char| first.is_ascii_lowercase())
                && text.len() <= 63
                && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'-'))
        };
        let (entity, fact) = text.split_once('.').ok_or_else(bad)?;
        let fits = word(entity) && (fact == "*" || word(fact));
        if fits { Ok(Self(text.to_owned())) } else { Err(bad()) }
    }
}

impl TryFrom<String> for FactPattern {
    type Error = BadFactPattern;

    fn try_from(text: String) -> Result<Self, BadFactPattern> {
        text.parse()
    }
}

impl From<FactPattern> for String {
    fn from(pattern: FactPattern) -> Self {
        pattern.0
    }
}

impl std::fmt::Display for FactPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for FactPattern {
    fn schema_name() -> Cow<'static, str> {
        "FactPattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Facts of the feed: one by its name, or all of an entity.",
            "type": "string",
            "pattern": r"^[a-z][a-z-]*\.(\*|[a-z][a-z-]*)$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_one_fact_or_all_of_an_entity() {
        for bad in
            ["", "*", ">", "employee", "*.joined", "employee.>", "a.b.c", "A.b", "a.*b", "a. b"]
        {
            assert_eq!(bad.parse::<FactPattern>(), Err(BadFactPattern(bad.to_owned())));
        }
        let all: FactPattern = "employee.*".parse().unwrap();
        assert!(all.matches("employee", "joined") && !all.matches("team", "changed"));
        let one: FactPattern = "team.changed".parse().unwrap();
        assert!(one.matches("team", "changed") && !one.matches("team", "deleted"));
    }
}
