//! Queries (RFC 7644 §3.4.2): of one type, or of both at the root; by GET, or by POST to `/.search`,
//! which keeps names out of URLs, and so out of the logs of whatever stands in front of us.

mod candidates;
mod cursor;
mod matches;
mod page_writer;
mod query;
mod result_page;
mod scan;
mod timeout;
mod top_matches;
mod unfiltered;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use scim::messages::SearchRequest;
use scim::{InvalidRequest, ResourceType, ScimType};
use web::workers::Stop;

use self::page_writer::{PageWriter, head};
use self::query::ListQuery;
use self::result_page::ResultPage;
use self::scan::{Scan, is_cheap};
use self::unfiltered::page_of_everything;
use super::body::Body;
use super::caller::Caller;
use super::error::ScimError;
use super::query_params::QueryParams;
use super::{response, streaming};
use crate::state::Gateway;

/// How long a search of a few small resources may take.
const CHEAP_SEARCH_TIMEOUT: Duration = Duration::from_secs(1);

/// `GET /`: resources of both types, the users first unless they are sorted.
pub(super) async fn root(
    State(gateway): State<Gateway>,
    caller: Caller,
    params: QueryParams,
) -> Result<Response, ScimError> {
    list(&gateway, &caller, &params, &ResourceType::ALL).await
}

/// `/.search`, `/Users/.search` or `/Groups/.search` (RFC 7644 §3.4.3).
pub(super) fn by_post(types: &'static [ResourceType]) -> MethodRouter<Gateway> {
    post(move |State(gateway): State<Gateway>, caller: Caller, body: Body| async move {
        let Body { value, held: _held } = body;
        caller.check_access(&gateway)?;
        let search: SearchRequest = serde_json::from_value(value).map_err(|error| {
            InvalidRequest::new(
                ScimType::InvalidSyntax,
                format!("the body is no search request: {error}"),
            )
        })?;
        list(&gateway, &caller, &search.into(), types).await
    })
}

/// The page that the parameters ask for. If a filter finds nobody, it is decoded once more and tried
/// again.
pub(super) async fn list(
    gateway: &Gateway,
    caller: &Caller,
    params: &QueryParams,
    types: &[ResourceType],
) -> Result<Response, ScimError> {
    let query = ListQuery::parse(gateway, caller, params, types)?;
    let (mut query, mut page) = find(gateway, caller, query).await?;
    if page.total == 0
        && let Some(params) = params.decoded_once_more()
        && let Ok(decoded) = ListQuery::parse(gateway, caller, &params, types)
    {
        (query, page) = find(gateway, caller, decoded).await?;
    }
    respond(gateway, caller, query, page).await
}

/// The page that answers a query, and the query.
async fn find(
    gateway: &Gateway,
    caller: &Caller,
    query: ListQuery,
) -> Result<(ListQuery, ResultPage), ScimError> {
    let roster = caller.tenant_roster();
    if query.lists_everything() {
        let page = page_of_everything(&query, roster);
        return Ok((query, page));
    }
    let is_cheap = is_cheap(&query, roster);
    let mut scan = Scan::new(query, Arc::clone(&caller.roster), caller.tenant.clone());
    if is_cheap && scan.advance(&Stop::within(CHEAP_SEARCH_TIMEOUT))? {
        return Ok(scan.finish());
    }
    // The worker threads look at everybody, in turns with other tenants.
    let mut scan = Some(scan);
    let found = gateway.workers.run_in_turns(&caller.tenant, move |stop| {
        match scan.as_mut()?.advance(stop) {
            Ok(false) => None,
            Ok(true) => scan.take().map(|scan| Ok(scan.finish())),
            Err(error) => Some(Err(error)),
        }
    });
    Box::pin(found).await?
}

/// Writes a page: at once if it is small, and chunk by chunk if it is not.
async fn respond(
    gateway: &Gateway,
    caller: &Caller,
    query: ListQuery,
    page: ResultPage,
) -> Result<Response, ScimError> {
    let mut text = head(&query, &page);
    let (roster, tenant) = (Arc::clone(&caller.roster), caller.tenant.clone());
    let mut writer = PageWriter::new(query, page.matches, roster, tenant);
    if writer.is_small() {
        writer.write_all(&mut text)?;
        return Ok(response::json_text(StatusCode::OK, text));
    }
    if writer.may_exceed_budget() {
        writer = Box::pin(check_budget(gateway, caller, writer)).await?;
    }
    let (memory, begun) = (&gateway.memory.answers, (text, writer.next_size()));
    let write = move |text: &mut Vec<u8>| writer.write_chunk(text);
    Box::pin(streaming::stream(&gateway.workers, memory, &caller.tenant, begun, write)).await
}

/// Fails if the page costs more than its budget; else gives the writer back.
async fn check_budget(
    gateway: &Gateway,
    caller: &Caller,
    writer: PageWriter,
) -> Result<PageWriter, ScimError> {
    let budget = writer.budget();
    let mut writer = Some(writer);
    let checked = gateway.workers.run_in_turns(&caller.tenant, move |stop| {
        match writer.as_mut()?.dry_run(&budget, stop) {
            Ok(false) => None,
            Ok(true) => writer.take().map(Ok),
            Err(error) => Some(Err(error)),
        }
    });
    checked.await?
}
