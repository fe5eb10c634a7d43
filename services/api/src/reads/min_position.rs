//! Reading one's own writes.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::Seq;
use utoipa::IntoParams;
use web::Problem;

/// The position that an answer must have seen: what a write answered with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MinPosition(pub(crate) Seq);

/// How the document describes [`After`].
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) struct MinPositionHeader {
    /// A position of the log, as a write answers with. The answer waits until it has seen it, 5 s
    /// at most; after that it is 503.
    #[param(rename = "Rollcall-After", required = false, value_type = i64, minimum = 0)]
    rollcall_after: Option<u64>,
}

const HEADER: &str = "rollcall-after";

impl<S: Send + Sync> FromRequestParts<S> for MinPosition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self(Seq(0))) };
        let bad = || {
            let sent = String::from_utf8_lossy(value.as_bytes());
            Problem::malformed(format!(
                "header Rollcall-After: {sent:?} is no position; send the number that a write answered with"
            ))
        };
        // Postgres' integers end where i64 does, and no log gets that far.
        let seq: i64 = value.to_str().map_err(|_| bad())?.parse().map_err(|_| bad())?;
        u64::try_from(seq).map(|seq| Self(Seq(seq))).map_err(|_| bad())
    }
}
