//! Receipts of departures.

use events::{Acknowledgement, MissingSubscriber, ReceiptOutcome};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Employee;

/// Which subscribers have acknowledged that somebody left, and after how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// When they left.
    pub left_at: Timestamp,
    pub outcome: ReceiptOutcome,
    /// Who has acknowledged, in the order of their names.
    pub acknowledged: Vec<Acknowledgement>,
    /// Who has not, in the order of their names.
    pub missing: Vec<MissingSubscriber>,
}

/// A person who has left, as they are now, and the receipt of it. The body of `employee.receipt-closed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptEvent {
    pub employee: Employee,
    pub receipt: Receipt,
}
