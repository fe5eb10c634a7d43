//! What a reader of the feed asks for.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use events::FactPattern;
use feed::{Fact, Pattern};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use web::Problem;

/// Events of a page, if nobody asks for more or fewer; the most.
const LIMIT: usize = 100;
const MAX_LIMIT: usize = 500;

/// The longest that an empty page is held back.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// The query string, whose fields are the parameters that there are: a misspelt filter that is passed
/// over would answer with everything.
#[derive(Debug)]
pub(crate) struct QueryParams<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => {
                // The innermost cause names the parameter; axum's own sentence only where it was.
                let mut cause: &dyn std::error::Error = &rejection;
                while let Some(deeper) = cause.source().filter(|it| !it.to_string().is_empty()) {
                    cause = deeper;
                }
                Err(Problem::malformed(format!("query parameter {cause}")))
            }
        }
    }
}

/// Which events, and how they are waited for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// The cursor behind which to begin, as an answer, an event's `id` or a snapshot gave it; without
    /// it, with the first event that there ever was
    #[serde(default)]
    #[param(value_type = Option<String>, nullable = false)]
    pub(crate) after: Option<String>,
    /// The subscriber by whose name is read, which has the door pull. Without `after`, it goes on where the
    /// subscriber is; `after` acknowledges all that came before
    #[serde(default)]
    #[param(value_type = Option<String>, nullable = false)]
    pub(crate) subscriber: Option<String>,
    /// The facts to be told, with commas between: `employee.left`, or `employee.*` for all of an entity;
    /// without it, what the subscriber wants, or else all. With `subscriber`, no less than it wants
    #[serde(default)]
    #[param(value_type = Option<String>, nullable = false, example = "employee.*,team.changed")]
    pub(crate) types: Types,
    /// How many events at most
    #[serde(default)]
    #[param(value_type = Option<i32>, nullable = false, minimum = 1, maximum = 500, default = 100)]
    pub(crate) limit: Limit,
    /// For how long an answer without events is held back until there is one: seconds, 30 at most; without it,
    /// not at all. Of no use to a stream
    #[serde(default)]
    #[param(value_type = Option<String>, nullable = false, example = "30s", pattern = "^[0-9]+s?$")]
    pub(crate) wait: Wait,
}

/// The facts that are wanted; all, if nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Types(Option<Vec<Pattern>>);

impl Types {
    /// What a subscriber wants. What this program does not know is wanted for nothing.
    pub(crate) fn of(facts: &BTreeSet<FactPattern>) -> Self {
        let known = facts.iter().filter_map(|text| text.as_str().parse().ok());
        Self((!facts.is_empty()).then(|| known.collect()))
    }

    /// Whether every event is wanted.
    pub(crate) fn is_everything(&self) -> bool {
        self.0.is_none()
    }

    /// The first fact that `wanted` has and this has not.
    pub(crate) fn first_left_out(&self, wanted: &Self) -> Option<Fact> {
        let has = |types: &Self, fact: Fact| {
            types.0.as_ref().is_none_or(|all| all.iter().any(|one| one.matches(fact)))
        };
        Fact::told().find(|fact| has(wanted, *fact) && !has(self, *fact))
    }

    /// Whether an event with this `ce-type` is wanted. What is sent to one subscriber to try whether it is
    /// there is nobody else's.
    pub(crate) fn include(&self, ce_type: &str) -> bool {
        if ce_type.starts_with("rollcall.subscriber.") {
            return false;
        }
        let includes = |all: &Vec<Pattern>| all.iter().any(|one| one.matches_type(ce_type));
        self.0.as_ref().is_none_or(includes)
    }
}

/// Why a text names no facts.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadTypes(#[from] feed::BadPattern);

impl TryFrom<String> for Types {
    type Error = BadTypes;

    fn try_from(text: String) -> Result<Self, BadTypes> {
        let patterns = text.split(',').map(str::trim).map(Pattern::from_str);
        Ok(Self(Some(patterns.collect::<Result<_, _>>()?)))
    }
}

