//! A filter, prepared to be matched with many resources or values.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::{Comparison, Filter, Literal};
use crate::name::Name;

/// A filter with its literals folded. Equalities with texts of one attribute, joined by `or`, are
/// one look-up, however many they are; so are inequalities, joined by `and`.
#[derive(Debug)]
pub struct Matcher<'f> {
    filter: &'f Filter,
    pub(super) node: Node<'f>,
}

#[derive(Debug)]
pub(super) enum Node<'f> {
    All(Vec<Node<'f>>),
    Any(Vec<Node<'f>>),
    Not(Box<Node<'f>>),
    OneOf(OneOf<'f>),
    Compare(Term<'f>),
    Present(&'f Name),
    Element {
        name: &'f Name,
        node: Box<Node<'f>>,
    },
    /// Whether one of these is a member, which the subject may know without a list of them.
    HasMember {
        asked: Vec<&'f str>,
        otherwise: Box<Node<'f>>,
    },
}

/// One of several texts is the value.
#[derive(Debug)]
pub(super) struct OneOf<'f> {
    pub(super) name: &'f Name,
    pub(super) texts: HashSet<Cow<'f, str>>,
    pub(super) case_exact: bool,
}

/// One comparison.
#[derive(Debug)]
pub(super) struct Term<'f> {
    pub(super) name: &'f Name,
    pub(super) comparison: Comparison,
    pub(super) literal: &'f Literal,
    /// The text of the literal, as it is compared; empty if it is none.
    pub(super) folded: Cow<'f, str>,
    pub(super) case_exact: bool,
}

impl Filter {
    /// Prepares the filter to be matched often.
    pub fn prepared(&self) -> Matcher<'_> {
        Matcher { filter: self, node: Node::of(self) }
    }
}

impl<'f> Matcher<'f> {
    /// The filter that was prepared.
    pub fn filter(&self) -> &'f Filter {
        self.filter
    }
}

/// A matcher for values that meet one of several filters.
pub(crate) fn any_of<'f>(filters: impl IntoIterator<Item = &'f Filter>) -> AnyOf<'f> {
    AnyOf(Node::any(filters))
}

/// A matcher of several filters.
#[derive(Debug)]
pub(crate) struct AnyOf<'f>(pub(super) Node<'f>);

impl<'f> Node<'f> {
    fn of(filter: &'f Filter) -> Self {
        if let Some(asked) = filter.asked_members() {
            return Self::HasMember { asked, otherwise: Box::new(Self::plain(filter)) };
        }
        Self::plain(filter)
    }

    fn plain(filter: &'f Filter) -> Self {
        match filter {
            Filter::And(all) => Self::all(all),
            Filter::Or(any) => Self::any(any),
            Filter::Not(filter) => Self::Not(Box::new(Self::of(filter))),
            Filter::Compare { name, comparison: Comparison::Ne, literal, case_exact } => {
                Self::Not(Box::new(Self::equal(filter, name, literal, *case_exact)))
            }
            Filter::Compare { name, comparison, literal, case_exact } => {
                Self::Compare(Term::new(name, *comparison, literal, *case_exact))
            }
            Filter::Present(name) => Self::Present(name),
            Filter::Element { name, filter } => {
                Self::Element { name, node: Box::new(Self::of(filter)) }
            }
        }
    }

    /// The `eq` whose opposite is this `ne`.
    fn equal(ne: &'f Filter, name: &'f Name, literal: &'f Literal, case_exact: bool) -> Self {
        let equal = Self::Compare(Term::new(name, Comparison::Eq, literal, case_exact));
        match ne.denied_member() {
            Some(value) => Self::HasMember { asked: vec![value], otherwise: Box::new(equal) },
            None => equal,
        }
    }

