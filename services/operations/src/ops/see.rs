//! `/ops/v1` about people, requests and tenants: what is so, and why.
//!
//! These are questions, though some come by POST: a name that means a person belongs into a body, and
//! never into a URL, which is logged. Nobody's act is in the journal for asking; whoever asks for
//! personal values as they are leaves one.

use std::collections::BTreeMap;

use acts::{Act, Revealed, Role};
use axum::body::Body as ResponseBody;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use eventlog::clock;
use events::{EmployeeId, Scope, Tenant};
use jiff::{SignedDuration, Timestamp};
use projector::parked::{self, Which};
use serde::Deserialize;
use web::json_body::Body;
use web::{Permission, Problem};

use super::known_tenant::check_known;
use super::{Answer, Answered, Confined, OpsError, Reader};
use crate::directory_at;
use crate::lag::{self, Follower, Lag};
use crate::moment::{Moment, moment};
use crate::operations::Operations;
use crate::ops::extract::Query;
use crate::person::answer::{self, Explanation, History};
use crate::person::mask::Mask;
use crate::person::source::{Gathered, SeeError, Source};
use crate::request_trace::{self, Trace, TracedProjection};
use crate::status::{self, MAX_PARKED};
use crate::status_types::Status;

/// How far the clocks of writers may be ahead of ours.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(1);

impl Answer for Explanation {
    const SCHEMA: &'static str = "rollcall.explain.v1";
}

impl Answer for History {
    const SCHEMA: &'static str = "rollcall.history.v1";
}

impl Answer for Trace {
    const SCHEMA: &'static str = "rollcall.trace.v1";
}

impl Answer for Lag {
    const SCHEMA: &'static str = "rollcall.lag.v1";
}

/// Which person, and as of when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedPerson {
    /// An employee id, a SCIM id, an external id or a user name.
    person: String,
    tenant: Option<String>,
    at: Option<String>,
    /// Show personal values as they are, which needs a role and is noted. To administrators they always are.
    #[serde(default)]
    reveal: bool,
}

/// A person who was asked about, with all that concerns them.
struct Asked {
    tenant: Tenant,
    employee: EmployeeId,
    gathered: Gathered,
    at: Option<Moment>,
    mask: Mask,
}

pub(crate) async fn explain(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Body(asked): Body<AskedPerson>,
) -> Result<Answered<Explanation>, OpsError> {
    let Asked { tenant, employee, gathered, at, mask } = look(&ops, reader, &asked).await?;
    Ok(Answered(answer::explain(&tenant, employee, &gathered, at, mask)))
}

pub(crate) async fn history(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Body(asked): Body<AskedPerson>,
) -> Result<Answered<History>, OpsError> {
    let Asked { tenant, employee, gathered, at, mask } = look(&ops, reader, &asked).await?;
    Ok(Answered(answer::history(&tenant, employee, &gathered, at, mask)))
}

/// What opens the question about a person to administrators, who see the same values in the directory.
const SEES_PEOPLE: Permission = Permission::Api(Scope::EmployeesRead);

async fn look(
    ops: &Operations,
    reader: Confined<Reader>,
    asked: &AskedPerson,
) -> Result<Asked, OpsError> {
    reader.may_either(Role::OpsRead, SEES_PEOPLE)?;
    let tenant = reader.about(asked.tenant.as_deref().map(tenant).transpose()?)?;
    let reader = reader.at(tenant.as_ref())?;
    let at = as_of(ops, asked.at.as_deref()).await?;
    let source = Source::open(ops.log(), ops.database(), tenant.as_ref()).await?;
    let (tenant, employee) = match source.find(tenant.as_ref(), &asked.person).await {
        Err(SeeError::Nobody) => return Err(nobody(ops, tenant.as_ref()).await?),
        found => found?,
    };
    let mask = mask(ops, &reader, asked.reveal, &tenant, Some(employee)).await?;
    let gathered = source.gather(&tenant, employee).await?;
    Ok(Asked { tenant, employee, gathered, at, mask })
}

/// The moment that was asked about; none for now.
async fn as_of(ops: &Operations, at: Option<&str>) -> Result<Option<Moment>, OpsError> {
    let Some(at) = at else { return Ok(None) };
    let at = time("at", at)?;
    if at > clock::now() + CLOCKS_APART {
        let why = format!("at: {at} is yet to come; leave it out to ask about now");
        return Err(Problem::malformed(why).into());
    }
    Ok(Some(moment(ops.log(), at).await?))
}

/// Nobody is known, perhaps since there is no such tenant.
async fn nobody(ops: &Operations, tenant: Option<&Tenant>) -> Result<OpsError, OpsError> {
    if let Some(tenant) = tenant {
        check_known(ops.log(), tenant).await?;
    }
    Ok(SeeError::Nobody.into())
}

