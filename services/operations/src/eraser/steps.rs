//! The steps of an erasure, in their order.

use std::time::Duration;

use access::CommandError;
use acts::{By, Certificate, CertifiedStore, ErasedBy, ErasurePlan};
use eventlog::{Access, Feed, Log, ReadError, Selection, clock, sentence};
use events::{Digest, EmployeeId, Entity, ErasedEvent, Event, Seq, Tenant};
use futures_util::StreamExt as _;
use roster::Intent;
use tokio::time::Instant;
use writer::{Command, Provenance, Writer};

use super::requests::Requests;
use super::{DeletingUser, Eraser, Incomplete, rows_of_person};
use crate::operations::Operations;

/// How long the read models and the snapshot may take to follow.
const FOLLOW_TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);

/// So often events may come while the ones before are being named. Once the person is erased nothing
/// more is told of them, so the second round finds all.
const ROUNDS: usize = 4;

/// What the log says was erased of a person.
pub(super) struct Named {
    /// The events `user.erased`.
    by: Vec<ErasedBy>,
    events: Vec<ErasedEvent>,
}

impl Named {
    /// Where the events are that go.
    pub(super) fn positions(&self) -> Vec<Seq> {
        self.events.iter().map(|event| event.seq).collect()
    }

    /// By which events that is told.
    pub(super) fn by(self) -> Vec<ErasedBy> {
        self.by
    }
}

pub(super) async fn run(
    eraser: &Eraser,
    ops: &Operations,
    erasure: &acts::Erasure,
    by: &By,
    provenance: &Provenance,
) -> Result<Certificate, Incomplete> {
    let (plan, log) = (&erasure.plan, ops.log());
    let writer = eraser.access().writer();
    let unrecorded = |why| Incomplete { step: "requests", why };
    let recorded = Requests::of(ops, plan).await.map_err(unrecorded)?;
    let named = fence(writer, log, plan.employee_id, provenance, false).await?;
    let last = named.by.last().map_or(Seq(0), |by| by.seq);
    let positions = named.positions();
    let DeletingUser { url, access } = &eraser.0.nats;
    delete(log, &positions, url.as_deref(), access).await?;
    let slots = follow(ops, last).await?;
    let told = feed(log, &provenance.tenant, plan.employee_id).await?;
    snapshot(eraser, last).await?;
    let requests = recorded.erase(url.as_deref(), access).await.map_err(unrecorded)?;
    check(ops, plan, &positions).await?;
    let digests: Vec<u8> = named.events.iter().flat_map(|event| event.digest.0).collect();
    Ok(Certificate {
        erasure: plan.erasure.clone(),
        tenant: plan.tenant.to_string(),
        employee_id: plan.employee_id.to_string(),
        planned_by: erasure.by.to_string(),
        planned_at: erasure.at,
        run_by: by.to_string(),
        completed_at: clock::now(),
        erased_by: named.by,
        events: positions.len() as u64,
        positions: ranges(&positions),
        digest: Digest::of(&digests),
        stores: stores(eraser, slots, (told, requests)),
    })
}

/// Names all events of the person, after the first of which nothing more is told of them; of one who is
/// Active by the mass-change guard alone only `even_if_held`.
pub(super) async fn fence(
    writer: &Writer,
    log: &Log,
    employee: EmployeeId,
    provenance: &Provenance,
    even_if_held: bool,
) -> Result<Named, Incomplete> {
    let step = "fence";
    for _ in 0..ROUNDS {
        let found = log.person_events(&provenance.tenant, employee).await;
        let found = found.map_err(|error| failed(step, &error))?;
        let events = found.events;
        let bookings = Vec::from_iter(found.bookings);
        let intent = move |_: &roster::Roster| {
            let (bookings, events) = (bookings.clone(), events.clone());
            Ok::<_, CommandError>(Intent::EraseUser { employee, bookings, events, even_if_held })
        };
        let committed = writer.execute(Command::new(provenance.clone(), intent));
        let committed =
            committed.await.map_err(|error| Incomplete { step, why: error.to_string() })?;
        if committed.kinds.is_empty() {
            let named = named(log, &provenance.tenant, employee).await;
            return named.map_err(|error| failed(step, &error));
        }
    }
    Err(Incomplete { step, why: "events of the person keep coming".to_owned() })
}

async fn named(log: &Log, tenant: &Tenant, employee: EmployeeId) -> Result<Named, ReadError> {
    let selection = Selection {
        tenant: Some(tenant.clone()),
        entity: Some(Entity::User),
        id: Some(employee.0),
        fact: Some("erased".to_owned()),
        ..Selection::default()
    };
    let mut named = Named { by: vec![], events: vec![] };
    let mut entries = std::pin::pin!(log.select(selection));
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        let recorded = entry.read();
        let recorded =
            recorded.map_err(|source| ReadError::Undecodable { seq: entry.seq, source })?;
        if let Event::UserErased(body) = &recorded.event {
            named.by.push(ErasedBy { seq: recorded.seq, chain: recorded.chain });
            named.events.extend(body.events.iter().cloned());
        }
    }
    named.events.sort_by_key(|event| event.seq);
    Ok(named)
}

/// Overwrites the events in the log's files.
pub(super) async fn delete(
    log: &Log,
    positions: &[Seq],
    url: Option<&str>,
    access: &Access,
) -> Result<(), Incomplete> {
    let overwritten = log.erase(positions, url, access).await;
    overwritten.map(|_| ()).map_err(|error| failed("delete", &error))
}

