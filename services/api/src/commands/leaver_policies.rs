//! Setting what becomes of leavers' bookings by itself.

use access::{CommandError, WriteAccess};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use events::{EmployeeId, LeaverPolicy, Scope};
use roster::{Intent, LeaversIntent, Roster};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::json_body::Body;

use super::answer::answer;
use super::caller::Caller;
use crate::leaver_policy::PolicyKind;

/// What becomes of leavers' bookings of a resource type.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyInput {
    kind: PolicyKind,
    /// With `cancel-after`: so many days after the departure, each of 24 hours; 0 if it is left out, which is
    /// at once, and 3,653 at most.
    #[schema(minimum = 0, maximum = 3653)]
    days: Option<u32>,
    /// With `hand-over`: the colleague, who has to be Active.
    #[schema(value_type = Option<String>, format = Uuid)]
    to: Option<EmployeeId>,
}

impl PolicyInput {
    fn policy(&self) -> Result<LeaverPolicy, Problem> {
        let only = |given: bool, name, kind| {
            if given {
                let detail = format!("`{name}` goes with `{kind}`; leave it out");
                return Err(Problem::malformed(detail));
            }
            Ok(())
        };
        Ok(match self.kind {
            PolicyKind::Keep => {
                only(self.days.is_some(), "days", "cancel-after")?;
                only(self.to.is_some(), "to", "hand-over")?;
                LeaverPolicy::Keep
            }
            PolicyKind::CancelAfter => {
                only(self.to.is_some(), "to", "hand-over")?;
                LeaverPolicy::CancelAfter { days: self.days.unwrap_or_default() }
            }
            PolicyKind::HandOver => {
                only(self.days.is_some(), "days", "cancel-after")?;
                let missing = || Problem::malformed("`hand-over` names a colleague by `to`");
                LeaverPolicy::HandOver { to: self.to.ok_or_else(missing)? }
            }
        })
    }
}

async fn set(
    access: &WriteAccess,
    caller: &Caller,
    resource_type: String,
    policy: LeaverPolicy,
) -> Result<Response, CommandError> {
    caller.may(Scope::LeaversCancel)?;
    if let Some(source) = caller.source() {
        let detail = format!(
            "the API token is for bookings of the source {source}, and a policy is for those of all; use another token"
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, detail).into());
    }
    let intent = Intent::Leavers(LeaversIntent::SetPolicy { resource_type, policy });
    let intent = move |_: &Roster| Ok(intent.clone());
    let done = caller.execute(access, Scope::LeaversCancel, intent).await?;
    Ok(answer(StatusCode::NO_CONTENT, done.position, ().into_response()))
}

/// Set what becomes of leavers' bookings of a resource type
///
/// For those of people who have left already too. What somebody decided about a booking by hand stands.
#[utoipa::path(
    put,
    path = "/api/v1/{tenant}/leaver-policies/{resourceType}",
    operation_id = "setLeaverPolicy",
    tag = "leavers",
    params(
        ("resourceType" = String, Path, description = "The resource type, just as booking systems name it, URL-encoded: 64 bytes of UTF-8 at most, and not blank", min_length = 1),
    ),
    request_body = PolicyInput,
    responses(
        (status = 204, description = "Set"),
        (status = 404, description = "No such colleague"),
        (status = 409, description = "The colleague is not Active, or there are policies for 100 resource types already"),
    ),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn put(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, resource_type)): Path<(String, String)>,
    Body(input): Body<PolicyInput>,
) -> Result<Response, CommandError> {
    set(&access, &caller, resource_type, input.policy()?).await
}

/// Keep leavers' bookings of a resource type again
///
/// They wait for somebody to decide. Said again, nothing happens.
#[utoipa::path(
    delete,
    path = "/api/v1/{tenant}/leaver-policies/{resourceType}",
    operation_id = "removeLeaverPolicy",
    tag = "leavers",
    params(
        ("resourceType" = String, Path, description = "The resource type, URL-encoded", min_length = 1),
    ),
    responses((status = 204, description = "They are kept")),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn delete(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, resource_type)): Path<(String, String)>,
) -> Result<Response, CommandError> {
    set(&access, &caller, resource_type, LeaverPolicy::Keep).await
}
