//! Laws of the lanes: order, nothing lost, nothing twice.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits { in_flight: 4, held: 8, behind: 12 };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn lane(number: u8) -> Lane {
    format!("employee.{number}").as_str().into()
}

fn failed_at(second: i64) -> Retry {
    Retry { tries: 1, first_failed_at: Some(at(second)), next_at: at(second + 5) }
}

fn with(events: &[(u64, u8)]) -> Lanes<()> {
    let mut lanes = Lanes::starting_after(LIMITS, 0);
    for (position, number) in events {
        lanes.take_in(*position, lane(*number), ());
    }
    lanes
}

fn sent(lanes: &mut Lanes<()>, second: i64) -> Vec<u64> {
    std::iter::from_fn(|| lanes.next(at(second))).map(|taken| taken.position).collect()
}

#[test]
fn of_each_person_one_event_is_under_way() {
    let mut lanes = with(&[(1, 1), (2, 1), (3, 2)]);
    assert_eq!(sent(&mut lanes, 0), [1, 3]);
    lanes.finished(&lane(1), 1, at(0));
    assert_eq!(sent(&mut lanes, 0), [2]);
}

#[test]
fn no_more_than_the_limit_is_under_way() {
    let mut lanes = with(&[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)]);
    assert_eq!(sent(&mut lanes, 0), [1, 2, 3, 4]);
}

#[test]
fn a_lane_that_fails_holds_back_only_its_own_later_events() {
    let mut lanes = with(&[(1, 1), (2, 1), (3, 2)]);
    sent(&mut lanes, 0);
    lanes.failed(&lane(1), 1, failed_at(0));
    lanes.finished(&lane(2), 3, at(0));
    lanes.take_in(4, lane(2), ());
    lanes.take_in(5, lane(1), ());
    assert_eq!(sent(&mut lanes, 4), [4]);
    assert_eq!(sent(&mut lanes, 5), [1]);
    lanes.finished(&lane(1), 1, at(5));
    assert_eq!(sent(&mut lanes, 5), [2]);
}

#[test]
fn a_position_is_settled_when_all_before_it_is_delivered_or_kept() {
    let mut lanes = with(&[(1, 1), (2, 2), (3, 3)]);
    sent(&mut lanes, 0);
    lanes.finished(&lane(2), 2, at(0));
    assert_eq!(lanes.changes(), Changes { settled: 0, ..Changes::default() });
    lanes.failed(&lane(1), 1, failed_at(0));
    let kept = lanes.changes();
    assert_eq!(kept.settled, 2);
    assert_eq!(kept.waiting, [(1, lane(1))]);
    assert_eq!(kept.retries, [(lane(1), failed_at(0))]);
}

#[test]
fn a_lane_that_recovers_is_forgotten() {
    let mut lanes = with(&[(1, 1)]);
    sent(&mut lanes, 0);
    lanes.failed(&lane(1), 1, failed_at(0));
    lanes.changes();
    sent(&mut lanes, 5);
    lanes.finished(&lane(1), 1, at(5));
    let kept = lanes.changes();
    assert_eq!((kept.done, kept.recovered), (vec![1], vec![lane(1)]));
    assert!(lanes.is_idle());
}

#[test]
fn lanes_that_always_fail_leave_room_for_the_others() {
    let mut lanes = with(&[(1, 1), (2, 2), (3, 3), (4, 4)]);
    for position in sent(&mut lanes, 0) {
        lanes.failed(&lane(u8::try_from(position).unwrap()), position, failed_at(0));
    }
    for position in 5..9 {
        lanes.take_in(position, lane(u8::try_from(position).unwrap()), ());
    }
    assert_eq!(sent(&mut lanes, 100), [1, 2, 5, 6]);
}

#[test]
fn a_subscriber_that_holds_too_much_takes_in_no_more() {
    let mut lanes = with(&[]);
    let mut position = 0;
    while lanes.has_room() {
        position += 1;
        lanes.take_in(position, lane(u8::try_from(position).unwrap()), ());
    }
    assert_eq!(position, 8);
}

