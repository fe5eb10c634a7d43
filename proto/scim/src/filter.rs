//! Filters (RFC 7644 §3.4.2.2), and the forms beyond the RFC that clients send: unquoted literals,
//! single quotes, and `emails[type eq "work"].value eq "x"`.

mod analysis;
mod comparison;
mod display;
mod expression;
mod lexer;
mod list;
mod literal;
mod matcher;
mod matching;
mod parser;
#[cfg(test)]
mod tests;

pub use crate::instant::Instant;
pub use expression::{Comparison, Filter, Literal, MAX_DEPTH, MAX_LENGTH};
pub(crate) use list::split_at_commas;
pub use matcher::Matcher;
pub(crate) use matcher::{AnyOf, any_of};
pub use matching::Subject;
pub(crate) use parser::Parser;