/// Whether personal values are shown: an operator who asks for that leaves an act before they see any. To an
/// administrator they are: these are people of their own tenant, whose directory shows the same values, and a note
/// for each look at a person's page would bury those that tell something.
async fn mask(
    ops: &Operations,
    reader: &Reader,
    reveal: bool,
    tenant: &Tenant,
    employee: Option<EmployeeId>,
) -> Result<Mask, OpsError> {
    if reader.is_administrator() {
        return Ok(Mask::Revealed);
    }
    if !reveal {
        return Ok(Mask::Masked);
    }
    reader.may(Role::PrivacyReveal)?;
    let revealed = Revealed { tenant: tenant.clone(), employee, event: None, request: None };
    let act = Act::PersonalRevealed(revealed);
    ops.acts().note(&reader.by, act).await?;
    Ok(Mask::Revealed)
}

/// A directory as of a moment, and how to write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedDirectory {
    tenant: String,
    at: Option<String>,
    #[serde(default)]
    reveal: bool,
    #[serde(default)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    #[default]
    Json,
    Csv,
}

pub(crate) async fn directory(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Query(asked): Query<AskedDirectory>,
) -> Result<Response, OpsError> {
    reader.may_either(Role::OpsRead, SEES_PEOPLE)?;
    let tenant = tenant(&asked.tenant)?;
    let reader = reader.at(Some(&tenant))?;
    let at = as_of(&ops, asked.at.as_deref()).await?;
    let mask = mask(&ops, &reader, asked.reveal, &tenant, None).await?;
    let directory = directory_at::fold(ops.log(), &tenant, at).await?;
    let (media, stream) = match asked.format {
        Format::Json => ("application/json", directory.json(mask)),
        Format::Csv => ("text/csv; charset=utf-8", directory.csv(mask)),
    };
    Ok(([(header::CONTENT_TYPE, media)], ResponseBody::from_stream(stream)).into_response())
}

/// Which request, and where to look for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedRequest {
    request: String,
    tenant: Option<String>,
    since: Option<String>,
}

pub(crate) async fn trace(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Body(asked): Body<AskedRequest>,
) -> Result<Answered<Trace>, OpsError> {
    reader.may(Role::OpsRead)?;
    let tenant = reader.about(asked.tenant.as_deref().map(tenant).transpose()?)?;
    let since = asked.since.as_deref().map(|since| time("since", since)).transpose()?;
    let (log, now) = (ops.log(), clock::now());
    let mut trace = request_trace::search(log, &asked.request, tenant.as_ref(), since, now).await?;
    if !trace.events.is_empty() {
        trace.projections = projections(&ops, &trace).await?;
    }
    Ok(Answered(trace))
}

async fn projections(ops: &Operations, trace: &Trace) -> Result<Vec<TracedProjection>, OpsError> {
    let mut projections = Vec::new();
    for projection in ops.projections() {
        let slots = projector::slots(ops.database().pool(), projection.name).await?;
        let live = slots.live.map(|live| (live.position.0, live.moved_at));
        let (position, applied_by) = live.unwrap_or_default();
        let there = trace.events.iter().filter(|traced| traced.event.position <= position);
        projections.push(TracedProjection {
            projection: projection.name.to_owned(),
            applied: there.count(),
            position,
            applied_by,
        });
    }
    Ok(projections)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedLag {
    #[serde(default = "ten")]
    top: usize,
}

fn ten() -> usize {
    10
}

pub(crate) async fn lag(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Query(asked): Query<AskedLag>,
) -> Result<Answered<Lag>, OpsError> {
    reader.may(Role::OpsRead)?;
    let mut followers = Vec::new();
    for projection in ops.projections() {
        let slots = projector::slots(ops.database().pool(), projection.name).await?;
        let (position, halted) =
            slots.live.map_or_else(Default::default, |live| (live.position, live.halted));
        let pool = ops.database().pool();
        let mut parked = BTreeMap::<Tenant, u64>::new();
        for one in parked::list(pool, projection.name, &Which::default(), MAX_PARKED).await? {
            *parked.entry(one.tenant).or_default() += 1 + one.behind;
        }
        let projection = projection.name.to_owned();
        followers.push(Follower { projection, position, halted, parked });
    }
    let (top, now) = (asked.top, clock::now());
    Ok(Answered(lag::lag(ops.log(), &followers, reader.own(), top, now).await?))
}

pub(crate) async fn status(
    State(ops): State<Operations>,
    reader: Reader,
) -> Result<Answered<Status>, OpsError> {
    reader.may(Role::OpsRead)?;
    let (log, database, acts) = (ops.log(), ops.database(), ops.acts());
    let looked = Box::pin(status::look(log, database, acts, ops.projections(), clock::now()));
    Ok(Answered(looked.await?))
}

fn tenant(slug: &str) -> Result<Tenant, Problem> {
    slug.parse().map_err(|error: events::BadTenant| Problem::malformed(error.to_string()))
}

pub(crate) fn time(name: &str, text: &str) -> Result<Timestamp, Problem> {
    events::parse_timestamp(text).map_err(|error| Problem::malformed(format!("{name}: {error}")))
}
