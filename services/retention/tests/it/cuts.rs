//! However the events about a booking fall into batches, its row is that of the last of them.

use events::{
    Canceller, Event, HandedOverBooking, KeptBooking, PlannedCancellation, Recorded,
    RecordedBooking, ReopenedBooking, WithdrawnCancellation,
};
use retention::Retention;

use crate::given::{ADA, BOB, DESK, booked, booking, cancelled, closed, day};
use kit::projection::{World, build_by, log, rows};

fn planned() -> Event {
    let RecordedBooking { booking_id, source, reference, employee_id, .. } = booking(DESK, ADA, 5);
    let (due, reason) = (day(4), "has left".to_owned());
    Event::BookingCancellationPlanned(PlannedCancellation {
        booking_id,
        source,
        reference,
        employee_id,
        due,
        reason,
    })
}

fn withdrawn() -> Event {
    let RecordedBooking { booking_id, source, reference, employee_id, .. } = booking(DESK, ADA, 5);
    Event::BookingCancellationWithdrawn(WithdrawnCancellation {
        booking_id,
        source,
        reference,
        employee_id,
    })
}

fn kept() -> Event {
    let RecordedBooking { booking_id, source, reference, employee_id, .. } = booking(DESK, ADA, 5);
    Event::BookingKept(KeptBooking { booking_id, source, reference, employee_id, reason: None })
}

fn handed_over() -> Event {
    let booking = RecordedBooking { booked_for: Some(ADA), ..booking(DESK, BOB, 5) };
    Event::BookingHandedOver(HandedOverBooking { booking, planned_by: None })
}

fn reopened() -> Event {
    Event::BookingReopened(ReopenedBooking { booking: booking(DESK, ADA, 5) })
}

/// The log in as many batches as `cuts` has bits set, and one more: a bit says that there is a cut after the event
/// of its number.
fn cut(log: &[Recorded], cuts: usize) -> Vec<&[Recorded]> {
    let mut batches = vec![];
    let mut begin = 0;
    for end in 1..=log.len() {
        if end == log.len() || cuts & (1 << (end - 1)) != 0 {
            batches.push(&log[begin..end]);
            begin = end;
        }
    }
    batches
}

#[test]
fn wherever_a_log_is_cut_into_batches_a_booking_has_the_version_of_the_last_event_about_it() {
    let by_hand = || cancelled(DESK, ADA, Canceller::Administrator);
    let by_system = || cancelled(DESK, ADA, Canceller::BookingSystem);
    let recorded = || booked(DESK, ADA, 5);
    let histories = [
        vec![recorded(), planned(), by_hand(), closed(DESK, ADA), recorded(), planned()],
        vec![recorded(), kept(), planned(), withdrawn(), by_hand(), closed(DESK, ADA), recorded()],
        vec![recorded(), handed_over(), reopened(), kept(), reopened(), planned(), by_system()],
    ];
    let world = World::new();
    for history in histories {
        let log = log(history);
        for after in 1..=log.len() {
            let (log, last) = (&log[..after], &log[after - 1]);
            world.run(async |client| {
                build_by::<Retention>(client, "one_by_one", log.chunks(1)).await;
                let one_by_one = rows(client, "one_by_one").await;
                for cuts in 0..1_usize << (after - 1) {
                    let batches = cut(log, cuts);
                    let sizes: Vec<_> = batches.iter().map(|batch| batch.len()).collect();
                    build_by::<Retention>(client, "cut", batches).await;
                    let newest = "SELECT version, seq FROM cut.bookings";
                    let newest = client.query_one(newest, &[]).await.expect("the booking");
                    assert_eq!(
                        (newest.get(0), newest.get(1)),
                        (last.envelope.id.0, last.seq.0.cast_signed()),
                        "in batches of {sizes:?}, the last event being {:?}",
                        last.event.kind()
                    );
                    assert_eq!(rows(client, "cut").await, one_by_one, "in batches of {sizes:?}");
                }
            });
        }
    }
}
