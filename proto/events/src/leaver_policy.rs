//! What becomes of leavers' bookings by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{EmployeeId, TenantId};

/// What becomes of the bookings of one resource type when their person leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum LeaverPolicy {
    /// They are kept, and wait for somebody to decide.
    Keep,
    /// They are cancelled so many days after the departure, each of 24 hours; with 0, at once.
    CancelAfter { days: u32 },
    /// Those that begin after the departure are handed over to a colleague, as long as that one is
    /// Active.
    HandOver { to: EmployeeId },
}

/// The policy for a resource type is from now on this one. The body of `tenant.leaver-policy-set`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetLeaverPolicy {
    pub tenant_id: TenantId,
    /// The resource type, just as booking systems name it.
    #[serde(deserialize_with = "without_space_around")]
    pub resource_type: String,
    pub policy: LeaverPolicy,
}

/// A resource type. Events of before have some with space around them, which people took for the same type
/// without, and which no policy was for: they are read as that one.
pub(crate) fn without_space_around<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(String::deserialize(from)?.trim().to_owned())
}

/// What is said for the reason when a policy cancels a booking.
pub fn reason_of_policy(resource_type: &str, days: u32) -> String {
    match days {
        0 => format!("policy for {resource_type}: cancelled when somebody leaves"),
        1 => format!("policy for {resource_type}: cancelled 1 day after the departure"),
        days => format!("policy for {resource_type}: cancelled {days} days after the departure"),
    }
}
