//! `GET /leavers`: Former people, and the bookings kept for them.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use directory::Directory;
use directory::queries::Employee;
use events::{EmployeeId, Scope, Tenant};
use jiff::Timestamp;
use projector::{Ordered, Projection};
use retention::Retention;
use retention::queries::{BookingCounts, DecisionName, KeptBookings, OwnedBooking, WantedLeavers};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::reads::caller::Caller;
use crate::reads::min_position::{MinPosition, MinPositionHeader};
use crate::reads::query::{Limit, Moment, NoQuery, PathParams, QueryParams};
use crate::reads::read_api::ReadApi;
use crate::reads::read_error::{Missing, ReadError};
use crate::reads::snapshot::{Answer, Snapshot};

/// Which leavers to list; what is left out stays open.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct LeaversQuery {
    /// Only those with bookings to come, whatever was decided about them.
    #[serde(default)]
    #[param(required = false, default = false)]
    upcoming: bool,
    /// Only those with bookings to come that wait for somebody to decide; the most urgent first, by the
    /// beginning of the first such booking.
    #[serde(default)]
    #[param(required = false, default = false)]
    undecided: bool,
    /// This leaver alone. With this, and with what follows, only those with bookings to come that match are listed,
    /// the most urgent first, by the beginning of the first such booking.
    #[param(value_type = Option<uuid::Uuid>)]
    employee: Option<EmployeeId>,
    /// Those with bookings of this type, to the letter but for space around it.
    resource_type: Option<String>,
    /// Those with bookings that end after this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Moment>,
    /// Those with bookings that begin before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Moment>,
    /// Those with bookings about which this was decided.
    #[param(inline)]
    decision: Option<DecisionName>,
    /// Each with their bookings, as `leavers/{employee}/bookings` lists them: of 50 leavers at most.
    #[serde(default)]
    #[param(required = false, default = false)]
    with_bookings: bool,
    /// How many to list at most.
    #[serde(default)]
    #[param(value_type = u16, required = false, default = 100, minimum = 1, maximum = 500)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<String>,
}

impl LeaversQuery {
    /// Which bookings to come are asked about, if any are.
    fn wanted(&self) -> Option<WantedLeavers> {
        let wanted = WantedLeavers {
            employee: self.employee,
            resource_type: self.resource_type.as_deref().map(|kind| kind.trim().to_owned()),
            from: self.from.map(Moment::time),
            to: self.to.map(Moment::time),
            decision: self.decision.or(self.undecided.then_some(DecisionName::Undecided)),
        };
        (wanted != WantedLeavers::default()).then_some(wanted)
    }
}

/// How many leavers are listed with their bookings at most.
const MOST_WITH_BOOKINGS: u16 = 50;

/// A page of leavers, who left last first, unless the most urgent are asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Leavers {
    leavers: Vec<Leaver>,
    /// The cursor of the page that follows; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// Somebody Former, and how many bookings are kept for them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Leaver {
    #[schema(value_type = uuid::Uuid)]
    employee_id: EmployeeId,
    /// Null for a moment, while the directory does not know a newcomer yet.
    #[schema(required = true)]
    user_name: Option<String>,
    /// Null for a moment, while the directory does not know a newcomer yet.
    #[schema(required = true)]
    display_name: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    left_at: Timestamp,
    bookings: BookingCounts,
    /// When the first booking begins that waits for somebody to decide; null if none does.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// Their bookings, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    lists: Option<LeaverBookings>,
    /// Whether a change to this person is known and cannot be shown at present: an operator is told.
    stale: bool,
}

impl Leaver {
    fn named(
        leaver: retention::queries::Leaver,
        employee: Option<Employee>,
        lists: Option<LeaverBookings>,
        stale: &HashSet<Ordered>,
    ) -> Self {
        let stale = stale.contains(&Ordered::Person(leaver.employee_id));
        let retention::queries::Leaver { employee_id, left_at, bookings, next_at } = leaver;
        let (user_name, display_name) =
            employee.map(|employee| (employee.user_name, employee.display_name)).unzip();
        Self { employee_id, user_name, display_name, left_at, bookings, next_at, lists, stale }
    }
}

