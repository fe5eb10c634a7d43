//! What is erased is not in the files any more.

use async_nats::jetstream;
use embedded::Nats;
use eventlog::{Access, EraseError, PersonEvents};
use events::{CancelledBooking, Canceller, ClosedBooking, EmployeeId, ErasedUser, Event, Seq};
use kit::file_bytes::files_with;
use kit::log_writer::Writer;
use kit::servers::{blocking, log, nats};

use crate::bookings::{OTHER, TITLE, booking};

/// A writer to the log of `acme`, in which a person has two bookings and somebody else has one.
struct Story {
    writer: Writer,
    person: EmployeeId,
}

const REASON: &str = "Reason-Unmistakable";

impl Story {
    async fn told_to(nats: &Nats) -> Self {
        let writer = Writer::new(log(&nats.url()).await);
        let mut story = Self { writer, person: EmployeeId(eventlog::ids::uuid_v7()) };
        story.writer.write(3).await;
        let person = story.person;
        let single = booking(person, TITLE);
        story.writer.say("acme", [Event::BookingRecorded(single.clone())]).await;
        let other = EmployeeId(eventlog::ids::uuid_v7());
        // A decision of several events is an atomic batch.
        let cancelled = CancelledBooking {
            booking_id: single.booking_id,
            source: single.source.clone(),
            reference: single.reference.clone(),
            employee_id: person,
            by: Canceller::Administrator,
            reason: Some(REASON.to_owned()),
            planned_by: None,
        };
        let closed = ClosedBooking {
            booking_id: single.booking_id,
            source: single.source.clone(),
            reference: REASON.to_owned(),
            employee_id: person,
        };
        let batch = [
            Event::BookingCancelled(cancelled),
            Event::BookingClosed(closed),
            Event::BookingRecorded(booking(person, TITLE)),
            Event::BookingRecorded(booking(other, OTHER)),
        ];
        story.writer.say("acme", batch).await;
        story.writer.write(3).await;
        story
    }

    /// The positions of what is to go, which an erasure names.
    async fn name(&mut self) -> Vec<Seq> {
        let acme = "acme".parse().expect("a slug");
        let found = self.writer.log.person_events(&acme, self.person).await.expect("read the log");
        assert_eq!(found, PersonEvents::among(&self.writer.said, self.person));
        let PersonEvents { bookings, events } = found;
        let named = events.iter().map(|event| event.seq).collect();
        let (employee_id, bookings) = (self.person, Vec::from_iter(bookings));
        let (resources, teams) = (vec![], vec![]);
        let erased = ErasedUser { employee_id, resources, teams, bookings, events };
        self.writer.say("acme", [Event::UserErased(erased)]).await;
        named
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_event_is_in_no_byte_of_the_store_nor_after_a_crash() {
    let mut nats = nats().await;
    let mut story = Story::told_to(&nats).await;
    let dir = nats.dir().to_owned();
    for text in [TITLE, REASON, OTHER] {
        assert!(!files_with(&dir, text).is_empty(), "{text} is looked for where it is");
    }
    let named = story.name().await;
    assert_eq!(named, [4, 5, 6, 7].map(Seq));
    let erase = async |story: &Story| {
        story.writer.log.erase(&named, None, &Access::default()).await.expect("erase")
    };
    assert_eq!(erase(&story).await, 4);
    assert_eq!(erase(&story).await, 0, "what is gone stays so");
    assert_eq!(story.writer.log.still_there(&named).await.unwrap(), []);
    for restart in 0..3 {
        for text in [TITLE, REASON] {
            assert_eq!(files_with(&dir, text), Vec::<std::path::PathBuf>::new(), "{restart}");
        }
        assert!(!files_with(&dir, OTHER).is_empty(), "somebody else is as before");
        nats = blocking(move || {
            if restart == 0 {
                nats.kill9();
            }
            nats.restart().expect("restart nats-server");
            nats
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_would_leave_the_bytes() {
    let nats = nats().await;
    let story = Story::told_to(&nats).await;
    let client = async_nats::connect(nats.url()).await.expect("connect to NATS");
    let stream = jetstream::new(client).get_stream("PROVISIONING").await.expect("a log");
    let purged = stream.purge().filter("prov.acme.booking.>").await.expect("purge");
    assert_eq!(purged.purged, 5);
    assert!(!files_with(nats.dir(), TITLE).is_empty());
    drop(story);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_an_erasure_names_is_deleted() {
    let nats = nats().await;
    let mut story = Story::told_to(&nats).await;
    let named = story.name().await;
    let asked = [named[0], Seq(1)];
    let refused = story.writer.log.erase(&asked, None, &Access::default()).await;
    assert!(matches!(refused, Err(EraseError::Unnamed(Seq(1)))), "{refused:?}");
    assert_eq!(story.writer.log.still_there(&asked).await.unwrap(), asked);
}
