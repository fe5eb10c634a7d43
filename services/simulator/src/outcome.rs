//! What a simulation did, and what it found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::churn::DirectoryChange;
use crate::client::ClientError;
use crate::compare::Difference;
use crate::cycle::Action;
use crate::directory::ObjectId;
use crate::mapping::{ACTIVE, Attribute, value_at};

/// How far a simulation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How many are done.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

/// What a simulation is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// People are provisioned.
    People,
    /// Groups are provisioned.
    Groups,
    /// Members are added and removed.
    Members,
    /// Bookings are made.
    Bookings,
    /// All is read back and compared.
    Compare,
}

impl Stage {
    /// What is being done, in a word or two.
    pub fn title(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Groups => "groups",
            Self::Members => "members",
            Self::Bookings => "bookings",
            Self::Compare => "comparing",
        }
    }
}

/// Everything that a simulation did, and what it found in the end.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The people and groups that the directory has in the end.
    pub people: usize,
    /// The groups that it has in the end.
    pub groups: usize,
    /// The initial cycle, then the incremental ones.
    pub cycles: Vec<CycleOutcome>,
    /// What happened in the directory between the cycles.
    pub happenings: BTreeMap<DirectoryChange, u64>,
    /// Bookings that were made.
    pub bookings: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Requests that were said again, after a loss or because the server was away.
    pub retries: u64,
    /// Answers that were lost on purpose.
    pub lost_answers: u64,
    /// Without the comparison.
    pub milliseconds: u64,
    /// Whether everything was read back and compared.
    pub compared: bool,
    /// What the target says otherwise than the directory; there must be none.
    pub differences: Vec<Difference>,
}

/// What one cycle did.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CycleOutcome {
    /// What was done to people.
    pub people: ActionCounts,
    /// What was done to groups.
    pub groups: ActionCounts,
    /// Memberships that were added.
    pub members_added: u64,
    /// Memberships that were removed.
    pub members_removed: u64,
    /// Members who were out of scope when their group was synced.
    pub members_left_out: u64,
    /// Objects that failed; they are tried again in the next cycle.
    pub failures: Vec<Failure>,
    /// How long the cycle took.
    pub milliseconds: u64,
}

/// What was done to people, or to groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionCounts {
    /// Resources that were created.
    pub created: u64,
    /// Resources that were there already.
    pub matched: u64,
    /// Resources that were changed.
    pub updated: u64,
    /// People whose access ended.
    pub disabled: u64,
    /// People who have access again.
    pub restored: u64,
    /// Resources that were as they shall be.
    pub unchanged: u64,
    /// Resources that were deleted.
    pub deleted: u64,
    /// Purged after they were merely unassigned: nothing was sent.
    pub forgotten: u64,
}

/// An object that could not be provisioned in a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The object.
    pub object: ObjectId,
    /// Why, as a sentence.
    pub what: String,
}

impl CycleOutcome {
    /// Notes a failure that concerns one object; any other ends the cycle.
    pub(crate) fn failed(
        &mut self,
        object: ObjectId,
        error: ClientError,
    ) -> Result<(), ClientError> {
        if !error.concerns_one_object() {
            return Err(error);
        }
        tracing::warn!(%object, error = &error as &dyn std::error::Error, "could not provision an object");
        let what = match error.detail() {
            "" => error.to_string(),
            detail => format!("{error}: {detail}"),
        };
        self.failures.push(Failure { object, what });
        Ok(())
    }
}

impl ActionCounts {
    pub(crate) fn count(&mut self, action: Action, before: &[Attribute], now: &[Attribute]) {
        let is_active =
            |attributes| value_at(attributes, ACTIVE).and_then(serde_json::Value::as_bool);
        let counter = match (action, is_active(before), is_active(now)) {
            (Action::Created, _, _) => &mut self.created,
            (Action::Matched, _, _) => &mut self.matched,
            (Action::Unchanged, _, _) => &mut self.unchanged,
            (Action::Updated, Some(true), Some(false)) => &mut self.disabled,
            (Action::Updated, Some(false), Some(true)) => &mut self.restored,
            (Action::Updated, _, _) => &mut self.updated,
        };
        *counter += 1;
    }
}

impl Outcome {
    /// Whether nothing failed for good and nothing differs.
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty()
            && self.cycles.last().is_none_or(|last| last.failures.is_empty())
    }

    /// The outcome as a short table for a terminal.
    pub fn table(&self) -> String {
        let mut text = String::from(
            "cycle    created matched updated disabled restored deleted  groups  members  failed       ms\n",
        );
        for (number, cycle) in self.cycles.iter().enumerate() {
            let name = if number == 0 { "initial".to_owned() } else { number.to_string() };
            let (people, groups) = (&cycle.people, &cycle.groups);
            let touched = groups.created + groups.matched + groups.updated + groups.deleted;
            let members = format!("+{}−{}", cycle.members_added, cycle.members_removed);
            writeln!(
                text,
                "{name:<8} {:>7} {:>7} {:>7} {:>8} {:>8} {:>7} {touched:>7} {members:>8} {:>7} {:>8}",
                people.created,
                people.matched,
                people.updated,
                people.disabled,
                people.restored,
                people.deleted,
                cycle.failures.len(),
                cycle.milliseconds,
            )
            .expect("a string takes all that is written");
        }
        let found = match (self.compared, self.differences.len()) {
            (false, _) => "not compared".to_owned(),
            (true, 0) => "no difference".to_owned(),
            (true, 1) => "1 DIFFERENCE".to_owned(),
            (true, several) => format!("{several} DIFFERENCES"),
        };
        write!(
            text,
            "{} people, {} groups, {} bookings; {} requests, {} said again, {} answers lost; {found}",
            self.people, self.groups, self.bookings, self.requests, self.retries, self.lost_answers
        )
        .expect("a string takes all that is written");
        for Difference { what } in self.differences.iter().take(20) {
            write!(text, "\n  - {what}").expect("a string takes all that is written");
        }
        text
    }
}
