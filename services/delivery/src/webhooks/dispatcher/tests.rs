//! What follows from what came of a try.

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits { in_flight: 8, held: 32, behind: 64 };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + second).unwrap()
}

fn lane(number: u64) -> Lane {
    format!("employee.{number}").as_str().into()
}

fn refused(status: u16) -> Outcome {
    Outcome::of(status, None, at(0))
}

fn unanswered() -> Outcome {
    Outcome::unanswered(Cause::Connect)
}

/// A subscriber with an event of each of so many people.
fn with(people: u64) -> Dispatcher<()> {
    let mut dispatcher = Dispatcher::new(LIMITS, Schedule::default(), Kept::default(), None);
    for number in 1..=people {
        dispatcher.lanes().take_in(number, lane(number), ());
    }
    dispatcher
}

/// Sends one event, and tells what came of it.
fn one(dispatcher: &mut Dispatcher<()>, second: i64, outcome: Outcome) -> Vec<Consequence> {
    let taken = dispatcher.next(at(second)).expect("something is to be sent");
    dispatcher.answered(&taken, outcome, at(second), Jitter::of(0))
}

fn wakes(dispatcher: &Dispatcher<()>, second: i64) -> Option<i64> {
    let wake = dispatcher.wake_at(at(second))?;
    Some(wake.duration_since(at(0)).as_secs())
}

#[test]
fn an_event_that_is_refused_is_tried_again_after_five_seconds() {
    let mut dispatcher = with(1);
    assert_eq!(one(&mut dispatcher, 0, refused(500)), []);
    assert_eq!(dispatcher.next(at(4)), None);
    assert_eq!(wakes(&dispatcher, 4), Some(5));
    assert_eq!(one(&mut dispatcher, 5, refused(200)), []);
    assert_eq!(dispatcher.lanes().settled(), 1);
}

#[test]
fn an_event_that_is_refused_for_three_days_is_a_dead_letter_and_its_lane_goes_on() {
    let mut dispatcher = with(1);
    dispatcher.lanes().take_in(2, lane(1), ());
    let mut second = 0;
    let consequences = loop {
        let consequences = one(&mut dispatcher, second, refused(400));
        if !consequences.is_empty() {
            break consequences;
        }
        second = wakes(&dispatcher, second).expect("it is tried again");
    };
    assert_eq!(second, 72 * 3600);
    let expected = Consequence::DeadLetter {
        position: 1,
        lane: lane(1),
        tries: 10,
        first_failed_at: at(0),
        cause: Cause::Status(400),
    };
    assert_eq!(consequences, [expected]);
    let next = dispatcher.next(at(second)).expect("the lane goes on");
    assert_eq!(next.position, 2);
}

#[test]
fn a_receiver_that_wants_no_more_gets_no_more() {
    let mut dispatcher = with(2);
    assert_eq!(one(&mut dispatcher, 0, refused(410)), [Consequence::Disable(Reason::Gone)]);
    assert_eq!(dispatcher.next(at(1_000_000)), None);
    assert_eq!(dispatcher.wake_at(at(0)), None);
    assert!(!dispatcher.may_read());
    // What it refused goes to it should somebody enable it again.
    assert_eq!(dispatcher.lanes().settled(), 0);
}

#[test]
fn a_receiver_that_asks_for_time_gets_nothing_until_then() {
    let mut dispatcher = with(2);
    one(&mut dispatcher, 0, Outcome::of(429, Some("30"), at(0)));
    assert_eq!(dispatcher.next(at(29)), None);
    assert_eq!(wakes(&dispatcher, 0), Some(30));
    let next = dispatcher.next(at(30)).expect("it is time");
    assert_eq!((next.position, next.event), (1, Some(())), "that was no failure of the event");
}

#[test]
fn a_receiver_that_asks_for_no_time_in_particular_gets_more_each_time() {
    let mut dispatcher = with(1);
    let mut second = 0;
    let mut waits = vec![];
    for _ in 0..8 {
        one(&mut dispatcher, second, refused(429));
        let wake = wakes(&dispatcher, second).expect("a time");
        waits.push(wake - second);
        second = wake;
    }
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300]);
}

