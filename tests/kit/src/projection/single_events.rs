//! What a projection says of single events: which it passes over, and which must stay in order.

use std::collections::BTreeSet;

use events::{EventKind, Recorded};
use projector::{OrderKey, Ordered, Projection, keys_by_subject};
use proptest::test_runner::TestRunner;

use super::given::{acme, recorded};

/// What is passed over must change nothing.
///
/// # Panics
///
/// If an event that is passed over changes something.
pub fn assert_passed_over_changes_nothing<P: Projection>() {
    for kind in P::PASSED_OVER {
        let law = |event| {
            let changes = P::project(&recorded(&acme(), 1, event));
            assert!(
                changes.is_empty(),
                "{kind} is passed over, and makes {} changes",
                changes.len()
            );
            Ok(())
        };
        let any = events::arbitrary::event_of(*kind);
        TestRunner::default().run(&any, law).unwrap_or_else(|e| panic!("{e}"));
    }
}

/// Whatever an event says, an event whose body cannot be read is parked under its keys, or more.
///
/// # Panics
///
/// If an event has a key that its subject does not tell of.
pub fn assert_unreadable_keys_suffice<P: Projection>() {
    for kind in EventKind::ALL {
        let law = |event| {
            let event = recorded(&acme(), 1, event);
            let subject = event.event.subject(&acme()).expect("is known");
            let told = keys_by_subject(&subject).expect("a subject of ours");
            let everything = told.iter().any(|key| key.of == Ordered::Everything);
            let keys = P::keys(&event);
            assert!(everything || keys.iter().all(|key| told.contains(key)), "{kind}: {keys:?}");
            Ok(())
        };
        let any = events::arbitrary::event_of(kind);
        TestRunner::default().run(&any, law).unwrap_or_else(|e| panic!("{e}"));
    }
}

/// The same events in the order in which they are applied when the one at `index` is parked and
/// unparked at the end: it comes last, and with it, in their order, those that share a key with it or
/// with another that waits. The law of a projection's keys is that its tables are the same.
pub(super) fn parked<P: Projection>(log: &[Recorded], index: usize) -> Vec<Recorded> {
    let (mut applied, mut waiting) = (log[..index].to_vec(), vec![]);
    let mut keys: BTreeSet<OrderKey> = BTreeSet::new();
    for (position, event) in log.iter().enumerate().skip(index) {
        let of_event = P::keys(event);
        if position == index || of_event.iter().any(|key| keys.contains(key)) {
            keys.extend(of_event);
            waiting.push(event.clone());
        } else {
            applied.push(event.clone());
        }
    }
    applied.extend(waiting);
    applied
}
