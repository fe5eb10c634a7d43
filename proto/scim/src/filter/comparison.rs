//! The operators of comparisons.

use super::{Comparison, Literal};
use crate::schema::{Attribute, AttributeType};

impl Comparison {
    const ALL: [Self; 9] =
        [Self::Eq, Self::Ne, Self::Co, Self::Sw, Self::Ew, Self::Gt, Self::Ge, Self::Lt, Self::Le];

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|comparison| comparison.as_str().eq_ignore_ascii_case(text))
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    /// Whether the two can be compared so: booleans, binaries and null have no order
    /// (RFC 7644 §3.4.2.2).
    pub(super) fn suits(self, literal: &Literal, definition: Option<&Attribute>) -> bool {
        let ordered = !matches!(literal, Literal::Bool(_) | Literal::Null)
            && definition.is_none_or(|definition| definition.kind != AttributeType::Binary);
        match self {
            Self::Gt | Self::Ge | Self::Lt | Self::Le => ordered,
            Self::Eq | Self::Ne | Self::Co | Self::Sw | Self::Ew => true,
        }
    }
}