#[test]
fn a_try_that_said_nothing_leaves_the_event_where_it_was() {
    let mut lanes = with(&[(1, 1), (2, 1)]);
    sent(&mut lanes, 0);
    lanes.put_back(&lane(1), 1);
    assert_eq!(sent(&mut lanes, 0), [1]);
}

#[test]
fn what_is_sent_again_goes_before_what_waits_in_its_lane() {
    let mut lanes = with(&[(7, 1), (8, 1)]);
    sent(&mut lanes, 0);
    lanes.resend(3, &lane(1), at(0));
    assert_eq!(sent(&mut lanes, 0), Vec::<u64>::new());
    lanes.finished(&lane(1), 7, at(0));
    assert_eq!(sent(&mut lanes, 0), [3]);
    lanes.finished(&lane(1), 3, at(0));
    assert_eq!(sent(&mut lanes, 0), [8]);
}

#[test]
fn what_arrived_after_a_restart_and_is_read_again_is_not_kept_as_waiting() {
    let kept =
        Kept { settled: 4, positions: vec![(6, lane(1))], retries: vec![(lane(1), failed_at(0))] };
    let mut lanes = Lanes::restored(LIMITS, kept);
    assert_eq!(sent(&mut lanes, 5), [6]);
    lanes.finished(&lane(1), 6, at(5));
    lanes.take_in(6, lane(1), ());
    let changes = lanes.changes();
    assert_eq!((changes.waiting, changes.done), (vec![], vec![6]));
}

/// Where changes are kept.
#[derive(Clone, Default)]
struct Storage {
    settled: u64,
    waiting: BTreeMap<u64, Lane>,
    retries: BTreeMap<Lane, Retry>,
}

impl Storage {
    fn keep(&mut self, changes: Changes) {
        self.settled = changes.settled;
        self.waiting.extend(changes.waiting);
        self.waiting.retain(|position, _| !changes.done.contains(position));
        self.retries.extend(changes.retries);
        self.retries.retain(|lane, _| !changes.recovered.contains(lane));
    }

    fn kept(&self) -> Kept {
        let storage = self.clone();
        Kept {
            settled: storage.settled,
            positions: storage.waiting.into_iter().collect(),
            retries: storage.retries.into_iter().collect(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    TakeIn(u8),
    Pass,
    Send,
    Deliver(usize),
    Fail(usize),
    PutBack(usize),
    Hurry,
    Keep,
    Crash,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_u8).prop_map(Step::TakeIn),
        1 => Just(Step::Pass),
        6 => Just(Step::Send),
        4 => any::<usize>().prop_map(Step::Deliver),
        3 => any::<usize>().prop_map(Step::Fail),
        1 => any::<usize>().prop_map(Step::PutBack),
        1 => Just(Step::Hurry),
        2 => Just(Step::Keep),
        1 => Just(Step::Crash),
    ]
}

/// A subscriber, the feed that it reads, and a receiver that writes down what it got.
struct Run {
    lanes: Lanes<u64>,
    /// The feed: a lane for each position, or nothing if it is for somebody else.
    feed: Vec<Option<Lane>>,
    storage: Storage,
    under_way: Vec<(u64, Lane)>,
    received: Vec<u64>,
    /// What was received when the storage was written last.
    surely: BTreeSet<u64>,
    crashes: u32,
    now: i64,
}

impl Run {
    fn new() -> Self {
        Self {
            lanes: Lanes::starting_after(LIMITS, 0),
            feed: vec![],
            storage: Storage::default(),
            under_way: vec![],
            received: vec![],
            surely: BTreeSet::new(),
            crashes: 0,
            now: 0,
        }
    }

