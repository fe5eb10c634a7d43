//! `GET /alerts`: what the mass-change guard noticed.

use axum::extract::State;
use directory::Directory;
use directory::queries::{Alert, Employee};
use events::{AlertId, Scope};
use projector::Projection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::reads::caller::Caller;
use crate::reads::min_position::{MinPosition, MinPositionHeader};
use crate::reads::query::{Limit, PageQuery, PathParams, QueryParams};
use crate::reads::read_api::ReadApi;
use crate::reads::read_error::{Missing, ReadError};
use crate::reads::snapshot::Answer;

/// Which alerts to list; what is left out stays open.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertsQuery {
    /// Only those that wait for somebody to decide.
    #[serde(default)]
    #[param(required = false, default = false)]
    open: bool,
    /// How many to list at most.
    #[serde(default)]
    #[param(value_type = u16, required = false, default = 100, minimum = 1, maximum = 500)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<String>,
}

/// A page of alerts, the last first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alerts {
    alerts: Vec<Alert>,
    /// The cursor of the page that follows; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// List alerts
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/alerts",
    operation_id = "listAlerts",
    tag = "alerts",
    params(AlertsQuery, MinPositionHeader),
    responses((status = OK, description = "A page of alerts", body = Alerts)),
    security(("apiToken" = ["alerts:read"])),
)]
pub(crate) async fn list(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    QueryParams(query): QueryParams<AlertsQuery>,
) -> Result<Answer<Alerts>, ReadError> {
    caller.may(Scope::AlertsRead)?;
    let mut session = api.session(caller.tenant(), min_position, &[Directory::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    let place = api.place(caller.tenant(), query.after.as_deref())?;
    let (limit, cursor) = (query.limit.rows(), place.as_deref());
    let found =
        directory::queries::alerts(&*snapshot, caller.tenant(), query.open, cursor, limit).await?;
    Ok(snapshot
        .answer(Alerts { alerts: found.rows, next: api.cursor(caller.tenant(), found.next) }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct AlertPath {
    id: AlertId,
}

/// An alert, with a page of the people who belong to it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WholeAlert {
    alert: Alert,
    /// As they count now.
    employees: Vec<Employee>,
    /// The cursor of the page of people that follows; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// Show one alert and its people
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/alerts/{id}",
    operation_id = "getAlert",
    tag = "alerts",
    params(
        ("id" = uuid::Uuid, Path, description = "The alert"),
        PageQuery,
        MinPositionHeader,
    ),
    responses(
        (status = OK, description = "The alert", body = WholeAlert),
        (status = NOT_FOUND, description = "No such alert"),
    ),
    security(("apiToken" = ["alerts:read"])),
)]
pub(crate) async fn one(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    PathParams(AlertPath { id }): PathParams<AlertPath>,
    QueryParams(query): QueryParams<PageQuery>,
) -> Result<Answer<WholeAlert>, ReadError> {
    caller.may(Scope::AlertsRead)?;
    let tenant = caller.tenant();
    let mut session = api.session(caller.tenant(), min_position, &[Directory::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    let alert = directory::queries::alert(&*snapshot, tenant, id)
        .await?
        .ok_or_else(|| snapshot.missing(Missing::Alert(id)))?;
    let place = api.place(caller.tenant(), query.after.as_deref())?;
    let (limit, cursor) = (query.limit.rows(), place.as_deref());
    let people = directory::queries::alert_people(&*snapshot, tenant, id, cursor, limit).await?;
    Ok(snapshot.answer(WholeAlert {
        alert,
        employees: people.rows,
        next: api.cursor(caller.tenant(), people.next),
    }))
}
