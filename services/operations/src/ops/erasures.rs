//! `/ops/v1/erasures`: erasing people, planned first and certified at the end.

use std::time::Duration;

use access::CommandError;
use acts::{Act, Certificate, ErasedBy, Erasure, ErasurePlan, ErasureStage, ErasureStarted, Role};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use eventlog::{clock, ids};
use events::{EmployeeId, Seq, Standing};
use jiff::{SignedDuration, Timestamp};
use roster::{Person, TenantRoster};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::json_body::Body;

use super::erasure_plan::PlannedErasure;
use super::known_tenant::no_tenant;
use super::{Answer, Answered, Caller, OpsError, still_active};
use crate::caller::tenant;
use crate::eraser::{Eraser, rows_of_person};
use crate::operations::Operations;
use crate::ops::extract::Path;

/// For how long a plan may be started.
const PLAN_LIFETIME: SignedDuration = SignedDuration::from_hours(2);

/// How long a caller waits for the end; an erasure goes on without.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewErasure {
    tenant: String,
    /// Employee id, SCIM id, user name, or an external id that is one person's.
    person: String,
}

/// An erasure, and how far it is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ErasureStatus {
    erasure: String,
    tenant: String,
    employee_id: String,
    planned_by: String,
    planned_at: Timestamp,
    /// `planned`, `running`, `incomplete`, `completed`, or `carried-over`: complete, since a restore
    /// did it again.
    state: String,
    since: Timestamp,
    /// Of an incomplete one, the step that failed. Run it again.
    failed_step: Option<String>,
    /// Of an incomplete one, why.
    why: Option<String>,
    /// Of a complete one, what shows it. One that was carried over has what showed it in the log that
    /// was lost, if it was complete there.
    certificate: Option<Certificate>,
    /// Of one that was carried over, what a restore did in this log.
    carried_over: Option<CarriedOver>,
}

/// What a restore did to erase somebody again.
#[derive(Debug, Serialize, JsonSchema)]
struct CarriedOver {
    /// How many events were overwritten.
    events: u64,
    /// The events by which it is in this log; none, if the backup knew nothing of the person.
    erased_by: Vec<ErasedBy>,
}

impl Answer for ErasureStatus {
    const SCHEMA: &'static str = "rollcall.erasure.v1";
}

/// All erasures, the oldest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ErasureList {
    erasures: Vec<ErasureStatus>,
}

impl Answer for ErasureList {
    const SCHEMA: &'static str = "rollcall.erasures.v1";
}

impl ErasureStatus {
    fn of(erasure: &Erasure) -> Self {
        let mut carried_over = None;
        let (state, failed, certificate) = match &erasure.stage {
            ErasureStage::Planned => ("planned", None, None),
            ErasureStage::Running => ("running", None, None),
            ErasureStage::Incomplete { step, why } => {
                ("incomplete", Some((step.clone(), why.clone())), None)
            }
            ErasureStage::Completed(certificate) => {
                ("completed", None, Some((**certificate).clone()))
            }
            ErasureStage::CarriedOver(body) => {
                let (events, erased_by) = (body.events, body.erased_by.clone());
                carried_over = Some(CarriedOver { events, erased_by });
                ("carried-over", None, body.certificate.clone())
            }
        };
        let (failed_step, why) = failed.unzip();
        Self {
            erasure: erasure.plan.erasure.clone(),
            tenant: erasure.plan.tenant.to_string(),
            employee_id: erasure.plan.employee_id.to_string(),
            planned_by: erasure.by.to_string(),
            planned_at: erasure.at,
            state: state.to_owned(),
            since: erasure.since,
            failed_step,
            why,
            certificate,
            carried_over,
        }
    }
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Caller,
) -> Result<Answered<ErasureList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let state = ops.acts().current().await?;
    let mut erasures: Vec<&Erasure> = state.erasures.iter().collect();
    erasures.sort_by_key(|erasure| erasure.at);
    let erasures = erasures.into_iter().map(ErasureStatus::of).collect();
    Ok(Answered(ErasureList { erasures }))
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answered<ErasureStatus>, OpsError> {
    caller.may(Role::OpsRead)?;
    let state = ops.acts().current().await?;
    let found = state.erasures.get(&id).ok_or_else(|| missing(&id))?;
    Ok(Answered(ErasureStatus::of(found)))
}

