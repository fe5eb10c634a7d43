//! Paths of PATCH, `sortBy` and `attributes` (RFC 7644 §3.5.2).

use std::borrow::Cow;
use std::fmt;

use crate::budget::{BudgetExceeded, WorkBudget};
use crate::filter::{Filter, Parser};
use crate::keys::find;
use crate::name::{Name, QualifiedName, canonical_sub, is_plain};
use crate::schema::ResourceType;
use crate::{Attributes, InvalidRequest};

/// What one change of a PATCH is about (RFC 7644 §3.5.2).
#[derive(Clone, Debug, PartialEq)]
pub enum Path {
    /// A whole extension by its URN; the URN of the core schema means the resource itself.
    Schema(String),
    /// An attribute, or a part of it; with a filter, of those values only that match.
    Attribute {
        /// The attribute, and its part.
        name: Name,
        /// Which of several values is meant.
        filter: Option<Filter>,
    },
    /// `urn:a:b:c`: a whole extension, or an attribute of one, as the resource has it.
    Undeclared(Name),
}

impl Path {
    /// Reads `name`, `name.part`, `name[filter]` or `name[filter].part`, with or without a URN.
    pub fn parse(text: &str, resource: ResourceType) -> Result<Self, InvalidRequest> {
        let mut parser = Parser::new(text, InvalidRequest::path)?;
        let word = parser.word("the name of an attribute")?;
        let Some(named) = QualifiedName::parse(word, resource) else {
            return Err(InvalidRequest::path(
                "the path does not begin with the name of an attribute",
            ));
        };
        let path = match named {
            QualifiedName::Attribute(name) | QualifiedName::Ambiguous(name)
                if parser.open_bracket()? =>
            {
                filtered(&mut parser, name, resource)?
            }
            named @ (QualifiedName::Schema(_)
            | QualifiedName::Attribute(_)
            | QualifiedName::Ambiguous(_)) => named.into(),
        };
        parser.end()?;
        Ok(path)
    }

    pub(crate) fn attribute(name: Name) -> Self {
        Self::Attribute { name, filter: None }
    }

    /// What the path means for a resource; none if it means nothing that the resource has.
    pub(crate) fn meant(
        &self,
        attributes: &Attributes,
        budget: &WorkBudget,
    ) -> Result<Option<Cow<'_, Self>>, BudgetExceeded> {
        let Self::Undeclared(name) = self else { return Ok(Some(Cow::Borrowed(self))) };
        let meaning = name.meaning(|urn| Ok(find(attributes, urn, budget)?.is_some()))?;
        Ok(meaning.map(|named| Cow::Owned(named.into())))
    }
}

impl From<QualifiedName> for Path {
    fn from(named: QualifiedName) -> Self {
        match named {
            QualifiedName::Schema(urn) => Self::Schema(urn),
            QualifiedName::Attribute(name) => Self::attribute(name),
            QualifiedName::Ambiguous(name) => Self::Undeclared(name),
        }
    }
}

/// Goes on after `name[`.
fn filtered(
    parser: &mut Parser<'_>,
    mut name: Name,
    resource: ResourceType,
) -> Result<Path, InvalidRequest> {
    let definition = name.definition(resource);
    if name.sub.is_some() || definition.is_some_and(|attribute| !attribute.multi_valued) {
        return Err(parser.wrong("no filter on an attribute that has only one value"));
    }
    let filter = parser.bracketed(definition, 0)?;
    if let Some(sub) = parser.suffix()? {
        if !is_plain(sub) {
            return Err(parser.wrong("the name of a part after `].`"));
        }
        name = name.with_sub(&canonical_sub(definition, sub));
    }
    Ok(Path::Attribute { name, filter: Some(filter) })
}

/// The path in the notation of RFC 7644; it reads back as the same path.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(urn) => f.write_str(urn),
            Self::Attribute { name, filter: None } | Self::Undeclared(name) => write!(f, "{name}"),
            Self::Attribute { name, filter: Some(filter) } => {
                let whole = Name { sub: None, ..name.clone() };
                write!(f, "{whole}[{filter}]")?;
                match &name.sub {
                    Some(sub) => write!(f, ".{sub}"),
                    None => Ok(()),
                }
            }
        }
    }
}
