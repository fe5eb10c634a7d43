//! The rules about leavers, told by examples.

use events::{
    AlertId, AlertPeople, BookingId, BookingState, Canceller, DecidedAlert, EmployeeId, Event,
    Guard, RaisedAlert, Standing,
};
use jiff::SignedDuration;
use retention::Retention;
use retention::queries::{BookingCounts, KeptBookings, Leaver, QueryError, kept_bookings, leavers};
use uuid::Uuid;

use crate::given::{
    ADA, BOB, DESK, ROOM, booked, booking, cancelled, closed, day, joined, left, user,
};
use kit::projection::{World, acme, at, build, log, recorded};

/// Ada's bookings on a day, after `events`.
fn kept(events: impl IntoIterator<Item = Event>, on: i64) -> Option<KeptBookings> {
    let log = log(events);
    World::new().run(async |client| {
        let mut found = vec![];
        for at_once in [1, 2, 100] {
            build::<Retention>(client, "retention", &log, at_once).await;
            found.push(kept_bookings(client, &acme(), &[ADA], day(on)).await.unwrap().remove(&ADA));
        }
        assert!(found.iter().all(|one| *one == found[0]), "{found:?}");
        found.remove(0)
    })
}

/// Which bookings are past, upcoming and cancelled.
fn lists(kept: &KeptBookings) -> [Vec<BookingId>; 3] {
    [&kept.past, &kept.upcoming, &kept.cancelled]
        .map(|list| list.iter().map(|booking| booking.id).collect())
}

#[test]
fn a_leavers_bookings_are_all_kept_and_those_to_come_wait() {
    let told = [joined(ADA), booked(DESK, ADA, 1), booked(ROOM, ADA, 5), left(ADA)];
    assert_eq!(lists(&kept(told, 3).unwrap()), [vec![DESK], vec![ROOM], vec![]]);
}

#[test]
fn a_booking_is_past_from_its_end_on() {
    let log = log([joined(ADA), booked(DESK, ADA, 1), left(ADA)]);
    World::new().run(async |client| {
        build::<Retention>(client, "retention", &log, 1).await;
        let end = day(1) + SignedDuration::from_hours(2);
        let before = end - SignedDuration::from_nanos(1000);
        for (now, past) in [(before, 0), (end, 1)] {
            let kept =
                kept_bookings(client, &acme(), &[ADA], now).await.unwrap().remove(&ADA).unwrap();
            assert_eq!((kept.past.len(), kept.upcoming.len()), (past, 1 - past));
            let page = leavers(client, &acme(), false, now, None, 10).await.unwrap();
            assert_eq!(page.rows[0].bookings.past, i64::try_from(past).unwrap());
        }
    });
}

#[test]
fn a_cancelled_booking_says_when_by_whom_and_why() {
    let told = [
        joined(ADA),
        booked(DESK, ADA, 5),
        booked(ROOM, ADA, 5),
        left(ADA),
        cancelled(DESK, ADA, Canceller::Administrator),
        cancelled(ROOM, ADA, Canceller::BookingSystem),
    ];
    let kept = kept(told, 3).unwrap();
    assert_eq!(lists(&kept), [vec![], vec![], vec![DESK, ROOM]]);
    let by_hand = kept.cancelled[0].cancelled.as_ref().unwrap();
    assert_eq!((by_hand.at, by_hand.by), (at(5), Canceller::Administrator));
    assert_eq!(by_hand.actor, "portal:grace");
    assert_eq!(by_hand.reason.as_deref(), Some("has left"));
    let withdrawn = kept.cancelled[1].cancelled.as_ref().unwrap();
    assert_eq!((withdrawn.by, withdrawn.reason.as_ref()), (Canceller::BookingSystem, None));
}

#[test]
fn a_booking_told_again_after_it_was_cancelled_is_a_booking_again() {
    let told = [
        left(ADA),
        booked(DESK, ADA, 5),
        cancelled(DESK, ADA, Canceller::BookingSystem),
        booked(DESK, ADA, 6),
    ];
    let kept = kept(told, 3).unwrap();
    assert_eq!(lists(&kept), [vec![], vec![DESK], vec![]]);
    assert_eq!(kept.upcoming[0].starts_at, day(6));
}

#[test]
fn a_booking_is_closed_when_its_system_knows_of_the_cancellation_or_cancelled_of_itself() {
    let by_hand = [
        joined(ADA),
        booked(DESK, ADA, 5),
        left(ADA),
        cancelled(DESK, ADA, Canceller::Administrator),
    ];
    let state = |kept: KeptBookings| {
        let booking = &kept.cancelled[0];
        (booking.state, booking.cancelled.as_ref().unwrap().closed_at)
    };
    let waits = kept(by_hand.clone(), 3).unwrap();
    assert_eq!(state(waits), (BookingState::Cancelled, None));
    let known = kept(by_hand.into_iter().chain([closed(DESK, ADA)]), 3).unwrap();
    assert_eq!(state(known), (BookingState::Closed, Some(at(5))));
    let of_itself =
        [booked(DESK, ADA, 5), left(ADA), cancelled(DESK, ADA, Canceller::BookingSystem)];
    assert_eq!(state(kept(of_itself, 3).unwrap()), (BookingState::Closed, None));
}

#[test]
fn a_booking_may_be_handed_to_somebody_else() {
    let handed = Event::BookingChanged(booking(DESK, BOB, 5));
    let told = [left(ADA), booked(DESK, ADA, 5), handed];
    assert_eq!(kept(told, 3), Some(KeptBookings::default()));
}

