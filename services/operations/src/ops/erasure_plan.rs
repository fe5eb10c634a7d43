//! What an operator is told before a person is erased: every place where something of them is, and what
//! stays.

use acts::ErasurePlan;
use jiff::Timestamp;
use roster::Person;
use schemars::JsonSchema;
use serde::Serialize;

use super::Answer;
use crate::eraser::PersonRows;

/// What an erasure would do.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PlannedErasure {
    /// What to run it by.
    erasure: String,
    tenant: String,
    employee_id: String,
    /// Until when it may be run.
    expires_at: Timestamp,
    /// How many events go: the person's own, and those of their bookings.
    events: u64,
    /// How many groups the person is in, which they leave.
    teams: usize,
    /// How many of the events are about bookings.
    bookings: usize,
    /// Every place where something is, with what becomes of it.
    stores: Vec<PlannedStore>,
    /// What stays, and why.
    stays: Vec<String>,
    /// What to see to first.
    warnings: Vec<String>,
}

/// A place where something of a person is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PlannedStore {
    store: String,
    /// How many events or rows, if they can be counted.
    count: Option<u64>,
    /// How it goes, and when.
    how: String,
}

impl Answer for PlannedErasure {
    const SCHEMA: &'static str = "rollcall.erasure-plan.v1";
}

impl PlannedErasure {
    /// What `plan` would do to `person`, who is in this many groups; `bookings` of its events are about
    /// bookings, and `rows` are the person's.
    pub(super) fn of(
        plan: &ErasurePlan,
        person: &Person,
        teams: usize,
        bookings: usize,
        rows: Vec<PersonRows>,
    ) -> Self {
        Self {
            erasure: plan.erasure.clone(),
            tenant: plan.tenant.to_string(),
            employee_id: plan.employee_id.to_string(),
            expires_at: plan.expires_at,
            events: plan.events,
            teams,
            bookings,
            stores: stores(plan.events, rows),
            stays: STAYS.map(str::to_owned).to_vec(),
            warnings: warnings(person),
        }
    }
}

fn stores(events: u64, rows: Vec<PersonRows>) -> Vec<PlannedStore> {
    let of = |store: &str, count, how: &str| PlannedStore {
        store: store.to_owned(),
        count,
        how: how.to_owned(),
    };
    let mut stores = vec![of(
        "log",
        Some(events),
        "named by user.erased, then overwritten in the files, at once",
    )];
    stores.extend(rows.into_iter().map(|PersonRows { table, rows }| PlannedStore {
        store: format!("table {table}"),
        count: u64::try_from(rows).ok(),
        how: "deleted when the slot reads user.erased, which is waited for".to_owned(),
    }));
    stores.extend([
        of(
            "parked events",
            None,
            "kept by position only: what was overwritten is gone for them too",
        ),
        of(
            "snapshots of the roster",
            None,
            "saved anew when each process reads user.erased; that of this process is waited for, \
             one of a stopped process goes at its next start",
        ),
        of(
            "feed",
            None,
            "overwritten in the files by the delivery when it has told of the erasure, which is waited for",
        ),
        of(
            "recorded requests",
            None,
            "those about the person, and those that name them by a user name or an external id that they \
             have or had, are overwritten in the files, at the end",
        ),
        of("buckets and journal", None, "hold ids only"),
        of("logs, metrics and traces", None, "hold ids only"),
        of(
            "Postgres's own files and backups",
            None,
            "by VACUUM and by their retention: see deploy",
        ),
        of("applications", None, "are told by employee.erased, and have to act on it"),
    ]);
    stores
}

const STAYS: [&str; 4] = [
    "user.erased: positions, types, times and actors of the events that are gone, by ids",
    "memberships in the events of groups, and alerts: they name the person by ids",
    "activity: that events were caused, when and by which credential",
    "the journal, and the checkpoint of a slot (SLOT.checkpoint, also that of the previous one): a replay of \
     this person alone names them by id",
];

fn warnings(person: &Person) -> Vec<String> {
    if person.gone {
        return vec![];
    }
    let told = "the directory has not deleted the user yet: should it tell of them again, they are \
                somebody new here; delete the user there first";
    vec![told.to_owned()]
}
