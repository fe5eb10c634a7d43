//! Closes receipts: says in the log who has acknowledged, and who has not.

use std::collections::BTreeMap;

use eventlog::{clock, sentence};
use events::{Acknowledgement, ClosedReceipt, MissingSubscriber, ReceiptOutcome, Tenant};
use roster::Intent;

use super::rows::{self, Closing};
use super::{Receipts, ReceiptsError};
use crate::decide::{DecideError, decide};

impl Receipts {
    /// Closes what all have acknowledged, and what is overdue.
    pub(super) async fn close_what_is_over(&self) -> Result<(), ReceiptsError> {
        let rows = rows::to_be_closed(self.database.pool(), clock::now()).await?;
        for (id, (tenant, receipt)) in closed(rows) {
            let outcome = match receipt.outcome {
                ReceiptOutcome::Acknowledged => "acknowledged",
                ReceiptOutcome::Overdue => "overdue",
            };
            match decide(&self.writer, tenant, Intent::CloseReceipt { receipt }).await {
                Ok(()) => {}
                // The person was erased, or the tenant is gone with a log that was given up.
                Err(DecideError::Refused(why)) => {
                    tracing::debug!(why = sentence(&why), "a receipt is closed without a word");
                }
                Err(DecideError::Denied(why)) => {
                    tracing::debug!(why = sentence(&why), "a receipt is not closed yet");
                    continue;
                }
                Err(DecideError::Outage(outage)) => return Err(outage.into()),
            }
            rows::closed(self.database.pool(), id, clock::now(), outcome).await?;
        }
        Ok(())
    }
}

/// What is to be said of receipts that are over, each by its id.
fn closed(rows: Vec<Closing>) -> BTreeMap<i64, (Tenant, ClosedReceipt)> {
    let mut receipts = BTreeMap::new();
    for row in rows {
        let begun = || {
            let receipt = ClosedReceipt {
                employee_id: row.employee,
                left: row.log,
                left_at: row.left_at,
                outcome: ReceiptOutcome::Acknowledged,
                acknowledged: vec![],
                missing: vec![],
            };
            (row.tenant.clone(), receipt)
        };
        let (_, receipt) = receipts.entry(row.id).or_insert_with(begun);
        let (subscriber_id, name) = (row.subscriber, row.name);
        match row.milliseconds {
            Some(milliseconds) => {
                let one = Acknowledgement { subscriber_id, name, milliseconds };
                receipt.acknowledged.push(one);
            }
            None if row.is_removed => {}
            None => {
                receipt.outcome = ReceiptOutcome::Overdue;
                receipt.missing.push(MissingSubscriber { subscriber_id, name });
            }
        }
    }
    receipts
}

#[cfg(test)]
mod tests {
    use events::{EmployeeId, Seq, SubscriberId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn row(name: &str, is_removed: bool, milliseconds: Option<u64>) -> Closing {
        Closing {
            id: 1,
            tenant: "acme".parse().unwrap(),
            employee: EmployeeId(Uuid::from_u128(7)),
            log: Seq(5),
            left_at: Timestamp::UNIX_EPOCH,
            subscriber: SubscriberId(Uuid::from_u128(9)),
            name: name.parse().unwrap(),
            is_removed,
            milliseconds,
        }
    }

    fn of(rows: Vec<Closing>) -> (ReceiptOutcome, usize, usize) {
        let (_, receipt) = closed(rows).remove(&1).unwrap();
        (receipt.outcome, receipt.acknowledged.len(), receipt.missing.len())
    }

    #[test]
    fn who_has_not_acknowledged_is_missing_and_who_was_removed_is_not() {
        let there = || row("kitchen", false, Some(12));
        assert_eq!(of(vec![there()]), (ReceiptOutcome::Acknowledged, 1, 0));
        let removed = row("doors", true, None);
        assert_eq!(of(vec![there(), removed]), (ReceiptOutcome::Acknowledged, 1, 0));
        let late = row("doors", false, None);
        assert_eq!(of(vec![there(), late]), (ReceiptOutcome::Overdue, 1, 1));
    }
}
