//! Reading events of any age.

use std::convert::identity;
use std::ops::Range;

use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

use crate::{Event, Kind};

/// A body that does not have the shape its event promises.
#[derive(Debug, thiserror::Error)]
#[error("read the body of {kind} version {version}")]
pub struct BadBody {
    pub kind: Kind,
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
    let Some(kind) = Kind::named(name) else { return unknown() };
    if version > kind.version() {
        return unknown();
    }
    read(kind, version, body).map_err(|source| BadBody { kind, version, source })
}

fn read(kind: Kind, version: u32, body: &[u8]) -> Result<Event, serde_json::Error> {
    // Looked through once as a whole, not string by string: this is the path of every replay.
    let text = std::str::from_utf8(body).map_err(serde_json::Error::custom)?;
    if version == kind.version() {
        return typed(kind, Source::Text(text));
    }
    let lifted = lift(LIFTS, kind, version..kind.version(), serde_json::from_str(text)?)?;
    typed(kind, Source::Lifted(lifted))
}

/// A step that lifts the body of a `kind` from the shape of version `from` to the next.
struct Lift {
    kind: Kind,
    from: u32,
    step: fn(Value) -> Value,
}

/// Every shape that changed. The museum asks for each.
const LIFTS: &[Lift] = &[
    // What the second versions say besides was said by events of its own.
    Lift { kind: Kind::UserDeactivated, from: 1, step: identity },
    Lift { kind: Kind::UserDeleted, from: 1, step: identity },
    Lift { kind: Kind::GroupCreated, from: 1, step: identity },
    Lift { kind: Kind::GroupDeleted, from: 1, step: identity },
];

/// Lifts a body through all of `versions`, one at a time.
fn lift(
    lifts: &[Lift],
    kind: Kind,
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

enum Source<'a> {
    Text(&'a str),
    Lifted(Value),
}

impl Source<'_> {
    fn read<T: DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        match self {
            Self::Text(text) => serde_json::from_str(text),
            Self::Lifted(value) => serde_json::from_value(value),
        }
    }
}

fn typed(kind: Kind, body: Source<'_>) -> Result<Event, serde_json::Error> {
    Ok(match kind {
        Kind::TenantCreated => Event::TenantCreated(body.read()?),
        Kind::TenantGuardSet => Event::TenantGuardSet(body.read()?),
        Kind::TenantExtensionDeclared => Event::TenantExtensionDeclared(body.read()?),
        Kind::TenantExtensionRemoved => Event::TenantExtensionRemoved(body.read()?),
        Kind::IntegrationActivated => Event::IntegrationActivated(body.read()?),
        Kind::IntegrationDeactivated => Event::IntegrationDeactivated(body.read()?),
        Kind::CredentialIssued => Event::CredentialIssued(body.read()?),
        Kind::CredentialRevoked => Event::CredentialRevoked(body.read()?),
        Kind::UserCreated => Event::UserCreated(body.read()?),
        Kind::UserChanged => Event::UserChanged(body.read()?),
        Kind::UserDeactivated => Event::UserDeactivated(body.read()?),
        Kind::UserReactivated => Event::UserReactivated(body.read()?),
        Kind::UserDeleted => Event::UserDeleted(body.read()?),
        Kind::UserReturned => Event::UserReturned(body.read()?),
        Kind::UserResourceChanged => Event::UserResourceChanged(body.read()?),
        Kind::UserResourceDeleted => Event::UserResourceDeleted(body.read()?),
        Kind::UserTeamAssigned => Event::UserTeamAssigned(body.read()?),
        Kind::UserTeamUnassigned => Event::UserTeamUnassigned(body.read()?),
        Kind::UserPrimaryChosen => Event::UserPrimaryChosen(body.read()?),
        Kind::UserTeamsReset => Event::UserTeamsReset(body.read()?),
        Kind::UserErased => Event::UserErased(body.read()?),
        Kind::GroupCreated => Event::GroupCreated(body.read()?),
        Kind::GroupChanged => Event::GroupChanged(body.read()?),
        Kind::GroupMembersAdded => Event::GroupMembersAdded(body.read()?),
        Kind::GroupMembersRemoved => Event::GroupMembersRemoved(body.read()?),
        Kind::GroupMembersReplaced => Event::GroupMembersReplaced(body.read()?),
        Kind::GroupMemberResourcesChanged => Event::GroupMemberResourcesChanged(body.read()?),
        Kind::GroupDeleted => Event::GroupDeleted(body.read()?),
        Kind::TeamCreated => Event::TeamCreated(body.read()?),
        Kind::TeamRenamed => Event::TeamRenamed(body.read()?),
        Kind::TeamDeleted => Event::TeamDeleted(body.read()?),
        Kind::BookingRecorded => Event::BookingRecorded(body.read()?),
        Kind::BookingChanged => Event::BookingChanged(body.read()?),
        Kind::BookingCancelled => Event::BookingCancelled(body.read()?),
        Kind::AlertRaised => Event::AlertRaised(body.read()?),
        Kind::AlertPeopleAdded => Event::AlertPeopleAdded(body.read()?),
        Kind::AlertReleased => Event::AlertReleased(body.read()?),
        Kind::AlertReversed => Event::AlertReversed(body.read()?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Two releases ago a team had a `title`, and one release ago a `label`.
    const STORY: &[Lift] = &[
        Lift { kind: Kind::TeamRenamed, from: 2, step: |body| json!({ "name": body["label"] }) },
        Lift { kind: Kind::TeamRenamed, from: 1, step: |body| json!({ "label": body["title"] }) },
        Lift { kind: Kind::GroupChanged, from: 1, step: |_| json!("of another event") },
    ];

    #[test]
    fn an_old_shape_is_lifted_one_version_at_a_time() {
        let lifted = |from, body| lift(STORY, Kind::TeamRenamed, from..3, body).unwrap();
        assert_eq!(lifted(1, json!({ "title": "Sales" })), json!({ "name": "Sales" }));
        assert_eq!(lifted(2, json!({ "label": "Sales" })), json!({ "name": "Sales" }));
        assert_eq!(lifted(3, json!({ "name": "Sales" })), json!({ "name": "Sales" }));
    }

    #[test]
    fn every_version_before_todays_has_its_step() {
        for kind in Kind::ALL {
            let mut steps: Vec<u32> =
                LIFTS.iter().filter(|lift| lift.kind == kind).map(|lift| lift.from).collect();
            steps.sort_unstable();
            let asked: Vec<u32> = (1..kind.version()).collect();
            assert_eq!(steps, asked, "the versions of {kind} which decode can lift");
        }
    }

    #[test]
    fn a_future_version_is_unknown_whatever_its_body() {
        for kind in Kind::ALL {
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
            prop_assume!(Kind::named(&name).is_none());
            let event = decode(&name, 1, &body).unwrap();
            prop_assert_eq!(event, Event::Unknown { name });
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            kind in prop::sample::select(&Kind::ALL[..]), version in 0..4_u32, body: Vec<u8>,
        ) {
            prop_assert_eq!(decode(&kind.name(), version, &body).is_ok(), version > kind.version());
        }
    }
}
