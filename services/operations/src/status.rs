//! How far the log and its read models are, which alerts are open, what operators have begun, and what
//! clients send that is not kept. It asks the log, the journal and Postgres alone, so that it can be
//! told where nothing runs.

use access::ignored_attributes;
use directory::Directory;
use eventlog::{Discrepancy, Entry, Evidence, Log, Loss, sentence};
use events::{Digest, Seq};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use projector::database::WaitError;
use projector::parked::{self, ParkedError, Which};
use projector::{Database, Projection as _, ReadModel, Scope, SlotPeek, SlotRole, Slots};

use crate::act_log::ActLog;
use crate::open_work::OpenWork;
use crate::status_types::{AlertStatus, SlotStatus, State, Status, StreamStatus};

/// More of what failed is not counted: by then the projection pauses.
pub(crate) const MAX_PARKED: u32 = 10_000;

/// More places that were changed by hand are not told.
pub(crate) const MAX_MARKS: u32 = 1000;

/// Why the status cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// The log cannot be read.
    #[error("look at the log")]
    Log(#[from] eventlog::ReadError),
    /// What is known of the log beside it cannot be read.
    #[error("look at what is known of the log")]
    Marks(#[from] eventlog::LogError),
    /// The slots cannot be read.
    #[error("look at the slots of the read models")]
    Slots(#[from] WaitError),
    /// Postgres gives no connection.
    #[error("borrow a connection to Postgres")]
    Pool(#[from] deadpool_postgres::PoolError),
    /// What is parked cannot be read.
    #[error("look at what is parked")]
    Parked(#[from] ParkedError),
    /// A question to Postgres failed.
    #[error("ask the directory for its alerts")]
    Database(#[from] tokio_postgres::Error),
}

/// Looks at all of it.
pub async fn look(
    log: &Log,
    database: &Database,
    acts: &ActLog,
    projections: &[ReadModel],
    now: Timestamp,
) -> Result<Status, StatusError> {
    // The slots first: the log's end, read later, is never behind them. What does not depend on each other is asked
    // at the same time: one after the other, these questions take several times as long.
    let mut asked = Vec::new();
    for projection in projections {
        asked.push(projector::slots(database.pool(), projection.name));
    }
    let (slots, recorded) = tokio::join!(try_join_all(asked), log.recorded_evidence());
    let found: Vec<(&ReadModel, Slots)> = projections.iter().zip(slots?).collect();
    let mut evidence: Vec<Evidence> = Vec::new();
    for (projection, slots) in &found {
        evidence.extend(
            slots.live.iter().map(|live| {
                Evidence::new(projector::witness(projection.name), live.log_position())
            }),
        );
    }
    evidence.extend(recorded?);
    let (lost, extent, verified, attributes_not_kept, state) = tokio::join!(
        log.confirm_continuity(&evidence),
        log.extent(),
        log.last_verification(),
        ignored_attributes(log),
        acts.current(),
    );
    let (lost, end) = (lost?.err(), extent?.map_or(Seq(0), |extent| extent.last));
    let mut asked = Vec::new();
    for (projection, slots) in &found {
        asked.push(of_projection(log, database, projection, slots, end, lost.as_ref(), now));
    }
    let (shown, alerts, newest) =
        tokio::join!(try_join_all(asked), open_alerts(database, &found), log.get(end));
    let (shown, alerts) = (shown?.into_iter().flatten().collect(), alerts?);
    let last_event_at = newest?.as_ref().and_then(happened_at);
    // A journal that cannot be read is told, and all else as well.
    let (work, journal_unreadable) = match state {
        Ok(state) => (OpenWork::of(&state, &found, end, now), None),
        Err(error) => (OpenWork::default(), Some(sentence(&error))),
    };
    let stream = StreamStatus {
        name: log.stream_name().to_string(),
        position: end.0,
        last_event_at,
        lost: lost.map(|loss| loss.to_string()),
        verified: verified?,
    };
    let attributes_not_kept = attributes_not_kept?;
    let mut status = Status {
        at: now,
        needs_attention: false,
        stream,
        projections: shown,
        alerts,
        work,
        journal_unreadable,
        attributes_not_kept,
    };
    status.needs_attention = status.attention();
    Ok(status)
}

async fn of_projection(
    log: &Log,
    database: &Database,
    projection: &ReadModel,
    slots: &Slots,
    end: Seq,
    lost: Option<&Loss>,
    now: Timestamp,
) -> Result<Vec<SlotStatus>, StatusError> {
    let (name, ours) = (projection.name, projection.made_by());
    let mut shown = Vec::new();
    if slots.live.is_none() {
        shown.push(missing(name, end));
    }
    let marks = projector::marks(database.pool(), name, MAX_MARKS).await?;
    let altered = projector::altered_slots(database.pool(), name).await?;
    for slot in slots.iter() {
        let lag_events = end.0.saturating_sub(slot.position.0);
        let waiting = if lag_events == 0 { None } else { log.get(slot.position.next()).await? };
        let since = waiting.as_ref().and_then(happened_at);
        // An event that the log counts and does not hold can be read no more than a damaged one.
        let readable = match &waiting {
            Some(entry) => entry.read().is_ok(),
            None => lag_events == 0 || log.position_at(slot.position.next()).await?.is_some(),
        };
        let live = slot.role == SlotRole::Live;
        let elsewhere = live && lost.is_some_and(|loss| is_missed(loss, name));
        let rate = rate(slot, now);
        let schema = slot.role.schema(name);
        let parked = parked::list(database.pool(), &schema, &Which::default(), MAX_PARKED).await?;
        let state = match (lag_events, &slot.halted) {
            _ if elsewhere => State::AheadOfLog,
            (1.., _) if !readable => State::Stuck,
            (_, Some(_)) => State::Paused,
            (_, None) if slot.building() => State::Building,
            (0, None) => State::Current,
            (_, None) => State::CatchingUp,
        };
        shown.push(SlotStatus {
            projection: name.to_owned(),
            slot: slot.role.as_str().to_owned(),
            scope: scope(&slot.scope),
            position: slot.position.0,
            lag_events,
            lag_seconds: since
                .map_or(0.0, |since| now.duration_since(since).as_secs_f64().max(0.0)),
            unknown_events: slot.unknown,
            rate,
            eta_seconds: rate.filter(|rate| lag_events > 0 && *rate > 0.0).map(|rate| {
                #[expect(clippy::cast_precision_loss, reason = "an estimate")]
                let left = lag_events as f64;
                left / rate
            }),
            parked_events: parked.iter().map(|one| 1 + one.behind).sum(),
            parked_since: parked.iter().map(|one| one.failed_at).min(),
            state,
            state_text: state.as_str().to_owned(),
            why: slot.halted.clone().or_else(|| by_others(slot, slots, &ours, end)),
            job: slot.job.clone(),
            kept_until: slot.kept_until,
            lease_seconds: slot.lease_age.map(|age| age.as_secs_f64()),
            changed_by_hand: marks.iter().map(|mark| u64::from(mark.slot == slot.role)).sum(),
            altered: altered
                .iter()
                .filter(|(role, _)| *role == slot.role)
                .flat_map(|(_, what)| what.clone())
                .collect(),
        });
    }
    Ok(shown)
}

/// What is told of a live slot that is of other rules than this release's.
fn by_others(slot: &SlotPeek, slots: &Slots, ours: &Digest, end: Seq) -> Option<String> {
    if slot.role != SlotRole::Live || (slot.made_by == *ours && slot.slot_id.is_some()) {
        return None;
    }
    let kept = if slot.attended() { "" } else { "; nobody follows the log with it" };
    let candidate = match &slots.candidate {
        Some(candidate) if candidate.made_by == *ours => {
            let percent = candidate.position.0 * 100 / end.0.max(1);
            format!("; the candidate has {} %", percent.min(100))
        }
        Some(_) | None => String::new(),
    };
    Some(format!("made by other rules{kept}{candidate}"))
}

/// What is told of a projection that nobody has ever built.
fn missing(name: &str, end: Seq) -> SlotStatus {
    SlotStatus {
        projection: name.to_owned(),
        slot: SlotRole::Live.as_str().to_owned(),
        scope: scope(&Scope::Whole),
        position: 0,
        lag_events: end.0,
        lag_seconds: 0.0,
        unknown_events: 0,
        rate: None,
        eta_seconds: None,
        parked_events: 0,
        parked_since: None,
        state: State::Missing,
        state_text: State::Missing.as_str().to_owned(),
        why: None,
        job: None,
        kept_until: None,
        lease_seconds: None,
        changed_by_hand: 0,
        altered: vec![],
    }
}

/// How fast a slot was filled, as long as it is being filled.
fn rate(slot: &SlotPeek, now: Timestamp) -> Option<f64> {
    let filling = slot.role == SlotRole::Candidate || slot.building();
    let seconds = now.duration_since(slot.made_at.filter(|_| filling)?).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let position = slot.position.0 as f64;
    (seconds > 0.0).then_some(position / seconds)
}

fn scope(scope: &Scope) -> String {
    match scope {
        Scope::Whole => "whole".to_owned(),
        Scope::Tenant(tenant) => format!("tenant:{tenant}"),
        Scope::Person { tenant, person } => format!("person:{tenant}:{person}"),
    }
}

/// Whether a read model knows events that the log does not hold.
fn is_missed(loss: &Loss, name: &str) -> bool {
    let witness = projector::witness(name);
    let witnesses = loss.0.iter().filter_map(Discrepancy::evidence);
    witnesses.into_iter().any(|evidence| evidence.witness == witness)
}

async fn open_alerts(
    database: &Database,
    found: &[(&ReadModel, Slots)],
) -> Result<Vec<AlertStatus>, StatusError> {
    let built = |(projection, slots): &(&ReadModel, Slots)| {
        projection.name == Directory::NAME && slots.live.is_some()
    };
    if !found.iter().any(built) {
        return Ok(vec![]);
    }
    let client = database.pool().get().await?;
    projector::search_in(&client, &[Directory::NAME]).await?;
    let open = directory::queries::open_alerts(&client).await?;
    Ok(open.into_iter().map(AlertStatus::from).collect())
}

/// When an event happened, even if the rest of it cannot be read.
fn happened_at(entry: &Entry) -> Option<Timestamp> {
    entry.header(events::header::TIME)?.parse().ok()
}

#[cfg(test)]
pub(crate) mod tests;
