//! Which attributes a client wants to see (RFC 7644 §3.9).

use serde_json::Value;

use crate::filter::{Filter, MAX_LENGTH};
use crate::name::{Name, is_urn, key_in};
use crate::path::Path;
use crate::reading::is_unassigned;
use crate::schema::{ResourceType, Returned};
use crate::{Attributes, Bad, apply};

/// What of a resource to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Selection {
    #[default]
    All,
    /// `attributes`: these, and what is always shown.
    Only(Vec<Path>),
    /// `excludedAttributes`: all but these, though never less than what is always shown.
    Without(Vec<Path>),
}

impl Selection {
    /// Reads the two query parameters; a blank one counts as not given.
    ///
    /// Names that name nothing select nothing.
    pub fn read(
        attributes: Option<&str>,
        excluded: Option<&str>,
        resource: ResourceType,
    ) -> Result<Self, Bad> {
        let given = |list: Option<&str>| list.is_some_and(|list| !list.trim().is_empty());
        let paths = |list: Option<&str>| {
            let list = list.unwrap_or_default();
            if list.len() > MAX_LENGTH {
                return Err(Bad::value(format!("a list of attributes over {MAX_LENGTH} bytes")));
            }
            let names = split(list).map(str::trim);
            Ok(names.filter_map(|name| Path::parse(name, resource).ok()).collect())
        };
        match (given(attributes), given(excluded)) {
            (true, true) => Err(Bad::value(
                "attributes and excludedAttributes exclude each other; send one of them",
            )),
            (true, false) => paths(attributes).map(Self::Only),
            (false, true) => paths(excluded).map(Self::Without),
            (false, false) => Ok(Self::All),
        }
    }

    /// Whether anything of this core attribute will be shown, so that it has to be looked up.
    pub fn wants(&self, attribute: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(paths) => paths.iter().any(|path| match path {
                Path::Schema(_) => true,
                Path::Attribute { name, .. } => name.is(attribute),
            }),
            Self::Without(paths) => !paths.iter().any(|path| match path {
                Path::Schema(_) | Path::Attribute { filter: Some(_), .. } => false,
                Path::Attribute { name, filter: None } => name.is(attribute) && name.sub.is_none(),
            }),
        }
    }

    /// Leaves of a rendered resource what the client wants to see.
    pub fn apply(&self, attributes: &mut Attributes, resource: ResourceType) {
        match self {
            Self::All => {}
            Self::Only(paths) => {
                let whole = std::mem::take(attributes);
                for (key, value) in &whole {
                    if is_always_shown(key, resource) {
                        attributes.insert(key.clone(), value.clone());
                    }
                }
                for path in paths {
                    show(attributes, &whole, path, resource);
                }
            }
            Self::Without(paths) => {
                for path in paths {
                    hide(attributes, path, resource);
                }
            }
        }
    }
}

fn is_always_shown(key: &str, resource: ResourceType) -> bool {
    resource.core_attribute(key).is_some_and(|known| known.returned == Returned::Always)
}

/// Splits at commas, except in brackets and in quotes.
fn split(list: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut depth) = (false, 0_usize);
    list.split(move |c| {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && !quoted && depth == 0
    })
}

fn show(shown: &mut Attributes, whole: &Attributes, path: &Path, resource: ResourceType) {
    let (name, filter) = match path {
        Path::Schema(urn) if urn == resource.schema().id => {
            let core = whole.iter().filter(|(key, _)| !is_urn(key));
            shown.extend(core.map(|(key, value)| (key.clone(), value.clone())));
            return;
        }
        Path::Schema(urn) => {
            if let Some(key) = key_in(whole, urn) {
                shown.insert(key.clone(), whole[&key].clone());
            }
            return;
        }
        Path::Attribute { name, filter } => (name, filter.as_ref()),
    };
    match &name.extension {
        None => show_in(shown, whole, name, filter),
        Some(urn) => {
            let Some(key) = key_in(whole, urn) else { return };
            let Value::Object(home) = &whole[&key] else { return };
            let mut part = match shown.remove(&key) {
                Some(Value::Object(part)) => part,
                Some(_) | None => Attributes::new(),
            };
            show_in(&mut part, home, name, filter);
            if !part.is_empty() {
                shown.insert(key, Value::Object(part));
            }
        }
    }
}

fn show_in(shown: &mut Attributes, home: &Attributes, name: &Name, filter: Option<&Filter>) {
    let Some(key) = key_in(home, &name.attribute) else { return };
    let chosen = choose(&home[&key], filter, name.sub.as_deref());
    match (shown.get_mut(&key), chosen) {
        (_, None) => {}
        (Some(shown), Some(chosen)) => merge(shown, chosen),
        (None, Some(chosen)) => {
            shown.insert(key, chosen);
        }
    }
}

/// The matching values, or the one part of them.
fn choose(value: &Value, filter: Option<&Filter>, sub: Option<&str>) -> Option<Value> {
    match value {
        Value::Array(elements) => {
            let meets = |value: &&Value| filter.is_none_or(|filter| filter.matches_element(value));
            let part = |value| choose(value, None, sub);
            let chosen: Vec<Value> = elements.iter().filter(meets).filter_map(part).collect();
            (!chosen.is_empty()).then_some(Value::Array(chosen))
        }
        Value::Object(parts) => match sub {
            None => Some(value.clone()),
            Some(sub) => {
                let key = key_in(parts, sub)?;
                let part = parts[&key].clone();
                Some(Value::Object(Attributes::from_iter([(key, part)])))
            }
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            sub.is_none().then(|| value.clone())
        }
    }
}

/// Joins two choices of the same attribute, such as `name.givenName` and `name.familyName`.
fn merge(shown: &mut Value, more: Value) {
    match (shown, more) {
        (Value::Object(shown), Value::Object(more)) => shown.extend(more),
        (Value::Array(shown), Value::Array(more)) if shown.len() == more.len() => {
            for (shown, more) in shown.iter_mut().zip(more) {
                merge(shown, more);
            }
        }
        (Value::Array(shown), Value::Array(more)) => {
            for value in more {
                if !shown.contains(&value) {
                    shown.push(value);
                }
            }
        }
        (shown, more) => *shown = more,
    }
}

fn hide(attributes: &mut Attributes, path: &Path, resource: ResourceType) {
    let (name, filter) = match path {
        Path::Schema(urn) if urn == resource.schema().id => {
            attributes.retain(|key, _| is_urn(key) || is_always_shown(key, resource));
            return;
        }
        Path::Schema(urn) => {
            if let Some(key) = key_in(attributes, urn) {
                attributes.remove(&key);
            }
            return;
        }
        Path::Attribute { name, .. }
            if name.extension.is_none() && is_always_shown(&name.attribute, resource) =>
        {
            return;
        }
        Path::Attribute { name, filter } => (name, filter.as_ref()),
    };
    apply::remove(attributes, name, filter, None);
    attributes.retain(|key, value| is_always_shown(key, resource) || !is_unassigned(value));
}
