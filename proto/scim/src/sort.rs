//! Sorting (RFC 7644 §3.4.2.3).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::budget::{BudgetExceeded, WorkBudget};
use crate::extension::{self, Extension, ExtensionKind};
use crate::filter::{Filter, Instant};
use crate::keys::find;
use crate::name::Name;
use crate::path::Path;
use crate::primary::is_primary;
use crate::schema::{AttributeType, ResourceType};
use crate::{Attributes, InvalidRequest};

/// By what to sort the resources of one type: `sortBy`, parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    name: Name,
    /// Which of several values counts, as in `emails[type eq "work"].value`.
    filter: Option<Filter>,
    is_moment: bool,
    case_exact: bool,
}

/// In which direction to sort: `sortOrder`, parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// The smallest first; resources without a value come last.
    #[default]
    Ascending,
    /// The largest first; resources without a value come first.
    Descending,
}

/// What one resource is sorted by. Keys are in ascending order; a missing value comes last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SortKey {
    /// A boolean: false before true.
    Bool(bool),
    /// A number as an integer that has the same order.
    Number(i64),
    /// A date-time.
    Moment(Instant),
    /// The beginning of a text: letter case is folded where it does not count.
    Text(String),
    /// There is no value.
    Missing,
}

/// By how many characters texts are sorted. What is the same up to there stays in order of
/// creation; so a key has a bound, and a cursor can hold one.
const SORT_KEY_CHARACTERS: usize = 256;

impl Sort {
    /// Reads `sortBy`; none if it is blank.
    ///
    /// An attribute that no schema knows has no values, so that it sorts nothing.
    pub fn parse(by: &str, resource: ResourceType) -> Result<Option<Self>, InvalidRequest> {
        if by.trim().is_empty() {
            return Ok(None);
        }
        let (name, filter) = match Path::parse(by, resource)? {
            Path::Attribute { name, filter } => (name, filter),
            Path::Undeclared(name) => (name, None),
            Path::Schema(_) => {
                return Err(InvalidRequest::path(
                    "resources are sorted by an attribute; sortBy names a schema",
                ));
            }
        };
        let attribute = name.definition(resource);
        let part = attribute.and_then(|attribute| match &name.sub {
            Some(sub) => attribute.sub_attribute(sub),
            None => attribute.sub_attribute("value"),
        });
        if name.sub.is_none()
            && part.is_none()
            && attribute.is_some_and(|a| a.kind == AttributeType::Complex)
        {
            return Err(InvalidRequest::path(format!(
                "{name} has parts; let sortBy name one, as in a.b"
            )));
        }
        let definition = part.or(attribute);
        Ok(Some(Self {
            name,
            filter,
            is_moment: definition
                .is_some_and(|definition| definition.kind == AttributeType::DateTime),
            case_exact: definition.is_some_and(|definition| definition.case_exact),
        }))
    }

    /// The same sort by the type of a declared attribute, if it is one.
    #[must_use]
    pub fn declared(self, declared: &[Extension]) -> Self {
        match extension::find(declared, &self.name) {
            Some((_, attribute)) => Self {
                is_moment: attribute.kind == ExtensionKind::DateTime,
                case_exact: attribute.case_exact,
                ..self
            },
            None => self,
        }
    }

    /// Where in a resource the values are: an attribute, or an extension by its URN; none if only
    /// the whole resource tells.
    pub fn home(&self) -> Option<&str> {
        if self.name.is_ambiguous() {
            return None;
        }
        Some(self.name.extension.as_deref().unwrap_or(&self.name.attribute))
    }

    /// What a resource is sorted by. Of several values the primary one counts, else the first.
    pub fn key(
        &self,
        attributes: &Attributes,
        budget: &WorkBudget,
    ) -> Result<SortKey, InvalidRequest> {
        Ok(match self.value(attributes, budget)? {
            Some(Value::Bool(boolean)) => SortKey::Bool(*boolean),
            Some(Value::Number(number)) => number.as_f64().map_or(SortKey::Missing, number_key),
            Some(Value::String(text)) => self.text_key(text),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => SortKey::Missing,
        })
    }

    fn value<'a>(
        &self,
        attributes: &'a Attributes,
        budget: &WorkBudget,
    ) -> Result<Option<&'a Value>, BudgetExceeded> {
        let value = |map: &'a Attributes, name: &str| {
            find(map, name, budget).map(|found| found.map(|(_, value)| value))
        };
        let Some((home, name)) = self.name.home(attributes, budget)? else { return Ok(None) };
        let one = match value(home, &name.attribute)? {
            Some(Value::Array(elements)) => self.one(elements, budget)?,
            one => one,
        };
        match (&name.sub, one) {
            (Some(sub), Some(Value::Object(parts))) => value(parts, sub),
            (Some(_), _) => Ok(None),
            (None, Some(Value::Object(parts))) => value(parts, "value"),
            (None, one) => Ok(one),
        }
    }

    /// The primary one of the values that match, else the first.
    fn one<'a>(
        &self,
        elements: &'a [Value],
        budget: &WorkBudget,
    ) -> Result<Option<&'a Value>, BudgetExceeded> {
        let matcher = self.filter.as_ref().map(Filter::prepared);
        let mut first = None;
        for element in elements {
            budget.charge(1)?;
            if let Some(matcher) = &matcher
                && !matcher.matches_element(element, budget)?
            {
                continue;
            }
            if is_primary(element) {
                return Ok(Some(element));
            }
            first = first.or(Some(element));
        }
        Ok(first)
    }

    fn text_key(&self, text: &str) -> SortKey {
        if text.is_empty() {
            return SortKey::Missing;
        }
        if self.is_moment
            && let Some(moment) = Instant::parse(text)
        {
            return SortKey::Moment(moment);
        }
        let beginning: String = text.chars().take(SORT_KEY_CHARACTERS).collect();
        SortKey::Text(if self.case_exact { beginning } else { beginning.to_lowercase() })
    }
}

