//! Who counts as Active while an alert holds, and after somebody decided. Each history is told one
//! event at a time, and in one go.

use directory::Directory;
use directory::queries::{
    Alert, AlertCause, Counts, Employee, Search, alert, alert_people, alerts, counts, employee,
    employees, open_alerts,
};
use events::{
    AlertId, AlertPeople, DecidedAlert, DeletedGroup, DeletionAlert, DepartedUser, DepartureAlert,
    EmployeeId, Event, Guard, RaisedAlert, ResourceId, Standing, TeamId, UserState,
};
use uuid::Uuid;

use crate::given::{ADA, ada, named};
use kit::projection::{World, acme, at, build, log, recorded};

use Standing::{Active, Former};

const ALERT: AlertId = AlertId(Uuid::from_u128(0xa1e));
const OTHER: AlertId = AlertId(Uuid::from_u128(0xa1f));

fn raised(alert_id: AlertId, held: bool) -> Event {
    let cause = events::AlertCause::Deactivations { deactivations: 3, active_before: 9 };
    Event::AlertRaised(RaisedAlert { alert_id, cause, held, guard: Guard::default() })
}

fn people(alert_id: AlertId) -> Event {
    Event::AlertPeopleAdded(AlertPeople { alert_id, people: vec![ADA] })
}

fn decision(alert_id: AlertId) -> DecidedAlert {
    DecidedAlert { alert_id, reason: Some("a slip".to_owned()) }
}

fn released() -> Event {
    Event::AlertReleased(decision(ALERT))
}

fn reversed() -> Event {
    Event::AlertReversed(decision(ALERT))
}

fn left() -> Event {
    Event::UserDeactivated(ada(Former).into())
}

fn gone() -> Event {
    Event::UserDeleted(ada(Former).into())
}

/// Leaves, and belongs to an alert that was there before.
fn left_with(alert_id: AlertId) -> Event {
    let alert = Some(DepartureAlert { alert_id, held: true });
    Event::UserDeactivated(DepartedUser { state: ada(Former), alert })
}

/// Ada, who left and is held, after `more`.
fn held_ada_after<const N: usize>(more: [Event; N]) -> Employee {
    let told = [Event::UserCreated(ada(Active)), left(), raised(ALERT, true), people(ALERT)];
    ada_after(told.into_iter().chain(more))
}

fn ada_after(told: impl IntoIterator<Item = Event>) -> Employee {
    let log = log(told);
    World::new().run(async |client| {
        let mut found = vec![];
        for at_once in [1, 2, 100] {
            build::<Directory>(client, "directory", &log, at_once).await;
            let shown = employee(client, &acme(), ADA).await.unwrap().unwrap().employee;
            let held = Some(shown.held.is_some());
            let search = Search { standing: Some(shown.standing), held, ..Search::default() };
            let listed = employees(client, &acme(), &search, None, 9).await.unwrap().rows;
            assert_eq!(listed, std::slice::from_ref(&shown), "a list finds her by what counts");
            let not = Search { held: held.map(|held| !held), ..search };
            assert_eq!(employees(client, &acme(), &not, None, 9).await.unwrap().rows, []);
            found.push(shown);
        }
        assert!(found.iter().all(|other| *other == found[0]), "{found:#?}");
        found.remove(0)
    })
}

#[test]
fn a_held_leaver_is_active_with_a_mark() {
    let ada = held_ada_after([]);
    assert_eq!((ada.standing, ada.left_at), (Active, None));
    let held = ada.held.expect("a mark");
    assert_eq!((held.alert_id, held.since), (ALERT, at(4)));
}

#[test]
fn a_released_leaver_left_on_the_day_on_which_the_directory_said_so() {
    let ada = held_ada_after([released()]);
    assert_eq!((ada.standing, ada.left_at, ada.held), (Former, Some(at(2)), None));
}

#[test]
fn a_reversed_leaver_stays_active_whatever_is_repeated() {
    let once = held_ada_after([reversed()]);
    let repeated = held_ada_after([reversed(), Event::UserChanged(ada(Former))]);
    for ada in [once, repeated] {
        assert_eq!((ada.standing, ada.left_at, ada.held), (Active, None, None));
    }
}

#[test]
fn a_reversed_leaver_who_is_deleted_is_former_for_that_is_news() {
    assert_eq!(held_ada_after([reversed(), gone()]).standing, Former);
    let back = Event::UserReturned(ada_of_another_resource());
    assert_eq!(held_ada_after([reversed(), gone(), back]).standing, Former);
    assert_eq!(held_ada_after([gone(), reversed()]).standing, Active, "that was known already");
}

#[test]
fn a_reversed_leaver_who_is_deleted_left_with_the_deletion() {
    let ada = held_ada_after([reversed(), gone()]);
    assert_eq!((ada.standing, ada.left_at), (Former, Some(at(6))));
    let returned = || Event::UserReturned(ada_of_another_resource());
    let twice = held_ada_after([reversed(), gone(), returned(), gone()]);
    assert_eq!(twice.left_at, Some(at(6)), "she left once");
    let held_anew = held_ada_after([reversed(), raised(OTHER, true), people(OTHER), gone()]);
    assert_eq!(held_anew.held.map(|held| held.alert_id), Some(OTHER), "that holds her still");
    let released = held_ada_after([released(), gone()]);
    assert_eq!(released.left_at, Some(at(2)), "she had left already");
}

fn ada_of_another_resource() -> UserState {
    UserState { resource_id: ResourceId(Uuid::from_u128(7)), ..ada(Former) }
}

