//! Queries (RFC 7644 §3.4.2): of one type, or of both at the root; by GET, or by POST to `/.search`,
//! which keeps names out of URLs, and so out of the logs of whatever stands in front of us.

mod candidates;
mod cursor;
mod find;
mod hits;
mod page;
mod question;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use scim::messages::SearchRequest;
use scim::{Bad, ResourceType, ScimType};
use web::workers::Stop;

use self::find::Search;
use self::page::{Page, Rows};
use self::question::Question;
pub(super) use self::question::{DEFAULT, MAX};
use super::body::Body;
use super::caller::Caller;
use super::failure::Failure;
use super::query::Query;
use super::{answer, pieces};
use crate::state::Gateway;

/// How long a search may take that is done at once. It looks at a few small resources.
const AT_ONCE: Duration = Duration::from_secs(1);

/// `GET /`: resources of both types, the users first unless they are sorted.
pub(super) async fn root(
    State(gateway): State<Gateway>,
    caller: Caller,
    query: Query,
) -> Result<Response, Failure> {
    list(&gateway, &caller, &query, &ResourceType::ALL).await
}

/// `/.search`, `/Users/.search` or `/Groups/.search` (RFC 7644 §3.4.3).
pub(super) fn by_post(types: &'static [ResourceType]) -> MethodRouter<Gateway> {
    post(move |State(gateway): State<Gateway>, caller: Caller, body: Body| async move {
        let Body { value, held: _held } = body;
        caller.still_may(&gateway)?;
        let search: SearchRequest = serde_json::from_value(value).map_err(|error| {
            Bad::new(ScimType::InvalidSyntax, format!("the body is no search request: {error}"))
        })?;
        list(&gateway, &caller, &search.into(), types).await
    })
}

/// The page that a query asks for.
pub(super) async fn list(
    gateway: &Gateway,
    caller: &Caller,
    query: &Query,
    types: &[ResourceType],
) -> Result<Response, Failure> {
    let (mut question, mut page) =
        find(gateway, caller, Question::read(gateway, caller, query, types)?).await?;
    if page.total == 0
        && let Some(query) = query.decoded_once_more()
        && let Ok(again) = Question::read(gateway, caller, &query, types)
    {
        (question, page) = find(gateway, caller, again).await?;
    }
    show(gateway, caller, question, page).await
}

/// The page that is asked for, and what asked for it.
async fn find(
    gateway: &Gateway,
    caller: &Caller,
    question: Question,
) -> Result<(Question, Page), Failure> {
    let people = caller.people();
    if question.is_plain() {
        let page = question.walk(people);
        return Ok((question, page));
    }
    let quick = question.is_quick(people);
    let mut search = Search::new(question, Arc::clone(&caller.roster), caller.tenant.clone());
    if quick && search.is_done(&Stop::within(AT_ONCE))? {
        return Ok(search.end());
    }
    // Everybody is many: not on the threads that answer others.
    let mut search = Some(search);
    let found = gateway.workers.run_in_turns(&caller.tenant, move |stop| {
        match search.as_mut()?.is_done(stop) {
            Ok(false) => None,
            Ok(true) => search.take().map(|search| Ok(search.end())),
            Err(failure) => Some(Err(failure)),
        }
    });
    Box::pin(found).await?
}

/// Writes a page: at once if it is small, and piece by piece if it is not.
async fn show(
    gateway: &Gateway,
    caller: &Caller,
    question: Question,
    page: Page,
) -> Result<Response, Failure> {
    let mut text = question.head(&page);
    let (roster, tenant) = (Arc::clone(&caller.roster), caller.tenant.clone());
    let mut rows = Rows::new(question, page.places, roster, tenant);
    if rows.is_light() {
        rows.write_all(&mut text)?;
        return Ok(answer::text(StatusCode::OK, text));
    }
    if rows.may_cost_too_much() {
        rows = Box::pin(tried_out(gateway, caller, rows)).await?;
    }
    let (memory, begun) = (&gateway.memory.answers, (text, rows.next_weight()));
    let write = move |text: &mut Vec<u8>| rows.write(text);
    Box::pin(pieces::answer(&gateway.workers, memory, &caller.tenant, begun, write)).await
}

/// Rows of which all can be shown, or why not.
async fn tried_out(gateway: &Gateway, caller: &Caller, rows: Rows) -> Result<Rows, Failure> {
    let budget = rows.budget();
    let mut rows = Some(rows);
    let tried = gateway.workers.run_in_turns(&caller.tenant, move |stop| {
        match rows.as_mut()?.try_out(&budget, stop) {
            Ok(false) => None,
            Ok(true) => rows.take().map(Ok),
            Err(failure) => Some(Err(failure)),
        }
    });
    tried.await?
}
