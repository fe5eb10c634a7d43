//! Reading events of any age.

use std::convert::identity;
use std::ops::Range;

use serde::de::Error as _;
use serde_json::Value;

use crate::body_source::BodySource;
use crate::{Event, EventKind};

/// A body that does not have the shape its event promises.
#[derive(Debug, thiserror::Error)]
#[error("read the body of {kind} version {version}")]
pub struct BadBody {
    /// Which event it is.
    pub kind: EventKind,
    /// The version of the shape that its headers promise.
    pub version: u32,
    source: serde_json::Error,
}

/// Reads the body of the event called `name`, in the shape that had number `version`.
///
/// Only today's shapes have Rust types: old ones are lifted to today's, step by step, before they
/// are read. A name that this reader does not know, or a version from the future, is
/// [`Event::Unknown`].
pub fn decode(name: &str, version: u32, body: &[u8]) -> Result<Event, BadBody> {
    let unknown = || Ok(Event::Unknown { name: name.to_owned() });
    let Some(kind) = EventKind::from_name(name) else { return unknown() };
    if version > kind.version() {
        return unknown();
    }
    decode_body(kind, version, body).map_err(|source| BadBody { kind, version, source })
}

fn decode_body(kind: EventKind, version: u32, body: &[u8]) -> Result<Event, serde_json::Error> {
    // UTF-8 is checked once for the whole body, not for each string: every replay takes this path.
    let text = std::str::from_utf8(body).map_err(serde_json::Error::custom)?;
    if version == kind.version() {
        return Event::of_body(kind, BodySource::Text(text));
    }
    let lifted = lift(LIFTS, kind, version..kind.version(), serde_json::from_str(text)?)?;
    Event::of_body(kind, BodySource::Lifted(lifted))
}

/// A step that lifts the body of a `kind` from the shape of version `from` to the next.
struct Lift {
    kind: EventKind,
    from: u32,
    step: fn(Value) -> Value,
}

/// The steps for every shape that changed; `museum/` has a specimen of each.
const LIFTS: &[Lift] = &[
    // The second versions have optional fields more. Before, events of their own said the same.
    Lift { kind: EventKind::UserDeactivated, from: 1, step: identity },
    Lift { kind: EventKind::UserDeleted, from: 1, step: identity },
    Lift { kind: EventKind::GroupCreated, from: 1, step: identity },
    Lift { kind: EventKind::GroupDeleted, from: 1, step: identity },
    // The second version has a scope more.
    Lift { kind: EventKind::CredentialIssued, from: 1, step: identity },
    // The second versions have a door more.
    Lift { kind: EventKind::SubscriberAdded, from: 1, step: identity },
    Lift { kind: EventKind::SubscriberChanged, from: 1, step: identity },
    // The third version may name a source of bookings, and has scopes more.
    Lift { kind: EventKind::CredentialIssued, from: 2, step: identity },
    // The fourth version may expire: a reader of before would take it for one that never does.
    Lift { kind: EventKind::CredentialIssued, from: 3, step: identity },
    // The second versions may name a source: before, there was one.
    Lift { kind: EventKind::BookingRecorded, from: 1, step: identity },
    Lift { kind: EventKind::BookingChanged, from: 1, step: identity },
];

/// Lifts a body through all of `versions`, one at a time.
fn lift(
    lifts: &[Lift],
    kind: EventKind,
    mut versions: Range<u32>,
    body: Value,
) -> Result<Value, serde_json::Error> {
    versions.try_fold(body, |body, from| {
        match lifts.iter().find(|lift| lift.kind == kind && lift.from == from) {
            Some(lift) => Ok((lift.step)(body)),
            None => Err(serde_json::Error::custom(format_args!("there is no version {from}"))),
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Two releases ago a team had a `title`, and one release ago a `label`.
    const STORY: &[Lift] = &[
        Lift {
            kind: EventKind::TeamRenamed,
            from: 2,
            step: |body| json!({ "name": body["label"] }),
        },
        Lift {
            kind: EventKind::TeamRenamed,
            from: 1,
            step: |body| json!({ "label": body["title"] }),
        },
        Lift { kind: EventKind::GroupChanged, from: 1, step: |_| json!("of another event") },
    ];

    #[test]
    fn an_old_shape_is_lifted_one_version_at_a_time() {
        let lifted = |from, body| lift(STORY, EventKind::TeamRenamed, from..3, body).unwrap();
        assert_eq!(lifted(1, json!({ "title": "Sales" })), json!({ "name": "Sales" }));
        assert_eq!(lifted(2, json!({ "label": "Sales" })), json!({ "name": "Sales" }));
        assert_eq!(lifted(3, json!({ "name": "Sales" })), json!({ "name": "Sales" }));
    }

    #[test]
    fn every_version_before_todays_has_its_step() {
        for kind in EventKind::ALL {
            let mut steps: Vec<u32> =
                LIFTS.iter().filter(|lift| lift.kind == kind).map(|lift| lift.from).collect();
            steps.sort_unstable();
            let asked: Vec<u32> = (1..kind.version()).collect();
            assert_eq!(steps, asked, "the versions of {kind} which decode can lift");
        }
    }

    #[test]
    fn a_future_version_is_unknown_whatever_its_body() {
        for kind in EventKind::ALL {
            let event = decode(&kind.name(), kind.version() + 1, b"not even JSON").unwrap();
            assert_eq!(event, Event::Unknown { name: kind.name() });
        }
    }

    #[test]
    fn a_version_below_the_first_is_no_version() {
        let body = json!({ "teamId": "0196a000-0000-7000-8000-000000000001" }).to_string();
        assert!(decode("group.deleted", 1, body.as_bytes()).is_ok());
        let bad = decode("group.deleted", 0, body.as_bytes()).unwrap_err();
        assert_eq!(bad.source.to_string(), "there is no version 0");
    }

    #[test]
    fn a_body_of_another_shape_is_refused_by_name() {
        let bad = decode("group.deleted", 1, br#"{"team":"x"}"#).unwrap_err();
        assert_eq!(bad.to_string(), "read the body of group.deleted version 1");
    }

    proptest! {
        #[test]
        fn an_event_of_another_name_is_unknown(name in ".*", body: Vec<u8>) {
            prop_assume!(EventKind::from_name(&name).is_none());
            let event = decode(&name, 1, &body).unwrap();
            prop_assert_eq!(event, Event::Unknown { name });
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            kind in prop::sample::select(&EventKind::ALL[..]), version in 0..4_u32, body: Vec<u8>,
        ) {
            prop_assert_eq!(decode(&kind.name(), version, &body).is_ok(), version > kind.version());
        }
    }
}
