//! Reading events of any age.

use serde::de::DeserializeOwned;
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
    // Today's shape is read straight from the bytes: this is the path of every replay.
    if version == kind.version() {
        return typed(kind, Source::Bytes(body));
    }
    let lifted = lift(kind, version, serde_json::from_slice(body)?);
    typed(kind, Source::Lifted(lifted))
}

/// Lifts a body from the shape of `version` to today's, one version at a time. No shape has
/// changed since the first release, so there is no step yet; the museum will ask for each.
fn lift(_: Kind, _: u32, body: Value) -> Value {
    body
}

enum Source<'a> {
    Bytes(&'a [u8]),
    Lifted(Value),
}

impl Source<'_> {
    fn read<T: DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        match self {
            Self::Bytes(bytes) => serde_json::from_slice(bytes),
            Self::Lifted(value) => serde_json::from_value(value),
        }
    }
}

fn typed(kind: Kind, body: Source<'_>) -> Result<Event, serde_json::Error> {
    Ok(match kind {
        Kind::TenantCreated => Event::TenantCreated(body.read()?),
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
        Kind::UserTeamAssigned => Event::UserTeamAssigned(body.read()?),
        Kind::UserTeamUnassigned => Event::UserTeamUnassigned(body.read()?),
        Kind::UserPrimaryChosen => Event::UserPrimaryChosen(body.read()?),
        Kind::UserTeamsReset => Event::UserTeamsReset(body.read()?),
        Kind::GroupCreated => Event::GroupCreated(body.read()?),
        Kind::GroupChanged => Event::GroupChanged(body.read()?),
        Kind::GroupMembersAdded => Event::GroupMembersAdded(body.read()?),
        Kind::GroupMembersRemoved => Event::GroupMembersRemoved(body.read()?),
        Kind::GroupDeleted => Event::GroupDeleted(body.read()?),
        Kind::TeamCreated => Event::TeamCreated(body.read()?),
        Kind::TeamRenamed => Event::TeamRenamed(body.read()?),
        Kind::TeamDeleted => Event::TeamDeleted(body.read()?),
        Kind::BookingRecorded => Event::BookingRecorded(body.read()?),
        Kind::BookingChanged => Event::BookingChanged(body.read()?),
        Kind::BookingCancelled => Event::BookingCancelled(body.read()?),
    })
}
