//! `/ops/v1/parked`: events that cannot be applied, and what waits behind them.

use acts::{Act, Revealed, Role};
use axum::extract::State;
use events::{Seq, Tenant};
use jiff::Timestamp;
use projector::parked::{self, ParkedEvent, Which};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::known_tenant::check_known;
use super::parked_advice::advice;
use super::parked_id::ParkedId;
use super::{Answer, Answered, Caller, Confined, OpsError, masked};
use crate::operations::Operations;
use crate::ops::extract::{Path, Query};

/// How many one answer has at most.
const MAX_LISTED: usize = 1000;
/// How many of what waits behind an event, and of its keys, one answer has at most.
const MAX_BEHIND: u32 = 100;

/// Which parked events; what is left out stays open.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Of this projection.
    pub(crate) projection: Option<String>,
    /// Of this tenant.
    pub(crate) tenant: Option<Tenant>,
    /// That failed for this cause.
    pub(crate) cause: Option<String>,
}

impl Asked {
    /// The slots that are asked, and what.
    pub(crate) fn slots(&self, ops: &Operations) -> Result<Vec<String>, OpsError> {
        let names = ops.projections().iter().map(|projection| projection.name);
        let asked = |name: &&str| self.projection.as_deref().is_none_or(|wanted| wanted == *name);
        let slots: Vec<String> = names.filter(asked).flat_map(ParkedId::slots_of).collect();
        match &self.projection {
            Some(wanted) if slots.is_empty() => {
                Err(OpsError::no_projection(wanted, ops.projections()))
            }
            Some(_) | None => Ok(slots),
        }
    }

    pub(crate) fn which(&self) -> Which {
        let Self { projection: _, tenant, cause } = self.clone();
        Which { tenant, cause, ..Which::default() }
    }

    /// The parked events, with the slots in which they wait.
    pub(crate) async fn find(
        &self,
        ops: &Operations,
        limit: usize,
    ) -> Result<Vec<(ParkedId, ParkedEvent)>, OpsError> {
        let mut found = Vec::new();
        for slot in self.slots(ops)? {
            let left = u32::try_from(limit - found.len()).unwrap_or(u32::MAX);
            if left == 0 {
                break;
            }
            let events = parked::list(ops.database().pool(), &slot, &self.which(), left).await?;
            found.extend(
                events.into_iter().map(|event| (ParkedId::new(&slot, event.position), event)),
            );
        }
        Ok(found)
    }
}

/// Events that cannot be applied, and wait.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ParkedList {
    parked: Vec<ParkedItem>,
    /// Whether there are more.
    more: bool,
}

impl Answer for ParkedList {
    const SCHEMA: &'static str = "rollcall.parked.v1";
}

/// An event that cannot be applied, and waits.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ParkedItem {
    /// What it is called: the slot and the position, `teams:4182330`.
    id: String,
    slot: String,
    tenant: String,
    /// Where it stands in the log.
    position: u64,
    /// Its type.
    event: String,
    happened_at: Timestamp,
    /// What it holds up, in the first place: `person …`, `team …`; null if nothing.
    key: Option<String>,
    /// What events that failed alike have in common.
    cause: String,
    /// What went wrong.
    message: String,
    /// How often it was tried.
    tries: u32,
    failed_at: Timestamp,
    tried_at: Timestamp,
    /// When it is tried again by itself; null if it waits for an operator.
    next_at: Option<Timestamp>,
    /// How many events wait behind it.
    behind: u64,
}

impl ParkedItem {
    pub(crate) fn of(id: &ParkedId, event: ParkedEvent) -> Self {
        Self {
            id: id.to_string(),
            slot: id.slot.clone(),
            tenant: event.tenant.to_string(),
            position: event.position.0,
            event: event.event,
            happened_at: event.happened_at,
            key: event.key,
            cause: event.cause,
            message: event.message,
            tries: event.tries,
            failed_at: event.failed_at,
            tried_at: event.tried_at,
            next_at: event.next_at,
            behind: event.behind,
        }
    }
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Answered<ParkedList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let asked = Asked { tenant: caller.about(asked.tenant.clone())?, ..asked };
    if let Some(tenant) = &asked.tenant {
        check_known(ops.log(), tenant).await?;
    }
    let mut found = asked.find(&ops, MAX_LISTED + 1).await?;
    let more = found.len() > MAX_LISTED;
    found.truncate(MAX_LISTED);
    let parked = found.into_iter().map(|(id, event)| ParkedItem::of(&id, event)).collect();
    Ok(Answered(ParkedList { parked, more }))
}

