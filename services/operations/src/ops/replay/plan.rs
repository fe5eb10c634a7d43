//! Planning a replay: what it would do, told before anything is done.

use acts::{Act, BlastRadius, By, Forecast, Plan, PlanId, Role, Scope, State as Known, World};
use axum::extract::State;
use axum::http::StatusCode;
use eventlog::{clock, ids};
use events::{EmployeeId, Tenant};
use jiff::{SignedDuration, Timestamp};
use projector::{ReadModel, Slots};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::Problem;
use web::json_body::Body;

use super::forecast::{blast_radius, forecast};
use super::notes::notes;
use super::world::{model, slots, world};
use crate::operations::Operations;
use crate::ops::known_tenant::check_known;
use crate::ops::reason_text::ReasonText;
use crate::ops::{Answer, Answered, Caller, Confined, OpsError};

/// How long a plan can be started.
const LIFETIME: SignedDuration = SignedDuration::from_hours(2);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    projection: String,
    tenant: Option<String>,
    person: Option<String>,
    /// Refused, with the reason: see [`no_range`].
    range: Option<String>,
    reason: Option<ReasonText>,
}

/// A replay that was thought through; nothing was done yet.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PlanAnswer {
    /// Its id, by which it is run.
    plan: String,
    projection: String,
    #[serde(flatten)]
    scope: Scope,
    reason: Option<String>,
    /// Who planned it.
    by: String,
    expires_at: Timestamp,
    /// What it relies on; it is void when any of this changes.
    world: World,
    forecast: Forecast,
    /// What a replay sends: nothing. Only what the live slot applies for the first time may have
    /// effects.
    effects: Vec<String>,
    blast_radius: BlastRadius,
    /// How many events of the live slot wait because they cannot be applied; they are tried again.
    parked: u64,
    /// What the operator has to know before it is run.
    notes: Vec<String>,
}

impl Answer for PlanAnswer {
    const SCHEMA: &'static str = "rollcall.replay-plan.v1";
}

impl PlanAnswer {
    fn of(plan: &Plan, by: &By, notes: Vec<String>) -> Self {
        Self {
            plan: plan.id.to_string(),
            projection: plan.projection.clone(),
            scope: plan.scope.clone(),
            reason: plan.reason.clone(),
            by: by.to_string(),
            expires_at: plan.expires_at,
            world: plan.world.clone(),
            forecast: plan.forecast.clone(),
            effects: vec![],
            blast_radius: plan.blast_radius,
            parked: plan.parked,
            notes,
        }
    }
}

pub(crate) async fn make(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Answered<PlanAnswer>), OpsError> {
    caller.may(Role::ReplayRun)?;
    if wish.range.is_some() {
        return Err(no_range(&wish.projection));
    }
    let model = model(&ops, &wish.projection)?;
    let scope = scope(&wish)?;
    let caller = caller.at(scope.tenant())?;
    let slots = slots(&ops, model).await?;
    possible(model, &scope, &slots)?;
    if let Some(tenant) = scope.tenant() {
        check_known(ops.log(), tenant).await?;
    }
    let state = ops.acts().current().await?;
    let forecast = forecast(&ops, &state.jobs, model, &scope).await?;
    // The log knows people whose rows are gone, which is what is to be repaired.
    if forecast.of_person == Some(0) {
        let why = "no event of that tenant is about a person of this id; `rollcall explain person ID` \
                   tells whose it is";
        return Err(OpsError::not_found(why));
    }
    let mut blast_radius = blast_radius(&ops, &scope).await?;
    if forecast.of_person.is_some() {
        blast_radius.people = 1;
    }
    let plan = Plan {
        id: PlanId::of(&ids::random()),
        projection: model.name.to_owned(),
        forecast,
        blast_radius,
        world: world(model, &slots, &state.jobs),
        scope,
        reason: wish.reason.map(String::from),
        expires_at: clock::now() + LIFETIME,
        parked: parked(&ops, model, wish.tenant.as_deref()).await?,
    };
    let planned = Act::ReplayPlanned(Box::new(plan.clone()));
    ops.acts().act(&caller.by, |_: &Known| Ok::<_, OpsError>(Some(planned.clone()))).await?;
    let mut notes = notes(model, &plan, &slots, &state.jobs, caller.own());
    notes.extend(left_out(&ops, model, &plan).await?);
    Ok(Answered(PlanAnswer::of(&plan, &caller.by, notes)).created())
}

