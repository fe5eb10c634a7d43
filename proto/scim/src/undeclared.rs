//! Names beneath URNs that nobody declared, which are ambiguous. `urn:a:b:c` can be an extension, or the
//! attribute `c` of `urn:a:b`; `urn:a:b:c.d` can be the attribute `d` of `urn:a:b:c`. What a resource has
//! already tells which is meant.

use std::borrow::Cow;

use crate::Attributes;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::keys::find;
use crate::name::{Name, QualifiedName, names_a_resource_type};

impl Name {
    /// Whether nothing in the name tells where its URN ends. One that ends like a schema's,
    /// `…:2.0:User`, tells; all that are declared do.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.extension.as_deref().is_some_and(|urn| !names_a_resource_type(urn))
    }

    /// What an open name means where `has` tells of a URN whether it is an extension; the longest
    /// that is one counts. None if there is none.
    pub(crate) fn meaning(
        &self,
        mut has: impl FnMut(&str) -> Result<bool, BudgetExceeded>,
    ) -> Result<Option<QualifiedName>, BudgetExceeded> {
        let whole = self.to_string();
        if has(&whole)? {
            return Ok(Some(QualifiedName::Schema(whole)));
        }
        if let Some(sub) = &self.sub {
            let urn = Self { sub: None, ..self.clone() }.to_string();
            if has(&urn)? {
                let name = Self { extension: Some(urn.into()), ..Self::core(sub) };
                return Ok(Some(QualifiedName::Attribute(name)));
            }
        }
        match &self.extension {
            Some(urn) if has(urn)? => Ok(Some(QualifiedName::Attribute(self.clone()))),
            Some(_) | None => Ok(None),
        }
    }

    /// The object that has what the name means, and its name in there; none if there is none.
    pub(crate) fn home<'a, 'n>(
        &'n self,
        attributes: &'a Attributes,
        budget: &WorkBudget,
    ) -> Result<Option<(&'a Attributes, Cow<'n, Self>)>, BudgetExceeded> {
        let name = if self.is_ambiguous() {
            match self.meaning(|urn| Ok(find(attributes, urn, budget)?.is_some()))? {
                Some(QualifiedName::Attribute(name)) => Cow::Owned(name),
                // The extension is an attribute of the resource.
                Some(QualifiedName::Schema(urn)) => Cow::Owned(Self::core(&urn)),
                Some(QualifiedName::Ambiguous(_)) | None => return Ok(None),
            }
        } else {
            Cow::Borrowed(self)
        };
        let Some(urn) = &name.extension else { return Ok(Some((attributes, name))) };
        let home = find(attributes, urn, budget)?.and_then(|(_, value)| value.as_object());
        Ok(home.map(|home| (home, name)))
    }
}