    fn step(&mut self, step: Step) {
        self.now += 1;
        match step {
            Step::TakeIn(number) => self.feed.push(Some(lane(number))),
            Step::Pass => self.feed.push(None),
            Step::Send => {}
            Step::Deliver(index) => {
                if let Some((position, lane)) = self.landed(index) {
                    self.received.push(position);
                    self.lanes.finished(&lane, position, at(self.now));
                }
            }
            Step::Fail(index) => {
                if let Some((position, lane)) = self.landed(index) {
                    self.lanes.failed(&lane, position, failed_at(self.now));
                }
            }
            Step::PutBack(index) => {
                if let Some((position, lane)) = self.landed(index) {
                    self.lanes.put_back(&lane, position);
                }
            }
            Step::Hurry => self.lanes.hurry(at(self.now)),
            Step::Keep => {
                self.storage.keep(self.lanes.changes());
                let settled = self.storage.settled;
                let gone = |position: &&u64| !self.storage.waiting.contains_key(position);
                self.surely = self
                    .received
                    .iter()
                    .filter(|position| **position <= settled)
                    .filter(gone)
                    .copied()
                    .collect();
            }
            Step::Crash => {
                self.crashes += 1;
                self.lanes = Lanes::restored(LIMITS, self.storage.kept());
                self.under_way.clear();
            }
        }
        self.read();
        self.send();
    }

    fn read(&mut self) {
        while self.lanes.has_room() {
            let position = self.lanes.read() + 1;
            let index = usize::try_from(position - 1).unwrap();
            match self.feed.get(index) {
                Some(Some(lane)) => self.lanes.take_in(position, lane.clone(), position),
                Some(None) => self.lanes.pass_to(position),
                None => return,
            }
        }
    }

    fn send(&mut self) {
        while let Some(taken) = self.lanes.next(at(self.now)) {
            assert!(taken.event.is_none_or(|event| event == taken.position));
            assert!(!self.surely.contains(&taken.position), "{} is settled", taken.position);
            let same = self.under_way.iter().any(|(_, lane)| *lane == taken.lane);
            assert!(!same, "two of {} are under way", taken.lane);
            let before = self.feed.iter().zip(1..taken.position);
            for (_, position) in before.filter(|(lane, _)| lane.as_ref() == Some(&taken.lane)) {
                assert!(
                    self.received.contains(&position),
                    "{} overtook {position}",
                    taken.position
                );
            }
            self.under_way.push((taken.position, taken.lane));
            assert!(self.under_way.len() <= LIMITS.in_flight);
        }
    }

    fn landed(&mut self, index: usize) -> Option<(u64, Lane)> {
        let index = index.checked_rem(self.under_way.len())?;
        Some(self.under_way.swap_remove(index))
    }

    /// Everybody accepts everything from now on.
    fn drain(&mut self) {
        for _ in 0..self.feed.len() * 20 + 20 {
            self.now += 5;
            self.step(Step::Deliver(0));
        }
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_nothing_overtakes_and_without_a_crash_nothing_comes_twice(
        steps in prop::collection::vec(any_step(), 0..200),
    ) {
        let mut run = Run::new();
        for step in steps {
            run.step(step);
            prop_assert!(run.lanes.behind() <= LIMITS.behind + LIMITS.held);
        }
        run.drain();
        let wanted: BTreeSet<u64> =
            run.feed.iter().zip(1..).filter_map(|(lane, position)| lane.as_ref().map(|_| position)).collect();
        let received: BTreeSet<u64> = run.received.iter().copied().collect();
        prop_assert_eq!(&received, &wanted);
        if run.crashes == 0 {
            prop_assert_eq!(run.received.len(), wanted.len());
        }
        prop_assert!(run.lanes.is_idle());
        run.step(Step::Keep);
        prop_assert_eq!(run.storage.settled, u64::try_from(run.feed.len()).unwrap());
        prop_assert!(run.storage.waiting.is_empty() && run.storage.retries.is_empty());
    }
}
