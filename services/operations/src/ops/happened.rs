//! `/ops/v1/events`: what happened at a tenant, the newest first.

use std::time::Duration;

use acts::Role;
use axum::extract::State;
use eventlog::{Entry, ReadError};
use events::{EmployeeId, Entity, Recorded, Scope, Seq, Tenant};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use web::{Permission, Problem};

use super::known_tenant::check_known;
use super::{Answer, Answered, Confined, OpsError, Reader, masked};
use crate::operations::Operations;
use crate::ops::extract::Query;
use crate::person::answer::type_of;
use crate::person::source::Source;

/// How many one answer has at most, and if nothing is said.
const MAX_LISTED: usize = 200;
const DEFAULT_LISTED: usize = 50;
/// How long an answer may wait for the next event.
const MAX_WAIT: u64 = 25;
const POLL: Duration = Duration::from_millis(250);

/// Which events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedEvents {
    tenant: String,
    /// What they are about: `user`, `group`, `team`, `booking`, …
    entity: Option<String>,
    /// Only those that concern this person.
    employee: Option<EmployeeId>,
    /// The newest of those before this position.
    before: Option<u64>,
    /// Only those behind this position, the newest of them.
    after: Option<u64>,
    /// So many seconds at most an answer to `after` waits for the next one.
    wait: Option<u64>,
    limit: Option<usize>,
}

/// Events, the newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EventList {
    tenant: String,
    events: Vec<EventItem>,
    /// Whether there are others before the last one.
    more: bool,
}

impl Answer for EventList {
    const SCHEMA: &'static str = "rollcall.events-of-tenant.v1";
}

/// An event.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EventItem {
    position: u64,
    /// Its id, which nothing else has.
    event_id: String,
    /// Its type, like `user.created`.
    event: String,
    at: Timestamp,
    /// What it is about: `user`, `group`, …
    entity: String,
    /// The id of that.
    id: String,
    /// Who caused it: `credential:ID`, `operator`, `portal:ID`.
    actor: String,
    /// The request that caused it, if it tells one.
    request: Option<String>,
    /// What it says. To operators every text is masked that is no id.
    body: Value,
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Query(asked): Query<AskedEvents>,
) -> Result<Answered<EventList>, OpsError> {
    reader.may_either(Role::OpsRead, Permission::Api(Scope::EventsRead))?;
    let tenant = crate::caller::tenant(&asked.tenant)?;
    let reader = reader.at(Some(&tenant))?;
    check_known(ops.log(), &tenant).await?;
    let entity = asked.entity.as_deref().map(entity).transpose()?;
    let limit = asked.limit.unwrap_or(DEFAULT_LISTED).clamp(1, MAX_LISTED);
    let seconds = asked.wait.filter(|_| asked.after.is_some()).unwrap_or(0).min(MAX_WAIT);
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        let (mut items, mut more) = match asked.employee {
            Some(employee) => of_person(&ops, &tenant, employee, &asked, limit).await?,
            None => newest(&ops, &tenant, entity, asked.before, limit).await?,
        };
        let after = asked.after.unwrap_or(0);
        let all = items.len();
        items.retain(|item| item.position > after);
        more &= items.len() == all;
        if items.is_empty() && Instant::now() < deadline {
            sleep(POLL).await;
            continue;
        }
        // Administrators see the same values in the directory.
        let open = reader.is_administrator();
        let shown = |item: EventItem| {
            let body = if open { item.body } else { masked::masked(item.body) };
            EventItem { body, ..item }
        };
        let events = items.into_iter().map(shown).collect();
        return Ok(Answered(EventList { tenant: tenant.to_string(), events, more }));
    }
}

async fn newest(
    ops: &Operations,
    tenant: &Tenant,
    entity: Option<Entity>,
    before: Option<u64>,
    limit: usize,
) -> Result<(Vec<EventItem>, bool), ReadError> {
    let (entries, more) = ops.log().newest(tenant, entity, before.map(Seq), limit).await?;
    let read = |entry: &Entry| {
        let recorded = entry.read();
        recorded.map_err(|source| ReadError::Undecodable { seq: entry.seq, source })
    };
    let events = entries.iter().rev().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok((events.iter().filter_map(EventItem::of).collect(), more))
}

/// All events of a person are read: they are few.
async fn of_person(
    ops: &Operations,
    tenant: &Tenant,
    employee: EmployeeId,
    asked: &AskedEvents,
    limit: usize,
) -> Result<(Vec<EventItem>, bool), OpsError> {
    let source = Source::open(ops.log(), ops.database(), Some(tenant)).await?;
    let gathered = source.gather(tenant, employee).await?;
    let wanted = |event: &&Recorded| asked.before.is_none_or(|before| event.seq.0 < before);
    let of_entity = |item: &EventItem| asked.entity.as_deref().is_none_or(|of| item.entity == of);
    let newest = gathered.events.iter().rev().filter(wanted).filter_map(EventItem::of);
    let mut items: Vec<EventItem> = newest.filter(of_entity).take(limit + 1).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    Ok((items, more))
}

impl EventItem {
    /// None for an event that is nobody's.
    fn of(recorded: &Recorded) -> Option<Self> {
        let subject = recorded.event.subject(recorded.tenant())?;
        let mut tokens = subject.split('.').skip(2);
        let (entity, id) = (tokens.next()?.to_owned(), tokens.next()?.to_owned());
        let body = recorded.event.body().and_then(|body| serde_json::from_slice(&body).ok());
        Some(Self {
            position: recorded.seq.0,
            event_id: recorded.envelope.id.to_string(),
            event: type_of(&recorded.event),
            at: recorded.envelope.time,
            entity,
            id,
            actor: recorded.envelope.actor.to_string(),
            request: recorded.envelope.request.clone(),
            body: body.unwrap_or_default(),
        })
    }
}

fn entity(name: &str) -> Result<Entity, Problem> {
    let known = Entity::ALL.into_iter().find(|entity| entity.as_str() == name);
    known.ok_or_else(|| {
        let name: String = name.chars().take(32).collect();
        Problem::malformed(format!("entity: {name:?} is none that events are about; try `user`"))
    })
}