    fn any(filters: impl IntoIterator<Item = &'f Filter>) -> Self {
        let mut flat = Vec::new();
        flatten(filters, &mut flat);
        let mut groups = Groups::default();
        for filter in flat {
            match filter {
                Filter::Compare {
                    name,
                    comparison: Comparison::Eq,
                    literal: literal @ Literal::Text(_),
                    case_exact,
                } if filter.asked_members().is_none() => groups.add(name, literal, *case_exact),
                Filter::And(_)
                | Filter::Or(_)
                | Filter::Not(_)
                | Filter::Compare { .. }
                | Filter::Present(_)
                | Filter::Element { .. } => groups.others.push(Self::of(filter)),
            }
        }
        Self::one_or(groups.nodes(), Self::Any)
    }

    fn all(filters: &'f [Filter]) -> Self {
        let mut denied = Groups::default();
        let mut nodes = Vec::new();
        for filter in filters {
            match filter {
                Filter::Compare {
                    name,
                    comparison: Comparison::Ne,
                    literal: literal @ Literal::Text(_),
                    case_exact,
                } if filter.denied_member().is_none() => denied.add(name, literal, *case_exact),
                Filter::And(_)
                | Filter::Or(_)
                | Filter::Not(_)
                | Filter::Compare { .. }
                | Filter::Present(_)
                | Filter::Element { .. } => nodes.push(Self::of(filter)),
            }
        }
        nodes.extend(denied.nodes().into_iter().map(|node| Self::Not(Box::new(node))));
        Self::one_or(nodes, Self::All)
    }

    fn one_or(mut nodes: Vec<Self>, many: fn(Vec<Self>) -> Self) -> Self {
        match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            last => {
                nodes.extend(last);
                many(nodes)
            }
        }
    }
}

/// The operands of an `or`, with those of an `or` in parentheses among them.
fn flatten<'f>(filters: impl IntoIterator<Item = &'f Filter>, flat: &mut Vec<&'f Filter>) {
    for filter in filters {
        match filter {
            Filter::Or(any) => flatten(any.iter().collect::<Vec<_>>(), flat),
            Filter::And(_)
            | Filter::Not(_)
            | Filter::Compare { .. }
            | Filter::Present(_)
            | Filter::Element { .. } => flat.push(filter),
        }
    }
}

/// Equalities by the attribute they are about, and other conditions.
#[derive(Default)]
struct Groups<'f> {
    places: HashMap<(&'f Name, bool), usize>,
    terms: Vec<Vec<Term<'f>>>,
    others: Vec<Node<'f>>,
}

impl<'f> Groups<'f> {
    fn add(&mut self, name: &'f Name, literal: &'f Literal, case_exact: bool) {
        let term = Term::new(name, Comparison::Eq, literal, case_exact);
        match self.places.entry((name, case_exact)) {
            Entry::Occupied(place) => self.terms[*place.get()].push(term),
            Entry::Vacant(place) => {
                place.insert(self.terms.len());
                self.terms.push(vec![term]);
            }
        }
    }

    fn nodes(self) -> Vec<Node<'f>> {
        let mut nodes: Vec<_> = self.terms.into_iter().filter_map(one_of).collect();
        nodes.extend(self.others);
        nodes
    }
}

/// Equalities of one attribute.
fn one_of(mut terms: Vec<Term<'_>>) -> Option<Node<'_>> {
    let last = terms.pop()?;
    if terms.is_empty() {
        return Some(Node::Compare(last));
    }
    let (name, case_exact) = (last.name, last.case_exact);
    terms.push(last);
    let texts = terms.into_iter().map(|term| term.folded).collect();
    Some(Node::OneOf(OneOf { name, texts, case_exact }))
}

impl<'f> Term<'f> {
    fn new(name: &'f Name, comparison: Comparison, literal: &'f Literal, case_exact: bool) -> Self {
        let folded = match literal {
            Literal::Text(text) if case_exact => Cow::Borrowed(text.as_str()),
            Literal::Text(text) => Cow::Owned(text.to_lowercase()),
            Literal::Time(_, text) => Cow::Borrowed(text.as_str()),
            Literal::Number(_) | Literal::Bool(_) | Literal::Null => Cow::Borrowed(""),
        };
        Self { name, comparison, literal, folded, case_exact }
    }
}