#[test]
fn a_receiver_that_is_away_is_tried_with_one_event_and_then_gets_all() {
    let mut dispatcher = with(6);
    let three: Vec<_> = (0..3).map(|_| dispatcher.next(at(0)).expect("one")).collect();
    let told: Vec<_> = three
        .iter()
        .flat_map(|taken| dispatcher.answered(taken, unanswered(), at(0), Jitter::of(0)))
        .collect();
    assert_eq!(told, [Consequence::Away]);
    assert!(!dispatcher.may_read());
    assert_eq!(dispatcher.next(at(4)), None);
    let probe = dispatcher.next(at(5)).expect("a probe");
    assert_eq!(probe.position, 1);
    assert_eq!(dispatcher.next(at(5)), None);
    let told = dispatcher.answered(&probe, refused(200), at(5), Jitter::of(0));
    assert_eq!(told, [Consequence::Back]);
    let rest: Vec<_> = std::iter::from_fn(|| dispatcher.next(at(5))).collect();
    assert_eq!(rest.iter().map(|taken| taken.position).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
}

#[test]
fn a_receiver_that_is_away_for_three_days_is_disabled_and_nothing_is_given_up() {
    let mut dispatcher = with(4);
    let mut second = 0;
    let told = loop {
        let told = one(&mut dispatcher, second, unanswered());
        if told.iter().any(|told| *told != Consequence::Away) {
            break told;
        }
        if dispatcher
            .next(at(second))
            .map(|taken| dispatcher.withdrawn(&taken, at(second)))
            .is_none()
        {
            second = wakes(&dispatcher, second).expect("it is tried again");
        }
    };
    assert_eq!(told, [Consequence::Disable(Reason::Away)]);
    assert!((72 * 3600..73 * 3600).contains(&second), "{second}");
    let waiting = dispatcher.changes().waiting;
    assert_eq!(waiting.len() + dispatcher.lanes().held(), 4);
}

#[test]
fn an_event_that_is_in_the_feed_no_more_stops_nothing() {
    let mut dispatcher = with(3);
    for _ in 0..3 {
        one(&mut dispatcher, 0, unanswered());
    }
    for _ in 0..3 {
        let gone = dispatcher.next(at(5)).expect("a probe");
        dispatcher.vanished(&gone, at(5));
    }
    assert!(dispatcher.may_read(), "or it would be away for ever");
    dispatcher.lanes().take_in(4, lane(4), ());
    assert_eq!(one(&mut dispatcher, 5, refused(204)), [Consequence::Back]);
}

proptest! {
    /// Whatever a receiver answers, nothing is lost, and as long as something waits there is
    /// something to do, or a time at which there will be.
    #[test]
    fn a_subscriber_never_stands_still(answers in prop::collection::vec((0..7_u8, 0..3_u64), 1..120)) {
        let mut dispatcher = with(0);
        let mut second = 0;
        let mut position = 0;
        let mut finished = 0;
        for (answer, person) in answers {
            if dispatcher.may_read() {
                position += 1;
                dispatcher.lanes().take_in(position, lane(person), ());
            }
            let Some(taken) = dispatcher.next(at(second)) else {
                let wake = wakes(&dispatcher, second);
                prop_assert!(wake.is_some_and(|wake| wake > second), "{:?}", dispatcher);
                second = wake.unwrap();
                continue;
            };
            let outcome = match answer {
                0 | 1 => refused(200),
                2 => refused(500),
                3 => unanswered(),
                4 => Outcome::of(429, Some("7"), at(second)),
                5 => refused(429),
                _ => refused(503),
            };
            let told = dispatcher.answered(&taken, outcome, at(second), Jitter::of(0));
            if told.iter().any(|told| matches!(told, Consequence::Disable(_))) {
                return Ok(());
            }
            let dead = told.iter().any(|told| matches!(told, Consequence::DeadLetter { .. }));
            finished += u64::from(dead || outcome == Outcome::Delivered);
        }
        let left = dispatcher.lanes().held() + dispatcher.lanes().behind();
        prop_assert_eq!(finished + u64::try_from(left).unwrap(), position);
    }
}

/// People, of whom each has an event every so many seconds.
const PEOPLE: u64 = 50;
/// An event a second, for two hours, of which the receiver fails for one.
const EVENTS: u64 = 7_200;
const FAILING: std::ops::Range<i64> = 600..4_200;

/// How a receiver fails.
fn failing(how: u8) -> Outcome {
    match how {
        0 => unanswered(),
        1 => refused(500),
        2 => refused(503),
        3 => refused(429),
        4 => refused(400),
        _ => refused(200),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_receiver_that_fails_for_an_hour_gets_everything_once_and_in_order(
        minutes in prop::collection::vec(0..6_u8, 60),
    ) {
        let mut dispatcher =
            Dispatcher::new(LIMITS, Schedule::default(), Kept::default(), None);
        let (mut read, mut accepted, mut consequences) = (0, vec![], vec![]);
        // Half a day is enough for what waits longest to be tried again.
        for second in 0..12 * 3_600_i64 {
            while read < EVENTS.min(second.unsigned_abs() + 1) && dispatcher.may_read() {
                read += 1;
                dispatcher.lanes().take_in(read, lane(read % PEOPLE), ());
            }
            while let Some(taken) = dispatcher.next(at(second)) {
                let minute = usize::try_from((second - FAILING.start) / 60);
                let outcome = match minute {
                    Ok(minute) if FAILING.contains(&second) => failing(minutes[minute]),
                    Ok(_) | Err(_) => refused(200),
                };
                if outcome == Outcome::Delivered {
                    accepted.push(taken.position);
                }
                let follows = dispatcher.answered(&taken, outcome, at(second), Jitter::of(0));
                consequences.extend(follows);
            }
        }
        let is_loss = |one: &Consequence| match one {
            Consequence::DeadLetter { .. } | Consequence::Disable(_) => true,
            Consequence::Away | Consequence::Back => false,
        };
        prop_assert!(!consequences.iter().any(is_loss), "{:?}", consequences);
        prop_assert_eq!(dispatcher.lanes().settled(), EVENTS);
        for person in 0..PEOPLE {
            let of_person = |position: &&u64| **position % PEOPLE == person;
            let told: Vec<u64> = accepted.iter().filter(of_person).copied().collect();
            let all: Vec<u64> = (1..=EVENTS).filter(|it| it % PEOPLE == person).collect();
            prop_assert_eq!(told, all);
        }
    }
}