pub(crate) async fn plan(
    State(ops): State<Operations>,
    Extension(eraser): Extension<Eraser>,
    caller: Caller,
    Body(new): Body<NewErasure>,
) -> Result<(StatusCode, Answered<PlannedErasure>), OpsError> {
    caller.may(Role::PrivacyErase)?;
    let slug = tenant(&new.tenant)?;
    let roster = eraser.access().current_roster().await.map_err(CommandError::from)?;
    let known = roster.tenant(&slug);
    let known = known.ok_or_else(|| OpsError::not_found(no_tenant(&slug)))?;
    let person = find(known, &new.person)?;
    let employee = person.employee;
    if known.standing(person) == Standing::Active {
        let by_guard = known.guard().standing_override(employee);
        let first = still_active::first_step(&slug, by_guard, person.gone);
        return Err(OpsError::refused(format!(
            "employee {employee} is Active; only who has left can be erased, so {first}"
        )));
    }
    let found = ops.log().person_events(&slug, employee).await?;
    let plan = ErasurePlan {
        erasure: erasure_id(),
        tenant: slug.clone(),
        employee_id: employee,
        events: found.events.len() as u64,
        last: found.events.last().map_or(Seq(0), |event| event.seq),
        expires_at: clock::now() + PLAN_LIFETIME,
    };
    let pool = ops.database().pool();
    let rows = rows_of_person(pool, ops.projections(), &slug, employee).await?;
    let bookings = found.events.iter().filter(|event| event.kind.starts_with("booking.")).count();
    let teams = known.groups_of(person).count();
    let planned = PlannedErasure::of(&plan, person, teams, bookings, rows);
    ops.acts().note(&caller.by, Act::ErasurePlanned(plan)).await?;
    Ok(Answered(planned).created())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmed {
    /// The tenant's name.
    confirm: String,
}

pub(crate) async fn run(
    State(ops): State<Operations>,
    Extension(eraser): Extension<Eraser>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<Confirmed>,
) -> Result<Answered<ErasureStatus>, OpsError> {
    caller.may(Role::PrivacyErase)?;
    let state = ops.acts().current().await?;
    let erasure = state.erasures.get(&id).ok_or_else(|| missing(&id))?.clone();
    let plan = &erasure.plan;
    if body.confirm != plan.tenant.as_str() {
        let why =
            format!("this cannot be undone; confirm it by the tenant's name, {}", plan.tenant);
        return Err(OpsError::refused(why));
    }
    if erasure.stage == ErasureStage::Planned {
        still_holds(&ops, plan).await?;
    }
    let provenance = caller.provenance(&plan.tenant, Role::PrivacyErase)?;
    let started = |state: &acts::State| {
        let known = state.erasures.get(&id).map(|known| &known.stage);
        let act = Act::ErasureStarted(ErasureStarted { erasure: id.clone() });
        Ok::<_, OpsError>(match known {
            Some(ErasureStage::Planned | ErasureStage::Incomplete { .. }) => Some(act),
            Some(
                ErasureStage::Running | ErasureStage::Completed(_) | ErasureStage::CarriedOver(_),
            )
            | None => None,
        })
    };
    ops.acts().act(&caller.by, started).await?;
    let (of_run, by) = (ops.clone(), caller.by.clone());
    // It goes on if the caller goes away.
    let running =
        tokio::spawn(async move { eraser.run(&of_run, &erasure, &by, &provenance).await });
    match tokio::time::timeout(ANSWER_TIMEOUT, running).await {
        Ok(Ok(ended)) => ended?,
        Ok(Err(panicked)) => {
            tracing::error!(error = %panicked, "an erasure ended by a fault of ours");
        }
        Err(_) => {}
    }
    let state = ops.acts().current().await?;
    let found = state.erasures.get(&id).ok_or_else(|| missing(&id))?;
    Ok(Answered(ErasureStatus::of(found)))
}

/// Refuses a plan that is too old, or not the truth any more.
async fn still_holds(ops: &Operations, plan: &ErasurePlan) -> Result<(), OpsError> {
    if plan.expires_at < clock::now() {
        return Err(OpsError::out_of_date("the plan has expired; plan the erasure again"));
    }
    let found = ops.log().person_events(&plan.tenant, plan.employee_id).await?;
    let last = found.events.last().map_or(Seq(0), |event| event.seq);
    if (found.events.len() as u64, last) == (plan.events, plan.last) {
        Ok(())
    } else {
        let why = "more was told of the person since the plan was made; plan the erasure again";
        Err(OpsError::out_of_date(why))
    }
}

fn missing(id: &str) -> OpsError {
    let id: String = id.chars().take(64).collect();
    OpsError::not_found(format!(
        "there is no erasure {id:?}; `rollcall erase list` shows those that there are"
    ))
}

fn erasure_id() -> String {
    let digits = ids::uuid_v7().simple().to_string();
    format!("er_{}", &digits[digits.len() - 10..])
}

/// The person whom a text names, if it is one.
fn find<'r>(tenant: &'r TenantRoster, text: &str) -> Result<&'r Person, OpsError> {
    let people = tenant.people();
    if let Ok(id) = text.parse::<uuid::Uuid>() {
        let person = people
            .by_employee(EmployeeId(id))
            .or_else(|| people.by_resource(events::ResourceId(id)));
        if let Some(person) = person {
            return Ok(person);
        }
        if tenant.is_erased(EmployeeId(id)) {
            return Err(OpsError::not_found(format!("employee {id} was erased")));
        }
    }
    if let Some(person) = people.by_user_name(text) {
        return Ok(person);
    }
    let mut bearers = people.by_external_id(text);
    match (bearers.next(), bearers.next()) {
        (Some(person), None) => Ok(person),
        (Some(_), Some(_)) => {
            Err(OpsError::refused("several people have this external id; name one by employee id"))
        }
        (None, _) => Err(OpsError::not_found(
            "nobody in that tenant is known by this; give the employee id, a SCIM id, the user name \
             or the external id. Whose resource is gone is named by employee id alone",
        )),
    }
}
