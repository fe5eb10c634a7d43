//! How the document describes the answers that say no.

use utoipa::IntoResponses;

use crate::problem::Problem;

/// What any operation may answer instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) enum Refusals {
    /// A parameter or header cannot be understood
    #[response(status = BAD_REQUEST, content_type = "application/problem+json")]
    Bad(Problem),
    /// There is no API token, or none that lives
    #[response(
        status = UNAUTHORIZED,
        content_type = "application/problem+json",
        headers(("WWW-Authenticate" = String, description = "What to show (RFC 6750)")),
    )]
    Unauthorized(Problem),
    /// The API token lacks the scope, or belongs to another tenant
    #[response(
        status = FORBIDDEN,
        content_type = "application/problem+json",
        headers(("WWW-Authenticate" = String, description = "What to show (RFC 6750)")),
    )]
    Forbidden(Problem),
    /// The tenant asks too often, or somebody guesses at tokens
    #[response(
        status = TOO_MANY_REQUESTS,
        content_type = "application/problem+json",
        headers(("Retry-After" = u32, description = "Seconds after which to ask again")),
    )]
    TooMany(Problem),
    /// The read models cannot be read, or have not got as far as `Rollcall-After`
    #[response(
        status = SERVICE_UNAVAILABLE,
        content_type = "application/problem+json",
        headers(("Retry-After" = u32, description = "Seconds after which to ask again")),
    )]
    Unavailable(Problem),
}

/// What an operation on one thing may answer, besides.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) enum NoSuch {
    /// The tenant has no such thing
    #[response(status = NOT_FOUND, content_type = "application/problem+json")]
    NotFound(Problem),
}
