//! The files of the contract, as they go with the program.

/// How the feed is read: `asyncapi.yaml`.
pub const ASYNCAPI: &str = include_str!("../asyncapi.yaml");

/// A shape that was published once, and is read for ever.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// The fact and its version: `employee.left.1`.
    pub name: &'static str,
    /// The JSON Schema of its body.
    pub schema: &'static str,
    /// One event of this shape: name, version, subject, headers and body, as JSON.
    pub specimen: &'static str,
}

macro_rules! published {
    ($($name:literal)+) => {
        /// Every shape ever published, in the order of their names: `schema/` and `museum/`.
        pub const PUBLISHED: &[Published] = &[$(Published {
            name: $name,
            schema: include_str!(concat!("../schema/", $name, ".json")),
            specimen: include_str!(concat!("../museum/", $name, ".json")),
        }),+];
    };
}

published! {
    "alert.raised.1"
    "alert.released.1"
    "alert.reversed.1"
    "booking.cancelled.1"
    "booking.changed.1"
    "booking.closed.1"
    "booking.recorded.1"
    "employee.changed.1"
    "employee.erased.1"
    "employee.held.1"
    "employee.joined.1"
    "employee.left.1"
    "employee.receipt-closed.1"
    "employee.returned.1"
    "employee.reversed.1"
    "subscriber.test.1"
    "team.changed.1"
    "team.created.1"
    "team.deleted.1"
}
