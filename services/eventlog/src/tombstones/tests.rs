use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// A message of a log: an event, or nothing where one was erased or lost.
#[derive(Clone, Debug)]
struct Message {
    digest: Digest,
    chain: Chain,
    present: bool,
    erases: Vec<ErasedEvent>,
}

fn erased(seq: Seq, digest: Digest, chain: Chain) -> ErasedEvent {
    let (kind, actor) = ("user.changed".to_owned(), "operator".to_owned());
    ErasedEvent { seq, digest, chain, kind, time: Timestamp::UNIX_EPOCH, actor, request: None }
}

#[derive(Clone, Debug, Default)]
struct History(Vec<Message>);

impl History {
    fn end(&self) -> Position {
        let seq = Seq(self.0.len() as u64);
        self.0.last().map_or(Position::START, |last| Position { seq, chain: last.chain })
    }

    fn append(&mut self, erases: Vec<ErasedEvent>) {
        let digest = Digest::of(format!("{} {erases:?}", self.0.len()).as_bytes());
        let chain = self.end().chain.then(digest);
        self.0.push(Message { digest, chain, present: true, erases });
    }

    /// Appends an erasure that names the events at these indices, and removes them.
    fn erase(&mut self, indices: &[usize]) {
        let named = |&index: &usize| {
            let Message { digest, chain, .. } = self.0[index];
            erased(Seq(index as u64 + 1), digest, chain)
        };
        self.append(indices.iter().map(named).collect());
        for &index in indices {
            self.0[index].present = false;
        }
    }

    /// What all the erasures that are still there tell.
    fn tombstones(&self) -> Tombstones {
        let mut tombstones = Tombstones::default();
        for (index, message) in self.0.iter().enumerate().filter(|(_, message)| message.present) {
            tombstones.add(Seq(index as u64 + 1), &message.erases);
        }
        tombstones
    }

    /// Follows from `after` as a reader does: the server delivers what is present.
    fn follow(&self, after: Position) -> Result<Position, Break> {
        let tombstones = self.tombstones();
        let mut position = after;
        for (index, message) in self
            .0
            .iter()
            .enumerate()
            .skip(usize::try_from(after.seq.0).expect("a test's log is short"))
        {
            if message.present {
                position = tombstones.cross(position, Seq(index as u64 + 1))?;
                position = link(position, message.digest, message.chain)?;
            }
        }
        Ok(position)
    }

    fn position(&self, index: usize) -> Position {
        Position { seq: Seq(index as u64 + 1), chain: self.0[index].chain }
    }
}

/// Events and erasures in turn. An erasure takes any events before it that are not erasures.
fn history() -> impl Strategy<Value = History> {
    let step = prop::option::weighted(0.3, prop::collection::vec(any::<Index>(), 0..6));
    prop::collection::vec(step, 1..40).prop_map(|steps| {
        let mut history = History::default();
        for step in steps {
            let erasable: Vec<usize> =
                (0..history.0.len()).filter(|&at| history.0[at].erases.is_empty()).collect();
            match step {
                Some(picks) if !erasable.is_empty() => {
                    let mut indices: Vec<usize> =
                        picks.iter().map(|pick| *pick.get(&erasable)).collect();
                    indices.retain(|&index| history.0[index].present);
                    indices.sort_unstable();
                    indices.dedup();
                    history.erase(&indices);
                }
                Some(_) | None => history.append(vec![]),
            }
        }
        history
    })
}

