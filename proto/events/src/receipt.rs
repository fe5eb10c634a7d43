//! Receipts of departures: which subscribers have acknowledged that somebody left, and after how long.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EmployeeId, Seq, SubscriberId, SubscriberName};

/// The receipt of a departure is closed. The body of `user.receipt-closed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosedReceipt {
    /// Who left.
    pub employee_id: EmployeeId,
    /// The position up to which the log led to it: of two departures of one person, the later one has
    /// the greater.
    pub left: Seq,
    /// When they left.
    pub left_at: Timestamp,
    pub outcome: ReceiptOutcome,
    /// Who has acknowledged, in the order of their names.
    pub acknowledged: Vec<Acknowledgement>,
    /// Who has not, in the order of their names; nobody if the outcome is `acknowledged`.
    pub missing: Vec<MissingSubscriber>,
}

/// How a receipt was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptOutcome {
    /// All subscribers have acknowledged that wanted to be told, but for those that were removed.
    Acknowledged,
    /// Some had not when the time for it was over.
    Overdue,
}

/// A subscriber that has acknowledged a departure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledgement {
    pub subscriber_id: SubscriberId,
    /// Its name.
    pub name: SubscriberName,
    /// From the departure to the acknowledgement.
    pub milliseconds: u64,
}

/// A subscriber that has not acknowledged a departure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissingSubscriber {
    pub subscriber_id: SubscriberId,
    /// Its name.
    pub name: SubscriberName,
}
