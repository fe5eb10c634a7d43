//! `/ops/v1/doctor`: whether all is as it should be.

use acts::Role;
use axum::extract::State;

use super::{Answer, Answered, Caller, OpsError};
use crate::doctor::{Diagnosis, Patient};
use crate::operations::Operations;

impl Answer for Diagnosis {
    const SCHEMA: &'static str = "rollcall.doctor.v1";
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Caller,
) -> Result<Answered<Diagnosis>, OpsError> {
    caller.may(Role::OpsRead)?;
    // What cannot be read of the journal is told by a check of its stream.
    let state = ops.acts().current().await.unwrap_or_else(|_| ops.acts().state());
    let surroundings = ops.surroundings();
    let patient = Patient {
        log: ops.log(),
        database: ops.database(),
        state: &state,
        projections: ops.projections(),
        surroundings: &surroundings,
    };
    Ok(Answered(Box::pin(Diagnosis::of(patient)).await))
}
