//! A log that lost events is told from a first start.

use events::Digest;
use proptest::prelude::*;

use super::*;

/// The chain of a history: event `n` of history `fork` says something else from event `from` on.
fn history(length: u64, from: u64, fork: u8) -> Vec<Position> {
    let mut chain = Chain::START;
    (1..=length)
        .map(|seq| {
            let said = if seq >= from { [fork, 1] } else { [0, 0] };
            chain = chain.then(Digest::of(&[said.as_slice(), &seq.to_be_bytes()].concat()));
            Position { seq: Seq(seq), chain }
        })
        .collect()
}

fn extent(log: &[Position]) -> Extent {
    let messages = log.len() as u64;
    Extent { created: Timestamp::UNIX_EPOCH, last: Seq(messages), messages }
}

/// Compares as the shell does: looks up what is wanted, and nothing else.
fn examined(log: &[Position], evidence: &[Evidence]) -> Vec<Discrepancy> {
    let extent = extent(log);
    let at = |seq: &Seq| {
        let index = usize::try_from(seq.0 - 1).expect("a test's log is short");
        (
            *seq,
            log.get(index).map_or(PositionContent::Nothing, |position| {
                PositionContent::Event(position.chain)
            }),
        )
    };
    let found = positions_to_look_up(Some(&extent), evidence).iter().map(at).collect();
    compare(Some(&extent), &found, evidence)
}

fn knows(position: Position) -> Evidence {
    Evidence::new("somebody", position)
}

#[test]
fn an_empty_log_that_nobody_knows_of_is_a_first_start() {
    assert_eq!(compare(None, &BTreeMap::new(), &[]), []);
    assert_eq!(compare(None, &BTreeMap::new(), &[knows(Position::START)]), []);
    assert_eq!(examined(&[], &[knows(Position::START)]), []);
}

#[test]
fn an_empty_log_that_somebody_has_read_from_has_lost_it() {
    let known = knows(history(3, 9, 0)[2]);
    let lost = compare(None, &BTreeMap::new(), std::slice::from_ref(&known));
    assert_eq!(lost, [Discrepancy::NoStream(known.clone())]);
    let told = Loss(examined(&[], &[known])).to_string();
    assert!(told.contains("ends at event 0, but somebody knows event 3: 3 are missing"), "{told}");
    assert!(told.contains("--accept-lost-events"), "{told}");
}

#[test]
fn a_stream_that_was_made_again_shows_by_its_age() {
    let log = history(5, 9, 0);
    let made = Timestamp::from_second(7).expect("a time");
    let known = Evidence { created: Some(made), ..knows(log[4]) };
    let told = Loss(examined(&log[..3], &[known])).to_string();
    assert!(told.contains("1970-01-01T00:00:07Z"), "{told}");
}

#[test]
fn a_log_with_holes_cannot_be_gone_on_with() {
    let log = history(5, 9, 0);
    let found = BTreeMap::from([(Seq(5), PositionContent::Nothing)]);
    for messages in [0, 4, 5] {
        let purged = Extent { messages, ..extent(&log) };
        let lost = Loss(compare(Some(&purged), &found, &[]));
        let missing = (5 - messages).max(1);
        assert_eq!(lost.0, [Discrepancy::Holes { missing, end: Seq(5) }]);
        assert!(!lost.can_be_accepted() && !lost.to_string().contains("--accept"), "{lost}");
    }
}

#[test]
fn a_message_of_somebody_else_is_not_the_event_that_was_there() {
    let log = history(2, 9, 0);
    let found = BTreeMap::from([(Seq(2), PositionContent::Foreign)]);
    let told = compare(Some(&extent(&log)), &found, &[knows(log[1])]);
    assert!(matches!(told[..], [Discrepancy::DifferentHistory { found: None, .. }]), "{told:?}");
}

proptest! {
    /// Whoever has read a prefix of the log agrees with it, whatever came later.
    #[test]
    fn a_log_that_only_grew_agrees_with_everybody(length in 0_u64..40, reads in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        let log = history(length, 99, 0);
        let evidence: Vec<_> = if log.is_empty() {
            vec![knows(Position::START)]
        } else {
            reads.iter().map(|read| knows(*read.get(&log))).collect()
        };
        prop_assert_eq!(examined(&log, &evidence), []);
    }

    /// Whoever has read an event that the log lost, or that it tells otherwise, is heard; and only they.
    #[test]
    fn a_lost_event_is_missed_by_those_who_read_it_and_by_nobody_else(
        length in 1_u64..40,
        kept in any::<prop::sample::Index>(),
        written in 0_u64..40,
        read in any::<prop::sample::Index>(),
    ) {
        let before = history(length, 99, 0);
        let kept = kept.index(before.len() + 1) as u64;
        let now = history(kept + written, kept + 1, 1);
        let read = *read.get(&before);
        let told = examined(&now, &[knows(read)]);
        prop_assert_eq!(!told.is_empty(), read.seq.0 > kept, "{:?}", told);
        prop_assert!(Loss(told).can_be_accepted());
    }
}
