//! Whether a resource meets a filter.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::matcher::{AnyOf, Matcher, Node, OneOf, Term};
use super::{Comparison, Filter, Instant, Literal};
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::keys::find;
use crate::name::Name;
use crate::{Attributes, InvalidRequest};

/// A resource that is matched with a filter.
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
    pub fn matches<'a>(
        &self,
        subject: impl Into<Subject<'a>>,
        budget: &WorkBudget,
    ) -> Result<bool, InvalidRequest> {
        self.prepared().matches(subject, budget)
    }
}

impl Matcher<'_> {
    /// Whether the resource meets the condition, as [`Filter::matches`] says.
    pub fn matches<'a>(
        &self,
        subject: impl Into<Subject<'a>>,
        budget: &WorkBudget,
    ) -> Result<bool, InvalidRequest> {
        Ok(self.node.holds(subject.into(), budget)?)
    }

    /// Whether one value of an attribute meets the condition inside its brackets.
    pub(crate) fn matches_element(
        &self,
        element: &Value,
        budget: &WorkBudget,
    ) -> Result<bool, BudgetExceeded> {
        self.node.holds_for(element, budget)
    }
}

impl AnyOf<'_> {
    /// Whether one value of an attribute meets one of the conditions.
    pub(crate) fn matches_element(
        &self,
        element: &Value,
        budget: &WorkBudget,
    ) -> Result<bool, BudgetExceeded> {
        self.0.holds_for(element, budget)
    }
}

impl Node<'_> {
    fn holds(&self, subject: Subject<'_>, budget: &WorkBudget) -> Result<bool, BudgetExceeded> {
        match self {
            Self::All(all) => {
                for node in all {
                    if !node.holds(subject, budget)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(any) => {
                for node in any {
                    if node.holds(subject, budget)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(node) => Ok(!node.holds(subject, budget)?),
            Self::OneOf(OneOf { name, texts, case_exact }) => {
                any_value(subject.attributes, name, budget, |value| {
                    let Some(text) = value.as_str() else { return Ok(false) };
                    budget.charge_text(text.len())?;
                    Ok(if *case_exact {
                        texts.contains(text)
                    } else {
                        texts.contains(text.to_lowercase().as_str())
                    })
                })
            }
            Self::Compare(Term { name, comparison: Comparison::Eq, literal, .. })
                if **literal == Literal::Null =>
            {
                Ok(!any_value(subject.attributes, name, budget, |value| is_present(value, budget))?)
            }
            Self::Compare(term) => any_value(subject.attributes, term.name, budget, |value| {
                budget.charge_text(value.as_str().map_or(0, str::len))?;
                Ok(compare(value, term))
            }),
            Self::Present(name) => {
                any_value(subject.attributes, name, budget, |value| is_present(value, budget))
            }
            Self::Element { name, node } => {
                any_value(subject.attributes, name, budget, |value| node.holds_for(value, budget))
            }
            Self::HasMember { asked, otherwise } => match subject.has_member {
                Some(has_member) => {
                    budget.charge(asked.len())?;
                    Ok(asked.iter().any(|value| has_member(value)))
                }
                None => otherwise.holds(subject, budget),
            },
        }
    }

    fn holds_for(&self, element: &Value, budget: &WorkBudget) -> Result<bool, BudgetExceeded> {
        match element {
            Value::Object(parts) => self.holds(parts.into(), budget),
            // In brackets, `value` means the plain value itself.
            Value::String(_) | Value::Bool(_) | Value::Number(_) => {
                budget.charge_text(element.as_str().map_or(0, str::len))?;
                let parts = Attributes::from_iter([("value".to_owned(), element.clone())]);
                self.holds((&parts).into(), budget)
            }
            Value::Null | Value::Array(_) => Ok(false),
        }
    }
}

/// Whether the condition holds for one of the values that a name leads to, or for an element of one.
fn any_value(
    attributes: &Attributes,
    name: &Name,
    budget: &WorkBudget,
    mut wanted: impl FnMut(&Value) -> Result<bool, BudgetExceeded>,
) -> Result<bool, BudgetExceeded> {
    let Some((home, name)) = name.home(attributes, budget)? else { return Ok(false) };
    let Some((_, value)) = find(home, &name.attribute, budget)? else { return Ok(false) };
    for element in each(value) {
        budget.charge(1)?;
        let Some(sub) = &name.sub else {
            if wanted(element)? {
                return Ok(true);
            }
            continue;
        };
        let Some(parts) = element.as_object() else { continue };
        let Some((_, part)) = find(parts, sub, budget)? else { continue };
        for one in each(part) {
            if wanted(one)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(elements) => elements,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            std::slice::from_ref(value)
        }
    }
}

/// Whether a value says anything (RFC 7644 §3.4.2.2, `pr`).
fn is_present(value: &Value, budget: &WorkBudget) -> Result<bool, BudgetExceeded> {
    budget.charge(1)?;
    match value {
        Value::Null => Ok(false),
        Value::String(text) => Ok(!text.is_empty()),
        Value::Array(elements) => Ok(!elements.is_empty()),
        Value::Object(parts) => {
            for part in parts.values() {
                if is_present(part, budget)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Bool(_) | Value::Number(_) => Ok(true),
    }
}

fn compare(value: &Value, term: &Term<'_>) -> bool {
    let (comparison, wanted_text) = (term.comparison, term.folded.as_ref());
    match term.literal {
        Literal::Null => false,
        Literal::Bool(wanted) => comparison == Comparison::Eq && value.as_bool() == Some(*wanted),
        Literal::Number(wanted) => value
            .as_f64()
            .zip(wanted.as_f64())
            .and_then(|(number, wanted)| number.partial_cmp(&wanted))
            .is_some_and(|ordering| in_order(ordering, comparison)),
        Literal::Text(_) => value.as_str().is_some_and(|text| {
            if term.case_exact {
                compare_text(text, comparison, wanted_text)
            } else {
                compare_text(&text.to_lowercase(), comparison, wanted_text)
            }
        }),
        Literal::Time(wanted, _) => value.as_str().is_some_and(|text| {
            compare_time(text, comparison, *wanted)
                .unwrap_or_else(|| compare_text(text, comparison, wanted_text))
        }),
    }
}

/// None if the operator compares texts, or the value is no date-time.
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
