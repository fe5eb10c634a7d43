//! What a request is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A type of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResourceKind {
    /// `/Users`.
    User,
    /// `/Groups`.
    Group,
}

impl ResourceKind {
    /// What the route of a request is about.
    pub fn of_route(route: &str) -> Option<Self> {
        match route.trim_start_matches('/').split('/').next() {
            Some("Users") => Some(Self::User),
            Some("Groups") => Some(Self::Group),
            Some(_) | None => None,
        }
    }
}
