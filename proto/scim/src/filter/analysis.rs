//! Questions about a filter by which a search avoids looking at every resource.

use super::expression::{Comparison, Filter, Literal};

impl Filter {
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

    /// Whether the filter is one equality with a text, and nothing else.
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
    /// [`Subject::attributes`](crate::Subject::attributes) has to hold them.
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
        self.compared_member(Comparison::Ne)
    }

    /// The member whose `members.value` the filter compares so, if it does nothing else.
    fn compared_member(&self, so: Comparison) -> Option<&str> {
        match self {
            Self::Compare { name, comparison, literal: Literal::Text(text), .. }
                if *comparison == so
                    && name.is("members")
                    && name.sub.as_deref() == Some("value") =>
            {
                Some(text)
            }
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
            Self::Element { name, filter } if name.is("members") => filter.values(),
            Self::Compare { .. }
            | Self::Element { .. }
            | Self::Present(_)
            | Self::Not(_)
            | Self::And(_)
            | Self::Or(_) => Some(vec![self.compared_member(Comparison::Eq)?]),
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
