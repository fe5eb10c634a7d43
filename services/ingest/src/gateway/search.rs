//! Queries (RFC 7644 §3.4.2): of one type, or of both at the root; by GET, or by POST to `/.search`,
//! which keeps names out of URLs, and so out of the logs of whatever stands in front of us.

mod cursor;
mod find;
mod question;

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use scim::messages::{ListResponse, SearchRequest};
use scim::{Bad, ResourceType, ScimType};

use self::question::Question;
pub(super) use self::question::{DEFAULT, MAX};
use super::answer::scim_json;
use super::body::Body;
use super::caller::Caller;
use super::failure::Failure;
use super::query::Query;
use crate::Gateway;
use writer::Outage;

/// `GET /`: resources of both types, the users first unless they are sorted.
pub(super) async fn root(
    State(gateway): State<Gateway>,
    caller: Caller,
    query: Query,
) -> Result<Response, Failure> {
    answer(&gateway, &caller, &query, &ResourceType::ALL).await
}

/// `/.search`, `/Users/.search` or `/Groups/.search` (RFC 7644 §3.4.3).
pub(super) fn by_post(types: &'static [ResourceType]) -> MethodRouter<Gateway> {
    post(move |State(gateway): State<Gateway>, caller: Caller, Body(body): Body| async move {
        let search: SearchRequest = serde_json::from_value(body).map_err(|error| {
            Bad::new(ScimType::InvalidSyntax, format!("the body is no search request: {error}"))
        })?;
        answer(&gateway, &caller, &search.into(), types).await
    })
}

/// The page that a query asks for.
pub(super) async fn answer(
    gateway: &Gateway,
    caller: &Caller,
    query: &Query,
    types: &[ResourceType],
) -> Result<Response, Failure> {
    let found = find(caller, Question::read(gateway, caller, query, types)?).await?;
    if found.total_results == 0
        && let Some(query) = query.decoded_once_more()
        && let Ok(question) = Question::read(gateway, caller, &query, types)
    {
        return Ok(scim_json(StatusCode::OK, &find(caller, question).await?));
    }
    Ok(scim_json(StatusCode::OK, &found))
}

async fn find(caller: &Caller, question: Question) -> Result<ListResponse, Failure> {
    let people = caller.people();
    if question.is_quick(people) {
        return question.answer(people);
    }
    // Everybody is many: not on the threads that answer others.
    let (roster, tenant) = (Arc::clone(&caller.roster), caller.tenant.clone());
    let search = tokio::task::spawn_blocking(move || {
        roster.tenant(&tenant).map(|people| question.answer(people))
    });
    search.await.ok().flatten().ok_or(Failure::Outage(Outage::Stopping))?
}
