//! What is erased is not in the files any more.

use async_nats::jetstream;
use embedded::Nats;
use eventlog::{Access, EraseError, PersonEvents, seal};
use events::{
    BookedPlace, BookingId, CancelledBooking, Canceller, EmployeeId, ErasedUser, Event,
    RecordedBooking, Seq,
};
use jiff::{SignedDuration, Timestamp};
use kit::file_bytes::files_with;
use kit::log_writer::{Writer, envelope};
use kit::servers::{blocking, log, nats};

/// A writer to the log of `acme`, in which a person has two bookings and somebody else has one.
struct Story {
    writer: Writer,
    person: EmployeeId,
}

const TITLE: &str = "Zdzislawa-Unmistakable";
const REASON: &str = "Reason-Unmistakable";
const OTHER: &str = "Somebody-Else";

impl Story {
    async fn told_to(nats: &Nats) -> Self {
        let writer = Writer::new(log(&nats.url()).await);
        let mut story = Self { writer, person: EmployeeId(eventlog::ids::uuid_v7()) };
        story.writer.write(3).await;
        let person = story.person;
        let single = booking(person, TITLE);
        story.say(vec![Event::BookingRecorded(single.clone())]).await;
        let other = EmployeeId(eventlog::ids::uuid_v7());
        // A decision of several events is an atomic batch.
        let cancelled = CancelledBooking {
            booking_id: single.booking_id,
            reference: single.reference.clone(),
            employee_id: person,
            by: Canceller::Administrator,
            reason: Some(REASON.to_owned()),
        };
        let batch = vec![
            Event::BookingCancelled(cancelled),
            Event::BookingRecorded(booking(person, TITLE)),
            Event::BookingRecorded(booking(other, OTHER)),
        ];
        story.say(batch).await;
        story.writer.write(3).await;
        story
    }

    async fn say(&mut self, events: Vec<Event>) {
        let (first, count) = (self.writer.position, events.len());
        let mut position = first;
        let sealed = events.into_iter().enumerate().map(|(at, event)| {
            let commit = at + 1 == count;
            let (sealed, recorded) =
                seal(position, commit, envelope("acme"), event).expect("is known");
            position = recorded.position();
            (sealed, recorded)
        });
        let (sealed, recorded): (Vec<_>, Vec<_>) = sealed.unzip();
        self.writer.log.append(first, &sealed).await.expect("append to the log");
        self.writer.accepted(recorded);
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
        self.say(vec![Event::UserErased(erased)]).await;
        named
    }
}

fn booking(employee_id: EmployeeId, title: &str) -> RecordedBooking {
    let place = BookedPlace {
        resource: "Desk 1".to_owned(),
        title: Some(title.to_owned()),
        starts_at: Timestamp::UNIX_EPOCH,
        ends_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1),
    };
    let booking_id = BookingId(eventlog::ids::uuid_v7());
    RecordedBooking { booking_id, reference: booking_id.to_string(), employee_id, place }
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
    assert_eq!(named, [4, 5, 6].map(Seq));
    let erase = async |story: &Story| {
        story.writer.log.erase(&named, None, &Access::default()).await.expect("erase")
    };
    assert_eq!(erase(&story).await, 3);
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
    assert_eq!(purged.purged, 4);
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
