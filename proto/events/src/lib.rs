//! What Rollcall says to the world.
//!
//! Everything that happens to a tenant's people, groups, bookings and integrations becomes one
//! [`Event`]: a CloudEvents 1.0 message (binary mode) on the subject
//! `prov.<tenant>.<entity>.<id>.<fact>`, with a JSON body. Downstream applications rely on these
//! shapes; `schema/`, `asyncapi.yaml` and `museum/` beside this crate pin them down.

mod access;
mod actor;
mod alert;
#[cfg(any(test, feature = "proptest"))]
pub mod arbitrary;
mod booking;
mod chain;
mod decode;
mod envelope;
mod event;
mod extension;
mod flat;
mod group;
mod id;
mod kind;
mod profile;
mod recorded;
pub mod schema;
mod team;
mod tenant;
mod timestamp;
mod user;

pub use access::{
    ActivatedIntegration, CreatedTenant, DeactivatedIntegration, IntegrationProfile,
    IssuedCredential, Purpose, RevokedCredential, Scope, Scopes, UnknownScope,
};
pub use actor::Actor;
pub use alert::{AlertCause, AlertPeople, DecidedAlert, Guard, RaisedAlert, SetGuard};
pub use booking::{BookedPlace, CancelledBooking, Canceller, RecordedBooking};
pub use chain::{Chain, Digest, NotHex, Position, Seq};
pub use decode::{BadBody, decode};
pub use envelope::{Envelope, header};
pub use event::Event;
pub use extension::{
    DeclaredExtension, Extended, Extension, ExtensionAttribute, ExtensionKind, RemovedExtension,
};
pub use group::{
    ChangedMembers, CreatedGroup, DeletedGroup, DeletionAlert, GroupProfile, GroupState, MemberRef,
    MemberResource, MemberResources, ReplacedMembers,
};
pub use id::{
    AlertId, BookingId, CredentialId, EmployeeId, EventId, IntegrationId, ResourceId, TeamId,
    TenantId,
};
pub use kind::{Entity, EventKind};
pub use profile::{BadUserName, ExternalId, Profile, UserName};
pub use recorded::{Recorded, Undecodable};
pub use team::{ChosenPrimary, EditedTeam, OwnTeam, RemovedTeam, ResetTeams};
pub use tenant::{BadTenant, Tenant};
pub use timestamp::{BadTimestamp, EARLIEST, parse_timestamp};
pub use user::{
    ChangedResource, DeletedResource, DepartedUser, DepartureAlert, ErasedEvent, ErasedUser,
    Standing, UserState,
};
