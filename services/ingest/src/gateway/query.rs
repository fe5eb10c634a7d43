//! The query string of a SCIM request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use scim::messages::Page;
use scim::{Bad, Filter, ResourceType, ScimType, Selection};

use super::failure::Failure;
use super::listing;

/// The parameters of a request; unknown ones are ignored, names in any case.
pub(super) struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let text = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::from_str(text).map_err(|error| {
            Bad::new(ScimType::InvalidValue, format!("the query string cannot be read: {error}"))
        })?;
        Ok(Self(pairs))
    }
}

impl Query {
    fn one(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(its_name, _)| its_name.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// What to show of a resource: `attributes` or `excludedAttributes`.
    pub(super) fn selection(&self, resource_type: ResourceType) -> Result<Selection, Failure> {
        let (wanted, unwanted) = (self.one("attributes"), self.one("excludedAttributes"));
        Ok(Selection::read(wanted, unwanted, resource_type)?)
    }

    /// Which part of a list: `startIndex` and `count` (RFC 7644 §3.4.2.4).
    pub(super) fn page(&self) -> Result<Page, Failure> {
        let number = |name: &str| {
            let parse = |text: &str| {
                text.trim().parse::<i64>().map_err(|_| {
                    Bad::new(
                        ScimType::InvalidValue,
                        format!("{name} must be a whole number, and is {text:?}"),
                    )
                })
            };
            self.one(name).map(parse).transpose()
        };
        let count = number("count")?.unwrap_or(listing::DEFAULT);
        Ok(Page::new(number("startIndex")?, Some(count), listing::MAX))
    }

    pub(super) fn filter(&self, resource_type: ResourceType) -> Result<Option<Filter>, Failure> {
        match self.one("filter") {
            Some(text) => Ok(Some(Filter::parse(text, resource_type)?)),
            None => Ok(None),
        }
    }

    /// The filter with its text decoded once more, if that changes it. Microsoft's validator was
    /// seen to encode literals twice.
    pub(super) fn filter_encoded_twice(&self, resource_type: ResourceType) -> Option<Filter> {
        let text = self.one("filter")?;
        let decoded = percent_decode_str(text).decode_utf8().ok()?;
        if decoded == text { None } else { Filter::parse(&decoded, resource_type).ok() }
    }
}
