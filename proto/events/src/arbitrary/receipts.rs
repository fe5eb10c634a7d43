//! Bodies about receipts.

use proptest::collection::vec;
use proptest::prelude::*;

use super::values::{timestamp, uuid};
use crate::{
    Acknowledgement, ClosedReceipt, EmployeeId, MissingSubscriber, ReceiptOutcome, Seq,
    SubscriberId, SubscriberName,
};

pub(super) fn closed() -> impl Strategy<Value = ClosedReceipt> {
    let outcome = prop_oneof![Just(ReceiptOutcome::Acknowledged), Just(ReceiptOutcome::Overdue)];
    let acknowledged = vec((uuid(), name(), any::<u64>()), 0..3);
    let missing = vec((uuid(), name()), 0..3);
    (uuid(), any::<u64>(), timestamp(), outcome, acknowledged, missing).prop_map(
        |(employee, left, left_at, outcome, acknowledged, missing)| ClosedReceipt {
            employee_id: EmployeeId(employee),
            left: Seq(left),
            left_at,
            outcome,
            acknowledged: acknowledged.into_iter().map(acknowledgement).collect(),
            missing: missing.into_iter().map(missing_subscriber).collect(),
        },
    )
}

fn acknowledgement((id, name, milliseconds): (uuid::Uuid, SubscriberName, u64)) -> Acknowledgement {
    Acknowledgement { subscriber_id: SubscriberId(id), name, milliseconds }
}

fn missing_subscriber((id, name): (uuid::Uuid, SubscriberName)) -> MissingSubscriber {
    MissingSubscriber { subscriber_id: SubscriberId(id), name }
}

fn name() -> impl Strategy<Value = SubscriberName> {
    "[a-z][a-z0-9-]{0,62}".prop_map(|name| name.parse().expect("a name"))
}
