//! `/ops/v1/feed`: a part of a tenant's feed, as a reset or a replay of a subscriber is planned.

use std::collections::BTreeSet;

use acts::Role;
use axum::extract::State;
use delivery::part::{self, Bound, Most, Part};
use events::{EmployeeId, FactPattern, Tenant};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::Problem;

use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Query;

/// Which part.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    tenant: String,
    /// `beginning`, `end`, a `ce-sequence` or a time.
    from: String,
    /// The same; the last event that is part of it. To the end, if nothing is said.
    to: Option<String>,
    /// What a subscriber wants, with commas between; all, if nothing is said.
    wants: Option<String>,
    /// What of it is part, with commas between; all, if nothing is said.
    facts: Option<String>,
    /// Only what is told of this person.
    person: Option<EmployeeId>,
}

/// A part of the feed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PartAnswer {
    /// The `ce-sequence` behind which it begins.
    after: u64,
    /// That of its last event that is wanted.
    through: u64,
    /// How many events of it are wanted.
    events: u64,
    /// When the first of these happened.
    first_at: Option<Timestamp>,
    /// When the last of these happened.
    last_at: Option<Timestamp>,
    /// The last `ce-sequence` of all.
    end: u64,
}

impl Answer for PartAnswer {
    const SCHEMA: &'static str = "rollcall.feed-part.v1";
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Answered<PartAnswer>, OpsError> {
    caller.may(Role::OpsRead)?;
    let tenant = tenant(&asked.tenant)?;
    caller.at(Some(&tenant))?;
    let (from, to) = (bound(&asked.from)?, asked.to.as_deref().map(bound).transpose()?);
    let (wants, facts) = (patterns(asked.wants.as_deref())?, patterns(asked.facts.as_deref())?);
    let person = asked.person.map(|person| person.to_string());
    let is_part = |entity: &str, about: &str, fact: &str| {
        let any = |of: &BTreeSet<FactPattern>| {
            of.is_empty() || of.iter().any(|pattern| pattern.matches(entity, fact))
        };
        let is_of_person = |person: &String| entity == "employee" && about == person;
        any(&wants) && any(&facts) && person.as_ref().is_none_or(is_of_person)
    };
    let feed = ops.feed().await?;
    let bounds = (from, to.unwrap_or(Bound::End));
    let part = part::part(feed, &tenant, bounds, Most::ALL, is_part).await?;
    let Part { after, through, events, first_at, last_at, end, too_much: _ } = part;
    Ok(Answered(PartAnswer { after, through, events, first_at, last_at, end }))
}

pub(super) fn tenant(slug: &str) -> Result<Tenant, OpsError> {
    let bad = |error: events::BadTenant| Problem::malformed(error.to_string());
    Ok(slug.parse().map_err(bad)?)
}

fn bound(text: &str) -> Result<Bound, OpsError> {
    Ok(text.parse().map_err(|error: part::BadBound| Problem::malformed(error.to_string()))?)
}

fn patterns(text: Option<&str>) -> Result<BTreeSet<FactPattern>, OpsError> {
    let words = text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty());
    let read = |word: &str| {
        word.parse::<feed::Pattern>().map_err(|error| Problem::malformed(error.to_string()))?;
        word.parse().map_err(|error: events::BadFactPattern| Problem::malformed(error.to_string()))
    };
    Ok(words.map(read).collect::<Result<_, Problem>>()?)
}
