//! `/ops/v1/joiners-and-leavers` and `/ops/v1/requests/results`: how much there was, over time.

use std::collections::BTreeMap;

use activity::Activity;
use activity::queries::event_counts;
use acts::Role;
use axum::extract::State;
use eventlog::clock;
use events::Scope;
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
use crate::person::source::SeeError;

/// So many days, and hours, are told.
const DAYS: i32 = 60;
const HOURS: i64 = 48;
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
    let mut after: Option<String> = None;
    loop {
        let page = event_counts(&client, &tenant, first..=today, after.as_deref(), PAGE).await;
        let page = page.map_err(SeeError::from)?;
        for one in page.rows {
            let Some(day) = days.get_mut(&one.day) else { continue };
            let count = u64::try_from(one.count).unwrap_or_default();
            match one.event.as_str() {
                "user.created" | "user.reactivated" | "user.returned" => day.joined += count,
                "user.deactivated" => day.left += count,
                _ => {}
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let days = days.into_values().collect();
    Ok(Answered(JoinersAndLeavers { tenant: tenant.to_string(), days }))
}

/// How many requests were recorded, hour by hour, the oldest first.
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
        let begins_at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        let requests::Results { done, refused, failed } = results;
        HourResults { begins_at, done, refused, failed }
    };
    let hours = (this_hour - HOURS + 1..=this_hour).map(hour).collect();
    Ok(Answered(RequestResults { tenant: tenant.to_string(), hours }))
}
