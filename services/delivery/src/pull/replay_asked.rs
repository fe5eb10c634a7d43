//! Which part of the feed a subscriber asks for, and how much that may be.

use std::collections::BTreeSet;

use events::{EmployeeId, FactPattern};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;

use crate::part::{Bound, Most, Part};

/// How much a replay may be.
pub(super) const MOST: Most = Most { wanted: 10_000, events: 50_000 };
/// Events a second at most, and if nobody says how many.
const RATE: u32 = 50;

/// Which part of the feed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewReplay {
    /// The first event: `beginning`, its `ce-sequence`, or the time from which on it happened.
    #[schema(example = "2026-03-01T08:00:00Z")]
    from: String,
    /// The last event, named alike; without it, the last that there is.
    #[schema(nullable = false, example = "41200")]
    to: Option<String>,
    /// Only these of the facts that the subscriber wants, as `employee.left` or `employee.*`.
    #[serde(default)]
    facts: Vec<String>,
    /// Only what is told of this person, by employee id.
    #[schema(value_type = Option<Uuid>, nullable = false)]
    person: Option<EmployeeId>,
    /// How many events a second at most. On NATS a subscriber goes as fast as it fetches.
    #[schema(nullable = false, minimum = 1, maximum = 50, default = 50)]
    rate: Option<u32>,
}

/// What was asked for, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) bounds: (Bound, Bound),
    pub(super) facts: BTreeSet<FactPattern>,
    pub(super) person: Option<EmployeeId>,
    pub(super) rate: u32,
}

impl TryFrom<NewReplay> for Asked {
    type Error = Problem;

    fn try_from(new: NewReplay) -> Result<Self, Problem> {
        let bound = |text: &str| text.parse::<Bound>().map_err(malformed);
        let fact = |text: &String| {
            text.parse::<feed::Pattern>().map_err(malformed)?;
            text.parse::<FactPattern>().map_err(malformed)
        };
        let rate = new.rate.unwrap_or(RATE);
        if !(1..=RATE).contains(&rate) {
            let why = format!("{rate} events a second is no rate; ask for 1 to {RATE}");
            return Err(Problem::malformed(why));
        }
        let to = new.to.as_deref().map(bound).transpose()?;
        Ok(Self {
            bounds: (bound(&new.from)?, to.unwrap_or(Bound::End)),
            facts: new.facts.iter().map(fact).collect::<Result<_, _>>()?,
            person: new.person,
            rate,
        })
    }
}

fn malformed(error: impl std::error::Error) -> Problem {
    Problem::malformed(error.to_string())
}

/// Refuses a part that is too large, or has nothing in it.
pub(super) fn check(part: Part) -> Result<(), Problem> {
    let Part { after, events, end, too_much, .. } = part;
    let Most { wanted, events: all } = MOST;
    let first = after + 1;
    let why = match too_much {
        Some(next) => {
            let last = next - 1;
            format!(
                "a replay has {wanted} events at most, of {all} that are looked at, and this part has more; ask for \
                 it from {first} to {last}, and then for what follows from {next}, or ask an operator"
            )
        }
        None if events == 0 => format!(
            "there is no event in this part that the subscriber wants; the feed has events up to {end}: choose \
             another part, or other facts"
        ),
        None => return Ok(()),
    };
    Err(Problem::malformed(why))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn asked(body: Value) -> Result<Asked, String> {
        let new: NewReplay = serde_json::from_value(body).map_err(|error| error.to_string())?;
        Asked::try_from(new).map_err(|problem| problem.detail)
    }

    #[test]
    fn who_says_only_where_a_replay_begins_gets_the_rest_at_the_usual_rate() {
        let all = asked(json!({ "from": "beginning" })).unwrap();
        assert_eq!((all.bounds, all.rate), ((Bound::Beginning, Bound::End), 50));
        assert!(all.facts.is_empty() && all.person.is_none());
        let some =
            asked(json!({ "from": "7", "to": "9", "facts": ["team.*"], "rate": 3 })).unwrap();
        assert_eq!((some.bounds, some.rate), ((Bound::Number(7), Bound::Number(9)), 3));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_what_can_be() {
        for (body, word) in [
            (json!({}), "from"),
            (json!({ "from": "yesterday" }), "beginning"),
            (json!({ "from": "1", "to": "now" }), "ce-sequence"),
            (json!({ "from": "1", "rate": 0 }), "1 to 50"),
            (json!({ "from": "1", "rate": 51 }), "1 to 50"),
            (json!({ "from": "1", "facts": ["user.*"] }), "employee.left"),
            (json!({ "from": "1", "people": [] }), "people"),
        ] {
            let refused = asked(body.clone()).unwrap_err();
            assert!(refused.contains(word), "{body}: {refused:?} does not name {word:?}");
        }
    }

    #[test]
    fn of_a_part_that_is_too_large_it_is_said_which_would_do() {
        let fits = Part { after: 20, through: 30, events: 10, end: 90_000, ..Part::default() };
        assert_eq!(check(fits), Ok(()));
        let large = Part { events: MOST.wanted, too_much: Some(12_041), ..fits };
        let refused = check(large).unwrap_err().detail;
        assert!(
            refused.contains("from 21 to 12040") && refused.contains("from 12041"),
            "{refused}"
        );
        let empty = Part { events: 0, ..fits };
        let refused = check(empty).unwrap_err().detail;
        assert!(refused.contains("90000"), "{refused}");
    }
}