/// How many events a page may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Limit(pub(crate) usize);

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT)
    }
}

/// Why a text is no limit.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no page size; ask for a whole number from 1 to {MAX_LIMIT}")]
pub(crate) struct BadLimit(String);

impl TryFrom<String> for Limit {
    type Error = BadLimit;

    fn try_from(text: String) -> Result<Self, BadLimit> {
        match text.parse() {
            Ok(limit @ 1..=MAX_LIMIT) => Ok(Self(limit)),
            Ok(_) | Err(_) => Err(BadLimit(text)),
        }
    }
}

/// How long an empty page is held back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Wait(pub(crate) Duration);

/// Why a text is no time to wait.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no time to wait; ask for whole seconds from 0s to {max}s", max = MAX_WAIT.as_secs())]
pub(crate) struct BadWait(String);

impl TryFrom<String> for Wait {
    type Error = BadWait;

    fn try_from(text: String) -> Result<Self, BadWait> {
        let seconds = text.strip_suffix('s').unwrap_or(&text).parse().ok();
        let time = seconds.map(Duration::from_secs).filter(|time| *time <= MAX_WAIT);
        time.map(Self).ok_or(BadWait(text))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parsed(query: &str) -> Result<EventsQuery, String> {
        let request = Request::get(format!("/?{query}")).body(()).unwrap();
        let (mut parts, ()) = request.into_parts();
        let read =
            futures_util::FutureExt::now_or_never(QueryParams::from_request_parts(&mut parts, &()));
        read.unwrap().map(|QueryParams(query)| query).map_err(|problem| problem.detail)
    }

    #[test]
    fn without_parameters_all_is_told_from_the_beginning_and_nothing_is_awaited() {
        let query = parsed("").unwrap();
        assert_eq!((query.after, query.limit, query.wait), (None, Limit(100), Wait::default()));
        assert!(query.types.include("rollcall.team.deleted"));
    }

    #[test]
    fn facts_and_whole_entities_can_be_asked_for() {
        let types = parsed("types=employee.left,%20team.*").unwrap().types;
        for (name, wanted) in
            [("employee.left", true), ("employee.joined", false), ("team.changed", true)]
        {
            assert_eq!(types.include(&format!("rollcall.{name}")), wanted, "{name}");
        }
    }

    #[test]
    fn of_two_selections_it_is_known_what_one_leaves_out() {
        let types = |text: &str| Types::try_from(text.to_owned()).unwrap();
        let left_out =
            |asked: &str, wanted: &Types| types(asked).first_left_out(wanted).map(Fact::name);
        let wanted = types("employee.left,team.*");
        for enough in ["employee.*,team.*", "employee.left,team.*,alert.*"] {
            assert_eq!(left_out(enough, &wanted), None, "{enough}");
        }
        assert_eq!(left_out("team.*", &wanted).as_deref(), Some("employee.left"));
        assert!(left_out("employee.left,team.changed", &wanted).is_some());
        assert!(left_out("employee.*,team.*", &Types::default()).is_some());
        assert_eq!(Types::default().first_left_out(&wanted), None);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        for (query, words) in [
            ("tpyes=team.*", ["tpyes", "types"]),
            ("types=", ["types", "employee.left"]),
            ("types=team.*,user.created", ["user.created", "employee.left"]),
            ("limit=0", ["limit", "500"]),
            ("limit=501", ["limit", "500"]),
            ("wait=31s", ["wait", "30s"]),
            ("wait=soon", ["wait", "30s"]),
            ("after=a&after=b", ["after", "duplicate"]),
        ] {
            let refused = parsed(query).unwrap_err();
            for word in words {
                assert!(refused.contains(word), "{query}: {refused:?} does not name {word:?}");
            }
        }
        assert_eq!(parsed("wait=30s").unwrap().wait, Wait(MAX_WAIT));
        assert_eq!(parsed("wait=5").unwrap().wait, Wait(Duration::from_secs(5)));
    }
}
