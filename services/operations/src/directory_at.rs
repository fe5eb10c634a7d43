//! A tenant's whole directory as of a moment: the fold of its events up to then, by the rules
//! themselves.

use std::sync::Arc;

use eventlog::{Entry, Log, ReadError, Selection};
use events::{EmployeeId, EventKind, Recorded, Seq, TeamId, Tenant, header};
use futures_util::{StreamExt as _, pin_mut};
use jiff::Timestamp;
use roster::{Person, Roster, StandingOverride, TenantRoster};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::moment::Moment;
use crate::person::mask::Mask;
use crate::person::{standing, team_name};

/// Events are handed on in so many.
const CHUNK: usize = 500;
/// So many of these wait at most, which bounds the memory that a fold needs beside the roster.
const WAITING: usize = 4;

/// A tenant's people, groups and teams as of a moment.
#[derive(Clone, Debug)]
pub(crate) struct DirectoryAt {
    pub(crate) tenant: Tenant,
    pub(crate) time: Option<Timestamp>,
    /// The log up to here was looked at.
    pub(crate) position: Seq,
    /// How many events of the tenant there were up to then, those of bookings apart.
    pub(crate) events: u64,
    roster: Arc<Roster>,
}

/// Why a directory cannot be told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FoldError {
    #[error("there was no tenant {0} yet: it begins with event {seq}, {at}", seq = .1.0, at = .1.1)]
    NoTenantYet(Tenant, (Seq, Timestamp)),
    #[error("there is no tenant {0}; `rollcall tenant list` shows them")]
    NoTenant(Tenant),
    #[error("fold the log")]
    Log(#[from] ReadError),
}

/// Folds a tenant's events up to a moment, or all of them.
pub(crate) async fn fold(
    log: &Log,
    tenant: &Tenant,
    moment: Option<Moment>,
) -> Result<DirectoryAt, FoldError> {
    let until = match moment {
        Some(moment) => moment.position,
        None => log.end().await?,
    };
    let (to_decode, mut entries) = mpsc::channel::<Vec<Entry>>(WAITING);
    let (to_fold, mut decoded) = mpsc::channel::<Result<Vec<Recorded>, ReadError>>(WAITING);
    // Reading, decoding and folding each take a while: together they take as long as one of them.
    let reading = tokio::spawn(read(log.clone(), tenant.clone(), until, to_decode));
    let decoding = tokio::spawn(async move {
        while let Some(chunk) = entries.recv().await {
            if to_fold.send(chunk.iter().map(decode).collect()).await.is_err() {
                return;
            }
        }
    });
    let (mut roster, mut events) = (Roster::default(), 0);
    while let Some(chunk) = decoded.recv().await {
        for event in chunk? {
            roster::evolve(&mut roster, &event);
            events += 1;
        }
    }
    let read = reading.await.map_err(|error| ReadError::Unavailable(error.into()))?;
    decoding.await.map_err(|error| ReadError::Unavailable(error.into()))?;
    read?;
    if roster.tenant(tenant).is_none() {
        return Err(no_tenant(log, tenant).await?);
    }
    let (tenant, roster) = (tenant.clone(), Arc::new(roster));
    let time = moment.map(|moment| moment.time);
    Ok(DirectoryAt { tenant, time, position: until, events, roster })
}

/// Whether the tenant came later, or never.
async fn no_tenant(log: &Log, tenant: &Tenant) -> Result<FoldError, ReadError> {
    let all = log.select(Selection { tenant: Some(tenant.clone()), ..Selection::default() });
    pin_mut!(all);
    let Some(first) = all.next().await.transpose()? else {
        return Ok(FoldError::NoTenant(tenant.clone()));
    };
    let seq = first.seq;
    let at = first.time().map_err(|source| ReadError::Undecodable { seq, source })?;
    Ok(FoldError::NoTenantYet(tenant.clone(), (seq, at)))
}

