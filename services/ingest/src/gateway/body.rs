//! Request bodies.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use scim::{Bad, ScimType};
use serde_json::Value;
use web::Rejection;

use super::failure::Failure;
use crate::Gateway;

/// A JSON body, under either media type; clients that name none mean SCIM.
pub(super) struct Body(pub(super) Value);

impl FromRequest<Gateway> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Failure> {
        if let Some(kind) = request.headers().get(header::CONTENT_TYPE) {
            let kind = String::from_utf8_lossy(kind.as_bytes());
            let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            if !["application/scim+json", "application/json", ""].contains(&essence.as_str()) {
                return Err(Failure::UnsupportedMediaType(essence));
            }
        }
        let limit = gateway.limits.body;
        let bytes = to_bytes(request.into_body(), limit).await.map_err(|error| {
            if let Some(rejection) = Rejection::beneath(&error) {
                return rejection.into();
            }
            let cause = std::error::Error::source(&error);
            let too_large =
                cause.is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
            if too_large { Failure::TooLarge(limit) } else { Failure::CutOff }
        })?;
        let parsed = serde_json::from_slice(&bytes).map_err(|error| {
            Bad::new(ScimType::InvalidSyntax, format!("the body is not JSON: {error}"))
        })?;
        Ok(Self(parsed))
    }
}
