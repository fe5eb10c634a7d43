//! What is known about one person, and why: the events that concern them, folded by the rules.

pub(crate) mod answer;
pub(crate) mod because;
pub(crate) mod facts;
mod gathering;
pub(crate) mod mask;
pub(crate) mod source;
pub(crate) mod tail;
pub(crate) mod timeline;

pub(crate) use facts::{standing, team_name};

#[cfg(test)]
mod tests;
