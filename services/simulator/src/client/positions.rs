//! How far in the server's log the answers so far are.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// So many answers may come in another order than that of the log: more requests are never under way.
const MOST: usize = 32;

/// The positions of the last answers. They are texts that only the server can compare: a read that
/// names all of them sees all that was written before them.
#[derive(Debug, Default)]
pub(crate) struct Positions(Mutex<VecDeque<String>>);

impl Positions {
    /// Takes note of an answer's position.
    pub(super) fn note(&self, position: &str) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == MOST {
            last.pop_front();
        }
        last.push_back(position.to_owned());
    }

    /// As a read names them; empty if no answer told one.
    pub(super) fn listed(&self) -> String {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_positions_are_named_together() {
        let positions = Positions::default();
        assert_eq!(positions.listed(), "");
        for position in 0..40 {
            positions.note(&position.to_string());
        }
        let listed = positions.listed();
        assert!(listed.starts_with("8,9,") && listed.ends_with(",39"), "{listed}");
    }
}
