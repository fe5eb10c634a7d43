//! Whom the mass-change guard may hold, by a walk through what was told: nobody for a departure that
//! was decided about, that was over before, or that the guard did not see.

use std::collections::BTreeMap;

use events::Guard;
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::sample::select;

use super::*;
use crate::StandingOverride;
use crate::tests::words::{joins, looks};
use crate::tests::{alert_id, time_of};

const PEOPLE: u128 = 7;

#[derive(Clone, Debug)]
enum Step {
    Say(Intent),
    Wait { seconds: i64 },
}

fn person() -> impl Strategy<Value = ResourceId> {
    (1..=PEOPLE).prop_map(|number| ResourceId(Uuid::from_u128(number)))
}

fn name(resource: ResourceId) -> String {
    format!("{}@x", resource.0.as_u128() % 100)
}

fn step() -> impl Strategy<Value = Step> {
    let guard = (prop::bool::weighted(0.9), any::<bool>(), 2..4_u32, select(vec![0, 30]), 1..4_u32);
    let guard = guard.prop_map(|(on, hold, deactivations, percent, window_minutes)| {
        Intent::SetGuard { guard: Guard { on, hold, deactivations, percent, window_minutes } }
    });
    let alert = || (1..8_u128).prop_map(alert_id);
    let anew = |resource: ResourceId| ResourceId(Uuid::from_u128(resource.0.as_u128() + 100));
    let say = prop_oneof![
        12 => person().prop_map(|resource| looks(resource, &name(resource), false)),
        3 => person().prop_map(|resource| looks(resource, &name(resource), true)),
        2 => person().prop_map(gone),
        1 => person().prop_map(move |resource| gone(anew(resource))),
        1 => person().prop_map(move |resource| joins(anew(resource), &name(resource))),
        4 => guard,
        4 => alert().prop_map(|alert| Intent::ReleaseAlert { alert, people: None, reason: None }),
        2 => alert().prop_map(|alert| Intent::ReverseAlert { alert, people: None, reason: None }),
    ];
    prop_oneof![
        6 => say.prop_map(Step::Say),
        1 => (1..100_i64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// What was told of somebody's last departure, as long as they are not back.
#[derive(Debug)]
struct Departure {
    at: Timestamp,
    alerts: BTreeSet<AlertId>,
    /// Whether nobody may be held for it any more who is not held already.
    settled: bool,
}

/// What was told so far.
#[derive(Default)]
struct Told {
    guard: Guard,
    departures: BTreeMap<EmployeeId, Departure>,
}

impl Told {
    /// Time passes: who left before the window of now is not counted any more, also by a longer one
    /// that is set later.
    fn passes(&mut self, now: Timestamp) {
        let window = SignedDuration::from_mins(self.guard.window_minutes.into());
        for departure in self.departures.values_mut() {
            departure.settled |= now.duration_since(departure.at) > window;
        }
    }

    fn take(&mut self, before: &TenantRoster, at: Timestamp, event: &Event) {
        match event {
            Event::TenantGuardSet(body) => self.guard = body.guard,
            Event::UserCreated(state)
            | Event::UserReturned(state)
            | Event::UserChanged(state)
            | Event::UserReactivated(state)
                if state.standing == Standing::Active =>
            {
                self.departures.remove(&state.employee_id);
            }
            Event::UserDeactivated(departed) => self.leaves(before, at, departed, false),
            Event::UserDeleted(departed) => self.leaves(before, at, departed, true),
            Event::AlertPeopleAdded(body) => {
                for employee in &body.people {
                    self.belongs(*employee, body.alert_id);
                }
            }
            Event::AlertReleased(body) | Event::AlertReversed(body) => {
                for departure in self.departures.values_mut() {
                    departure.settled |= departure.alerts.contains(&body.alert_id);
                }
            }
            _other => {}
        }
    }

    /// A deletion is a departure of whoever was there, by what the directory said or by a reversal.
    fn leaves(
        &mut self,
        before: &TenantRoster,
        at: Timestamp,
        departed: &DepartedUser,
        deleted: bool,
    ) {
        let employee = departed.state.employee_id;
        let reversed =
            before.guard().standing_override(employee) == Some(StandingOverride::Reversed);
        let person = before.people().by_employee(employee).expect("somebody who was known");
        let was_there = before.directory_standing(person) == Standing::Active;
        if was_there || deleted && reversed {
            let settled = !self.guard.on;
            self.departures.insert(employee, Departure { at, alerts: BTreeSet::new(), settled });
        }
        if let Some(alert) = departed.alert {
            self.belongs(employee, alert.alert_id);
        }
    }

    fn belongs(&mut self, employee: EmployeeId, alert: AlertId) {
        let departure = self.departures.get_mut(&employee);
        departure.expect("somebody who has left").alerts.insert(alert);
    }
}

/// A decision, with what had been told before it.
struct Decided<'a> {
    before: &'a TenantRoster,
    after: &'a TenantRoster,
    events: &'a [Event],
    told: &'a Told,
}

/// Goes through a history, and looks at each of its decisions.
fn each_decision(
    steps: Vec<Step>,
    look: impl Fn(&Decided<'_>) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let everybody = (1..=PEOPLE).map(|number| ResourceId(Uuid::from_u128(number)));
    let mut history = given(everybody.map(|resource| joins(resource, &name(resource))));
    let mut told = Told::default();
    for step in steps {
        let intent = match step {
            Step::Wait { seconds } => {
                history.late += SignedDuration::from_secs(seconds);
                continue;
            }
            Step::Say(intent) => intent,
        };
        let now = time_of(history.roster.position().seq.next()) + history.late;
        let before = history.tenant().clone();
        let Ok(events) = history.tell(&intent) else { continue };
        if events.is_empty() {
            continue;
        }
        told.passes(now);
        // An alert is about those who had left by then: what it says of them comes after the look.
        let (said, about_people): (Vec<_>, Vec<_>) =
            events.iter().partition(|event| !matches!(event, Event::AlertPeopleAdded(_)));
        for event in said {
            told.take(&before, now, event);
        }
        look(&Decided { before: &before, after: history.tenant(), events: &events, told: &told })?;
        for event in about_people {
            told.take(&before, now, event);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn nobody_is_held_for_a_departure_that_is_settled(steps in vec(step(), 0..80)) {
        each_decision(steps, |Decided { before, after, told, .. }| {
            for (employee, departure) in &told.departures {
                let held = |tenant: &TenantRoster| match tenant.guard().standing_override(*employee) {
                    Some(StandingOverride::Held(alert)) => Some(alert),
                    Some(StandingOverride::Reversed) | None => None,
                };
                if departure.settled && held(after).is_some() {
                    prop_assert_eq!(held(before), held(after), "{}: {:?}", employee, departure);
                }
            }
            Ok(())
        })?;
    }

    /// Whoever is Former after a decision stays so, until the directory says that they are back.
    #[test]
    fn who_has_left_for_good_is_active_no_more_until_they_are_back(steps in vec(step(), 0..80)) {
        each_decision(steps, |Decided { before, after, told, .. }| {
            for (employee, departure) in &told.departures {
                let stands = |tenant: &TenantRoster| {
                    tenant.people().by_employee(*employee).map(|person| tenant.standing(person))
                };
                if departure.settled && stands(before) == Some(Standing::Former) {
                    let stands = stands(after);
                    prop_assert_eq!(stands, Some(Standing::Former), "{}: {:?}", employee, departure);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_alert_is_about_all_who_left_of_whom_nothing_is_settled(steps in vec(step(), 0..80)) {
        each_decision(steps, |Decided { before, events, told, .. }| {
            let added = events.iter().filter_map(|event| match event {
                Event::AlertPeopleAdded(body) => Some(&body.people),
                _other => None,
            });
            let added: BTreeSet<EmployeeId> = added.flatten().copied().collect();
            if added.is_empty() {
                return Ok(());
            }
            let is_kept = |employee| before.guard().standing_override(employee).is_some();
            let leaves_now = |employee| events.iter().any(|event| match event {
                Event::UserDeactivated(one) | Event::UserDeleted(one) => {
                    one.state.employee_id == employee
                }
                _other => false,
            });
            let open = told.departures.iter().filter(|(employee, departure)| {
                !departure.settled && (leaves_now(**employee) || !is_kept(**employee))
            });
            let open: BTreeSet<EmployeeId> = open.map(|(employee, _)| *employee).collect();
            prop_assert_eq!(added, open);
            Ok(())
        })?;
    }
}
