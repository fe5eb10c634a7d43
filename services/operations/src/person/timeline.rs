//! What each event changed about a person: the roster's own fold, looked at after every event.

use std::collections::BTreeMap;

use events::{EmployeeId, Recorded, Seq, Tenant};
use roster::{Roster, TenantRoster};
use serde_json::Value;

use super::facts::{Fact, Facts, facts};

/// A fact before and after an event; none where there was or is nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) fact: Fact,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// An event that concerns a person, and what it changed about them: often nothing.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) event: Recorded,
    pub(crate) changes: Vec<Change>,
}

/// All that happened to a person, and what is true of them after it.
#[derive(Debug)]
pub(crate) struct Timeline {
    pub(crate) employee: EmployeeId,
    pub(crate) steps: Vec<Step>,
    /// Each fact with the step that set it, by its place in `steps`.
    pub(crate) facts: BTreeMap<Fact, (Value, usize)>,
    roster: Roster,
    tenant: Tenant,
}

impl Timeline {
    /// Folds the events that concern a person, in the order of the log; with a position, up to it.
    pub(crate) fn of(
        tenant: &Tenant,
        employee: EmployeeId,
        events: Vec<Recorded>,
        until: Option<Seq>,
    ) -> Self {
        let mut roster = Roster::default();
        let mut known = Facts::new();
        let mut steps: Vec<Step> = Vec::new();
        let mut set: BTreeMap<Fact, (Value, usize)> = BTreeMap::new();
        let by_then = |event: &Recorded| until.is_none_or(|until| event.seq <= until);
        for event in events.into_iter().take_while(by_then) {
            roster::evolve(&mut roster, &event);
            let now =
                roster.tenant(tenant).map_or_else(Facts::new, |roster| facts(roster, employee));
            let changes = changes(&known, &now);
            for Change { fact, after, .. } in &changes {
                match after {
                    Some(value) => set.insert(fact.clone(), (value.clone(), steps.len())),
                    None => set.remove(fact),
                };
            }
            steps.push(Step { event, changes });
            known = now;
        }
        Self { employee, steps, facts: set, roster, tenant: tenant.clone() }
    }

    /// The tenant, as far as these events tell.
    pub(crate) fn tenant(&self) -> Option<&TenantRoster> {
        self.roster.tenant(&self.tenant)
    }
}

fn changes(before: &Facts, after: &Facts) -> Vec<Change> {
    let mut all: Vec<&Fact> = before.keys().chain(after.keys()).collect();
    all.sort_unstable();
    all.dedup();
    let differing = all.into_iter().filter(|fact| before.get(fact) != after.get(fact));
    differing
        .map(|fact| Change {
            fact: fact.clone(),
            before: before.get(fact).cloned(),
            after: after.get(fact).cloned(),
        })
        .collect()
}
