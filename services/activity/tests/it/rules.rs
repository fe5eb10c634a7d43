//! The rules of activity, told by examples.

use activity::queries::{EventCount, LastRequest, LastSeen, event_counts, last_seen};
use activity::{Activity, Change};
use events::{Event, Recorded, Seq, Tenant};
use jiff::civil::{Date, date};
use kit::projection::{World, acme, at, build, recorded};
use projector::Projection;
use projector::sql::QueryError;

use crate::given::{BOOKINGS, ENTRA, by, team_created, tenant_created};

/// The day of the tests' log: 1,800,000,000 s after 1970.
const DAY: Date = date(2027, 1, 15);

/// What is told of each credential, applied one event at a time and in one go.
fn seen(log: &[Recorded]) -> Vec<LastSeen> {
    World::new().run(async |client| {
        let mut found = vec![];
        for at_once in [1, 2, 100] {
            build::<Activity>(client, "activity", log, at_once).await;
            found.push(last_seen(client, &acme(), None, 10).await.unwrap().rows);
        }
        assert!(found.iter().all(|one| *one == found[0]), "{found:?}");
        found.remove(0)
    })
}

#[test]
fn a_credential_is_seen_with_its_last_event_and_its_last_request() {
    let log = [
        by(ENTRA, Some("r-1"), 1, tenant_created()),
        by(BOOKINGS, None, 2, tenant_created()),
        by(ENTRA, Some("r-2"), 3, team_created()),
        by(ENTRA, None, 4, tenant_created()),
    ];
    let entra = LastSeen {
        credential: ENTRA,
        event: "tenant.created".to_owned(),
        event_at: at(4),
        position: Seq(4),
        request: Some(LastRequest { id: "r-2".to_owned(), at: at(3) }),
    };
    let bookings = LastSeen {
        credential: BOOKINGS,
        event: "tenant.created".to_owned(),
        event_at: at(2),
        position: Seq(2),
        request: None,
    };
    assert_eq!(seen(&log), [entra, bookings]);
}

#[test]
fn who_is_no_credential_is_counted_and_not_seen() {
    let log = [recorded(&acme(), 1, team_created())];
    assert_eq!(seen(&log), []);
    let counted = Change::Counted { tenant: acme(), day: DAY, event: "team.created".to_owned() };
    assert_eq!(Activity::project(&log[0])[0], counted);
}

#[test]
fn an_event_of_a_later_release_is_counted_by_its_name() {
    let event = Event::Unknown { name: "user.promoted".to_owned() };
    let counted = Change::Counted { tenant: acme(), day: DAY, event: "user.promoted".to_owned() };
    assert_eq!(Activity::project(&recorded(&acme(), 1, event)), [counted]);
}

#[test]
fn events_are_counted_by_day_and_type_the_last_day_first() {
    // The log begins at 08:00, so that the next day begins 57,600 events later.
    let next_day = 16 * 3600;
    let other: Tenant = "other".parse().unwrap();
    let log = [
        recorded(&acme(), 1, tenant_created()),
        recorded(&acme(), 2, team_created()),
        recorded(&acme(), 3, team_created()),
        recorded(&other, 4, team_created()),
        recorded(&acme(), next_day - 1, team_created()),
        recorded(&acme(), next_day, team_created()),
    ];
    let count = |day, event: &str, count| EventCount { day, event: event.to_owned(), count };
    let tomorrow = DAY.tomorrow().unwrap();
    let all = [
        count(tomorrow, "team.created", 1),
        count(DAY, "team.created", 3),
        count(DAY, "tenant.created", 1),
    ];
    World::new().run(async |client| {
        for at_once in [1, 4] {
            build::<Activity>(client, "activity", &log, at_once).await;
            let (mut found, mut after) = (vec![], None);
            loop {
                let days = DAY..=tomorrow;
                let page = event_counts(client, &acme(), days, after.as_deref(), 2).await.unwrap();
                assert!(page.rows.len() <= 2);
                found.extend(page.rows);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, all);
            let today = event_counts(client, &acme(), DAY..=DAY, None, 10).await.unwrap();
            assert_eq!(today.rows, all[1..]);
            let theirs = event_counts(client, &other, DAY..=DAY, None, 10).await.unwrap();
            assert_eq!(theirs.rows, [count(DAY, "team.created", 1)]);
        }
    });
}

#[test]
fn credentials_come_page_by_page() {
    let log = [by(ENTRA, None, 1, tenant_created()), by(BOOKINGS, None, 2, tenant_created())];
    World::new().run(async |client| {
        build::<Activity>(client, "activity", &log, 10).await;
        let first = last_seen(client, &acme(), None, 1).await.unwrap();
        assert_eq!(first.rows[0].credential, BOOKINGS);
        let second = last_seen(client, &acme(), first.next.as_deref(), 1).await.unwrap();
        assert_eq!((second.rows[0].credential, second.next), (ENTRA, None));
    });
}

#[test]
fn a_made_up_cursor_is_a_bad_value_and_no_breakdown() {
    World::new().run(async |client| {
        build::<Activity>(client, "activity", &[], 1).await;
        // The second is `["-009999-01-02", ""]`, long before Postgres' time begins.
        let early = "WyItMDA5OTk5LTAxLTAyIiwgIiJd";
        for cursor in ["made up", early] {
            let all = Date::MIN..=Date::MAX;
            let answer = event_counts(client, &acme(), all, Some(cursor), 10).await;
            assert!(matches!(answer, Err(QueryError::BadCursor(_))), "{cursor}: {answer:?}");
        }
        let answer = last_seen(client, &acme(), Some("made up"), 10).await;
        assert!(matches!(answer, Err(QueryError::BadCursor(_))), "{answer:?}");
    });
}
