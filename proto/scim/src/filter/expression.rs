//! What a filter consists of.

use serde_json::Number;

use crate::instant::Instant;
use crate::name::Name;

/// The longest filter or path we read, in bytes.
pub const MAX_LENGTH: usize = 8 * 1024;

/// How deep a filter may nest.
pub const MAX_DEPTH: usize = 16;

/// A condition on a resource, or on one value of an attribute.
///
/// Names are canonical and literals have the type that the schema asks for, so that
/// `PRIMARY eq "True"` and `primary eq true` are the same filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Compare {
        name: Name,
        comparison: Comparison,
        literal: Literal,
        /// Whether letter case counts (RFC 7643 §2.2, `caseExact`).
        case_exact: bool,
    },
    Present(Name),
    /// One value of the attribute meets the whole condition: `emails[type eq "work"]`.
    Element {
        name: Name,
        filter: Box<Filter>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

/// What an attribute is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Text(String),
    Number(Number),
    Bool(bool),
    Null,
    /// A moment, with the text that said it.
    Time(Instant, String),
}