#[test]
fn who_comes_back_has_no_list() {
    let back = Event::UserReactivated(user(ADA, Standing::Active));
    let told = [joined(ADA), booked(DESK, ADA, 5), left(ADA), back];
    assert_eq!(kept(told.clone(), 3), None);
    // … and the whole list when they leave again.
    let again = kept(told.into_iter().chain([left(ADA)]), 3).unwrap();
    assert_eq!(lists(&again), [vec![], vec![DESK], vec![]]);
}

#[test]
fn a_leaver_leaves_once_unless_they_were_back() {
    let deleted = || Event::UserDeleted(user(ADA, Standing::Former).into());
    let back = || Event::UserReactivated(user(ADA, Standing::Active));
    for (told, left_at) in [
        (vec![joined(ADA), left(ADA), deleted()], at(2)),
        (vec![joined(ADA), left(ADA), back(), deleted()], at(4)),
    ] {
        let log = log(told);
        World::new().run(async |client| {
            for at_once in [1, 2, 100] {
                build::<Retention>(client, "retention", &log, at_once).await;
                let page = leavers(client, &acme(), false, day(1), None, 10).await.unwrap();
                assert_eq!(page.rows[0].left_at, left_at, "{at_once} at once");
            }
        });
    }
}

#[test]
fn a_reversed_leaver_who_is_deleted_left_with_the_deletion() {
    let alert_id = AlertId(Uuid::from_u128(0xa1e));
    let cause = events::AlertCause::Deactivations { deactivations: 3, active_before: 9 };
    let gone = || Event::UserDeleted(user(ADA, Standing::Former).into());
    let told = log([
        joined(ADA),
        left(ADA),
        Event::AlertRaised(RaisedAlert { alert_id, cause, held: true, guard: Guard::default() }),
        Event::AlertPeopleAdded(AlertPeople { alert_id, people: vec![ADA] }),
        Event::AlertReversed(DecidedAlert { alert_id, reason: None }),
        gone(),
        Event::UserReturned(user(ADA, Standing::Former)),
        gone(),
    ]);
    World::new().run(async |client| {
        for at_once in [1, 2, 100] {
            build::<Retention>(client, "retention", &told, at_once).await;
            let page = leavers(client, &acme(), false, day(0), None, 10).await.unwrap();
            assert_eq!(page.rows[0].left_at, at(6), "{at_once} at once");
        }
    });
}

#[test]
fn who_left_last_comes_first_and_each_once() {
    let people: Vec<EmployeeId> = (1..6).map(|n| EmployeeId(Uuid::from_u128(n))).collect();
    let log = log(people.iter().map(|employee| left(*employee)).chain([joined(ADA)]));
    World::new().run(async |client| {
        build::<Retention>(client, "retention", &log, 100).await;
        let (mut found, mut after) = (vec![], None);
        loop {
            let page = leavers(client, &acme(), false, day(1), after.as_deref(), 2).await.unwrap();
            assert!(page.rows.len() <= 2);
            found.extend(page.rows.into_iter().map(|leaver| leaver.employee_id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected: Vec<EmployeeId> = people.into_iter().rev().collect();
        assert_eq!(found, expected);
    });
}

#[test]
fn a_list_of_upcoming_bookings_passes_over_leavers_without() {
    let told = [
        left(ADA),
        left(BOB),
        booked(DESK, ADA, 1),
        booked(ROOM, BOB, 5),
        booked(BookingId(Uuid::from_u128(3)), BOB, 6),
        cancelled(ROOM, BOB, Canceller::Administrator),
    ];
    let log = log(told);
    World::new().run(async |client| {
        build::<Retention>(client, "retention", &log, 100).await;
        let page = leavers(client, &acme(), true, day(3), None, 10).await.unwrap();
        let bob = Leaver {
            employee_id: BOB,
            left_at: at(2),
            bookings: BookingCounts {
                upcoming: 1,
                cancelled: 1,
                undecided: 1,
                ..BookingCounts::default()
            },
            next_at: Some(day(6)),
        };
        assert_eq!(page.rows, [bob]);
        let all = leavers(client, &acme(), false, day(3), None, 10).await.unwrap();
        assert_eq!(all.rows.len(), 2);
    });
}

#[test]
fn a_tenant_sees_nothing_of_another() {
    let other = "other".parse().unwrap();
    let mut log = log([left(ADA), booked(DESK, ADA, 5)]);
    log.push(recorded(&other, 3, left(BOB)));
    World::new().run(async |client| {
        build::<Retention>(client, "retention", &log, 100).await;
        assert!(kept_bookings(client, &other, &[ADA], day(1)).await.unwrap().is_empty());
        let theirs = leavers(client, &other, false, day(1), None, 10).await.unwrap().rows;
        assert_eq!(theirs.iter().map(|leaver| leaver.employee_id).collect::<Vec<_>>(), [BOB]);
    });
}

#[test]
fn a_made_up_cursor_is_a_bad_value_and_no_breakdown() {
    World::new().run(async |client| {
        build::<Retention>(client, "retention", &[], 1).await;
        // The second is `["-009999-01-02T00:00:00Z", nil]`, long before Postgres' time begins.
        let early = "WyItMDA5OTk5LTAxLTAyVDAwOjAwOjAwWiIsIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJd";
        for cursor in ["made up", early] {
            let answer = leavers(client, &acme(), false, day(1), Some(cursor), 10).await;
            assert!(matches!(answer, Err(QueryError::BadCursor(_))), "{cursor}: {answer:?}");
        }
    });
}
