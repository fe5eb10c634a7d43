//! Another implementation's opinion: what both accept, both take for the same.

use proptest::prelude::*;
use scim_v2::filter as theirs;

use super::any;
use crate::filter::{Comparison, Filter, Literal};
use crate::{Name, Path, ResourceType};

fn our_shape(filter: &Filter) -> String {
    match filter {
        Filter::And(all) => joined("and", all.iter().flat_map(and_operands).map(our_shape)),
        Filter::Or(any) => joined("or", any.iter().flat_map(or_operands).map(our_shape)),
        Filter::Not(filter) => format!("not({})", our_shape(filter)),
        Filter::Present(name) => format!("{name} pr"),
        Filter::Compare { name, comparison, literal, .. } => {
            format!("{name} {} {literal}", operator(*comparison))
        }
        Filter::Element { name, filter } => format!("{name}[{}]", our_shape(filter)),
    }
}

/// They flatten `(a and b) and c`; we keep what was written.
fn and_operands(filter: &Filter) -> Vec<&Filter> {
    if let Filter::And(all) = filter {
        return all.iter().flat_map(and_operands).collect();
    }
    vec![filter]
}

fn or_operands(filter: &Filter) -> Vec<&Filter> {
    if let Filter::Or(any) = filter {
        return any.iter().flat_map(or_operands).collect();
    }
    vec![filter]
}

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => "eq",
        Comparison::Ne => "ne",
        Comparison::Co => "co",
        Comparison::Sw => "sw",
        Comparison::Ew => "ew",
        Comparison::Gt => "gt",
        Comparison::Ge => "ge",
        Comparison::Lt => "lt",
        Comparison::Le => "le",
    }
}

fn their_shape(filter: &theirs::Filter) -> String {
    match filter {
        theirs::Filter::And(all) => joined("and", all.iter().map(their_shape)),
        theirs::Filter::Or(any) => joined("or", any.iter().map(their_shape)),
        theirs::Filter::Not(filter) => format!("not({})", their_shape(filter)),
        theirs::Filter::Attr(expression) => expression_shape(expression),
        theirs::Filter::ValuePath(theirs::ValuePath { attr, filter }) => {
            format!("{attr}[{}]", element_shape(filter))
        }
    }
}

fn element_shape(filter: &theirs::ValFilter) -> String {
    match filter {
        theirs::ValFilter::And(all) => joined("and", all.iter().map(element_shape)),
        theirs::ValFilter::Or(any) => joined("or", any.iter().map(element_shape)),
        theirs::ValFilter::Not(filter) => format!("not({})", element_shape(filter)),
        theirs::ValFilter::Attr(expression) => expression_shape(expression),
    }
}

fn expression_shape(expression: &theirs::AttrExp) -> String {
    match expression {
        theirs::AttrExp::Present(name) => format!("{name} pr"),
        theirs::AttrExp::Comparison(name, operator, value) => {
            let literal = match value {
                theirs::CompValue::True => Literal::Bool(true),
                theirs::CompValue::False => Literal::Bool(false),
                theirs::CompValue::Null => Literal::Null,
                theirs::CompValue::Number(number) => Literal::Number(number.clone()),
                theirs::CompValue::Str(text) => Literal::Text(text.clone()),
            };
            format!("{name} {operator} {literal}")
        }
    }
}

fn joined(word: &str, parts: impl Iterator<Item = String>) -> String {
    format!("{word}({})", parts.collect::<Vec<_>>().join(", "))
}

fn same_filter(text: &str) -> Option<()> {
    let ours = Filter::parse(text, ResourceType::User).ok()?;
    let theirs: theirs::Filter = text.parse().ok()?;
    assert_eq!(our_shape(&ours), their_shape(&theirs), "{text}");
    Some(())
}

fn same_path(text: &str) -> Option<()> {
    let ours = match Path::parse(text, ResourceType::User).ok()? {
        Path::Schema(_) => return None,
        Path::Attribute { name, filter: None } | Path::Undeclared(name) => name.to_string(),
        Path::Attribute { name, filter: Some(filter) } => {
            let whole = Name { sub: None, ..name.clone() };
            format!("{whole}[{}] {:?}", our_shape(&filter), name.sub)
        }
    };
    let theirs = match text.parse().ok()? {
        theirs::PatchPath::Attr(name) => name.to_string(),
        theirs::PatchPath::Value(theirs::PatchValuePath { attr, filter, sub_attr }) => {
            format!("{attr}[{}] {sub_attr:?}", element_shape(&filter))
        }
    };
    assert_eq!(ours, theirs, "{text}");
    Some(())
}

/// The soup without what the schema gives a meaning of our own.
fn plain_soup() -> impl Strategy<Value = String> {
    any::soup().prop_filter("no known attribute", |text| {
        !["emails", "members", "active", "meta", "manager", "name", "2.0", "\"true\""]
            .iter()
            .any(|known| text.contains(known))
    })
}

proptest! {
    #[test]
    fn a_filter_of_the_rfc_means_the_same_to_both(text in any::filter()) {
        prop_assert_eq!(same_filter(&text), Some(()), "one of us refuses {}", text);
    }

    #[test]
    fn a_path_of_the_rfc_means_the_same_to_both(text in path()) {
        prop_assert_eq!(same_path(&text), Some(()), "one of us refuses {}", text);
    }

    #[test]
    fn whatever_both_accept_means_the_same_to_both(text in plain_soup()) {
        let (_, _) = (same_filter(&text), same_path(&text));
    }
}

fn path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["foo", "bar", "urn:x:y:foo", "urn:a:b.c:d:foo"]);
    let part = prop::sample::select(vec!["", ".value", ".x-1"]);
    (name, prop::option::of(any::element_filter()), part).prop_map(|(name, filter, part)| {
        match filter {
            Some(filter) => format!("{name}[{filter}]{part}"),
            None => format!("{name}{part}"),
        }
    })
}
