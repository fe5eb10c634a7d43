//! The mass-change guard: what it is told, what it noticed, and what became of that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AlertId, EmployeeId, TeamId, TenantId};

/// From when on so many changes are too many, and what happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Guard {
    /// Whether anybody looks at all.
    pub on: bool,
    /// Whether the people of an alert stay Active until somebody has decided.
    pub hold: bool,
    /// So many must have left within the window; never fewer than 2.
    pub deactivations: u32,
    /// And more than this part of all who were Active, in per cent.
    pub percent: u32,
    pub window_minutes: u32,
}

impl Default for Guard {
    fn default() -> Self {
        Self { on: true, hold: false, deactivations: 20, percent: 10, window_minutes: 10 }
    }
}

/// The guard of a tenant is from now on set like this. The body of `tenant.guard-set`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetGuard {
    pub tenant_id: TenantId,
    #[serde(flatten)]
    pub guard: Guard,
}

/// Too much changed within too short a time. The body of `alert.raised`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RaisedAlert {
    pub alert_id: AlertId,
    #[serde(flatten)]
    pub cause: AlertCause,
    /// Whether the alert's people stay Active until somebody has decided.
    pub held: bool,
    /// How the guard was set.
    pub guard: Guard,
}

/// What was too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "cause", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum AlertCause {
    /// Many people left. Who they are is in `alert.people-added`; who leaves after them belongs to
    /// it by the `alert` of their `user.deactivated` or `user.deleted`.
    Deactivations {
        /// How many had left within the window when the alert was raised.
        deactivations: u32,
        /// How many would be Active without them.
        active_before: u32,
    },
    /// A group lost its last member, or was deleted, and had several within the window. The alert
    /// on a deletion is in `group.deleted` itself.
    GroupEmptied {
        team_id: TeamId,
        /// Whether the group itself is gone.
        deleted: bool,
    },
}

/// People who belong to an alert since they left. The body of `alert.people-added`; a long list is
/// spread over several events of one batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertPeople {
    pub alert_id: AlertId,
    /// 500 at most. If the alert holds, they stay Active.
    pub people: Vec<EmployeeId>,
}

impl AlertPeople {
    /// The most people that one event names.
    pub const MAX: usize = 500;
}

/// A decision on an alert, by whom `ce-actor` names. The body of `alert.released` and `alert.reversed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecidedAlert {
    pub alert_id: AlertId,
    /// Why, in the words of whoever decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
}
