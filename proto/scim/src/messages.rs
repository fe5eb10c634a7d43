//! The envelopes of SCIM: list answers, errors and search requests.

use serde::{Deserialize, Serialize};

use crate::{InvalidRequest, Rendered, ScimType};

/// The content type of everything SCIM (RFC 7644 §3.1).
pub const CONTENT_TYPE: &str = "application/scim+json";

/// A page of resources (RFC 7644 §3.4.2).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListResponse {
    schemas: [&'static str; 1],
    /// How many there are in all, on this page or not.
    pub total_results: usize,
    /// The place of the first resource of the page, counted from 1; none for a page by cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_index: Option<usize>,
    /// Where the next page begins, for a page by cursor that is not the last (RFC 9865 §2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many are on this page.
    pub items_per_page: usize,
    /// The resources of this page.
    #[serde(rename = "Resources")]
    pub resources: Vec<Rendered>,
}

impl ListResponse {
    const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// A page by index, whose first resource has this place.
    pub fn new(total_results: usize, start_index: usize, resources: Vec<Rendered>) -> Self {
        Self {
            schemas: [Self::SCHEMA],
            total_results,
            start_index: Some(start_index),
            next_cursor: None,
            items_per_page: resources.len(),
            resources,
        }
    }

    /// A page that a cursor led to (RFC 9865).
    pub fn by_cursor(
        total_results: usize,
        next_cursor: Option<String>,
        resources: Vec<Rendered>,
    ) -> Self {
        let list = Self::new(total_results, 1, resources);
        Self { start_index: None, next_cursor, ..list }
    }
}

/// The body of an error (RFC 7644 §3.12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    schemas: [&'static str; 1],
    /// The HTTP status, as a text.
    pub status: String,
    /// The `scimType`, if SCIM has one for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scim_type: Option<ScimType>,
    /// What was wrong, for the client.
    pub detail: String,
}

impl ErrorBody {
    const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// The body of an error with this status.
    pub fn new(status: u16, scim_type: Option<ScimType>, detail: impl Into<String>) -> Self {
        Self {
            schemas: [Self::SCHEMA],
            status: status.to_string(),
            scim_type,
            detail: detail.into(),
        }
    }
}

impl From<&InvalidRequest> for ErrorBody {
    fn from(bad: &InvalidRequest) -> Self {
        Self::new(bad.status, bad.scim_type, bad.detail.clone())
    }
}

/// The body of a POST to `/.search` (RFC 7644 §3.4.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchRequest {
    /// Which attributes to return.
    pub attributes: Option<Vec<String>>,
    /// Which attributes not to return.
    pub excluded_attributes: Option<Vec<String>>,
    /// Which resources to return.
    pub filter: Option<String>,
    /// By what to sort.
    pub sort_by: Option<String>,
    /// In which direction to sort.
    pub sort_order: Option<String>,
    /// The place of the first resource of the page, counted from 1.
    pub start_index: Option<i64>,
    /// How many resources a page has at most.
    pub count: Option<i64>,
    /// Where the page begins, for a page by cursor (RFC 9865).
    pub cursor: Option<String>,
}

/// Which part of a list was asked for (RFC 7644 §3.4.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Counted from 1.
    pub start_index: usize,
    /// No more than this many resources; none means totals only.
    pub count: usize,
}

impl Page {
    /// Below the first place means the first, below none means none, and above `most` means `most`.
    pub fn new(start_index: Option<i64>, count: Option<i64>, most: usize) -> Self {
        let start_index = usize::try_from(start_index.unwrap_or(1)).unwrap_or(1).max(1);
        let count = count.map_or(most, |count| usize::try_from(count).unwrap_or(0).min(most));
        Self { start_index, count }
    }

    /// How many resources come before the page.
    pub fn offset(self) -> usize {
        self.start_index - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_out_of_bounds_is_brought_into_them() {
        let page = |start_index, count| {
            let Page { start_index, count } = Page::new(start_index, count, 100);
            (start_index, count)
        };
        assert_eq!(page(None, None), (1, 100));
        assert_eq!(page(Some(0), Some(-1)), (1, 0));
        assert_eq!(page(Some(-7), Some(0)), (1, 0));
        assert_eq!(page(Some(11), Some(5)), (11, 5));
        assert_eq!(page(Some(i64::MAX), Some(i64::MAX)), (usize::MAX >> 1, 100));
    }

    #[test]
    fn an_error_says_its_status_as_a_text() {
        let bad = InvalidRequest::filter("expected an operator at character 10");
        insta::assert_json_snapshot!(ErrorBody::from(&bad), @r#"
        {
          "schemas": [
            "urn:ietf:params:scim:api:messages:2.0:Error"
          ],
          "status": "400",
          "scimType": "invalidFilter",
          "detail": "expected an operator at character 10"
        }
        "#);
    }

    #[test]
    fn a_page_says_how_many_there_are_in_all() {
        let resource =
            Rendered::from(&crate::Attributes::from_iter([("id".to_owned(), "a".into())]));
        let page = serde_json::to_value(ListResponse::new(5, 2, vec![resource])).unwrap();
        let expected = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 5,
            "startIndex": 2,
            "itemsPerPage": 1,
            "Resources": [{ "id": "a" }],
        });
        assert_eq!(page, expected);
    }
}