async fn read(
    log: Log,
    tenant: Tenant,
    until: Seq,
    to_decode: mpsc::Sender<Vec<Entry>>,
) -> Result<(), ReadError> {
    let entries = log.select(Selection { tenant: Some(tenant), ..Selection::default() });
    pin_mut!(entries);
    let mut chunk = Vec::with_capacity(CHUNK);
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        if entry.seq > until {
            break;
        }
        if is_of_people(&entry) {
            chunk.push(entry);
        }
        if chunk.len() == CHUNK && to_decode.send(std::mem::take(&mut chunk)).await.is_err() {
            return Ok(());
        }
    }
    // Nobody takes it only if something failed, which is told elsewhere.
    drop(to_decode.send(chunk).await);
    Ok(())
}

fn decode(entry: &Entry) -> Result<Recorded, ReadError> {
    entry.read().map_err(|source| ReadError::Undecodable { seq: entry.seq, source })
}

/// Whether an event may say something about people and their teams: bookings are many, and say
/// nothing of that.
fn is_of_people(entry: &Entry) -> bool {
    let name = entry.header(header::TYPE).and_then(|name| name.strip_prefix("rollcall."));
    let bookings = [
        EventKind::BookingRecorded,
        EventKind::BookingChanged,
        EventKind::BookingCancelled,
        EventKind::BookingClosed,
        EventKind::BookingCancellationPlanned,
        EventKind::BookingCancellationWithdrawn,
        EventKind::BookingKept,
        EventKind::BookingHandedOver,
        EventKind::BookingReopened,
    ];
    name.is_none_or(|name| bookings.iter().all(|kind| kind.name() != name))
}

/// A person as a directory of then shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct EmployeeAt {
    /// The person.
    pub(crate) employee_id: EmployeeId,
    /// `active` or `former`, as it counted.
    pub(crate) standing: String,
    /// Whether they were Active although the directory said that they had left.
    pub(crate) held: bool,
    /// The user name; masked unless the answer says `revealed`, like the two that follow.
    pub(crate) user_name: String,
    /// The client's own key.
    pub(crate) external_id: Option<String>,
    /// The name to show, if the directory gave one.
    pub(crate) display_name: Option<String>,
    /// The Primary team, by name.
    pub(crate) primary_team: Option<String>,
    /// The Primary team.
    pub(crate) primary_team_id: Option<TeamId>,
    /// The Additional teams, by name.
    pub(crate) additional_teams: Vec<String>,
}

impl DirectoryAt {
    /// All people, in the order of their ids: whoever counts them knows how many there are.
    pub(crate) fn people(&self) -> Vec<EmployeeId> {
        let people = self.tenant().map(|tenant| tenant.people().all());
        people.into_iter().flatten().map(|person| person.employee).collect()
    }

    /// A person as they were then.
    pub(crate) fn employee(&self, employee: EmployeeId, mask: Mask) -> Option<EmployeeAt> {
        let tenant = self.tenant()?;
        Some(employee_at(tenant, tenant.people().by_employee(employee)?, mask))
    }

    fn tenant(&self) -> Option<&TenantRoster> {
        self.roster.tenant(&self.tenant)
    }
}

fn employee_at(tenant: &TenantRoster, person: &Person, mask: Mask) -> EmployeeAt {
    let name = |team| team_name(tenant, team).unwrap_or_default().to_owned();
    let mut teams = tenant.teams_of(person.employee).into_iter().map(|team| team.team);
    let primary = teams.next();
    let held = match tenant.guard().standing_override(person.employee) {
        Some(StandingOverride::Held(_)) => true,
        Some(StandingOverride::Reversed) | None => false,
    };
    EmployeeAt {
        employee_id: person.employee,
        standing: standing(tenant.standing(person)).to_owned(),
        held,
        user_name: mask.text(person.user_name()),
        external_id: person.external_id().map(|id| mask.text(id)),
        display_name: person.display_name().map(|name| mask.text(&name)),
        primary_team: primary.map(name),
        primary_team_id: primary,
        additional_teams: teams.map(name).collect(),
    }
}