/// Looks whether one of these events is still there.
pub(super) async fn all_gone(log: &Log, positions: &[Seq]) -> Result<(), Incomplete> {
    let step = "check";
    let there = log.still_there(positions).await.map_err(|error| failed(step, &error))?;
    match there.first() {
        Some(first) => Err(Incomplete { step, why: format!("event {first} is still in the log") }),
        None => Ok(()),
    }
}

/// Waits until every slot of every projection has seen the erasure; names them.
async fn follow(ops: &Operations, last: Seq) -> Result<Vec<String>, Incomplete> {
    let step = "read models";
    let deadline = Instant::now() + FOLLOW_TIMEOUT;
    loop {
        let (mut all, mut behind) = (Vec::new(), Vec::new());
        for projection in ops.projections() {
            let slots = projector::slots(ops.database().pool(), projection.name).await;
            let slots = slots.map_err(|error| failed(step, &error))?;
            for slot in slots.iter() {
                let name = slot.role.schema(projection.name);
                if slot.position < last {
                    behind.push(format!("{name} is at event {}", slot.position));
                }
                all.push(name);
            }
        }
        if behind.is_empty() {
            return Ok(all);
        }
        if Instant::now() > deadline {
            let why = format!("{}; the erasure is event {last}", behind.join(", "));
            return Err(Incomplete { step, why });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Waits until the delivery has removed what applications were told of the person; tells whether they
/// were told anything, ever.
async fn feed(log: &Log, tenant: &Tenant, employee: EmployeeId) -> Result<bool, Incomplete> {
    let step = "feed";
    let deadline = Instant::now() + FOLLOW_TIMEOUT;
    let found = Feed::find(log).await.map_err(|error| failed(step, &error))?;
    let Some(feed) = found else { return Ok(false) };
    while feed.tells_of(tenant, employee).await.map_err(|error| failed(step, &error))? {
        if Instant::now() > deadline {
            let why = "the feed still tells of the person; does `rollcall deliver` run?";
            return Err(Incomplete { step, why: why.to_owned() });
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(true)
}

/// Waits until this process has saved its roster without the person.
async fn snapshot(eraser: &Eraser, last: Seq) -> Result<(), Incomplete> {
    let Some(path) = &eraser.0.snapshot else { return Ok(()) };
    let deadline = Instant::now() + FOLLOW_TIMEOUT;
    loop {
        match writer::snapshot_evidence(path) {
            Some(saved) if saved.position.seq < last => {}
            Some(_) | None => return Ok(()),
        }
        if Instant::now() > deadline {
            let why = format!("{} is from before the erasure", path.display());
            return Err(Incomplete { step: "snapshot", why });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Looks whether anything is left.
async fn check(ops: &Operations, plan: &ErasurePlan, positions: &[Seq]) -> Result<(), Incomplete> {
    let step = "check";
    all_gone(ops.log(), positions).await?;
    let (pool, all) = (ops.database().pool(), ops.projections());
    let rows = rows_of_person(pool, all, &plan.tenant, plan.employee_id).await;
    let rows = rows.map_err(|error| failed(step, &error))?;
    match rows.into_iter().find(|rows| rows.rows > 0) {
        None => Ok(()),
        Some(left) => {
            Err(Incomplete { step, why: format!("{} rows are left in {}", left.rows, left.table) })
        }
    }
}

fn failed(step: &'static str, error: &(dyn std::error::Error + 'static)) -> Incomplete {
    Incomplete { step, why: sentence(error) }
}

fn ranges(positions: &[Seq]) -> Vec<(Seq, Seq)> {
    let mut ranges: Vec<(Seq, Seq)> = Vec::new();
    for seq in positions {
        match ranges.last_mut() {
            Some((_, last)) if last.next() == *seq => *last = *seq,
            Some(_) | None => ranges.push((*seq, *seq)),
        }
    }
    ranges
}

fn stores(
    eraser: &Eraser,
    slots: Vec<String>,
    (told, requests): (bool, Option<u64>),
) -> Vec<CertifiedStore> {
    let of = |store: String, result: &str| CertifiedStore { store, result: result.to_owned() };
    let log = "subject, headers and body of each event were overwritten by the server, and no such \
               event is found any more";
    let table = "its checkpoint is at the erasure or behind it, and no row holds anything of the person but \
                 their employee id, which may be in its checkpoint too if they alone were replayed";
    let mut stores = vec![of("log".to_owned(), log)];
    stores.extend(slots.into_iter().map(|slot| of(format!("read model {slot}"), table)));
    if told {
        let feed = "what applications were told of the person and their bookings was overwritten by the \
                    server; they are told of the erasure, and have to forget what they keep";
        stores.push(of("feed".to_owned(), feed));
    }
    if let Some(requests) = requests {
        let words = format!(
            "{requests} records that name the person were overwritten by the server, and no such record is \
             found any more"
        );
        stores.push(of("recorded requests".to_owned(), &words));
    }
    if eraser.0.snapshot.is_some() {
        let saved = "it was saved anew after the erasure";
        stores.push(of("snapshot of the roster in this process".to_owned(), saved));
    }
    let others = "each process saves it anew when it reads the erasure, one that is stopped at its \
                  next start: not checked from here";
    stores.push(of("snapshots of other processes".to_owned(), others));
    stores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_a_row_are_one_range() {
        let positions = [3, 4, 5, 9, 11, 12].map(Seq);
        let expected = [(3, 5), (9, 9), (11, 12)].map(|(from, to)| (Seq(from), Seq(to)));
        assert_eq!(ranges(&positions), expected);
        assert_eq!(ranges(&[]), []);
    }
}
