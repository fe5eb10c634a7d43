//! `/ops/v1/replay/{id}/diff`: what would change for readers if a job were cut over to.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use acts::{JobId, Role};
use axum::extract::State;
use events::{EmployeeId, Seq, Tenant};
use projector::{
    Extent, MeetError, PersonDifference, ReadModel, RowDifference, SlotRole, altered_slots,
    begin_at_one_position, compare, nobodys_tables, slots,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web::Problem;

use super::diff_events::{DiffEvent, looked_up, told};
use super::diff_slots::compared;
use super::replay::whose_job;
use super::verifications::projection;
use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::deciding;
use crate::operations::Operations;
use crate::ops::extract::{Path, Query};

/// How many people are told who would see something else, unless asked otherwise, and at most.
const PEOPLE_TOLD: usize = 100;
const MAX_TOLD: usize = 10_000;
/// How long the two slots are given to be at one position.
const MEET_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// How many people, and how many other rows, are told at most.
    first: Option<usize>,
}

/// How a candidate differs from what is live, both as of one position of the log.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Diff {
    /// Whose candidate it is; null, if a release's.
    job: Option<String>,
    projection: String,
    /// Whose rows: all, those of a tenant, those of a person.
    #[serde(flatten)]
    scope: acts::Scope,
    /// The last event that is in both.
    position: u64,
    /// Whether the two slots were made by the same rules.
    same_rules: bool,
    /// What of the tables of either slot is not as it was made, in words: somebody altered them by hand, so
    /// that rows that are the same are not read the same.
    altered: Vec<String>,
    tables: Vec<DiffTable>,
    /// Of a person's replay, the tables whose rows are no person's own: they stay as they are.
    left_out: Vec<String>,
    /// Tables that only the live slot has, and that only the candidate has.
    only_live: Vec<String>,
    only_candidate: Vec<String>,
    /// People of whom readers would see something else; null if one of the slots has other tables
    /// than this release, by which that cannot be told.
    people: Option<DiffPeople>,
    /// The first rows that differ and are no person's own: teams, alerts, credentials.
    things: Vec<DiffThing>,
}

impl Answer for Diff {
    const SCHEMA: &'static str = "rollcall.replay-diff.v1";
}

/// How many rows of a table differ.
#[derive(Debug, Serialize, JsonSchema)]
struct DiffTable {
    table: String,
    same: i64,
    changed: i64,
    only_live: i64,
    only_candidate: i64,
}

/// The people of whom readers would see something else.
#[derive(Debug, Serialize, JsonSchema)]
struct DiffPeople {
    /// How many they are.
    changed: u64,
    /// How many of them in which field.
    by_field: BTreeMap<String, u64>,
    first: Vec<DiffPerson>,
}

