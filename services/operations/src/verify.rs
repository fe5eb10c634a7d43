//! Verifying a live read model: asked for and told by acts, so that whoever asks later knows what was
//! found, whichever process did it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use acts::{
    Act, By, HandMadeRows, PersonReport, State, TableReport, VerifyEnded, VerifyOutcome,
    VerifyReport, VerifyStarted,
};
use events::{EmployeeId, Tenant};
use projector::{Comparison, ReadModel, StatusHandle, Verified};

use crate::act_log::{ActError, ActLog};
use crate::deciding;
use crate::operations::Operations;
use crate::ops::known_tenant::is_known;

/// How many people are told who differ.
const PEOPLE_TOLD: usize = 10;
/// How often what was found is written down, should the journal be away, and how long apart.
const ATTEMPTS: u32 = 30;
const BETWEEN: Duration = Duration::from_secs(2);

/// Begins a verification, unless `may_begin` finds by what is known that there is no need; its id.
/// It goes on by itself.
pub(crate) async fn begin(
    ops: &Operations,
    by: &By,
    model: ReadModel,
    tenant: Option<Tenant>,
    may_begin: impl Fn(&State) -> bool,
) -> Result<Option<u64>, ActError> {
    let started = VerifyStarted { projection: model.name.to_owned(), tenant: tenant.clone() };
    let decide = |state: &State| {
        Ok::<_, ActError>(may_begin(state).then(|| Act::VerifyStarted(started.clone())))
    };
    let Some(acted) = ops.acts().act(by, decide).await? else { return Ok(None) };
    let (ops, by, id) = (ops.clone(), by.clone(), acted.seq);
    tokio::spawn(async move {
        let outcome = found(&ops, model, tenant.as_ref()).await;
        let ended = VerifyEnded { verification: id, outcome };
        write_down(ops.acts(), &by, Act::VerifyEnded(ended)).await;
    });
    Ok(Some(id))
}

/// Verifies, and says what was found.
async fn found(ops: &Operations, model: ReadModel, tenant: Option<&Tenant>) -> VerifyOutcome {
    let status = Arc::new(StatusHandle::default());
    let verified = model.verify(ops.log(), ops.database(), tenant, PEOPLE_TOLD, status).await;
    match verified {
        Ok(verified) if verified.is_sound() => VerifyOutcome::Sound {
            position: verified.position,
            rows: verified.comparison.tables.iter().map(|table| count(table.same)).sum(),
        },
        Ok(mut verified) => {
            // Where the log does not answer, the events are those that the rows name.
            if let Some(people) = &mut verified.comparison.people {
                let _ = deciding::name_events(ops, &mut people.first, verified.position).await;
            }
            let unknown = unknown_tenants(ops, &verified).await;
            VerifyOutcome::Differs(Box::new(report(model, &verified, &unknown)))
        }
        Err(error) => VerifyOutcome::Failed { why: eventlog::sentence(&error) },
    }
}

