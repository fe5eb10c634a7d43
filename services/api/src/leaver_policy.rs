//! How the API names the policies for leavers' bookings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What becomes of leavers' bookings of a resource type by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PolicyKind {
    /// They are kept, and wait for somebody to decide.
    Keep,
    /// They are cancelled so many days after the departure.
    CancelAfter,
    /// Those that begin after the departure are handed over to a colleague, while that one is Active.
    HandOver,
}
