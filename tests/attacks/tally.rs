//! What an attack was answered.

use std::collections::BTreeMap;
use std::fmt;

use crate::client::Heard;

/// How often each answer came: a status, or what came in its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, usize>);

impl Tally {
    pub(crate) fn add(&mut self, heard: &Heard) {
        *self.0.entry(heard.to_string()).or_default() += 1;
    }

    pub(crate) fn of(heard: impl IntoIterator<Item = Heard>) -> Self {
        let mut tally = Self::default();
        heard.into_iter().for_each(|heard| tally.add(&heard));
        tally
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (answer, times) in other.0 {
            *self.0.entry(answer).or_default() += times;
        }
    }

    /// How often this was the answer.
    pub(crate) fn count(&self, answer: &str) -> usize {
        self.0.get(answer).copied().unwrap_or_default()
    }

    /// Insists that nothing else was answered.
    #[track_caller]
    pub(crate) fn only(&self, answers: &[&str]) {
        let known = |answer: &String| answers.contains(&answer.as_str());
        assert!(self.0.keys().all(known), "expected only {answers:?}, and heard {self}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each: Vec<String> =
            self.0.iter().map(|(answer, times)| format!("{times} x {answer}")).collect();
        write!(f, "{}", if each.is_empty() { "nothing".to_owned() } else { each.join(", ") })
    }
}
