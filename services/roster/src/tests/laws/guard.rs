//! What the mass-change guard does after any history.

use super::*;

proptest! {
    /// Told as simply as can be: by the last that was said about each person, and the decisions.
    #[test]
    fn held_and_reversed_people_are_active_and_nobody_else_who_has_left(intents in any_history()) {
        let history = after(intents);
        for employee in all_employees() {
            let Some(person) = history.tenant().people().by_employee(employee) else { continue };
            let stands = history.tenant().standing(person) == Standing::Active;
            prop_assert_eq!(stands, stands_by_the_log(&history.log, employee), "{}", employee);
        }
    }

    #[test]
    fn the_guard_never_changes_what_scim_sees(intents in any_history()) {
        let unguarded = intents.iter().filter(|intent| !is_guarding(intent)).cloned().collect();
        let (guarded, unguarded) = (after(intents), after(unguarded));
        prop_assert_eq!(seen_by_scim(guarded.tenant()), seen_by_scim(unguarded.tenant()));
    }

    #[test]
    fn the_guard_knows_how_many_leavers_are_kept(intents in any_history()) {
        let history = after(intents);
        let (known, counted) = history.tenant().guard().overridden_leavers_counted();
        prop_assert_eq!(known, counted);
    }

    /// Whoever is Active before a mass change is, by the sum that the guard takes: those who are
    /// Active now and those who left.
    #[test]
    fn an_alert_tells_how_many_were_active_without_the_departures(intents in any_history()) {
        let mut history = given([]);
        for intent in intents {
            let Ok(events) = history.tell(&intent) else { continue };
            let tenant = history.tenant();
            let stands = |employee: &EmployeeId| {
                let person = tenant.people().by_employee(*employee);
                person.is_some_and(|person| tenant.standing(person) == Standing::Active)
            };
            for event in events {
                let Event::AlertRaised(RaisedAlert {
                    cause: AlertCause::Deactivations { active_before, .. }, ..
                }) = event else { continue };
                let leavers: BTreeSet<EmployeeId> = tenant.guard().leavers().collect();
                let active: BTreeSet<EmployeeId> = all_employees().filter(stands).collect();
                prop_assert_eq!(active_before as usize, active.union(&leavers).count());
            }
        }
    }

    #[test]
    fn nobody_is_held_alone(intents in any_history()) {
        let history = after(intents);
        for alert in history.tenant().guard().alerts() {
            match alert.cause {
                AlertCause::Deactivations { deactivations, .. } => {
                    prop_assert!(deactivations >= 2 && alert.departures >= 2, "{:?}", alert);
                }
                AlertCause::GroupEmptied { .. } => prop_assert!(!alert.held && alert.departures == 0),
            }
        }
    }
}

/// The alert that keeps somebody Active who leaves.
fn holds(departed: &DepartedUser) -> Option<AlertId> {
    departed.alert.filter(|alert| alert.held).map(|alert| alert.alert_id)
}

/// Whether somebody works here, found by a walk through the whole log.
fn stands_by_the_log(log: &[Recorded], employee: EmployeeId) -> bool {
    let (mut told, mut held, mut reversed) = (Standing::Former, None, false);
    let mut holding = BTreeSet::new();
    for recorded in log {
        match &recorded.event {
            Event::UserCreated(state)
            | Event::UserChanged(state)
            | Event::UserReactivated(state)
            | Event::UserReturned(state)
                if state.employee_id == employee =>
            {
                told = state.standing;
                if told == Standing::Active {
                    (held, reversed) = (None, false);
                }
            }
            Event::UserDeactivated(departed) if departed.state.employee_id == employee => {
                told = departed.state.standing;
                held = held.or(holds(departed));
            }
            Event::UserDeleted(departed) if departed.state.employee_id == employee => {
                (told, reversed) = (Standing::Former, false);
                held = held.or(holds(departed));
            }
            Event::AlertRaised(body) if body.held => {
                holding.insert(body.alert_id);
            }
            Event::AlertPeopleAdded(body)
                if holding.contains(&body.alert_id) && body.people.contains(&employee) =>
            {
                held = Some(body.alert_id);
            }
            Event::AlertReleased(body) if held == Some(body.alert_id) => held = None,
            Event::AlertReversed(body) if held == Some(body.alert_id) => {
                (held, reversed) = (None, true);
            }
            _other => {}
        }
    }
    told == Standing::Active || held.is_some() || reversed
}

fn is_guarding(intent: &Intent) -> bool {
    matches!(
        intent,
        Intent::SetGuard { .. } | Intent::ReleaseAlert { .. } | Intent::ReverseAlert { .. }
    )
}
