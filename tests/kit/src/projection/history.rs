//! Histories that the rules allow.

use events::{AlertId, Guard, Recorded};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use roster::{Intent, Occasion, Roster};
use uuid::Uuid;

use super::erasures::found;
use super::given::{acme, at, recorded};

/// The id of the first alert that a history raises; those after it follow one by one.
pub const ALERTS_FROM: u128 = 0xa1e0;

/// The log and the roster that intents lead to; those that are refused lead nowhere. An intent to
/// erase somebody finds what is to go.
pub fn history<'i>(intents: impl IntoIterator<Item = &'i Intent>) -> (Vec<Recorded>, Roster) {
    let (mut log, mut roster) = (Vec::new(), Roster::default());
    for intent in intents {
        let raised = roster.tenant(&acme()).map_or(0, |tenant| tenant.guard().alerts().count());
        let alert = AlertId(Uuid::from_u128(ALERTS_FROM + raised as u128));
        let occasion = Occasion { now: at(log.len() as u64 + 1), alert };
        let intent = found(&log, intent);
        for event in roster::decide(&roster, &acme(), &intent, occasion).unwrap_or_default() {
            let event = recorded(&acme(), log.len() as u64 + 1, event);
            roster::evolve(&mut roster, &event);
            log.push(event);
        }
    }
    (log, roster)
}

/// A mass-change guard that small numbers set off.
pub fn strict_guard(hold: bool) -> Guard {
    Guard { hold, deactivations: 2, percent: 20, ..Guard::default() }
}

/// Such a guard, and decisions on its first alerts.
pub fn guarding() -> impl Strategy<Value = Intent> {
    let guard = any::<bool>();
    let guard = guard.prop_map(|hold| Intent::SetGuard { guard: strict_guard(hold) });
    let alert = || (0..4_u128).prop_map(|number| AlertId(Uuid::from_u128(ALERTS_FROM + number)));
    prop_oneof![
        1 => guard,
        2 => alert().prop_map(|alert| Intent::ReleaseAlert { alert, people: None, reason: None }),
        2 => alert().prop_map(|alert| Intent::ReverseAlert { alert, people: None, reason: None }),
    ]
}

/// Holds a law against so many histories.
///
/// # Panics
///
/// If the law panics.
#[track_caller]
pub fn check<T: std::fmt::Debug>(cases: u32, intents: &impl Strategy<Value = T>, law: impl Fn(T)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(intents, |intents| {
            law(intents);
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}
