//! What happened, as the log holds it.
//!
//! Everything that happens to a tenant's people, groups, bookings and integrations becomes one
//! [`Event`]: a CloudEvents 1.0 message (binary mode) on the subject
//! `prov.<tenant>.<entity>.<id>.<fact>`, with a JSON body. Every later
//! release has to read these shapes; `schema/`, `asyncapi.yaml` and `museum/` beside this crate pin them down.

#![warn(missing_docs)]

#[macro_use]
mod listing;

#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod access;
mod actor;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod administrator;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod alert;
#[cfg(any(test, feature = "proptest"))]
pub mod arbitrary;
mod body_source;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod booking;
mod booking_source;
mod chain;
mod decode;
mod entity;
mod envelope;
mod event;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod extension;
mod fact_pattern;
mod flat;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod group;
mod hidden_sign;
mod id;
mod kind;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod leaver_policy;
mod message_digest;
mod profile;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod receipt;
mod recorded;
pub mod schema;
mod slug;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod subscriber;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod subscriber_course;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod team;
mod tenant;
mod timestamp;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod user;

pub use access::{
    ActivatedIntegration, CreatedTenant, DeactivatedIntegration, IntegrationProfile,
    IssuedCredential, Purpose, RevokedCredential, Scope, Scopes, UnknownScope,
};
pub use actor::Actor;
pub use administrator::{
    AdministratorRole, AdministratorRoles, BadEmailAddress, ChangedAdministratorRoles,
    EmailAddress, InvitedAdministrator, IssuedSignInLink, OidcIdentity, RemovedAdministrator,
    SignInMethod, SignedInAdministrator, UnknownAdministratorRole,
};
pub use alert::{AlertCause, AlertPeople, DecidedAlert, Guard, RaisedAlert, SetGuard};
pub use booking::{
    BookedPlace, BookingState, CancelledBooking, Canceller, ClosedBooking, HandedOverBooking,
    KeptBooking, PlannedCancellation, RecordedBooking, ReopenedBooking, WithdrawnCancellation,
};
pub use booking_source::{BadBookingSource, BookingSource};
pub use chain::{Chain, Digest, NotHex, Position, Seq};
pub use decode::{BadBody, decode};
pub use entity::Entity;
pub use envelope::{Envelope, header, header_text, header_value};
pub use event::{Event, EventKind};
pub use extension::{
    DeclaredExtension, Extended, Extension, ExtensionAttribute, ExtensionKind, RemovedExtension,
};
pub use fact_pattern::{BadFactPattern, FactPattern};
pub use group::{
    ChangedMembers, CreatedGroup, DeletedGroup, DeletionAlert, GroupProfile, GroupState, MemberRef,
    MemberResource, MemberResources, ReplacedMembers,
};
pub use hidden_sign::{is_hidden, shows_something};
pub use id::{
    AdministratorId, AlertId, BookingId, CredentialId, EmployeeId, EventId, IntegrationId,
    ReplayId, ResetId, ResourceId, SecretId, SubscriberId, TeamId, TenantId, TestId,
};
pub use leaver_policy::{LeaverPolicy, SetLeaverPolicy, reason_of_policy};
pub use profile::{BadUserName, ExternalId, Profile, UserName};
pub use receipt::{Acknowledgement, ClosedReceipt, MissingSubscriber, ReceiptOutcome};
pub use recorded::{Recorded, Undecodable, check_digest};
pub use subscriber::{
    AddedSubscriber, BadSubscriberName, DisabledSubscriber, Door, EnabledSubscriber,
    IssuedSubscriberSecret, RemovedSubscriber, StoredSecret, SubscriberName, SubscriberState,
    WithdrawnSubscriberSecret,
};
pub use subscriber_course::{
    EndedReplay, PausedSubscriber, ReplayOutcome, ResetSubscriber, ResumedSubscriber,
    StartedReplay, TestedSubscriber,
};
pub use team::{ChosenPrimary, EditedTeam, OwnTeam, RemovedTeam, ResetTeams};
pub use tenant::{BadTenant, Tenant};
pub use timestamp::{BadTimestamp, EARLIEST, parse_timestamp};
pub use user::{
    ChangedResource, DeletedResource, DepartedUser, DepartureAlert, ErasedEvent, ErasedUser,
    Standing, UserState,
};