/// All that may be told of a parked event.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ParkedDetail {
    #[serde(flatten)]
    item: ParkedItem,
    /// What it holds up.
    keys: Vec<String>,
    /// Who caused it: a credential, the operator or the program, by id.
    actor: Option<String>,
    /// The id of the request that it came from.
    request: Option<String>,
    /// The event's body, with every text masked that is no id, unless it was asked for as it is; null if it cannot be
    /// read.
    body: Option<Value>,
    /// What waits behind it, the first of it.
    waiting: Vec<WaitingEvent>,
    /// How many parked events failed for the same cause, this one included.
    alike: usize,
    /// What to do.
    advice: Vec<String>,
}

impl Answer for ParkedDetail {
    const SCHEMA: &'static str = "rollcall.parked-event.v1";
}

/// An event that waits behind one that cannot be applied.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WaitingEvent {
    position: u64,
    event: String,
    happened_at: Timestamp,
}

/// The parked event of this name, and who asks for it. Of another tenant's an administrator is told that there
/// is none.
pub(crate) async fn found(
    ops: &Operations,
    caller: Confined<Caller>,
    id: &ParkedId,
) -> Result<(Caller, ParkedEvent), OpsError> {
    let event = find(ops, id).await?;
    if !caller.sees(Some(&event.tenant)) {
        return Err(none(id));
    }
    Ok((caller.at(Some(&event.tenant))?, event))
}

async fn find(ops: &Operations, id: &ParkedId) -> Result<ParkedEvent, OpsError> {
    let which = Which { position: Some(id.position), ..Which::default() };
    let found = parked::list(ops.database().pool(), &id.slot, &which, 1).await?;
    found.into_iter().next().ok_or_else(|| none(id))
}

fn none(id: &ParkedId) -> OpsError {
    OpsError::not_found(format!(
        "no event is parked as {id}: it was applied or passed over meanwhile, or never was"
    ))
}

/// Whether to show the body as it is.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    #[serde(default)]
    reveal: bool,
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    Query(Shown { reveal }): Query<Shown>,
) -> Result<Answered<ParkedDetail>, OpsError> {
    caller.may(Role::OpsRead)?;
    let id = ParkedId::parse(&id, &ops)?;
    let own = caller.own().cloned();
    let (caller, event) = found(&ops, caller, &id).await?;
    if reveal {
        caller.may(Role::PrivacyReveal)?;
        let (tenant, event) = (event.tenant.clone(), Some(id.position));
        let revealed =
            Act::PersonalRevealed(Revealed { tenant, employee: None, event, request: None });
        ops.acts().note(&caller.by, revealed).await?;
    }
    let (pool, position) = (ops.database().pool(), id.position);
    let keys = parked::keys_of(pool, &id.slot, position, MAX_BEHIND).await?;
    let waiting = parked::behind(pool, &id.slot, position, MAX_BEHIND).await?;
    let alike = Which { cause: Some(event.cause.clone()), tenant: own, ..Which::default() };
    let alike = parked::list(pool, &id.slot, &alike, 1000).await?.len();
    let told = told(&ops, position, reveal).await?;
    let advice = advice(&id, &event);
    Ok(Answered(ParkedDetail {
        item: ParkedItem::of(&id, event),
        keys: keys.iter().map(ToString::to_string).collect(),
        actor: told.actor,
        request: told.request,
        body: told.body,
        waiting: waiting
            .into_iter()
            .map(|event| WaitingEvent {
                position: event.position.0,
                event: event.event,
                happened_at: event.happened_at,
            })
            .collect(),
        alike,
        advice,
    }))
}

/// What the log tells of an event, without names unless somebody asks for them.
#[derive(Default)]
struct Told {
    actor: Option<String>,
    request: Option<String>,
    body: Option<Value>,
}

async fn told(ops: &Operations, position: Seq, reveal: bool) -> Result<Told, OpsError> {
    let Some(entry) = ops.log().get(position).await? else { return Ok(Told::default()) };
    let Ok(event) = entry.read() else { return Ok(Told::default()) };
    let body = serde_json::from_slice(entry.body()).ok();
    let body = if reveal { body } else { body.map(masked::masked) };
    let actor = Some(event.envelope.actor.as_str().to_owned());
    Ok(Told { actor, request: event.envelope.request, body })
}