proptest! {
    /// Who begins at the first event or at any other position, erased or not, reaches the end.
    #[test]
    fn a_log_whose_every_hole_is_named_is_followed_to_its_end(history in history()) {
        prop_assert_eq!(history.follow(Position::START), Ok(history.end()));
        for index in 0..history.0.len() {
            prop_assert_eq!(history.follow(history.position(index)), Ok(history.end()));
        }
    }

    /// Readers who stood at an erased position are recognised by the chain value that it had.
    #[test]
    fn an_erased_position_is_known_by_its_chain_value(history in history()) {
        let tombstones = history.tombstones();
        for (index, message) in history.0.iter().enumerate().filter(|(_, message)| !message.present) {
            prop_assert_eq!(tombstones.chain_at(Seq(index as u64 + 1)), Some(message.chain));
        }
    }

    /// The last event is never erased, so there is always one that shows whether a hole was crossed
    /// rightly. Here any event but the last is lost.
    #[test]
    fn a_hole_that_no_erasure_names_is_a_break(history in history(), lost in any::<Index>()) {
        let mut history = history;
        history.append(vec![]);
        let named = history.tombstones();
        let lost = lost.index(history.0.len() - 1);
        prop_assume!(history.0[lost].present && named.chain_at(Seq(lost as u64 + 1)).is_none());
        history.0[lost].present = false;
        let seq = Seq(lost as u64 + 1);
        // Losing an erasure leaves the holes unnamed that it named: the first of all is told.
        let broken = history.follow(Position::START);
        let first = matches!(broken, Err(Break::Missing { seq: first }) if first <= seq);
        prop_assert!(first, "{:?}", broken);
        // Who has read the lost event already does not miss it.
        if history.0[lost].erases.is_empty() {
            prop_assert_eq!(history.follow(history.position(lost)), Ok(history.end()));
        }
    }

    /// An erasure that lies about the digest or the chain value of an event helps nobody.
    #[test]
    fn a_hole_that_is_named_with_a_wrong_value_is_a_break(
        history in history(), picked in any::<Index>(), digest in any::<bool>(), bit in 0_usize..256,
    ) {
        let mut history = history;
        let naming: Vec<(usize, usize)> = history.0.iter().enumerate()
            .flat_map(|(at, message)| (0..message.erases.len()).map(move |which| (at, which)))
            .collect();
        if naming.is_empty() {
            return Ok(());
        }
        let (at, which) = *picked.get(&naming);
        let erased = &mut history.0[at].erases[which];
        let bytes = if digest { &mut erased.digest.0 } else { &mut erased.chain.0 };
        bytes[bit / 8] ^= 1 << (bit % 8);
        let seq = erased.seq;
        let broken = history.follow(Position::START);
        let there = matches!(broken, Err(Break::Erasure { seq: found, .. }) if found == seq);
        prop_assert!(there, "{:?}", broken);
    }

    /// An event before a hole cannot be altered, with a chain of its own, behind the hole's back.
    #[test]
    fn a_hole_hides_no_change_before_it(history in history(), altered in any::<Index>()) {
        let mut history = history;
        let last_hole = history.0.iter().rposition(|message| !message.present).unwrap_or_default();
        let before: Vec<usize> = (0..last_hole)
            .filter(|&at| history.0[at].present && history.0[at].erases.is_empty())
            .collect();
        if before.is_empty() {
            return Ok(());
        }
        let altered = *altered.get(&before);
        let mut chain = if altered == 0 { Chain::START } else { history.0[altered - 1].chain };
        history.0[altered].digest = Digest::of(b"altered");
        // The forger chains anew up to the next hole.
        for message in history.0[altered..].iter_mut().take_while(|message| message.present) {
            chain = chain.then(message.digest);
            message.chain = chain;
        }
        let broken = history.follow(Position::START);
        prop_assert!(matches!(broken, Err(Break::Erasure { .. })), "{:?}", broken);
    }
}

#[test]
fn an_erasure_cannot_name_itself_or_what_comes_after_it() {
    let of = |seq| erased(Seq(seq), Digest([1; 32]), Chain([2; 32]));
    let mut tombstones = Tombstones::default();
    tombstones.add(Seq(5), &[of(4), of(5), of(6)]);
    assert_eq!(tombstones.count((1..9).map(Seq)), 1);
    assert_eq!(tombstones.first_unnamed(Seq(3)), Seq(5));
}