/// List leavers
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/leavers",
    operation_id = "listLeavers",
    tag = "leavers",
    params(LeaversQuery, MinPositionHeader),
    responses((status = OK, description = "A page of leavers", body = Leavers)),
    security(("apiToken" = ["leavers:read"])),
)]
pub(crate) async fn list(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    QueryParams(query): QueryParams<LeaversQuery>,
) -> Result<Answer<Leavers>, ReadError> {
    caller.may(Scope::LeaversRead)?;
    let tenant = caller.tenant();
    let mut session =
        api.session(tenant, min_position, &[Directory::NAME, Retention::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    let place = api.place(caller.tenant(), query.after.as_deref())?;
    let limit = query.limit.rows();
    let limit = if query.with_bookings { limit.min(MOST_WITH_BOOKINGS) } else { limit };
    let cursor = place.as_deref();
    let found = match query.wanted() {
        Some(wanted) => {
            retention::queries::inbox(&*snapshot, tenant, &wanted, api.now(), cursor, limit).await?
        }
        None => {
            let upcoming = query.upcoming;
            retention::queries::leavers(&*snapshot, tenant, upcoming, api.now(), cursor, limit)
                .await?
        }
    };
    let ids: Vec<EmployeeId> = found.rows.iter().map(|leaver| leaver.employee_id).collect();
    let mut employees = directory::queries::employees_by_id(&*snapshot, tenant, &ids).await?;
    let asked: &[EmployeeId] = if query.with_bookings { &ids } else { &[] };
    let mut lists = lists(&snapshot, tenant, asked, api.now()).await?;
    let stale = snapshot.stale(tenant, ids.into_iter().map(Ordered::Person)).await?;
    let leavers = found.rows.into_iter().map(|leaver| {
        let employee = employees.remove(&leaver.employee_id);
        let lists = lists.remove(&leaver.employee_id);
        Leaver::named(leaver, employee, lists, &stale)
    });
    Ok(snapshot.answer(Leavers {
        leavers: leavers.collect(),
        next: api.cursor(caller.tenant(), found.next),
    }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct LeaverPath {
    employee: EmployeeId,
}

/// A leaver's bookings, and those that were handed over.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeaverBookings {
    #[serde(flatten)]
    kept: KeptBookings,
    /// Those that a colleague has by now, while their booking system books them for the leaver still; the first 1,000.
    handed_over: Vec<OwnedBooking>,
}

/// List the bookings kept for a leaver
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/leavers/{employee}/bookings",
    operation_id = "listLeaverBookings",
    tag = "leavers",
    params(
        ("employee" = uuid::Uuid, Path, description = "The leaver"),
        MinPositionHeader,
    ),
    responses(
        (status = OK, description = "The bookings kept", body = LeaverBookings),
        (status = NOT_FOUND, description = "No such leaver"),
    ),
    security(("apiToken" = ["leavers:read"])),
)]
pub(crate) async fn bookings(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    PathParams(LeaverPath { employee }): PathParams<LeaverPath>,
    QueryParams(NoQuery {}): QueryParams<NoQuery>,
) -> Result<Answer<LeaverBookings>, ReadError> {
    caller.may(Scope::LeaversRead)?;
    let mut session = api.session(caller.tenant(), min_position, &[Retention::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    let mut lists = lists(&snapshot, caller.tenant(), &[employee], api.now()).await?;
    let lists = lists.remove(&employee);
    let lists = lists.ok_or_else(|| snapshot.missing(Missing::Leaver(employee)))?;
    Ok(snapshot.answer(lists))
}

/// The bookings of each of these people who has left.
async fn lists(
    snapshot: &Snapshot<'_>,
    tenant: &Tenant,
    leavers: &[EmployeeId],
    now: Timestamp,
) -> Result<HashMap<EmployeeId, LeaverBookings>, ReadError> {
    if leavers.is_empty() {
        return Ok(HashMap::new());
    }
    let kept = retention::queries::kept_bookings(&**snapshot, tenant, leavers, now).await?;
    let mut handed_over = retention::queries::handed_over(&**snapshot, tenant, leavers).await?;
    let lists = kept.into_iter().map(|(leaver, kept)| {
        let handed_over = handed_over.remove(&leaver).unwrap_or_default();
        (leaver, LeaverBookings { kept, handed_over })
    });
    Ok(lists.collect())
}
