//! What callers ask in the path and in the query string, read strictly: a misspelt filter that is
//! passed over would answer with everybody.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use events::{BadTimestamp, EARLIEST};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use web::Problem;

/// The query string as a `T`, whose fields are the parameters that there are.
#[derive(Debug)]
pub(crate) struct QueryParams<T>(pub(crate) T);

/// Why a query string says nothing that can be answered.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum BadQuery {
    #[error("{0:?} in the query string is not UTF-8; percent-encode its UTF-8 bytes")]
    NotUtf8(String),
    #[error("{0:?} in the query string holds a NUL character; leave it out")]
    Nul(String),
    #[error("query parameter {0}")]
    Parameter(String),
}

impl From<BadQuery> for Problem {
    fn from(why: BadQuery) -> Self {
        Self::malformed(why.to_string())
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        legible(parts.uri.query().unwrap_or_default())?;
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(BadQuery::Parameter(reason(&rejection)).into()),
        }
    }
}

/// Whether every piece of a query string is text that Postgres can hold.
fn legible(query: &str) -> Result<(), BadQuery> {
    for piece in query.split('&') {
        match percent_decode_str(piece).decode_utf8() {
            Err(_) => return Err(BadQuery::NotUtf8(piece.to_owned())),
            Ok(text) if text.contains('\0') => return Err(BadQuery::Nul(piece.to_owned())),
            Ok(_) => {}
        }
    }
    Ok(())
}

/// The innermost cause: it names the parameter, while axum's own sentence only says where it was.
fn reason(rejection: &QueryRejection) -> String {
    let mut cause: &dyn std::error::Error = rejection;
    while let Some(deeper) = cause.source().filter(|deeper| !deeper.to_string().is_empty()) {
        cause = deeper;
    }
    cause.to_string()
}

/// The variables of the path, as a `T`.
#[derive(Debug)]
pub(crate) struct PathParams<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let bad_path = |rejection: PathRejection| Problem::malformed(rejection.body_text());
        Path::from_request_parts(parts, state)
            .await
            .map(|Path(named)| Self(named))
            .map_err(bad_path)
    }
}

/// How many rows a page may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Limit(u16);

impl Limit {
    pub(crate) const MAX: u16 = 500;

    pub(crate) fn rows(self) -> u16 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(100)
    }
}

/// Why a text is no limit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no page size; ask for a whole number from 1 to {max}", max = Limit::MAX)]
pub(crate) struct BadLimit(String);

impl TryFrom<String> for Limit {
    type Error = BadLimit;

    fn try_from(text: String) -> Result<Self, BadLimit> {
        match text.parse() {
            Ok(rows @ 1..=Self::MAX) => Ok(Self(rows)),
            Ok(_) | Err(_) => Err(BadLimit(text)),
        }
    }
}

/// A moment, as a caller writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Moment(Timestamp);

impl Moment {
    pub(crate) fn time(self) -> Timestamp {
        self.0
    }
}

impl TryFrom<String> for Moment {
    type Error = BadTimestamp;

    fn try_from(text: String) -> Result<Self, BadTimestamp> {
        let time = events::parse_timestamp(&text)?;
        // Postgres knows no earlier one.
        Ok(Self(time.max(EARLIEST)))
    }
}

/// A text to search for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Search(String);

impl Search {
    pub(crate) const MAX: usize = 200;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// The page of a list that has no filters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many to list at most.
    #[serde(default)]
    #[param(value_type = u16, required = false, default = 100, minimum = 1, maximum = 500)]
    pub(crate) limit: Limit,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// No question beyond the path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

/// A text that is too long to search for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a search has {max} characters at most; search for less", max = Search::MAX)]
pub(crate) struct BadSearch;

impl TryFrom<String> for Search {
    type Error = BadSearch;

    fn try_from(text: String) -> Result<Self, BadSearch> {
        if text.chars().count() > Self::MAX { Err(BadSearch) } else { Ok(Self(text)) }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Question {
        q: Option<Search>,
        #[serde(default)]
        limit: Limit,
    }

    async fn asked(query: &str) -> Result<Question, String> {
        let (mut parts, ()) = Request::get(format!("/?{query}")).body(()).unwrap().into_parts();
        let QueryParams(question) = QueryParams::from_request_parts(&mut parts, &())
            .await
            .map_err(|problem| problem.detail)?;
        Ok(question)
    }

    #[tokio::test]
    async fn a_limit_is_from_1_to_500_and_100_unless_told() {
        assert_eq!(asked("").await.unwrap().limit.rows(), 100);
        assert_eq!(asked("limit=1").await.unwrap().limit.rows(), 1);
        assert_eq!(asked("limit=500").await.unwrap().limit.rows(), 500);
        for bad in ["0", "501", "-1", "1.5", "", "ten", "99999999999999999999"] {
            let said = asked(&format!("limit={bad}")).await.unwrap_err();
            let told = format!(
                "query parameter limit: {bad:?} is no page size; ask for a whole number from 1 to 500"
            );
            assert_eq!(said, told);
        }
    }

    #[tokio::test]
    async fn an_unknown_parameter_is_named_with_those_that_there_are() {
        let said = asked("name=ada").await.unwrap_err();
        assert!(said.contains("`name`") && said.contains("`q`"), "{said}");
    }

    #[tokio::test]
    async fn a_parameter_is_given_once() {
        let said = asked("q=a&q=b").await.unwrap_err();
        assert!(said.contains("duplicate field `q`"), "{said}");
    }

    #[tokio::test]
    async fn text_that_postgres_cannot_hold_is_refused() {
        assert!(asked("q=%FF").await.unwrap_err().contains("UTF-8"));
        assert!(asked("q=a%00").await.unwrap_err().contains("NUL"));
        assert_eq!(asked("q=J%C3%B8rgen+B").await.unwrap().q.unwrap().as_str(), "Jørgen B");
    }

    #[tokio::test]
    async fn a_search_is_bounded() {
        assert!(asked(&format!("q={}", "a".repeat(200))).await.is_ok());
        assert!(asked(&format!("q={}", "a".repeat(201))).await.unwrap_err().contains("q: "));
    }
}
