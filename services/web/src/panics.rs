//! Turns a panic in a handler into the answer 500 of its own request.

use std::panic::AssertUnwindSafe;

use axum::response::Response;
use futures_util::FutureExt as _;

use super::Rejection;

/// Answers; a panic becomes an answer of its own, so that the client is not left with a connection
/// that was cut. What it says may hold what the client sent, so it is not repeated here.
pub(super) async fn caught(
    answering: impl Future<Output = Result<Response, Rejection>>,
) -> Result<Response, Rejection> {
    // Whatever was half done belonged to the request, and goes with it.
    AssertUnwindSafe(answering).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!("a request panicked");
        Err(Rejection::Fault)
    })
}