async fn write_down(acts: &ActLog, by: &By, act: Act) {
    for _ in 0..ATTEMPTS {
        match acts.note(by, act.clone()).await {
            Ok(()) => return,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "cannot write down what a verification found");
            }
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Tenants of whom there are rows, and no event: nothing can be planned for them alone.
async fn unknown_tenants(ops: &Operations, verified: &Verified) -> Vec<String> {
    let mut unknown = Vec::new();
    for name in tenants(verified) {
        let known = match name.parse() {
            Ok(tenant) => is_known(ops.log(), &tenant).await.unwrap_or(true),
            Err(_) => false,
        };
        if !known {
            unknown.push(name.to_owned());
        }
    }
    unknown
}

/// Whose rows are not as they should be.
fn tenants(verified: &Verified) -> BTreeSet<&str> {
    let by_hand = verified.hand_made.iter().map(|rows| rows.tenant.as_str());
    verified.comparison.tenants.iter().map(String::as_str).chain(by_hand).collect()
}

/// What is told of rows that are not what they should be.
fn report(model: ReadModel, verified: &Verified, unknown: &[String]) -> VerifyReport {
    let Verified { position, slot, altered, hand_made, comparison, .. } = verified;
    let people = comparison.people.clone().unwrap_or_default();
    let all = if altered.is_empty() { tenants(verified) } else { BTreeSet::new() };
    VerifyReport {
        position: *position,
        slot: slot.map(|slot| slot.to_string()),
        altered: altered.clone(),
        tenants: all.into_iter().map(str::to_owned).collect(),
        people_unknown: comparison.people.is_none(),
        tables: tables(comparison),
        hand_made: hand_made
            .iter()
            .map(|rows| HandMadeRows {
                tenant: rows.tenant.clone(),
                table: rows.table.clone(),
                written: count(rows.kept.rows),
                found: count(rows.found.rows),
            })
            .collect(),
        people_changed: people.changed,
        people: people
            .first
            .iter()
            .map(|person| PersonReport {
                tenant: person.tenant.clone(),
                person: EmployeeId(person.employee),
                fields: person.fields.iter().map(|field| field.field.clone()).collect(),
                events: person.events.iter().map(|seq| seq.0).collect(),
            })
            .collect(),
        causes: causes(verified, unknown),
        repair: Some(repair(model, verified, unknown)),
    }
}

fn tables(comparison: &Comparison) -> Vec<TableReport> {
    let differ = comparison.tables.iter().filter(|table| !table.is_none());
    differ
        .map(|table| TableReport {
            table: table.table.clone(),
            same: count(table.same),
            changed: count(table.changed),
            only_live: count(table.only_here),
            only_fresh: count(table.only_there),
        })
        .collect()
}

/// The likely causes, in words.
fn causes(
    Verified { altered, hand_made, comparison, parked, .. }: &Verified,
    unknown: &[String],
) -> Vec<String> {
    let mut causes = Vec::new();
    if !altered.is_empty() {
        causes.push(format!(
            "tables were altered by hand: {}",
            list(altered.iter().map(String::as_str))
        ));
    }
    if !unknown.is_empty() {
        causes.push(format!(
            "no event tells of a tenant {}: who wrote its rows was not the projection",
            list(unknown.iter().map(String::as_str))
        ));
    }
    let by_hand: BTreeSet<&str> = hand_made.iter().map(|rows| rows.tenant.as_str()).collect();
    if !hand_made.is_empty() {
        let tables: BTreeSet<&str> = hand_made.iter().map(|rows| rows.table.as_str()).collect();
        causes.push(format!(
            "changed by hand: rows of {} are not those that the projection wrote",
            list(tables)
        ));
    }
    let differ: BTreeSet<&str> = comparison.tenants.iter().map(String::as_str).collect();
    let healed: Vec<&str> = by_hand.difference(&differ).copied().collect();
    if !healed.is_empty() {
        causes.push(format!(
            "in {}, events have written the right rows over what was changed since",
            list(healed)
        ));
    }
    let parked: BTreeSet<&str> = parked.iter().map(String::as_str).collect();
    let waiting: Vec<&str> = differ.intersection(&parked).copied().collect();
    if !waiting.is_empty() {
        causes.push(format!("events of {} are parked, and not in the live rows", list(waiting)));
    }
    let unexplained: Vec<&str> = differ
        .iter()
        .copied()
        .filter(|tenant| !by_hand.contains(tenant) && !parked.contains(tenant))
        .collect();
    if !unexplained.is_empty() {
        causes.push(format!(
            "in {}, the rows are as the projection wrote them, and the same events make others \
             now: an event was missed or applied twice, which is a fault of the program; report it",
            list(unexplained)
        ));
    }
    causes
}

/// The narrowest repair, as a command line.
fn repair(model: ReadModel, verified: &Verified, unknown: &[String]) -> String {
    let Verified { altered, hand_made, comparison, parked, .. } = verified;
    let plan = format!("rollcall replay plan {}", model.name);
    // Tables are made anew with the whole slot only, and of whom nothing tells nothing is planned.
    if !altered.is_empty() || !unknown.is_empty() {
        return plan;
    }
    let mut tenants = tenants(verified).into_iter();
    let (Some(tenant), None) = (tenants.next(), tenants.next()) else { return plan };
    if hand_made.is_empty() && parked.iter().any(|parked| parked == tenant) {
        return format!("rollcall parked list --projection {}", model.name);
    }
    // A person's rows are replaced if they are all that differs.
    let person = comparison.people.as_ref().filter(|people| people.changed == 1);
    let person = person.and_then(|people| people.first.first());
    match person.filter(|_| comparison.things.is_empty() && comparison.of_one_person) {
        Some(person) => format!("{plan} --tenant {tenant} --person {}", person.employee),
        None => format!("{plan} --tenant {tenant}"),
    }
}

/// Some names, of which the first are told.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    const TOLD: usize = 5;
    let names: Vec<&str> = names.into_iter().collect();
    let told = names[..names.len().min(TOLD)].join(", ");
    match names.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
