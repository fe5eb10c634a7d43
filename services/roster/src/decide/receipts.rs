//! Receipts of departures.

use events::{ClosedReceipt, Event, Standing};

use crate::{Refusal, TenantRoster};

/// Each departure has one receipt at most, and who is back has left no more. Of two departures the later one
/// counts, so that what is said late of the one before changes nothing.
pub(super) fn close(tenant: &TenantRoster, receipt: &ClosedReceipt) -> Result<Vec<Event>, Refusal> {
    let employee = receipt.employee_id;
    let person = tenant.people.by_employee(employee);
    let person = person.ok_or(Refusal::NoSuchEmployee(employee))?;
    match tenant.standing(person) {
        Standing::Active => Ok(vec![]),
        Standing::Former if tenant.closed_receipt(employee) >= Some(receipt.left) => Ok(vec![]),
        Standing::Former => Ok(vec![Event::UserReceiptClosed(receipt.clone())]),
    }
}
