//! The answer to a query that takes too long.

use scim::{InvalidRequest, ScimType};
use web::workers::Stop;

/// The error of a query that was stopped.
pub(super) fn timed_out(stop: &Stop) -> InvalidRequest {
    let seconds = stop.time().as_secs();
    let detail = format!(
        "looking at everybody took longer than {seconds} s; name who is wanted by an eq on id, userName, displayName or externalId, or walk through all by cursor without a filter"
    );
    InvalidRequest::new(ScimType::TooMany, detail)
}
