//! Which facts a subscriber wants.

use crate::{Entity, Fact};

/// A fact, or all facts of an entity: `employee.left`, `team.*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// All facts of an entity.
    All(Entity),
    /// One fact.
    One(Fact),
}

/// A text that names no fact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no fact; there are {all}, and employee.* for all of an entity", all = all_facts())]
pub struct BadPattern(String);

fn all_facts() -> String {
    Fact::told().map(Fact::name).collect::<Vec<_>>().join(", ")
}

impl Pattern {
    /// Whether a fact is wanted.
    pub fn matches(self, fact: Fact) -> bool {
        match self {
            Self::All(entity) => fact.entity() == entity,
            Self::One(one) => one == fact,
        }
    }

    /// Whether the event in a message with this `ce-type` is wanted.
    pub fn matches_type(self, ce_type: &str) -> bool {
        let name = ce_type.strip_prefix("rollcall.").unwrap_or_default();
        match self {
            Self::All(entity) => name.split_once('.').is_some_and(|(e, _)| e == entity.as_str()),
            Self::One(fact) => {
                let (entity, token) = (fact.entity().as_str(), fact.token());
                name.split_once('.').is_some_and(|(e, t)| e == entity && t == token)
            }
        }
    }

    /// The subjects that are meant, with wildcards.
    pub fn subject(self, tenant: &events::Tenant) -> String {
        match self {
            Self::All(entity) => format!("feed.{tenant}.{}.>", entity.as_str()),
            Self::One(fact) => {
                format!("feed.{tenant}.{}.*.{}", fact.entity().as_str(), fact.token())
            }
        }
    }
}

impl std::str::FromStr for Pattern {
    type Err = BadPattern;

    fn from_str(text: &str) -> Result<Self, BadPattern> {
        let of_entity = Entity::TOLD
            .into_iter()
            .find(|entity| text.strip_suffix(".*").is_some_and(|name| name == entity.as_str()));
        let fact = || Fact::told().find(|fact| fact.name() == text);
        of_entity
            .map(Self::All)
            .or_else(|| fact().map(Self::One))
            .ok_or_else(|| BadPattern(text.chars().take(64).collect()))
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All(entity) => write!(f, "{}.*", entity.as_str()),
            Self::One(fact) => fact.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_and_every_entity_can_be_wanted() {
        let facts = Fact::told().map(Pattern::One);
        for pattern in facts.chain(Entity::TOLD.map(Pattern::All)) {
            assert_eq!(pattern.to_string().parse(), Ok(pattern));
        }
    }

    #[test]
    fn a_text_that_is_no_fact_is_refused_and_told_what_there_is() {
        for bad in [
            "",
            "*",
            "employee",
            "employee.>",
            "employee.gone",
            "user.*",
            "Employee.*",
            "subscriber.test",
        ] {
            let error = bad.parse::<Pattern>().unwrap_err().to_string();
            assert!(error.contains("employee.left"), "{error}");
        }
    }

    #[test]
    fn what_is_wanted_by_type_is_what_is_wanted_by_fact() {
        for fact in Fact::ALL {
            let ce_type = format!("rollcall.{fact}");
            let patterns = Fact::ALL.map(Pattern::One).into_iter();
            for pattern in patterns.chain(Entity::TOLD.map(Pattern::All)) {
                assert_eq!(pattern.matches_type(&ce_type), pattern.matches(fact), "{pattern}");
            }
        }
    }

    #[test]
    fn subjects_are_those_of_one_tenant() {
        let acme = "acme".parse().unwrap();
        assert_eq!(Pattern::All(Entity::Team).subject(&acme), "feed.acme.team.>");
        let left = Pattern::One(Fact::EmployeeLeft).subject(&acme);
        assert_eq!(left, "feed.acme.employee.*.left");
    }
}
