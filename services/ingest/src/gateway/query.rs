//! The query string of a SCIM request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use scim::messages::{Page, SearchRequest};
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

impl From<SearchRequest> for Query {
    /// What a search request asks for, as the same request by GET would (RFC 7644 §3.4.3).
    fn from(search: SearchRequest) -> Self {
        let listed = |names: Option<Vec<String>>| names.map(|names| names.join(","));
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let parameters = [
            ("attributes", listed(search.attributes)),
            ("excludedAttributes", listed(search.excluded_attributes)),
            ("filter", search.filter),
            ("startIndex", number(search.start_index)),
            ("count", number(search.count)),
        ];
        let given = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value?));
        Self(parameters.into_iter().filter_map(given).collect())
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

    /// The same query for another part of the list.
    pub(super) fn part(&self, offset: usize, count: usize) -> Self {
        let is_page =
            |name: &str| ["startIndex", "count"].iter().any(|n| n.eq_ignore_ascii_case(name));
        let others = self.0.iter().filter(|(name, _)| !is_page(name)).cloned();
        let page = [("startIndex", offset.saturating_add(1)), ("count", count)];
        Self(others.chain(page.map(|(name, n)| (name.to_owned(), n.to_string()))).collect())
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
