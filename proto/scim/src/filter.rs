//! Filters (RFC 7644 §3.4.2.2), and the forms beyond the RFC that clients send: unquoted literals,
//! single quotes, and `emails[type eq "work"].value eq "x"`.

mod comparison;
mod display;
mod lexer;
mod list;
mod literal;
mod matcher;
mod matching;
mod parser;
#[cfg(test)]
mod tests;

use serde_json::Number;

pub use crate::instant::Instant;
pub(crate) use list::split_at_commas;
pub(crate) use literal::boolean;
pub use matcher::Matcher;
pub(crate) use matcher::{AnyOf, any_of};
pub use matching::Subject;
pub(crate) use parser::Parser;
use parser::Scope;

use crate::InvalidRequest;
use crate::name::Name;
use crate::schema::ResourceType;

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

impl Filter {
    /// Reads a filter on resources of one type.
    pub fn parse(text: &str, resource: ResourceType) -> Result<Self, InvalidRequest> {
        let mut parser = Parser::new(text, InvalidRequest::filter)?;
        let filter = parser.filter(Scope::Resource(resource), 0)?;
        parser.end()?;
        Ok(filter)
    }

    /// The only value that `attribute` can have in a match, if the filter says so: it is, or
    /// demands beside other things, `attribute eq "literal"`.
    ///
    /// For an attribute whose values stand for `{"value": …}`, such as `members`, the value.
    pub fn only_value(&self, attribute: &str) -> Option<&str> {
        match self {
            Self::And(all) => all.iter().find_map(|filter| filter.only_value(attribute)),
            Self::Compare {
                name,
                comparison: Comparison::Eq,
                literal: Literal::Text(text),
                ..
            } => {
                let whole = name.sub.as_deref().is_none_or(|sub| sub == "value");
                (name.is(attribute) && whole).then_some(text)
            }
            Self::Element { name, filter } if name.is(attribute) => filter.only_value("value"),
            Self::Element { .. }
            | Self::Or(_)
            | Self::Not(_)
            | Self::Present(_)
            | Self::Compare { .. } => None,
        }
    }

    /// Whether the filter demands nothing but the one value of a [`only_value`](Self::only_value) attribute.
    pub fn is_one_equality(&self) -> bool {
        match self {
            Self::Compare { name, comparison, literal, .. } => {
                name.sub.is_none()
                    && *comparison == Comparison::Eq
                    && matches!(literal, Literal::Text(_))
            }
            Self::And(_) | Self::Or(_) | Self::Not(_) | Self::Present(_) | Self::Element { .. } => {
                false
            }
        }
    }

    /// Whether the filter looks at this core attribute at all.
    pub fn mentions(&self, attribute: &str) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(|filter| filter.mentions(attribute)),
            Self::Not(filter) => filter.mentions(attribute),
            Self::Compare { name, .. } | Self::Present(name) | Self::Element { name, .. } => {
                name.is(attribute)
            }
        }
    }

    /// Whether the filter asks more about members than whether somebody is one, so that
    /// [`Subject::attributes`] has to hold them.
    pub fn needs_members(&self) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(Self::needs_members),
            Self::Not(filter) => filter.needs_members(),
            Self::Compare { .. } | Self::Present(_) | Self::Element { .. } => {
                self.mentions("members")
                    && self.asked_members().is_none()
                    && self.denied_member().is_none()
            }
        }
    }

    /// The member about whom a `ne` asks, which is answered as the opposite of an `eq`.
    pub(crate) fn denied_member(&self) -> Option<&str> {
        match self {
            Self::Compare {
                name,
                comparison: Comparison::Ne,
                literal: Literal::Text(text),
                ..
            } if name.is("members") && name.sub.as_deref() == Some("value") => Some(text),
            Self::Compare { .. }
            | Self::Element { .. }
            | Self::Present(_)
            | Self::Not(_)
            | Self::And(_)
            | Self::Or(_) => None,
        }
    }

    /// The members about whom the filter asks nothing but whether one of them is there.
    pub(crate) fn asked_members(&self) -> Option<Vec<&str>> {
        match self {
            Self::Compare {
                name,
                comparison: Comparison::Eq,
                literal: Literal::Text(text),
                ..
            } if name.is("members") && name.sub.as_deref() == Some("value") => Some(vec![text]),
            Self::Element { name, filter } if name.is("members") => filter.values(),
            Self::Compare { .. }
            | Self::Element { .. }
            | Self::Present(_)
            | Self::Not(_)
            | Self::And(_)
            | Self::Or(_) => None,
        }
    }

    /// The ids in `value eq "a" or value eq "b"`, if the filter is nothing but that.
    pub(crate) fn values(&self) -> Option<Vec<&str>> {
        match self {
            Self::Or(any) => {
                let each: Option<Vec<_>> = any.iter().map(Self::values).collect();
                each.map(|each| each.concat())
            }
            Self::Compare {
                name,
                comparison: Comparison::Eq,
                literal: Literal::Text(text),
                case_exact: true,
            } => (name.is("value") && name.sub.is_none()).then(|| vec![text.as_str()]),
            Self::Compare { .. }
            | Self::And(_)
            | Self::Not(_)
            | Self::Present(_)
            | Self::Element { .. } => None,
        }
    }
}
