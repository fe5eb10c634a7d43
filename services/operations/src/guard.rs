//! Setting a tenant's mass-change guard, and deciding on its alerts.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use events::{AlertCause, AlertId, Guard, Tenant};
use jiff::Timestamp;
use roster::{Alert, AlertOutcome, GuardState, Intent, Roster};
use serde::{Deserialize, Serialize};
use web::json_body::{Body, OptionalBody};
use web::path_id;

use crate::caller::{Operator, known, tenant};
use crate::operator_api::OperatorApi;

/// What to change about a guard; what is left out stays as it is.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) struct GuardChange {
    on: Option<bool>,
    hold: Option<bool>,
    deactivations: Option<u32>,
    percent: Option<u32>,
    window_minutes: Option<u32>,
}

impl GuardChange {
    fn apply(self, guard: Guard) -> Guard {
        Guard {
            on: self.on.unwrap_or(guard.on),
            hold: self.hold.unwrap_or(guard.hold),
            deactivations: self.deactivations.unwrap_or(guard.deactivations),
            percent: self.percent.unwrap_or(guard.percent),
            window_minutes: self.window_minutes.unwrap_or(guard.window_minutes),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct GuardSettings {
    tenant: String,
    on: bool,
    hold: bool,
    deactivations: u32,
    percent: u32,
    window_minutes: u32,
}

impl GuardSettings {
    fn of(tenant: &Tenant, guard: Guard) -> Self {
        let Guard { on, hold, deactivations, percent, window_minutes } = guard;
        Self { tenant: tenant.to_string(), on, hold, deactivations, percent, window_minutes }
    }
}

pub(crate) async fn show(
    State(api): State<OperatorApi>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<GuardSettings>, CommandError> {
    let slug = tenant(&slug)?;
    let roster = api.access.current_roster().await?;
    Ok(Json(GuardSettings::of(&slug, guard_state(&roster, &slug)?.settings())))
}

pub(crate) async fn set(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(change): Body<GuardChange>,
) -> Result<Json<GuardSettings>, CommandError> {
    let slug = tenant(&slug)?;
    let whose = slug.clone();
    let intent = move |roster: &Roster| {
        let guard = change.apply(guard_state(roster, &whose)?.settings());
        Ok(Intent::SetGuard { guard })
    };
    let done = operator.execute(&api, &slug, intent).await?;
    Ok(Json(GuardSettings::of(&slug, guard_state(&done.roster, &slug)?.settings())))
}

/// An alert as operators see it.
#[derive(Debug, Serialize)]
pub(crate) struct AlertSummary {
    alert_id: AlertId,
    raised_at: Timestamp,
    #[serde(flatten)]
    cause: AlertCause,
    /// How many departures were counted to it.
    departures: usize,
    held: bool,
    /// `open`, `released` or `reversed`.
    state: &'static str,
}

impl AlertSummary {
    fn of(alert: &Alert) -> Self {
        Self {
            alert_id: alert.id,
            raised_at: alert.raised_at,
            cause: alert.cause,
            departures: alert.departures,
            held: alert.held,
            state: match alert.decision {
                None => "open",
                Some(AlertOutcome::Released) => "released",
                Some(AlertOutcome::Reversed) => "reversed",
            },
        }
    }
}

pub(crate) async fn alerts(
    State(api): State<OperatorApi>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<AlertSummary>>, CommandError> {
    let roster = api.access.current_roster().await?;
    Ok(Json(guard_state(&roster, &tenant(&slug)?)?.alerts().map(AlertSummary::of).collect()))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    reason: Option<String>,
}

pub(crate) async fn release(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, alert)): Path<(String, String)>,
    OptionalBody(Reason { reason }): OptionalBody<Reason>,
) -> Result<StatusCode, CommandError> {
    let decided = |alert| Intent::ReleaseAlert { alert, people: None, reason };
    decide(&api, &operator, &slug, &alert, decided).await
}

pub(crate) async fn reverse(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, alert)): Path<(String, String)>,
    OptionalBody(Reason { reason }): OptionalBody<Reason>,
) -> Result<StatusCode, CommandError> {
    let decided = |alert| Intent::ReverseAlert { alert, people: None, reason };
    decide(&api, &operator, &slug, &alert, decided).await
}

async fn decide(
    api: &OperatorApi,
    operator: &Operator,
    slug: &str,
    alert: &str,
    decided: impl FnOnce(AlertId) -> Intent,
) -> Result<StatusCode, CommandError> {
    let intent = decided(path_id("alert", alert)?);
    let intent = move |_: &_| Ok(intent.clone());
    operator.execute(api, &tenant(slug)?, intent).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn guard_state<'a>(roster: &'a Roster, slug: &Tenant) -> Result<&'a GuardState, CommandError> {
    Ok(known(roster, slug)?.guard())
}