/// The bits of a float, turned so that they have its order as integers (IEEE 754 §5.10).
fn number_key(number: f64) -> SortKey {
    let bits = number.to_bits().cast_signed();
    SortKey::Number(if bits < 0 { bits ^ i64::MAX } else { bits })
}

impl SortOrder {
    /// Reads `sortOrder`, in any letter case.
    pub fn parse(text: &str) -> Result<Self, InvalidRequest> {
        match text.trim() {
            "" => Ok(Self::Ascending),
            text if text.eq_ignore_ascii_case("ascending") => Ok(Self::Ascending),
            text if text.eq_ignore_ascii_case("descending") => Ok(Self::Descending),
            _ => Err(InvalidRequest::value("sortOrder is ascending or descending")),
        }
    }

    /// Compares two keys: missing values come last, and first when descending.
    pub fn compare(self, one: &SortKey, other: &SortKey) -> Ordering {
        match self {
            Self::Ascending => one.cmp(other),
            Self::Descending => other.cmp(one),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn key(by: &str, user: Value) -> SortKey {
        let sort = Sort::parse(by, ResourceType::User).unwrap().unwrap();
        let Value::Object(user) = user else { panic!("a user is an object") };
        sort.key(&user, &WorkBudget::for_question(1)).unwrap()
    }

    fn text(text: &str) -> SortKey {
        SortKey::Text(text.to_owned())
    }

    #[test]
    fn letter_case_counts_only_where_the_schema_says_so() {
        assert_eq!(key("USERNAME", json!({ "userName": "Ada@X" })), text("ada@x"));
        assert_eq!(key("externalId", json!({ "externalId": "Ada" })), text("Ada"));
    }

    #[test]
    fn of_several_values_the_primary_one_counts_and_else_the_first() {
        let emails = |primary| {
            json!({ "emails": [
                { "type": "home", "value": "h@x" },
                { "type": "work", "value": "w@x", "primary": primary },
            ] })
        };
        assert_eq!(key("emails", emails(true)), text("w@x"));
        assert_eq!(key("emails.value", emails(false)), text("h@x"));
        assert_eq!(key("emails.type", emails(true)), text("work"));
        assert_eq!(key(r#"emails[type eq "work"].value"#, emails(false)), text("w@x"));
        assert_eq!(key(r#"emails[type eq "other"].value"#, emails(true)), SortKey::Missing);
    }

    #[test]
    fn an_attribute_may_be_named_by_its_urn() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let user = json!({ urn: { "department": "Dye" }, "userName": "b" });
        assert_eq!(key(&format!("{urn}:department"), user.clone()), text("dye"));
        assert_eq!(key("urn:ietf:params:scim:schemas:core:2.0:User:userName", user), text("b"));
    }

    #[test]
    fn moments_are_sorted_as_time_whatever_their_time_zone() {
        let created = |text| key("meta.created", json!({ "meta": { "created": text } }));
        assert!(created("2026-01-01T01:00:00+02:00") < created("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_missing_comes_last_and_first_when_descending() {
        let (there, missing) = (text("x"), SortKey::Missing);
        assert_eq!(SortOrder::Ascending.compare(&there, &missing), Ordering::Less);
        assert_eq!(SortOrder::Descending.compare(&there, &missing), Ordering::Greater);
        assert_eq!(key("title", json!({ "title": "" })), missing);
        assert_eq!(key("title", json!({})), missing);
    }

    #[test]
    fn what_cannot_be_sorted_by_is_refused_by_name() {
        for by in ["name", "meta", "urn:ietf:params:scim:schemas:core:2.0:User", "a b", "["] {
            let bad = Sort::parse(by, ResourceType::User).unwrap_err();
            assert_eq!(bad.scim_type, Some(crate::ScimType::InvalidPath), "{by}");
        }
        assert_eq!(Sort::parse(" ", ResourceType::User), Ok(None));
        assert!(SortOrder::parse("upwards").is_err());
        assert_eq!(SortOrder::parse("DESCENDING"), Ok(SortOrder::Descending));
    }

    proptest! {
        #[test]
        fn numbers_are_sorted_as_numbers(one: f64, other: f64) {
            prop_assert_eq!(number_key(one).cmp(&number_key(other)), one.total_cmp(&other));
        }
    }
}
