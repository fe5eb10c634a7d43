//! `/ops/v1/operators`: who has a token, and what it opens.

use acts::{Act, Added, Known, OperatorName, Revoked, Role, RoleChange, Roles};
use axum::extract::State;
use axum::http::StatusCode;
use eventlog::ids;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::Problem;
use web::json_body::Body;

use super::{Answer, Answered, Caller, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Path;

/// What stands before the secret of an operator's token.
const PREFIX: &str = "rco_";

/// All operators that there are and were, by name.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OperatorList {
    operators: Vec<OperatorSummary>,
}

impl Answer for OperatorList {
    const SCHEMA: &'static str = "rollcall.operators.v1";
}

/// An operator, never with their token.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OperatorSummary {
    name: String,
    /// What the token opens.
    roles: Vec<Role>,
    added_at: Timestamp,
    /// Who made the token: `root`, or `operator:` and a name.
    added_by: String,
    /// Since when it opens nothing; null while it is alive.
    revoked_at: Option<Timestamp>,
}

impl OperatorSummary {
    fn of(known: &Known) -> Self {
        Self {
            name: known.name.to_string(),
            roles: known.roles.iter().copied().collect(),
            added_at: known.added_at,
            added_by: known.added_by.to_string(),
            revoked_at: known.revoked_at,
        }
    }
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Caller,
) -> Result<Answered<OperatorList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let state = ops.acts().current().await?;
    let operators = state.operators.iter().map(OperatorSummary::of).collect();
    Ok(Answered(OperatorList { operators }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOperator {
    name: String,
    roles: Vec<String>,
}

/// An operator with their token, which is shown this once.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AddedOperator {
    name: String,
    roles: Vec<Role>,
    /// Shown this once: only its SHA-256 is kept.
    operator_token: String,
}

impl Answer for AddedOperator {
    const SCHEMA: &'static str = "rollcall.operator-added.v1";
}

pub(crate) async fn add(
    State(ops): State<Operations>,
    caller: Caller,
    Body(new): Body<NewOperator>,
) -> Result<(StatusCode, Answered<AddedOperator>), OpsError> {
    caller.is_root()?;
    let name = name(&new.name)?;
    let roles = roles(&new.roles)?;
    let (operator_token, token) = ids::secret(PREFIX);
    let decide = |state: &acts::State| {
        if state.operators.get(&name).is_some_and(|known| known.revoked_at.is_none()) {
            let why = format!("the operator {name} has a token; revoke it first");
            return Err(OpsError::refused(why));
        }
        Ok(Some(Act::OperatorAdded(Added { name: name.clone(), roles: roles.clone(), token })))
    };
    ops.acts().act(&caller.by, decide).await?;
    let roles = roles.into_iter().collect();
    let added = AddedOperator { name: name.to_string(), roles, operator_token };
    Ok(Answered(added).created())
}

pub(crate) async fn revoke(
    State(ops): State<Operations>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, OpsError> {
    caller.is_root()?;
    let name = name(&text)?;
    let decide = |state: &acts::State| match state.operators.get(&name) {
        None => Err(OpsError::not_found(format!(
            "there is no operator {name}; `rollcall operator list` shows them"
        ))),
        Some(known) if known.revoked_at.is_some() => Ok(None),
        Some(_) => Ok(Some(Act::OperatorRevoked(Revoked { name: name.clone() }))),
    };
    ops.acts().act(&caller.by, decide).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Roles that a token is to open, or not to open any more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TheseRoles {
    roles: Vec<String>,
}

/// What an operator's token opens now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OperatorRoles {
    name: String,
    roles: Vec<Role>,
}

impl Answer for OperatorRoles {
    const SCHEMA: &'static str = "rollcall.operator-roles.v1";
}

pub(crate) async fn grant(
    State(ops): State<Operations>,
    caller: Caller,
    Path(text): Path<String>,
    Body(wanted): Body<TheseRoles>,
) -> Result<Answered<OperatorRoles>, OpsError> {
    caller.is_root()?;
    let (name, wanted) = (name(&text)?, roles(&wanted.roles)?);
    let decide = |state: &acts::State| -> Result<Option<Act>, OpsError> {
        let known = living(state, &name)?;
        let roles: Roles = wanted.difference(&known.roles).copied().collect();
        let change = RoleChange { name: name.clone(), roles };
        Ok((!change.roles.is_empty()).then_some(Act::OperatorGranted(change)))
    };
    ops.acts().act(&caller.by, decide).await?;
    told(&ops, &name)
}

pub(crate) async fn ungrant(
    State(ops): State<Operations>,
    caller: Caller,
    Path(text): Path<String>,
    Body(unwanted): Body<TheseRoles>,
) -> Result<Answered<OperatorRoles>, OpsError> {
    caller.is_root()?;
    let (name, unwanted) = (name(&text)?, roles(&unwanted.roles)?);
    let decide = |state: &acts::State| -> Result<Option<Act>, OpsError> {
        let known = living(state, &name)?;
        let roles: Roles = unwanted.intersection(&known.roles).copied().collect();
        if roles.len() == known.roles.len() {
            let why = format!(
                "the token of {name} would open nothing; end it with `rollcall operator revoke \
                 {name}`"
            );
            return Err(OpsError::refused(why));
        }
        let change = RoleChange { name: name.clone(), roles };
        Ok((!change.roles.is_empty()).then_some(Act::OperatorUngranted(change)))
    };
    ops.acts().act(&caller.by, decide).await?;
    told(&ops, &name)
}

/// An operator whose token opens something.
fn living<'s>(state: &'s acts::State, name: &OperatorName) -> Result<&'s Known, OpsError> {
    let known = state.operators.get(name).filter(|known| known.revoked_at.is_none());
    known.ok_or_else(|| {
        OpsError::not_found(format!(
            "no operator {name} has a token; `rollcall operator list` shows who has"
        ))
    })
}

fn told(ops: &Operations, name: &OperatorName) -> Result<Answered<OperatorRoles>, OpsError> {
    let state = ops.acts().state();
    let roles = living(&state, name)?.roles.iter().copied().collect();
    Ok(Answered(OperatorRoles { name: name.to_string(), roles }))
}

fn roles(texts: &[String]) -> Result<Roles, Problem> {
    let roles = texts.iter().map(|role| role.parse::<Role>()).collect::<Result<Roles, _>>();
    let roles = roles.map_err(|error| Problem::malformed(error.to_string()))?;
    if roles.is_empty() { Err(Problem::malformed("name a role at least")) } else { Ok(roles) }
}

fn name(text: &str) -> Result<OperatorName, Problem> {
    text.parse().map_err(|error: acts::BadOperatorName| {
        let text: String = text.chars().take(64).collect();
        Problem::malformed(format!("{text:?}: {error}"))
    })
}
