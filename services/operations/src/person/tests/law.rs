//! A person's events say of them what the whole log says, at every position.

use std::collections::BTreeSet;

use activity::mentions;
use events::{EmployeeId, Recorded, Seq};
use kit::projection::{acme, check};
use roster::Roster;

use super::world::{PEOPLE, employee, history, intents};
use crate::person::facts::{Facts, facts};
use crate::person::gathering::Gathering;

/// The events that concern somebody, found as the index finds them.
pub(super) fn gathered(log: &[Recorded], employee: EmployeeId) -> Vec<Recorded> {
    let mut gathering = Gathering::of(employee);
    loop {
        let ids: BTreeSet<_> = gathering.next_ids().into_iter().collect();
        if ids.is_empty() {
            return gathering.finish();
        }
        for event in log.iter().filter(|event| !mentions(&event.event).is_disjoint(&ids)) {
            gathering.take(event.clone());
        }
    }
}

fn told(roster: &Roster, employee: EmployeeId) -> Facts {
    roster.tenant(&acme()).map_or_else(Facts::new, |tenant| facts(tenant, employee))
}

#[test]
fn the_fold_of_a_persons_events_says_of_them_what_the_fold_of_the_log_says_at_every_position() {
    check(96, &intents(), |intents| {
        let (log, whole) = history(&intents);
        let mut people = Vec::new();
        for employee in (0..PEOPLE).map(employee) {
            let own = gathered(&log, employee);
            let positions: BTreeSet<Seq> = own.iter().map(|event| event.seq).collect();
            people.push((employee, positions, Roster::default()));
        }
        let mut all = Roster::default();
        for event in &log {
            roster::evolve(&mut all, event);
            for (employee, positions, roster) in &mut people {
                if positions.contains(&event.seq) {
                    roster::evolve(roster, event);
                }
                let at = (event.seq, *employee);
                assert_eq!(told(roster, *employee), told(&all, *employee), "{at:?} {intents:?}");
            }
        }
        assert_eq!(all, whole);
    });
}

#[test]
fn nobody_elses_events_are_read_for_a_person() {
    check(32, &intents(), |intents| {
        let (log, roster) = history(&intents);
        let tenant = roster.tenant(&acme()).expect("the tenant");
        let is_known = |employee: &EmployeeId| tenant.people().by_employee(*employee).is_some();
        for employee in (0..PEOPLE).map(employee).filter(is_known) {
            let others = gathered(&log, employee).into_iter().filter(|event| {
                let subject = event.event.subject(&acme()).expect("a known event");
                let own = subject.contains(".user.");
                own && !subject.contains(&employee.to_string())
            });
            assert_eq!(others.count(), 0, "{employee}");
        }
    });
}
