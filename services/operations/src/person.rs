//! What is known about one person, and why: the events that concern them, folded by the rules.

pub(crate) mod answer;
pub(crate) mod because;
mod facts;
mod gathering;
pub(crate) mod mask;
pub(crate) mod source;
pub(crate) mod tail;
mod timeline;

pub(crate) use facts::{standing, team_name};

#[cfg(test)]
mod tests;
