//! Bodies about alerts.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::values::{alert_id, employee_id, guard, team_id};
use crate::{AlertCause, AlertPeople, DecidedAlert, RaisedAlert};

pub(super) fn raised_alert() -> impl Strategy<Value = RaisedAlert> {
    let cause = prop_oneof![
        (any::<u32>(), any::<u32>()).prop_map(|(deactivations, active_before)| {
            AlertCause::Deactivations { deactivations, active_before }
        }),
        (team_id(), any::<bool>())
            .prop_map(|(team_id, deleted)| AlertCause::GroupEmptied { team_id, deleted }),
    ];
    (alert_id(), cause, any::<bool>(), guard())
        .prop_map(|(alert_id, cause, held, guard)| RaisedAlert { alert_id, cause, held, guard })
}

pub(super) fn alert_people() -> impl Strategy<Value = AlertPeople> {
    (alert_id(), vec(employee_id(), 1..5))
        .prop_map(|(alert_id, people)| AlertPeople { alert_id, people })
}

pub(super) fn decided_alert() -> impl Strategy<Value = DecidedAlert> {
    (alert_id(), option::of(".{1,40}"))
        .prop_map(|(alert_id, reason)| DecidedAlert { alert_id, reason })
}
