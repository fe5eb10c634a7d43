//! The query parameters of a SCIM request.

use std::borrow::Cow;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use scim::messages::{Page, SearchRequest};
use scim::{Filter, InvalidRequest, ResourceType, ScimType, Selection, Sort, SortOrder};

use super::bounds::{DEFAULT_PAGE, MAX_PAGE};
use super::error::ScimError;

/// The parameters of a request; unknown ones are ignored, names in any case.
#[derive(Default)]
pub(super) struct QueryParams(Vec<(String, String)>);

/// Which part of a list is asked for.
pub(super) enum PageParams<'a> {
    /// By `startIndex` and `count`.
    Index(Page),
    /// What follows a cursor; an empty one asks for the first page (RFC 9865).
    Cursor { cursor: &'a str, count: usize },
}

impl<S: Sync> FromRequestParts<S> for QueryParams {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ScimError> {
        let text = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::from_str(text).map_err(|error| {
            InvalidRequest::new(
                ScimType::InvalidValue,
                format!("the query string cannot be read: {error}"),
            )
        })?;
        Ok(Self(pairs))
    }
}

impl From<SearchRequest> for QueryParams {
    /// What a search request asks for, as the same request by GET would (RFC 7644 §3.4.3).
    fn from(search: SearchRequest) -> Self {
        let listed = |names: Option<Vec<String>>| names.map(|names| names.join(","));
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let parameters = [
            ("attributes", listed(search.attributes)),
            ("excludedAttributes", listed(search.excluded_attributes)),
            ("filter", search.filter),
            ("sortBy", search.sort_by),
            ("sortOrder", search.sort_order),
            ("cursor", search.cursor),
            ("startIndex", number(search.start_index)),
            ("count", number(search.count)),
        ];
        let given = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value?));
        Self(parameters.into_iter().filter_map(given).collect())
    }
}

impl QueryParams {
    /// The first value of a parameter.
    fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(its_name, _)| its_name.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// What to show of a resource: `attributes` or `excludedAttributes`.
    pub(super) fn selection(&self, resource_type: ResourceType) -> Result<Selection, ScimError> {
        let (wanted, unwanted) = (self.get("attributes"), self.get("excludedAttributes"));
        Ok(Selection::parse(wanted, unwanted, resource_type)?)
    }

    /// Which part of a list: `startIndex` and `count` (RFC 7644 §3.4.2.4), or `cursor` and `count`
    /// (RFC 9865 §2.1), which has a kind of error of its own for a bad count.
    pub(super) fn page(&self) -> Result<PageParams<'_>, ScimError> {
        let Some(cursor) = self.get("cursor") else {
            let page = Page::new(self.number("startIndex")?, self.number("count")?, MAX_PAGE);
            let count = self.get("count").map_or(DEFAULT_PAGE, |_| page.count);
            return Ok(PageParams::Index(Page { count, ..page }));
        };
        if self.get("startIndex").is_some() {
            let detail = "cursor and startIndex exclude each other; send one of them";
            return Err(InvalidRequest::new(ScimType::InvalidValue, detail).into());
        }
        let count = match self.number("count") {
            Ok(None) => Some(DEFAULT_PAGE),
            Ok(Some(count)) => usize::try_from(count).ok(),
            Err(_) => None,
        };
        let count = count.ok_or_else(|| {
            InvalidRequest::new(ScimType::InvalidCount, "count must be a whole number from 0 on")
        })?;
        Ok(PageParams::Cursor { cursor: cursor.trim(), count: count.min(MAX_PAGE) })
    }

    fn number(&self, name: &str) -> Result<Option<i64>, InvalidRequest> {
        let parse = |text: &str| {
            text.trim().parse::<i64>().map_err(|_| {
                let detail = format!("{name} must be a whole number, and is {text:?}");
                InvalidRequest::new(ScimType::InvalidValue, detail)
            })
        };
        self.get(name).map(parse).transpose()
    }

    /// `filter` (RFC 7644 §3.4.2.2).
    pub(super) fn filter(&self, resource_type: ResourceType) -> Result<Option<Filter>, ScimError> {
        match self.get("filter") {
            Some(text) => Ok(Some(Filter::parse(text, resource_type)?)),
            None => Ok(None),
        }
    }

    /// `sortBy` (RFC 7644 §3.4.2.3); none if it is not there or names what cannot be sorted by.
    pub(super) fn sort(&self, resource_type: ResourceType) -> Result<Option<Sort>, ScimError> {
        match self.get("sortBy") {
            Some(by) => Ok(Sort::parse(by, resource_type)?),
            None => Ok(None),
        }
    }

    /// `sortOrder`; ascending if it is not there.
    pub(super) fn order(&self) -> Result<SortOrder, ScimError> {
        Ok(self.get("sortOrder").map(SortOrder::parse).transpose()?.unwrap_or_default())
    }

    /// The text of `sortBy`.
    pub(super) fn sort_by(&self) -> &str {
        self.get("sortBy").unwrap_or_default().trim()
    }

    /// The text of the filter, percent-decoded once more than HTTP demands.
    pub(super) fn filter_text(&self) -> Cow<'_, str> {
        let text = self.get("filter").unwrap_or_default();
        percent_decode_str(text).decode_utf8_lossy()
    }

    /// The same parameters with the filter decoded once more, if that changes it. Microsoft's validator
    /// was seen to encode literals twice.
    pub(super) fn decoded_once_more(&self) -> Option<Self> {
        let decoded = self.filter_text();
        if self.get("filter").is_none_or(|text| text == decoded) {
            return None;
        }
        let filter = [("filter".to_owned(), decoded.into_owned())];
        let others = self.0.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("filter"));
        Some(Self(filter.into_iter().chain(others.cloned()).collect()))
    }
}
