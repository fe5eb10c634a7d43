//! Receipts of departures: closed once each.

use events::EventKind;

use super::given;
use super::words::*;
use crate::Refusal;

#[test]
fn a_departure_has_one_receipt_and_a_later_one_its_own() {
    let close = |left| closes(employee(ADA), left);
    given([joins(ADA, "ada@x"), looks(ADA, "ada@x", false)])
        .when(&close(2))
        .then([EventKind::UserReceiptClosed])
        .after
        .when(&close(2))
        .then_nothing()
        .after
        .when(&close(1))
        .then_nothing()
        .after
        .when(&close(5))
        .then([EventKind::UserReceiptClosed]);
}

#[test]
fn who_is_active_or_unknown_has_no_receipt() {
    given([joins(ADA, "ada@x")]).when(&closes(employee(ADA), 2)).then_nothing();
    let back = [joins(ADA, "ada@x"), looks(ADA, "ada@x", false), looks(ADA, "ada@x", true)];
    given(back).when(&closes(employee(ADA), 2)).then_nothing();
    given([]).when(&closes(employee(ADA), 2)).refused(&Refusal::NoSuchEmployee(employee(ADA)));
}

#[test]
fn a_receipt_leaves_the_resource_as_it_was() {
    let history = given([joins(ADA, "ada@x"), looks(ADA, "ada@x", false)]);
    let before = history.tenant().people().by_resource(ADA).cloned();
    history
        .when(&closes(employee(ADA), 2))
        .then([EventKind::UserReceiptClosed])
        .so(|tenant| assert_eq!(tenant.people().by_resource(ADA).cloned(), before));
}
