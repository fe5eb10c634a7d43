use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::{Comparison, Filter, Instant, Literal};
use crate::Attributes;
use crate::name::{Name, value_in};

/// A resource that a filter is held against.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The resource as it would be shown; a group may leave out its members unless
    /// [`Filter::needs_members`].
    pub attributes: &'a Attributes,
    /// Answers whether somebody is a member of the group, so that nobody has to list them all.
    pub has_member: Option<&'a dyn Fn(&str) -> bool>,
}

impl fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("attributes", self.attributes).finish_non_exhaustive()
    }
}

impl<'a> From<&'a Attributes> for Subject<'a> {
    fn from(attributes: &'a Attributes) -> Self {
        Self { attributes, has_member: None }
    }
}

impl Filter {
    /// Whether the resource meets the condition.
    ///
    /// An attribute that is not there is equal to nothing but null, so `ne` holds for it (the RFC
    /// is silent). Of several values, one has to meet a comparison, and none may be the literal of
    /// a `ne`.
    pub fn matches<'a>(&self, subject: impl Into<Subject<'a>>) -> bool {
        self.holds(subject.into())
    }

    fn holds(&self, subject: Subject<'_>) -> bool {
        if let (Some(has_member), Some(asked)) = (subject.has_member, self.asked_members()) {
            return asked.into_iter().any(has_member);
        }
        match self {
            Self::And(all) => all.iter().all(|filter| filter.holds(subject)),
            Self::Or(any) => any.iter().any(|filter| filter.holds(subject)),
            Self::Not(filter) => !filter.holds(subject),
            Self::Compare { name, comparison: Comparison::Ne, literal, case_exact } => {
                !Self::Compare {
                    name: name.clone(),
                    comparison: Comparison::Eq,
                    literal: literal.clone(),
                    case_exact: *case_exact,
                }
                .holds(subject)
            }
            Self::Compare { name, comparison, literal, case_exact } => {
                let values = values(subject.attributes, name);
                if *comparison == Comparison::Eq && *literal == Literal::Null {
                    return !values.into_iter().any(is_present);
                }
                values.into_iter().any(|value| compare(value, *comparison, literal, *case_exact))
            }
            Self::Present(name) => values(subject.attributes, name).into_iter().any(is_present),
            Self::Element { name, filter } => values(subject.attributes, name)
                .into_iter()
                .any(|value| filter.matches_element(value)),
        }
    }

    /// Whether one value of an attribute meets the condition inside its brackets.
    pub(crate) fn matches_element(&self, element: &Value) -> bool {
        match element {
            Value::Object(parts) => self.matches(parts),
            // A plain value is what `value` means in brackets.
            Value::String(_) | Value::Bool(_) | Value::Number(_) => {
                self.matches(&Attributes::from_iter([("value".to_owned(), element.clone())]))
            }
            Value::Null | Value::Array(_) => false,
        }
    }
}

/// All values that a name reaches; those of an array one by one.
fn values<'a>(attributes: &'a Attributes, name: &Name) -> Vec<&'a Value> {
    let home = match &name.extension {
        None => Some(attributes),
        Some(urn) => value_in(attributes, urn).and_then(Value::as_object),
    };
    let Some(value) = home.and_then(|home| value_in(home, &name.attribute)) else { return vec![] };
    let elements = each(value);
    match &name.sub {
        None => elements,
        Some(sub) => elements
            .into_iter()
            .filter_map(|element| value_in(element.as_object()?, sub))
            .flat_map(each)
            .collect(),
    }
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(elements) => elements.iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            vec![value]
        }
    }
}

/// Whether a value says anything (RFC 7644 §3.4.2.2, `pr`).
fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(parts) => parts.values().any(is_present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn compare(value: &Value, comparison: Comparison, literal: &Literal, case_exact: bool) -> bool {
    match literal {
        Literal::Null => false,
        Literal::Bool(wanted) => comparison == Comparison::Eq && value.as_bool() == Some(*wanted),
        Literal::Number(wanted) => value
            .as_f64()
            .zip(wanted.as_f64())
            .and_then(|(number, wanted)| number.partial_cmp(&wanted))
            .is_some_and(|ordering| in_order(ordering, comparison)),
        Literal::Text(wanted) => value.as_str().is_some_and(|text| {
            if case_exact {
                compare_text(text, comparison, wanted)
            } else {
                compare_text(&text.to_lowercase(), comparison, &wanted.to_lowercase())
            }
        }),
        Literal::Time(wanted, wanted_text) => value.as_str().is_some_and(|text| {
            compare_time(text, comparison, *wanted)
                .unwrap_or_else(|| compare_text(text, comparison, wanted_text))
        }),
    }
}

/// None if the comparison is one of texts, or the value is no moment.
fn compare_time(text: &str, comparison: Comparison, wanted: Instant) -> Option<bool> {
    match comparison {
        Comparison::Co | Comparison::Sw | Comparison::Ew => None,
        Comparison::Eq
        | Comparison::Ne
        | Comparison::Gt
        | Comparison::Ge
        | Comparison::Lt
        | Comparison::Le => Some(in_order(Instant::parse(text)?.cmp(&wanted), comparison)),
    }
}

fn compare_text(text: &str, comparison: Comparison, wanted: &str) -> bool {
    match comparison {
        Comparison::Co => text.contains(wanted),
        Comparison::Sw => text.starts_with(wanted),
        Comparison::Ew => text.ends_with(wanted),
        Comparison::Eq
        | Comparison::Ne
        | Comparison::Gt
        | Comparison::Ge
        | Comparison::Lt
        | Comparison::Le => in_order(text.cmp(wanted), comparison),
    }
}

fn in_order(ordering: Ordering, comparison: Comparison) -> bool {
    match comparison {
        Comparison::Eq => ordering.is_eq(),
        Comparison::Ne => ordering.is_ne(),
        Comparison::Gt => ordering.is_gt(),
        Comparison::Ge => ordering.is_ge(),
        Comparison::Lt => ordering.is_lt(),
        Comparison::Le => ordering.is_le(),
        Comparison::Co | Comparison::Sw | Comparison::Ew => false,
    }
}
