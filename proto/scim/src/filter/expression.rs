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
    /// All conditions are met.
    And(Vec<Filter>),
    /// One of the conditions is met.
    Or(Vec<Filter>),
    /// The condition is not met.
    Not(Box<Filter>),
    /// A value compares so with a literal.
    Compare {
        /// The attribute.
        name: Name,
        /// The operator.
        comparison: Comparison,
        /// What it is compared with.
        literal: Literal,
        /// Whether letter case counts (RFC 7643 §2.2, `caseExact`).
        case_exact: bool,
    },
    /// There is a value (`pr`).
    Present(Name),
    /// One value of the attribute meets the whole condition: `emails[type eq "work"]`.
    Element {
        /// The attribute, which takes several values.
        name: Name,
        /// The condition on one of them.
        filter: Box<Filter>,
    },
}

/// An operator of a comparison (RFC 7644 §3.4.2.2, table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal to.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal to.
    Le,
}

/// What an attribute is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A text.
    Text(String),
    /// A number.
    Number(Number),
    /// A boolean.
    Bool(bool),
    /// Null: there is no value.
    Null,
    /// An instant, with the text that it was read from.
    Time(Instant, String),
}
