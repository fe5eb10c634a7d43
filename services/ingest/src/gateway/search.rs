//! Queries by POST: `/.search`, `/Users/.search` and `/Groups/.search` (RFC 7644 §3.4.3). They keep
//! names out of URLs, and so out of the logs of whatever stands in front of us.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scim::messages::{ListResponse, SearchRequest};
use scim::{Bad, ScimType};

use super::answer::scim_json;
use super::body::Body;
use super::caller::Caller;
use super::failure::Failure;
use super::query::Query;
use super::{groups, users};
use crate::Gateway;

pub(super) async fn users(
    State(gateway): State<Gateway>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let found = users::search(&gateway, &caller, &query(body)?).await?;
    Ok(scim_json(StatusCode::OK, &found))
}

pub(super) async fn groups(
    State(gateway): State<Gateway>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let found = groups::search(&gateway, &caller, &query(body)?)?;
    Ok(scim_json(StatusCode::OK, &found))
}

/// Both types: the users who match come first, then the groups.
pub(super) async fn everything(
    State(gateway): State<Gateway>,
    caller: Caller,
    Body(body): Body,
) -> Result<Response, Failure> {
    let query = query(body)?;
    let page = query.page()?;
    let mut found = users::search(&gateway, &caller, &query).await?;
    // The groups begin where the users end: on this page, or on an earlier one.
    let users = found.total_results;
    let offset = page.offset().saturating_sub(users);
    let left = page.count - found.resources.len();
    let groups = groups::search(&gateway, &caller, &query.part(offset, left))?;
    found.resources.extend(groups.resources);
    let total = users + groups.total_results;
    Ok(scim_json(StatusCode::OK, &ListResponse::new(total, page.start_index, found.resources)))
}

fn query(body: serde_json::Value) -> Result<Query, Failure> {
    let search: SearchRequest = serde_json::from_value(body).map_err(|error| {
        Bad::new(ScimType::InvalidSyntax, format!("the body is no search request: {error}"))
    })?;
    Ok(search.into())
}
