//! Reading one's own writes.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use events::{Seq, Tenant};
use utoipa::IntoParams;
use web::{PositionCipher, Problem};

/// The positions that an answer must have seen, as the caller names them: what writes answered with.
#[derive(Clone, Debug, Default)]
pub(crate) struct MinPosition(Option<HeaderValue>);

/// How the document describes [`MinPosition`].
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) struct MinPositionHeader {
    /// The `Rollcall-Position` of an answer, as it is; of several whose order is not known, as of
    /// writes at the same time, all of them, 64 at most, with commas between. The answer waits until
    /// it has seen them, 5 s at most; after that it is 503.
    #[param(rename = "Rollcall-After", required = false, min_length = 1)]
    rollcall_after: Option<String>,
}

const HEADER: &str = "rollcall-after";

/// So many positions may stand in one header.
const MOST: usize = 64;

impl MinPosition {
    /// The furthest of the positions, which `tenant` must have been told; the beginning without any.
    pub(crate) fn furthest(
        &self,
        positions: &PositionCipher,
        tenant: &Tenant,
    ) -> Result<Seq, Problem> {
        let Some(sent) = &self.0 else { return Ok(Seq(0)) };
        let bad = |what| Problem::malformed(format!("header Rollcall-After: {what}"));
        let texts: Vec<&str> =
            sent.to_str().unwrap_or_default().split(',').map(str::trim).collect();
        if texts.len() > MOST {
            return Err(bad(format!("has {} positions, and {MOST} are the most", texts.len())));
        }
        let read = |text: &str| {
            let shown: String = text.chars().take(80).collect();
            positions.decrypt(tenant, text).map_err(|why| bad(format!("{shown:?} {why}")))
        };
        texts.into_iter().try_fold(Seq(0), |furthest, text| Ok(furthest.max(read(text)?)))
    }
}

#[cfg(test)]
impl MinPosition {
    /// What a caller sends who was told this position.
    pub(crate) fn of(positions: &PositionCipher, tenant: &Tenant, position: Seq) -> Self {
        let told = positions.encrypt(tenant, position);
        Self(Some(told.try_into().expect("fits into a header")))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MinPosition {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.get(HEADER).cloned()))
    }
}
