//! A log from which a person's own events were removed is whole, if an erasure names them.

use std::pin::pin;

use async_nats::jetstream;
use eventlog::{
    AtPosition, Break, Evidence, Log, LogError, LogOptions, PersonEvents, ReadError, seal,
};
use events::{EmployeeId, ErasedEvent, ErasedUser, Event, Position, Recorded, ResetTeams, Seq};
use futures_util::StreamExt as _;

use kit::log_writer::{Writer, envelope, failure, take};
use kit::servers::{log, nats};

/// A log with ten events, of which three are one person's own: 3, 4 and 7.
struct Story {
    writer: Writer,
    person: EmployeeId,
}

/// The positions of the person's own events.
const OWN: [usize; 3] = [3, 4, 7];

impl Story {
    async fn told_to(log: Log) -> Self {
        let person = EmployeeId(eventlog::ids::uuid_v7());
        let mut story = Self { writer: Writer::new(log), person };
        for seq in 1..=10 {
            if OWN.contains(&seq) {
                story.say(Event::UserTeamsReset(ResetTeams { employee_id: person })).await;
            } else {
                story.writer.write(1).await;
            }
        }
        story
    }

    async fn say(&mut self, event: Event) {
        let position = self.writer.position;
        let (sealed, recorded) = seal(position, true, envelope("acme"), event).expect("is known");
        self.writer.log.append(position, &[sealed]).await.expect("append to the log");
        self.writer.accepted(vec![recorded]);
    }

    fn own(&self) -> Vec<ErasedEvent> {
        let events = PersonEvents::among(&self.writer.said, self.person).events;
        assert!(events.iter().map(|event| event.seq.0).eq(OWN.map(|seq| seq as u64)), "{events:?}");
        events
    }

    /// Says that these events go.
    async fn name(&mut self, events: Vec<ErasedEvent>) {
        let employee_id = self.person;
        let (resources, teams, bookings) = (vec![], vec![], vec![]);
        let erased = ErasedUser { employee_id, resources, teams, bookings, events };
        self.say(Event::UserErased(erased)).await;
    }

    /// Removes the person's own events, as the only user may who may purge.
    async fn purge(&self, url: &str) {
        let client = async_nats::connect(url).await.expect("connect to NATS");
        let stream = jetstream::new(client).get_stream("PROVISIONING").await.expect("a log");
        let subject = format!("prov.acme.user.{}.teams-reset", self.person);
        stream.purge().filter(subject).await.expect("purge the person's events");
    }

    /// What is there, from behind a position.
    fn left(&self, after: Seq) -> Vec<Recorded> {
        let own = |event: &Recorded| OWN.iter().any(|seq| event.seq == Seq(*seq as u64));
        self.writer.said.iter().filter(|event| event.seq > after && !own(event)).cloned().collect()
    }
}

async fn broken(log: &Log, after: Position) -> Break {
    match failure(&mut pin!(log.follow(after))).await {
        ReadError::Broken(broken) => broken,
        other => panic!("another error: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_leaves_a_log_that_everybody_can_go_on_with() {
    let nats = nats().await;
    let mut story = Story::told_to(log(&nats.url()).await).await;
    // One reader is ahead of the holes, and one stops between them.
    let mut ahead = pin!(story.writer.log.follow(Position::START));
    take(&mut ahead, 10).await;
    let mut between = pin!(story.writer.log.follow(Position::START));
    take(&mut between, 3).await;
    story.name(story.own()).await;
    story.purge(&nats.url()).await;
    story.writer.write(2).await;

    assert_eq!(take(&mut ahead, 3).await, story.left(Seq(10)));
    // It may have fetched what is gone by now.
    let last = story.writer.said.last().expect("there are events").clone();
    while take(&mut between, 1).await != [last.clone()] {}
    let mut positions = vec![Position::START];
    positions.extend(story.writer.said.iter().map(Recorded::position));
    positions.pop();
    for position in positions {
        let left = story.left(position.seq);
        let mut entries = pin!(story.writer.log.follow(position));
        assert_eq!(take(&mut entries, left.len()).await, left, "after {position:?}");
    }

    // Who has read what is gone now finds the log unchanged, and so does the next start.
    let evidence: Vec<Evidence> = story
        .writer
        .said
        .iter()
        .map(|event| Evidence::new("a read model", event.position()))
        .collect();
    assert_eq!(story.writer.log.check_continuity(&evidence).await.unwrap(), []);
    let options = LogOptions { evidence, ..LogOptions::default() };
    let opened = Log::open(&nats.url(), options).await.expect("it is whole");
    assert_eq!(opened.position_at(Seq(4)).await.unwrap(), Some(story.writer.said[3].position()));
    story.writer.write(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_that_no_erasure_names_is_a_break() {
    let nats = nats().await;
    let mut story = Story::told_to(log(&nats.url()).await).await;
    let named = story.own()[..2].to_vec();
    story.name(named).await;
    story.purge(&nats.url()).await;
    assert_eq!(broken(&story.writer.log, Position::START).await, Break::Missing { seq: Seq(7) });
    let at_the_hole = story.writer.said[6].position();
    assert_eq!(broken(&story.writer.log, at_the_hole).await, Break::Missing { seq: Seq(7) });
    let refused = Log::open(&nats.url(), LogOptions::default()).await;
    let Err(LogError::Lost(loss)) = refused else { panic!("it was opened: {refused:?}") };
    let why = loss.to_string();
    assert!(why.contains("of the 11 events that the log counts, 1 are missing"), "{why}");
    // Named later, it is whole again.
    story.name(story.own()).await;
    let left = story.left(Seq(0));
    let followed = story.writer.log.follow(Position::START).take(left.len());
    let followed: Vec<_> = followed.map(|entry| entry.unwrap().read().unwrap()).collect().await;
    assert_eq!(followed, left);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_tells_wrong_values_is_a_break() {
    let nats = nats().await;
    let mut story = Story::told_to(log(&nats.url()).await).await;
    let mut named = story.own();
    named[1].chain.0[0] ^= 1;
    let (expected, found) = (story.writer.said[3].chain, named[1].chain);
    story.name(named).await;
    story.purge(&nats.url()).await;
    let wrong = Break::Erasure { seq: Seq(4), expected, found };
    assert_eq!(broken(&story.writer.log, Position::START).await, wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_at_a_position_is_an_event_or_named_by_an_erasure() {
    let nats = nats().await;
    let mut story = Story::told_to(log(&nats.url()).await).await;
    story.name(story.own()).await;
    story.purge(&nats.url()).await;
    let log = story.writer.log.clone();
    let asked = [11, 7, 5, 3].map(Seq);
    let found = log.read_at(&asked).await.expect("read the log");
    let told = found.iter().map(|found| match found {
        AtPosition::Event(entry) => (entry.seq, Some(entry.read().expect("an event"))),
        AtPosition::Erased(seq) => (*seq, None),
    });
    let there = |seq: u64| Some(story.writer.said[usize::try_from(seq - 1).unwrap()].clone());
    let expected = [(11, there(11)), (7, None), (5, there(5)), (3, None)];
    assert_eq!(told.collect::<Vec<_>>(), expected.map(|(seq, event)| (Seq(seq), event)));
    // Nobody says that this one was erased.
    let behind = log.read_at(&[Seq(5), Seq(12)]).await;
    let missing = Break::Missing { seq: Seq(12) };
    assert!(matches!(behind, Err(ReadError::Broken(found)) if found == missing), "{behind:?}");
}
