//! `/ops/v1/requests`: what clients asked of SCIM, and how they were answered.

use std::time::Duration;

use acts::Role;
use axum::extract::State;
use eventlog::{ReadError, RequestLog};
use events::{CredentialId, EmployeeId, Scope, Tenant};
use jiff::Timestamp;
use requests::{EventRange, RequestRecord, ResourceKind, Selected, in_words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};
use uuid::Uuid;
use web::{Permission, Problem};

use super::known_tenant::check_known;
use super::{Answer, Answered, Confined, OpsError, Reader};
use crate::operations::Operations;
use crate::ops::extract::Query;
use crate::recorded::{Page, Wanted, later, newest, of_request};

/// How many one answer has at most, and if nothing is said.
const MAX_LISTED: usize = 200;
const DEFAULT_LISTED: usize = 50;
/// How long an answer may wait for the next request.
const MAX_WAIT: u64 = 25;
const POLL: Duration = Duration::from_millis(250);

/// Which requests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedRequests {
    tenant: String,
    /// Only those that were not done.
    #[serde(default)]
    errors: bool,
    /// Only those with this method.
    method: Option<String>,
    /// Only those about this person.
    employee: Option<EmployeeId>,
    /// The newest of those before this number.
    before: Option<u64>,
    /// Those behind this number, the oldest first.
    after: Option<u64>,
    /// So many seconds at most an answer to `after` waits for the next one.
    wait: Option<u64>,
    /// Those with this id.
    request: Option<String>,
    /// About when that request came, if its id does not tell.
    at: Option<String>,
    limit: Option<usize>,
}

/// Requests, the newest first; those behind a number, the oldest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RequestList {
    tenant: String,
    /// Whether any are recorded at all: `--record-requests` of the gateways.
    recording: bool,
    requests: Vec<RequestItem>,
    /// Whether there are others before the last one, or behind it.
    more: bool,
    /// Behind which number to ask for those to come.
    through: u64,
}

impl Answer for RequestList {
    const SCHEMA: &'static str = "rollcall.requests.v1";
}

/// A request, without what it said.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RequestItem {
    /// What it is called here.
    number: u64,
    /// Its id (`X-Request-Id`), which its events have, too.
    request: String,
    at: Timestamp,
    method: String,
    /// The template of its route.
    route: String,
    kind: Option<ResourceKind>,
    /// The SCIM id of the resource.
    resource: Option<Uuid>,
    /// The filter, without what it compares with.
    filter: Option<String>,
    status: u16,
    scim_type: Option<String>,
    /// What came of it, in words.
    result: String,
    milliseconds: f64,
    credential: Option<CredentialId>,
    /// The positions of the events that it led to.
    events: Option<EventRange>,
    employee_id: Option<EmployeeId>,
    /// Whether it is kept, sealed, what it said.
    has_contents: bool,
}

impl RequestItem {
    pub(super) fn of((number, record): (u64, RequestRecord)) -> Self {
        Self {
            number,
            result: in_words(&record),
            milliseconds: micros_in_milliseconds(record.micros),
            has_contents: record.contents.is_some(),
            request: record.request,
            at: record.at,
            method: record.method,
            route: record.route,
            kind: record.kind,
            resource: record.resource,
            filter: record.filter,
            status: record.status,
            scim_type: record.scim_type,
            credential: record.credential,
            events: record.events,
            employee_id: record.employee,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no request takes so long")]
fn micros_in_milliseconds(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Query(asked): Query<AskedRequests>,
) -> Result<Answered<RequestList>, OpsError> {
    reader.may_either(Role::OpsRead, Permission::Api(Scope::EventsRead))?;
    let tenant = crate::caller::tenant(&asked.tenant)?;
    reader.at(Some(&tenant))?;
    let selected = asked.selected()?;
    let Some(log) = find(&ops, &tenant).await? else {
        let requests = vec![];
        let tenant = tenant.to_string();
        let none = RequestList { tenant, recording: false, requests, more: false, through: 0 };
        return Ok(Answered(none));
    };
    let limit = asked.limit.unwrap_or(DEFAULT_LISTED).clamp(1, MAX_LISTED);
    let wanted = Wanted { tenant: &tenant, selected: &selected, limit };
    let (_, end) = log.extent().await?;
    let page = match (&asked.request, asked.after) {
        (Some(request), _) => {
            let at = asked.at.as_deref().map(|at| super::see::time("at", at)).transpose()?;
            of_request(&log, &wanted, request, at).await?
        }
        (None, Some(after)) => {
            awaited(&log, &wanted, after, asked.wait.unwrap_or(0).min(MAX_WAIT)).await?
        }
        (None, None) => newest(&log, &wanted, asked.before).await?,
    };
    let last = page.requests.iter().map(|(number, _)| *number).max();
    let through = if page.more { last.unwrap_or(end) } else { last.unwrap_or(0).max(end) };
    let requests = page.requests.into_iter().map(RequestItem::of).collect();
    let tenant = tenant.to_string();
    Ok(Answered(RequestList { tenant, recording: true, requests, more: page.more, through }))
}

impl AskedRequests {
    fn selected(&self) -> Result<Selected, Problem> {
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        let method = self.method.as_deref().map(str::to_ascii_uppercase);
        if let Some(odd) = method.as_deref().filter(|method| !known.contains(method)) {
            let odd: String = odd.chars().take(16).collect();
            let why = format!("method: {odd:?} is none of {}", known.join(", "));
            return Err(Problem::malformed(why));
        }
        Ok(Selected { errors: self.errors, method, employee: self.employee })
    }
}

/// Those behind a number; if there are none yet, those that come within some seconds.
async fn awaited(
    log: &RequestLog,
    wanted: &Wanted<'_>,
    after: u64,
    seconds: u64,
) -> Result<Page, ReadError> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        let page = later(log, wanted, after).await?;
        if !page.requests.is_empty() || Instant::now() >= deadline {
            return Ok(page);
        }
        sleep(POLL).await;
    }
}

/// Where requests are recorded; none, if none ever were.
pub(super) async fn find(
    ops: &Operations,
    tenant: &Tenant,
) -> Result<Option<RequestLog>, OpsError> {
    check_known(ops.log(), tenant).await?;
    Ok(ops.request_log().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_scim_does_not_have_is_refused_with_those_that_it_has() {
        let asked = |method: &str| AskedRequests {
            tenant: "acme".to_owned(),
            errors: true,
            method: Some(method.to_owned()),
            employee: None,
            before: None,
            after: None,
            wait: None,
            request: None,
            at: None,
            limit: None,
        };
        let selected = asked("post").selected().expect("a method");
        assert_eq!(selected.method.as_deref(), Some("POST"));
        assert!(asked("*").selected().is_err() && asked("OPTIONS").selected().is_err());
    }
}
