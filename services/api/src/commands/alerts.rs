//! Deciding on the alerts of the mass-change guard.

use access::{CommandError, WriteAccess};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use events::{AlertId, Digest, Scope};
use roster::{HeldPeople, Intent, Roster};
use serde::Deserialize;
use utoipa::ToSchema;
use web::json_body::OptionalBody;
use web::path_id;

use super::answer::answer;
use super::caller::Caller;

/// A decision on an alert; it may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertDecision {
    /// How many people the decision is about: the alert's `heldPeople`. Where it holds another
    /// number by now, nothing is decided. Left out, it is about as many as there are.
    people: Option<usize>,
    /// Who they are: the alert's `heldDigest`. Where it holds others by now, if as many, nothing is decided.
    #[serde(rename = "heldDigest")]
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{64}$")]
    held_digest: Option<Digest>,
    /// Why; kept with the alert. 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    reason: Option<String>,
}

impl AlertDecision {
    /// About whom it is, and why.
    fn parts(self) -> (Option<HeldPeople>, Option<String>) {
        let people = HeldPeople { number: self.people, digest: self.held_digest };
        (Some(people), self.reason)
    }
}

/// Release an alert
///
/// What happened is right: people who are held become Former, as of the day on which the directory
/// said so. An alert that holds nobody is closed. Said again, nothing happens: the first reason
/// stands.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/alerts/{id}/release",
    operation_id = "releaseAlert",
    tag = "alerts",
    params(
        ("id" = uuid::Uuid, Path, description = "The alert"),
    ),
    request_body = Option<AlertDecision>,
    responses(
        (status = 204, description = "Released"),
        (status = 404, description = "No such alert"),
        (status = 409, description = "The alert was reversed, or holds other people"),
    ),
    security(("apiToken" = ["alerts:decide"])),
)]
pub(super) async fn release(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, alert)): Path<(String, String)>,
    OptionalBody(said): OptionalBody<AlertDecision>,
) -> Result<Response, CommandError> {
    let (people, reason) = said.parts();
    let decided = |alert| Intent::ReleaseAlert { alert, people, reason };
    decide(&access, caller, &alert, decided).await
}

/// Reverse an alert
///
/// What happened is wrong: people who are held stay Active, also when the directory says the same
/// again, until it says something new about them.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/alerts/{id}/reverse",
    operation_id = "reverseAlert",
    tag = "alerts",
    params(
        ("id" = uuid::Uuid, Path, description = "The alert"),
    ),
    request_body = Option<AlertDecision>,
    responses(
        (status = 204, description = "Reversed"),
        (status = 404, description = "No such alert"),
        (status = 409, description = "The alert was released, or holds nobody or other people"),
    ),
    security(("apiToken" = ["alerts:decide"])),
)]
pub(super) async fn reverse(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, alert)): Path<(String, String)>,
    OptionalBody(said): OptionalBody<AlertDecision>,
) -> Result<Response, CommandError> {
    let (people, reason) = said.parts();
    let decided = |alert| Intent::ReverseAlert { alert, people, reason };
    decide(&access, caller, &alert, decided).await
}

async fn decide(
    access: &WriteAccess,
    caller: Caller,
    alert: &str,
    decided: impl FnOnce(AlertId) -> Intent,
) -> Result<Response, CommandError> {
    let intent = decided(path_id("alert", alert)?);
    caller.may(Scope::AlertsDecide)?;
    let intent = move |_: &Roster| Ok(intent.clone());
    let done = caller.execute(access, Scope::AlertsDecide, intent).await?;
    Ok(answer(StatusCode::NO_CONTENT, done.position, ().into_response()))
}