/// What a person's scope does not hold, and which one does.
async fn left_out(
    ops: &Operations,
    model: ReadModel,
    plan: &Plan,
) -> Result<Option<String>, OpsError> {
    let Scope::Person { tenant, .. } = &plan.scope else { return Ok(None) };
    let client = ops.database().pool().get().await?;
    let tables = projector::nobodys_tables(&**client, &model.people, model.name).await?;
    let of_tenant = Scope::Tenant { tenant: tenant.clone() }.planned_by(model.name);
    Ok((!tables.is_empty()).then(|| {
        format!(
            "the person's own rows are replaced; those in {} are no person's own, and stay as they are: \
             `{of_tenant}` replaces them too",
            tables.join(", ")
        )
    }))
}

/// How many events of the live slot wait, failed ones and those behind them.
async fn parked(ops: &Operations, model: ReadModel, tenant: Option<&str>) -> Result<u64, OpsError> {
    /// More failed events than a projection parks before it stands still.
    const MOST: u32 = 10_000;
    let tenant = tenant.and_then(|tenant| tenant.parse().ok());
    let which = projector::parked::Which { tenant, ..Default::default() };
    let failed = projector::parked::list(ops.database().pool(), model.name, &which, MOST).await?;
    Ok(failed.iter().map(|event| 1 + event.behind).sum())
}

/// Applying a part of the past over rows that have seen what came after it makes rows that no
/// history has: the older event would win.
fn no_range(projection: &str) -> OpsError {
    OpsError::refused(format!(
        "a range of events is not replayed in place: rows of {projection} that have seen later \
         events would be overwritten by earlier ones. Plan the tenant (--tenant) or the person \
         (--person) instead: they are built from their first event on"
    ))
}

fn scope(wish: &Wish) -> Result<Scope, Problem> {
    let tenant = wish.tenant.as_deref().map(str::parse::<Tenant>).transpose();
    let tenant = tenant.map_err(|error| Problem::malformed(error.to_string()))?;
    let person = wish.person.as_deref().map(str::parse::<EmployeeId>).transpose();
    let person = person.map_err(|_| {
        Problem::malformed(
            "a person is named by their employee id, a UUID; `rollcall explain person NAME` tells it \
             of a user name or an external id",
        )
    })?;
    match (tenant, person) {
        (None, None) => Ok(Scope::Whole),
        (Some(tenant), None) => Ok(Scope::Tenant { tenant }),
        (Some(tenant), Some(person)) => Ok(Scope::Person { tenant, person }),
        (None, Some(_)) => Err(Problem::malformed("say whose person it is (tenant)")),
    }
}

/// Refuses what could never be cut over to.
fn possible(model: ReadModel, scope: &Scope, slots: &Slots) -> Result<(), OpsError> {
    let Some(live) = &slots.live else {
        let why = format!("{} was never built; its projection builds it by itself", model.name);
        return Err(OpsError::refused(why));
    };
    if matches!(scope, Scope::Person { .. }) && model.people.rows.is_empty() {
        return Err(OpsError::refused(format!(
            "{} adds up what all people of a tenant did, so that its rows are no one person's and \
             cannot be replaced for one; plan the tenant (--tenant alone)",
            model.name
        )));
    }
    match scope {
        Scope::Whole => Ok(()),
        Scope::Tenant { .. } | Scope::Person { .. } if live.made_by == model.made_by() => Ok(()),
        Scope::Tenant { .. } | Scope::Person { .. } => Err(OpsError::refused(format!(
            "the live slot of {} was made by other rules, and rows of two sets of rules never stand \
             beside each other; plan the whole projection",
            model.name
        ))),
    }
}