#[test]
fn who_comes_back_leaves_the_hold_and_may_leave_again() {
    let back = || Event::UserReactivated(ada(Active));
    for decided in [released(), reversed()] {
        let ada = held_ada_after([back(), decided]);
        assert_eq!((ada.standing, ada.held), (Active, None));
    }
    let ada = held_ada_after([back(), left()]);
    assert_eq!((ada.standing, ada.left_at, ada.held), (Former, Some(at(6)), None));
    let ada = held_ada_after([back(), left(), raised(OTHER, true), people(OTHER)]);
    assert_eq!(ada.held.map(|held| held.alert_id), Some(OTHER));
}

#[test]
fn a_leaver_whose_departure_names_the_alert_is_held_by_it_since_then() {
    let joined = || Event::UserCreated(ada(Active));
    let held = ada_after([joined(), raised(ALERT, true), left_with(ALERT)]);
    assert_eq!((held.standing, held.left_at), (Active, None));
    assert_eq!(held.held.map(|held| (held.alert_id, held.since)), Some((ALERT, at(3))));
    let released = ada_after([joined(), raised(ALERT, true), left_with(ALERT), released()]);
    assert_eq!((released.standing, released.left_at), (Former, Some(at(3))));
    let back = Event::UserReactivated(ada(Active));
    let again = [joined(), raised(ALERT, true), left_with(ALERT), back, left()];
    assert_eq!(ada_after(again).standing, Former, "the second time she belongs to none");
}

#[test]
fn a_deleted_group_raises_its_alert_itself() {
    let team_id = TeamId(Uuid::from_u128(5));
    let alert = |alert_id| DeletionAlert { alert_id, guard: Guard::default() };
    let deleted = DeletedGroup { team_id, alert: Some(alert(ALERT)) };
    let cause = events::AlertCause::GroupEmptied { team_id, deleted: true };
    let other = RaisedAlert { alert_id: OTHER, cause, held: false, guard: Guard::default() };
    let log = log([Event::GroupDeleted(deleted), Event::AlertRaised(other)]);
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log, 1).await;
        let found = alerts(client, &acme(), true, None, 9).await.unwrap().rows;
        let [other, of_its_own] = found.as_slice() else { panic!("{found:#?}") };
        let as_if = Alert { id: ALERT, raised_at: at(1), ..other.clone() };
        assert_eq!(*of_its_own, as_if, "it is told as if by an event of its own");
    });
}

#[test]
fn an_alert_that_holds_nobody_changes_nobody() {
    let told = [Event::UserCreated(ada(Active)), left(), raised(ALERT, false), people(ALERT)];
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log(told), 10).await;
        let ada = employee(client, &acme(), ADA).await.unwrap().unwrap().employee;
        assert_eq!((ada.standing, ada.held), (Former, None));
        assert_eq!(
            counts(client, &acme()).await.unwrap(),
            Counts { active: 0, former: 1, held: 0 }
        );
    });
}

#[test]
fn alerts_come_last_first_with_their_people_and_what_was_decided() {
    let team = TeamId(Uuid::from_u128(5));
    let cause = events::AlertCause::GroupEmptied { team_id: team, deleted: true };
    let emptied = RaisedAlert { alert_id: OTHER, cause, held: false, guard: Guard::default() };
    let bob = named(1, "bob@acme.example", "Bob");
    let told = [Event::UserCreated(ada(Active)), bob, left(), raised(ALERT, true), people(ALERT)];
    let told = told.into_iter().chain([Event::AlertRaised(emptied), released()]);
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log(told), 10).await;
        let ids = |alerts: &[Alert]| alerts.iter().map(|alert| alert.id).collect::<Vec<_>>();
        let first = alerts(client, &acme(), false, None, 1).await.unwrap();
        assert_eq!(ids(&first.rows), [OTHER]);
        assert_eq!(first.rows[0].cause, AlertCause::GroupEmptied { team_id: team, deleted: true });
        let second = alerts(client, &acme(), false, first.next.as_deref(), 1).await.unwrap();
        assert_eq!((ids(&second.rows), second.next), (vec![ALERT], None));
        assert_eq!(second.rows[0].people, 1);
        let decision = second.rows[0].decision.clone().expect("a decision");
        assert_eq!((decision.decision.as_str(), decision.at), ("released", at(7)));
        assert_eq!(decision.actor, "portal:grace");
        let people = alert_people(client, &acme(), ALERT, None, 9).await.unwrap().rows;
        assert_eq!(people.iter().map(|one| one.id).collect::<Vec<EmployeeId>>(), [ADA]);

        let open = alerts(client, &acme(), true, None, 9).await.unwrap().rows;
        assert_eq!(ids(&open), [OTHER]);
        let everywhere = open_alerts(client).await.unwrap();
        assert_eq!((everywhere.len(), everywhere[0].alert.id), (1, OTHER));
    });
}

#[test]
fn a_tenant_sees_no_alert_and_no_hold_of_another() {
    let globex = "globex".parse().unwrap();
    let told = [Event::UserCreated(ada(Active)), left()];
    let mut log = log(told);
    for (seq, event) in (3..).zip([raised(ALERT, true), people(ALERT)]) {
        log.push(recorded(&globex, seq, event));
    }
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log, 10).await;
        let ada = employee(client, &acme(), ADA).await.unwrap().unwrap().employee;
        assert_eq!((ada.standing, ada.held), (Former, None));
        assert_eq!(alert(client, &acme(), ALERT).await.unwrap(), None);
        assert!(alert(client, &globex, ALERT).await.unwrap().is_some());
    });
}
