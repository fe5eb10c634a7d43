//! What was told of a person goes when they are erased.

use events::{BookedPlace, BookingId, BookingSource};
use jiff::Timestamp;
use roster::{Intent, PersonRef};
use uuid::Uuid;

use crate::world::{World, employee, new_user, people, people_of, user};

const BOOKING: BookingId = BookingId(Uuid::from_u128(0xb0));

/// A booking of this person, which may have been somebody else's.
fn books(number: u128) -> Intent {
    let starts_at = Timestamp::from_second(2_000_000_000).expect("a time");
    Intent::Booking {
        booking: BOOKING,
        source: BookingSource::default(),
        reference: "4417".to_owned(),
        person: PersonRef::Employee(employee(number)),
        place: BookedPlace {
            resource: "desk-7".to_owned(),
            resource_type: String::new(),
            title: None,
            starts_at,
            ends_at: starts_at + jiff::SignedDuration::from_hours(1),
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_is_somebody_elses_by_now_is_told_once_more_with_the_erasure_also_in_a_feed_that_is_told_anew()
 {
    let mut world = World::new().await;
    let running = world.publishes(None);
    for number in 1..=2 {
        world.decide(&new_user(number)).await;
    }
    world.decide(&books(1)).await;
    world.decide(&books(2)).await;
    world.decide(&user(1, "Dr", false)).await;
    running.has_told(&world).await;
    world.erase(1).await;
    running.has_told(&world).await;
    running.stop().await;
    for round in ["as it was", "told anew"] {
        let told = world.told().await;
        let about = |told: &crate::world::Told| told.body["booking"]["id"] == BOOKING.0.to_string();
        let last = told.iter().rfind(|event| about(event)).unwrap_or_else(|| panic!("{round}"));
        assert_eq!(last.body["booking"]["employeeId"], employee(2).0.to_string(), "{round}");
        let erased = employee(1).0.to_string();
        let names_them = |event: &&crate::world::Told| {
            event.body.to_string().contains(&erased) && event.kind != "rollcall.employee.erased"
        };
        assert_eq!(told.iter().find(names_them).map(|event| &event.kind), None, "{round}");
        world.forget_feed().await;
        let running = world.publishes(None);
        running.has_told(&world).await;
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_is_told_with_the_numbers_that_are_missing_then() {
    let mut world = World::new().await;
    let running = world.publishes(None);
    for number in 1..=2 {
        world.decide(&new_user(number)).await;
    }
    world.decide(&user(1, "Dr", true)).await;
    world.decide(&user(1, "Dr", false)).await;
    world.erase(1).await;
    running.has_told(&world).await;
    let told = world.told().await;
    let numbers: Vec<u64> = told.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, [2, 5]);
    let erased = told.last().expect("an event");
    assert_eq!(erased.kind, "rollcall.employee.erased");
    assert_eq!(erased.body["sequences"], serde_json::json!([1, 3, 4]));
    assert_eq!(people(&told), people_of(&world.roster));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_left_of_an_erased_person_is_removed_at_the_next_start() {
    let mut world = World::new().await;
    world.decide(&new_user(1)).await;
    world.decide(&user(1, "Dr", false)).await;
    let running = world.publishes(None);
    running.has_told(&world).await;
    running.stop().await;
    world.erase(1).await;
    // Killed between the erasure that it tells and the removal of what it told.
    for round in 0..50_u64 {
        let running = world.publishes(None);
        for _ in 0..round * 30 {
            tokio::task::yield_now().await;
        }
        running.kill().await;
    }
    let running = world.publishes(None);
    running.has_told(&world).await;
    let told = world.told().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].body["sequences"], serde_json::json!([1, 2]));
    running.stop().await;
}
