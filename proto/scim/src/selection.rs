//! Which attributes a client wants to see (RFC 7644 §3.9).

mod chosen;

use std::borrow::Cow;
use std::collections::HashSet;

use self::chosen::Chosen;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::coercion::is_unassigned;
use crate::filter::{MAX_LENGTH, split_at_commas};
use crate::keys::find;
use crate::name::is_urn;
use crate::path::Path;
use crate::schema::{ResourceType, Returned};
use crate::{Attributes, InvalidRequest, apply};

/// What of a resource to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Selection {
    /// All attributes that are returned by default.
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
    /// Names that no attribute has select nothing.
    pub fn parse(
        attributes: Option<&str>,
        excluded: Option<&str>,
        resource: ResourceType,
    ) -> Result<Self, InvalidRequest> {
        let given = |list: Option<&str>| list.is_some_and(|list| !list.trim().is_empty());
        let paths = |list: Option<&str>| {
            let list = list.unwrap_or_default();
            if list.len() > MAX_LENGTH {
                return Err(InvalidRequest::value(format!(
                    "a list of attributes over {MAX_LENGTH} bytes"
                )));
            }
            // Duplicates select nothing more.
            let mut said = HashSet::new();
            let names =
                split_at_commas(list).into_iter().map(str::trim).filter(|name| said.insert(*name));
            Ok(names.filter_map(|name| Path::parse(name, resource).ok()).collect())
        };
        match (given(attributes), given(excluded)) {
            (true, true) => Err(InvalidRequest::value(
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
                Path::Attribute { name, .. } | Path::Undeclared(name) => name.is(attribute),
            }),
            Self::Without(paths) => !paths.iter().any(|path| match path {
                Path::Schema(_) | Path::Undeclared(_) | Path::Attribute { filter: Some(_), .. } => {
                    false
                }
                Path::Attribute { name, filter: None } => name.is(attribute) && name.sub.is_none(),
            }),
        }
    }

    /// Leaves of a rendered resource what the client wants to see.
    ///
    /// After an error the resource may hold more than was asked for, so it must not be sent.
    pub fn apply(
        &self,
        attributes: &mut Attributes,
        resource: ResourceType,
        budget: &WorkBudget,
    ) -> Result<(), InvalidRequest> {
        match self {
            Self::All => {}
            Self::Only(paths) => {
                let meant = meant(paths, attributes, budget)?;
                let chosen = Chosen::of(meant.iter().map(AsRef::as_ref), resource);
                let whole = std::mem::take(attributes);
                *attributes = chosen.from(whole, resource, budget)?;
            }
            Self::Without(paths) => {
                for path in meant(paths, attributes, budget)? {
                    hide(attributes, &path, resource, budget)?;
                }
                let hides = |path: &Path| !matches!(path, Path::Schema(_));
                if paths.iter().any(hides) {
                    let shown = |key: &str| is_always_shown(key, resource);
                    attributes.retain(|key, value| shown(key) || !is_unassigned(value));
                }
            }
        }
        Ok(())
    }
}

pub(crate) fn is_always_shown(key: &str, resource: ResourceType) -> bool {
    resource.core_attribute(key).is_some_and(|known| known.returned == Returned::Always)
}

/// The paths, as they are meant for this resource, without those that mean nothing in it.
fn meant<'p>(
    paths: &'p [Path],
    attributes: &Attributes,
    budget: &WorkBudget,
) -> Result<Vec<Cow<'p, Path>>, BudgetExceeded> {
    let mut all = Vec::with_capacity(paths.len());
    for path in paths {
        all.extend(path.meant(attributes, budget)?);
    }
    Ok(all)
}

fn hide(
    attributes: &mut Attributes,
    path: &Path,
    resource: ResourceType,
    budget: &WorkBudget,
) -> Result<(), BudgetExceeded> {
    match path {
        Path::Schema(urn) if urn == resource.schema().id => {
            budget.charge_keys(attributes.len())?;
            attributes.retain(|key, _| is_urn(key) || is_always_shown(key, resource));
        }
        Path::Schema(urn) => {
            let key = find(attributes, urn, budget)?.map(|(key, _)| key.clone());
            if let Some(key) = key {
                attributes.remove(&key);
            }
        }
        Path::Attribute { name, .. }
            if name.extension.is_none() && is_always_shown(&name.attribute, resource) => {}
        Path::Attribute { name, filter } => {
            apply::remove(attributes, name, filter.as_ref(), budget)?;
        }
        Path::Undeclared(name) => apply::remove(attributes, name, None, budget)?,
    }
    Ok(())
}
