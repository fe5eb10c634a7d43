//! `GET /api/v1/{tenant}/events`: the feed in pages, or as a stream.

use access::CommandError;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use tokio::time::{Instant, sleep_until};
use web::{Problem, Unauthorized};

use super::door::{PullDoor, Reader};
use super::named::Named;
use super::page::{self, EventPage, PageError};
use super::query::{EventsQuery, QueryParams};
use super::shape::CloudEventBatch;
use super::stream;

/// The media type of a page: CloudEvents' JSON batch format.
pub(crate) const BATCH: &str = "application/cloudevents-batch+json";

/// The header with the cursor to go on from.
pub(super) const NEXT: HeaderName = HeaderName::from_static("rollcall-next");

/// Read events
///
/// What happened to people, teams, bookings and alerts, in order and from the beginning: everything that the
/// feed has, however old. Each event is one of CloudEvents 1.0, with the whole state of the thing after it. Go on from
/// the cursor in `Rollcall-Next`, which every answer has, also one without events.
///
/// With `Accept: text/event-stream` the same comes as server-sent events, on and on: `id` is the cursor,
/// `event` the type, `data` the event as JSON. Come again with `Last-Event-ID`, which counts before `after`. A
/// stream that ends says why in an event called `end`.
///
/// With `subscriber`, it is kept how far that subscriber is: `after`, and `Last-Event-ID`, acknowledge all that came
/// before, so that a request without them goes on there.
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/events",
    operation_id = "readEvents",
    tag = "events",
    params(
        EventsQuery,
        (
            "Last-Event-ID" = Option<String>,
            Header,
            description = "The last `id` that a stream brought: it goes on behind it",
        ),
    ),
    responses(
        (
            status = 200,
            description = "Events in order; none if nothing came in time",
            content(
                (CloudEventBatch = "application/cloudevents-batch+json"),
                (String = "text/event-stream"),
            ),
            headers(
                ("Rollcall-Next" = String, description = "The cursor to go on from: `after` of the next request."),
                ("Link" = String, description = "The next request as a link, `rel=\"next\"` (RFC 8288)."),
            ),
        ),
        (status = 409, description = "The subscriber has another door"),
        (status = 410, description = "The cursor is of a feed that there is no more: begin with a snapshot"),
    ),
    security(("apiToken" = ["events:read"])),
)]
pub(crate) async fn events(
    State(door): State<PullDoor>,
    reader: Reader,
    uri: Uri,
    headers: HeaderMap,
    QueryParams(mut query): QueryParams<EventsQuery>,
) -> Result<Response, CommandError> {
    let named = match &query.subscriber {
        Some(name) => Some(Named::find(&door, &reader.tenant, name).await?),
        None => None,
    };
    if let Some(named) = &named {
        query.types = named.types(query.types)?;
    }
    if stream::is_wanted(&headers) {
        return stream::answer(door, (reader, named), &headers, query).await;
    }
    let after = door.beginning(&reader.tenant, named.as_ref(), query.after.as_deref()).await?;
    let page = awaited(&door, &reader, after, &query).await?;
    if let Some(named) = &named {
        named.check_still(&door).map_err(Problem::from)?;
    }
    if reader.is_revoked(&door) {
        return Err(Problem::from(Unauthorized::UnknownApiToken).into());
    }
    let cursor = door.cursor(&reader.tenant, page.through);
    let mut answer = (
        [(header::CONTENT_TYPE, HeaderValue::from_static(BATCH))],
        [(header::LINK, next_link(&uri, &cursor))],
        body(&page),
    )
        .into_response();
    if let Ok(cursor) = HeaderValue::try_from(cursor) {
        answer.headers_mut().insert(NEXT, cursor);
    }
    Ok(answer)
}

/// The page, which is held back while it is empty, for as long as the reader wants.
async fn awaited(
    door: &PullDoor,
    reader: &Reader,
    mut after: u64,
    query: &EventsQuery,
) -> Result<EventPage, CommandError> {
    let (tenant, types, limit) = (&reader.tenant, &query.types, query.limit.0);
    let deadline = Instant::now() + query.wait.0;
    let mut watch = door.watch.of(tenant);
    loop {
        let known = watch.known();
        let page = page::read(&door.feed, tenant, after, types, limit, known).await?;
        if !page.events.is_empty() || page.has_more {
            return Ok(page);
        }
        after = page.through;
        tokio::select! {
            _ = watch.beyond(after.max(known)) => {}
            () = sleep_until(deadline) => return Ok(page),
            () = door.stop.cancelled() => return Ok(page),
        }
    }
}

/// A JSON array of the events, which are JSON already.
fn body(page: &EventPage) -> String {
    let events: Vec<&str> = page.events.iter().map(|event| event.json.as_str()).collect();
    format!("[{}]", events.join(","))
}

/// The same request behind `cursor`, relative to this one: a proxy may have shortened the path.
fn next_link(uri: &Uri, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("after", cursor);
    let asked = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    for (name, value) in asked.filter(|(name, _)| name != "after") {
        query.append_pair(&name, &value);
    }
    format!("<?{}>; rel=\"next\"", query.finish())
}

impl From<PageError> for CommandError {
    fn from(error: PageError) -> Self {
        let later = "the feed cannot be read just now; ask again in a moment";
        let status = axum::http::StatusCode::SERVICE_UNAVAILABLE;
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "cannot read the feed for a reader");
        Problem::new(status, later)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("2"))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::ShownEvent;
    use super::*;

    #[test]
    fn the_link_asks_the_same_behind_the_cursor() {
        let uri = "/api/v1/acme/events?types=team.*&after=old&wait=30s".parse().unwrap();
        let link = next_link(&uri, "new");
        assert_eq!(link, "<?after=new&types=team.*&wait=30s>; rel=\"next\"",);
    }

    #[test]
    fn a_page_is_a_json_array() {
        let event =
            |seq| ShownEvent { seq, kind: String::new(), json: format!("{{\"id\":{seq}}}") };
        let page = |events| EventPage { events, ..EventPage::default() };
        assert_eq!(body(&page(vec![])), "[]");
        assert_eq!(body(&page(vec![event(1), event(2)])), r#"[{"id":1},{"id":2}]"#);
    }
}