/// What readers would see of a person. What operators are not to read is `(hidden)`.
#[derive(Debug, Serialize, JsonSchema)]
struct DiffPerson {
    tenant: String,
    person: EmployeeId,
    fields: Vec<DiffField>,
    /// The events that decide it, as `explain` tells of the first people; of more, and of fields that follow
    /// from several, the last events that the rows name.
    events: Vec<DiffEvent>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DiffField {
    field: String,
    live: Option<String>,
    candidate: Option<String>,
}

/// A row that is nobody's own.
#[derive(Debug, Serialize, JsonSchema)]
struct DiffThing {
    table: String,
    /// Its key, by the names of the columns.
    key: Value,
    in_live: bool,
    in_candidate: bool,
    events: Vec<DiffEvent>,
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Answered<Diff>, OpsError> {
    caller.may(Role::OpsRead)?;
    let job: JobId =
        id.parse().map_err(|error: acts::BadId| Problem::malformed(error.to_string()))?;
    let state = ops.acts().current().await?;
    let caller = whose_job(caller, &state.jobs, &job)?;
    let known = state.jobs.job(&job)?;
    let model = projection(&ops, &known.plan.projection)?;
    diff(&ops, caller.own(), model, Some(&job), known.plan.scope.clone(), asked).await
}

/// The same of the candidate that a release built.
pub(crate) async fn show_release(
    State(ops): State<Operations>,
    caller: Caller,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Answered<Diff>, OpsError> {
    caller.may(Role::OpsRead)?;
    let model = projection(&ops, &name)?;
    diff(&ops, None, model, None, acts::Scope::Whole, asked).await
}

async fn diff(
    ops: &Operations,
    own: Option<&Tenant>,
    model: ReadModel,
    job: Option<&JobId>,
    scope: acts::Scope,
    asked: Asked,
) -> Result<Answered<Diff>, OpsError> {
    let found = slots(ops.database().pool(), model.name).await?;
    let (live, candidate) = compared(&found, own, model.name, job)?;
    let altered = altered(ops, model.name).await?;
    let schemas = [SlotRole::Live, SlotRole::Candidate].map(|role| role.schema(model.name));
    let [here, there] = [schemas[0].as_str(), schemas[1].as_str()];
    let met = begin_at_one_position(ops.database(), here, there, MEET_TIMEOUT).await;
    let (client, position) = met.map_err(apart)?;
    let told = asked.first.unwrap_or(PEOPLE_TOLD).min(MAX_TOLD);
    let extent = Extent {
        tenant: candidate.scope.tenant().map(Tenant::as_str),
        person: candidate.scope.person(),
        told,
    };
    let compared = compare(&*client, &model.people, here, there, extent).await;
    let mut comparison = match compared {
        Err(_) if !altered.is_empty() => return Err(not_comparable(&altered)),
        compared => compared?,
    };
    let left_out = match candidate.scope.person() {
        Some(_) => nobodys_tables(&*client, &model.people, here).await?,
        None => vec![],
    };
    // It ends with its connection.
    drop(client);
    if let Some(people) = &mut comparison.people {
        deciding::name_events(ops, &mut people.first, position.seq).await?;
    }
    let events = looked_up(ops, &comparison).await?;
    Ok(Answered(Diff {
        job: job.map(JobId::to_string),
        projection: model.name.to_owned(),
        scope,
        position: position.seq.0,
        same_rules: live.made_by == candidate.made_by,
        altered,
        tables: comparison.tables.iter().map(table).collect(),
        left_out,
        only_live: comparison.only_here,
        only_candidate: comparison.only_there,
        people: comparison.people.map(|people| DiffPeople {
            changed: people.changed,
            by_field: people.fields,
            first: people.first.into_iter().map(|it| person(it, &events)).collect(),
        }),
        things: comparison.things.into_iter().map(|it| thing(it, &events)).collect(),
    }))
}

/// What of the tables of either slot is not as it was made.
async fn altered(ops: &Operations, projection: &str) -> Result<Vec<String>, OpsError> {
    let found = altered_slots(ops.database().pool(), projection).await?;
    let of_either = found.into_iter().filter(|(role, _)| *role != SlotRole::Previous);
    let words = |(role, what): (SlotRole, Vec<String>)| {
        what.into_iter().map(move |what| format!("{}: {what}", role.as_str())).collect::<Vec<_>>()
    };
    Ok(of_either.flat_map(words).collect())
}

fn not_comparable(altered: &[String]) -> OpsError {
    OpsError::refused(format!(
        "somebody altered the tables by hand, so that rows cannot be compared: {}; a replay of the whole \
         projection, run and cut over, makes them anew",
        altered.join("; ")
    ))
}

fn apart(error: MeetError) -> OpsError {
    match error {
        MeetError::Database(error) => error.into(),
        MeetError::Apart { .. } | MeetError::Forked(_) | MeetError::Missing(_) => {
            OpsError::refused(error.to_string())
        }
    }
}

fn table(of: &projector::TableDifference) -> DiffTable {
    DiffTable {
        table: of.table.clone(),
        same: of.same,
        changed: of.changed,
        only_live: of.only_here,
        only_candidate: of.only_there,
    }
}

fn person(of: PersonDifference, events: &HashMap<Seq, DiffEvent>) -> DiffPerson {
    let field = |of: projector::FieldDifference| DiffField {
        field: of.field,
        live: of.here,
        candidate: of.there,
    };
    DiffPerson {
        events: told(&of.events, events),
        tenant: of.tenant,
        person: EmployeeId(of.employee),
        fields: of.fields.into_iter().map(field).collect(),
    }
}

fn thing(of: RowDifference, events: &HashMap<Seq, DiffEvent>) -> DiffThing {
    DiffThing {
        events: told(&of.events, events),
        key: serde_json::from_str(&of.key).unwrap_or(Value::Null),
        table: of.table,
        in_live: of.in_here,
        in_candidate: of.in_there,
    }
}
