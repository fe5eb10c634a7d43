//! Ids, names and attributes that bodies of several entities have.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{AlertId, BookingId, BookingSource, EmployeeId, ExternalId, Guard, TeamId, Tenant};

pub(super) fn tenant() -> impl Strategy<Value = Tenant> {
    "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?".prop_map(|slug| slug.parse().expect("a slug"))
}

pub(super) fn guard() -> impl Strategy<Value = Guard> {
    (any::<bool>(), any::<bool>(), 2..1000_u32, 0..=100_u32, 1..=1440_u32).prop_map(
        |(on, hold, deactivations, percent, window_minutes)| Guard {
            on,
            hold,
            deactivations,
            percent,
            window_minutes,
        },
    )
}

pub(super) fn alert_id() -> impl Strategy<Value = AlertId> {
    uuid().prop_map(AlertId)
}

pub(super) fn employee_id() -> impl Strategy<Value = EmployeeId> {
    uuid().prop_map(EmployeeId)
}

pub(super) fn team_id() -> impl Strategy<Value = TeamId> {
    uuid().prop_map(TeamId)
}

pub(super) fn booking_id() -> impl Strategy<Value = BookingId> {
    uuid().prop_map(BookingId)
}

pub(super) fn booking_source() -> impl Strategy<Value = BookingSource> {
    prop_oneof![
        Just(BookingSource::default()),
        "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?".prop_map(|name| name.parse().expect("a slug")),
    ]
}

pub(super) fn external_id() -> impl Strategy<Value = ExternalId> {
    ".{0,40}".prop_map(ExternalId)
}

pub(super) fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

/// Any moment of the years that RFC 3339 can write.
pub(super) fn timestamp() -> impl Strategy<Value = Timestamp> {
    (-62_167_219_200..253_402_207_200_i64, 0..1_000_000_000).prop_map(|(second, nanosecond)| {
        Timestamp::new(second, nanosecond).expect("a moment between the years 0 and 9999")
    })
}

pub(super) fn changed() -> impl Strategy<Value = Vec<String>> {
    vec("[a-zA-Z.:]{1,30}", 0..5)
}

/// Any attributes but those that have fields of their own.
pub(super) fn attributes(
    but: &'static [&'static str],
) -> impl Strategy<Value = Map<String, Value>> {
    vec((".{0,20}", json()), 0..5).prop_map(move |attributes| {
        attributes.into_iter().filter(|(name, _)| !but.contains(&name.as_str())).collect()
    })
}

pub(super) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((".{0,12}", inner), 0..3)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}
