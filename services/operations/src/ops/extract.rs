//! What is read out of a path or a query, refused as everything else here is: as a problem (RFC 9457).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use web::Problem;

use super::OpsError;

/// The query of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = OpsError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, OpsError> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        let axum::extract::Query(asked) =
            read.map_err(|why| Problem::malformed(why.body_text()))?;
        Ok(Self(asked))
    }
}

/// What a path names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = OpsError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, OpsError> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        let axum::extract::Path(named) = read.map_err(|why| Problem::malformed(why.body_text()))?;
        Ok(Self(named))
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::http::header::CONTENT_TYPE;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_path_or_a_query_that_makes_no_sense_is_refused_with_a_problem() {
        let routes: Router =
            Router::new().route("/path/{id}", get(async |Path(_): Path<u64>| ())).route(
                "/query",
                get(async |Query(_): Query<std::collections::BTreeMap<String, u8>>| ()),
            );
        for asked in ["/path/x", "/query?first=-1"] {
            let request = Request::get(asked).body(Body::empty()).expect("a request");
            let answer = routes.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status(), 400, "{asked}");
            assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json", "{asked}");
        }
    }
}
