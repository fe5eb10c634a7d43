//! `/ops/v1/joiners-and-leavers` and `/ops/v1/requests/results`: how much there was, over time.

use std::collections::BTreeMap;

use activity::Activity;
use activity::queries::event_counts;
use acts::Role;
use axum::extract::State;
use eventlog::{Log, ReadError, clock};
use events::{Entity, Scope, Tenant};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use projector::Projection as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::Permission;

use super::known_tenant::check_known;
use super::{Answer, Answered, Confined, OpsError, Reader};
use crate::operations::Operations;
use crate::ops::extract::Query;
use crate::person::answer::type_of;
use crate::person::source::SeeError;

/// So many days are told, and so many hours of requests: as long as these are observed.
const DAYS: i32 = 60;
const HOURS: i64 = 14 * 24;
/// Of so many events of people at most it is told by the hour, too: each is read for that.
const READ_BY_HOUR: u64 = 2_000;
/// So many of them are read at a time.
const READ_AT_ONCE: usize = 500;
/// So many counts are asked for at a time.
const PAGE: u16 = 500;

/// Of whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfTenant {
    tenant: String,
}

/// How many joined and left, day by day, the oldest day first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JoinersAndLeavers {
    tenant: String,
    days: Vec<DayCounts>,
    /// The same hour by hour, from the first one on, if all of it is of today and yesterday and is not too much;
    /// else none.
    hours: Vec<HourCounts>,
}

/// An hour.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct HourCounts {
    begins_at: Timestamp,
    /// Who was made, became Active again or came back.
    joined: u64,
    /// Who was made inactive.
    left: u64,
}

/// What an event of a person counts as.
enum Counted {
    Joined,
    Left,
}

fn counted(event: &str) -> Option<Counted> {
    match event {
        "user.created" | "user.reactivated" | "user.returned" => Some(Counted::Joined),
        "user.deactivated" => Some(Counted::Left),
        _ => None,
    }
}

impl Answer for JoinersAndLeavers {
    const SCHEMA: &'static str = "rollcall.joiners-and-leavers.v1";
}

/// A day (UTC).
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct DayCounts {
    day: Date,
    /// Who was made, became Active again or came back.
    joined: u64,
    /// Who was made inactive.
    left: u64,
}

pub(crate) async fn joiners_and_leavers(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Query(OfTenant { tenant }): Query<OfTenant>,
) -> Result<Answered<JoinersAndLeavers>, OpsError> {
    reader.may_either(Role::OpsRead, Permission::Api(Scope::EventsRead))?;
    let tenant = crate::caller::tenant(&tenant)?;
    reader.at(Some(&tenant))?;
    check_known(ops.log(), &tenant).await?;
    let today = clock::now().to_zoned(TimeZone::UTC).date();
    let first = today.saturating_sub((DAYS - 1).days());
    let mut days: BTreeMap<Date, DayCounts> = first
        .series(1.day())
        .take_while(|day| *day <= today)
        .map(|day| (day, DayCounts { day, joined: 0, left: 0 }))
        .collect();
    let client = ops.database().pool().get().await?;
    projector::search_in(&client, &[Activity::NAME]).await?;
    let (mut after, mut of_people): (Option<String>, u64) = (None, 0);
    loop {
        let page = event_counts(&client, &tenant, first..=today, after.as_deref(), PAGE).await;
        let page = page.map_err(SeeError::from)?;
        for one in page.rows {
            let Some(day) = days.get_mut(&one.day) else { continue };
            let count = u64::try_from(one.count).unwrap_or_default();
            match counted(&one.event) {
                Some(Counted::Joined) => day.joined += count,
                Some(Counted::Left) => day.left += count,
                None => {}
            }
            if one.event.starts_with("user.") {
                of_people += count;
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    drop(client);
    let days: Vec<DayCounts> = days.into_values().collect();
    let begun = days.iter().find(|day| day.joined + day.left > 0);
    let is_young = begun.is_some_and(|first| first.day >= today.saturating_sub(1.day()));
    let hours = if is_young && of_people <= READ_BY_HOUR {
        by_hour(ops.log(), &tenant).await?
    } else {
        vec![]
    };
    Ok(Answered(JoinersAndLeavers { tenant: tenant.to_string(), days, hours }))
}

/// How many joined and left hour by hour, from the first who joined until now.
async fn by_hour(log: &Log, tenant: &Tenant) -> Result<Vec<HourCounts>, ReadError> {
    let mut counts: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    let mut before = None;
    loop {
        let (entries, more) = log.newest(tenant, Some(Entity::User), before, READ_AT_ONCE).await?;
        for entry in &entries {
            let recorded = entry.read();
            let recorded =
                recorded.map_err(|source| ReadError::Undecodable { seq: entry.seq, source })?;
            let hour = recorded.envelope.time.as_second().div_euclid(3600);
            match counted(&type_of(&recorded.event)) {
                Some(Counted::Joined) => counts.entry(hour).or_default().0 += 1,
                Some(Counted::Left) => counts.entry(hour).or_default().1 += 1,
                None => {}
            }
        }
        before = entries.first().map(|entry| entry.seq);
        if !more || before.is_none() {
            break;
        }
    }
    let this_hour = clock::now().as_second().div_euclid(3600);
    let first = counts.first_key_value().map_or(this_hour + 1, |(hour, _)| *hour);
    let hour = |hour: i64| {
        let (joined, left) = counts.get(&hour).copied().unwrap_or_default();
        HourCounts { begins_at: begin_of(hour), joined, left }
    };
    Ok((first..=this_hour).map(hour).collect())
}

/// When an hour begins, counted since 1970.
fn begin_of(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
}

/// How many requests were recorded, hour by hour, from the first of which something is known.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RequestResults {
    tenant: String,
    hours: Vec<HourResults>,
}

impl Answer for RequestResults {
    const SCHEMA: &'static str = "rollcall.request-results.v1";
}

/// An hour.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct HourResults {
    begins_at: Timestamp,
    /// Below 400.
    done: u64,
    /// From 400 to 499.
    refused: u64,
    /// From 500 on.
    failed: u64,
}

pub(crate) async fn results(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Query(OfTenant { tenant }): Query<OfTenant>,
) -> Result<Answered<RequestResults>, OpsError> {
    reader.may_either(Role::OpsRead, Permission::Api(Scope::EventsRead))?;
    let tenant = crate::caller::tenant(&tenant)?;
    reader.at(Some(&tenant))?;
    check_known(ops.log(), &tenant).await?;
    let observed = ops.requests().observed(&tenant).await?;
    let this_hour = clock::now().as_second().div_euclid(3600);
    let hour = |hour: i64| {
        let results = observed.observations.hours.get(&hour).copied().unwrap_or_default();
        let begins_at = begin_of(hour);
        let requests::Results { done, refused, failed } = results;
        HourResults { begins_at, done, refused, failed }
    };
    let first = observed.observations.hours.keys().next().copied();
    let first = first.unwrap_or(this_hour + 1).max(this_hour - HOURS + 1);
    let hours = (first..=this_hour).map(hour).collect();
    Ok(Answered(RequestResults { tenant: tenant.to_string(), hours }))
}
