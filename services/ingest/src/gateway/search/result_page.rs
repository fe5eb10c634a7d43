//! The page of a list that a query asks for.

use super::matches::{ListPosition, Match};

/// The resources on a page, by their keys.
#[derive(Debug)]
pub(super) struct ResultPage {
    /// How many resources the query has found in all.
    pub(super) total: usize,
    pub(super) matches: Vec<Match>,
    /// Where the page ends; none if it is the last.
    pub(super) end: Option<ListPosition>,
}
