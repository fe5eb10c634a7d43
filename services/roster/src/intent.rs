//! What callers want to be true.

mod leavers;

use std::collections::BTreeSet;

use events::{
    AlertId, BookedPlace, BookingId, BookingSource, ClosedReceipt, CredentialId, Digest,
    EmployeeId, EndedReplay, ErasedEvent, Extension, FactPattern, GroupProfile, Guard,
    IntegrationId, IntegrationProfile, IssuedCredential, PausedSubscriber, Profile,
    ResetSubscriber, ResourceId, ResumedSubscriber, SecretId, StartedReplay, StoredSecret,
    SubscriberId, SubscriberState, TeamId, TenantId, TestedSubscriber,
};
use jiff::Timestamp;

use crate::{AdministratorIntent, HeldPeople, MemberChange, PersonRef};

pub use self::leavers::{BookingWish, LeaversIntent};

/// What a caller wants to be true. An intent names an end, never a step: said again, it asks for
/// nothing more. New ids come with it, so that every replica would decide alike.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// The tenant exists; its slug is the one decided for.
    NewTenant {
        /// Its id.
        tenant: TenantId,
    },
    /// The integration is open with this profile. `integration` is its id if it is the first.
    ActivateIntegration {
        /// The id of the integration if it is the first.
        integration: IntegrationId,
        /// By whose rules people are linked.
        profile: IntegrationProfile,
    },
    /// The integration is closed.
    DeactivateIntegration,
    /// SCIM's schemas have this extension.
    DeclareExtension {
        /// Its URN and its attributes.
        extension: Extension,
    },
    /// An extension is not declared; what people have of it stays.
    RemoveExtension {
        /// Its URN, in any letter case.
        urn: String,
    },
    /// The tenant has this credential, which opens something until it expires or is revoked.
    IssueCredential(IssuedCredential),
    /// The tenant has this secret token beside the newest one that it had, and earlier ones open nothing.
    RotateSecret {
        /// The id of the new one.
        credential: CredentialId,
        /// SHA-256 of the secret.
        secret_digest: Digest,
        /// From then on it opens nothing.
        expires_at: Option<Timestamp>,
    },
    /// A credential opens nothing any more.
    RevokeCredential {
        /// Its id.
        credential: CredentialId,
    },
    /// What is to be true of an administrator.
    Administrator(AdministratorIntent),
    /// A new SCIM user: somebody new, or somebody who comes back.
    NewUser {
        /// The id of the resource.
        resource: ResourceId,
        /// Everything that is known of the person.
        profile: Profile,
        /// Whether the person may sign in.
        active: bool,
    },
    /// A SCIM user looks like this.
    User {
        /// The id of the resource.
        resource: ResourceId,
        /// Everything that is known of the person.
        profile: Profile,
        /// Whether the person may sign in.
        active: bool,
    },
    /// A SCIM user is gone for good; the person becomes Former.
    NoUser {
        /// The id of the resource.
        resource: ResourceId,
    },
    /// A Former person is unknown, and these events of theirs go from the log.
    EraseUser {
        /// The person.
        employee: EmployeeId,
        /// The bookings that were theirs at any time, as far as they were found in the log.
        bookings: Vec<BookingId>,
        /// What was found of them and of these bookings in the log, in its order.
        events: Vec<ErasedEvent>,
        /// Whether one is erased too whom only the mass-change guard has Active, since it holds them or
        /// their departure was reversed: the directory says that they left.
        even_if_held: bool,
    },

    /// A new SCIM group, which is a team, with these members.
    NewGroup {
        /// The team.
        team: TeamId,
        /// Its name and attributes.
        profile: GroupProfile,
        /// Its first members.
        members: Vec<String>,
    },
    /// A group looks like this, and its members changed like that, one after the other.
    Group {
        /// The team.
        team: TeamId,
        /// Its name and attributes.
        profile: GroupProfile,
        /// The changes, in their order.
        members: Vec<MemberChange>,
    },
    /// A SCIM group is gone for good, and all its memberships.
    NoGroup {
        /// The team.
        team: TeamId,
    },

    /// An administrator puts somebody in a team, whatever is synced.
    AssignTeam {
        /// The person.
        employee: EmployeeId,
        /// The team.
        team: TeamId,
    },
    /// An administrator takes somebody out of a team, whatever is synced.
    UnassignTeam {
        /// The person.
        employee: EmployeeId,
        /// The team.
        team: TeamId,
    },
    /// An administrator chooses somebody's Primary team.
    ChoosePrimary {
        /// The person.
        employee: EmployeeId,
        /// The team.
        team: TeamId,
    },
    /// What is synced counts again.
    ResetTeams {
        /// The person.
        employee: EmployeeId,
    },
    /// A team of the administrators' own.
    NewTeam {
        /// The team.
        team: TeamId,
        /// Its name.
        name: String,
    },
    /// A team of the administrators' own has this name.
    RenameTeam {
        /// The team.
        team: TeamId,
        /// Its name.
        name: String,
    },
    /// A team of the administrators' own is gone.
    RemoveTeam {
        /// The team.
        team: TeamId,
    },

    /// A booking system tells of a booking. `booking` is its id if the reference is new.
    Booking {
        /// The id of the booking if the reference is new.
        booking: BookingId,
        /// Which booking system tells.
        source: BookingSource,
        /// The booking system's own id.
        reference: String,
        /// Whose it is.
        person: PersonRef,
        /// What is booked, and when.
        place: BookedPlace,
    },
    /// A booking system withdraws a booking, or knows that it was cancelled.
    NoBooking {
        /// Which booking system tells.
        source: BookingSource,
        /// The booking system's own id.
        reference: String,
    },
    /// Something shall become of leavers' bookings.
    Leavers(LeaversIntent),

    /// The mass-change guard is set like this.
    SetGuard {
        /// Its settings.
        guard: Guard,
    },
    /// What an alert tells of is right; a reason may be given.
    ReleaseAlert {
        /// The alert.
        alert: AlertId,
        /// Whom it holds, if whoever decides says so.
        people: Option<HeldPeople>,
        /// Why, if somebody says so.
        reason: Option<String>,
    },
    /// What an alert tells of is wrong.
    ReverseAlert {
        /// The alert.
        alert: AlertId,
        /// Whom it holds, if whoever decides says so.
        people: Option<HeldPeople>,
        /// Why, if somebody says so.
        reason: Option<String>,
    },

    /// The receipt of a departure is closed like this, unless one of it or of a later one was before.
    CloseReceipt {
        /// What is said.
        receipt: ClosedReceipt,
    },
    /// The tenant has this subscriber, with a first secret if its door has any.
    AddSubscriber {
        /// Its id, its name, its door and what it wants.
        state: SubscriberState,
        /// The `ce-sequence` of the tenant's feed behind which it begins.
        after: u64,
        /// The id of the secret, and what is kept of it.
        secret: Option<(SecretId, StoredSecret)>,
    },
    /// A subscriber wants this, or its webhook is there. What is not named stays as it is.
    ChangeSubscriber {
        /// The subscriber.
        subscriber: SubscriberId,
        /// Where its webhook is.
        url: Option<String>,
        /// Which facts it wants.
        facts: Option<BTreeSet<FactPattern>>,
    },
    /// The tenant has no such subscriber.
    RemoveSubscriber {
        /// The subscriber.
        subscriber: SubscriberId,
    },
    /// A subscriber has this secret, beside the one that it has.
    IssueSubscriberSecret {
        /// The subscriber.
        subscriber: SubscriberId,
        /// The id of the secret.
        secret_id: SecretId,
        /// What is kept of the secret.
        secret: StoredSecret,
    },
    /// A secret of a subscriber counts no more.
    WithdrawSubscriberSecret {
        /// The subscriber.
        subscriber: SubscriberId,
        /// The secret.
        secret_id: SecretId,
    },
    /// A subscriber gets nothing until it is enabled.
    DisableSubscriber {
        /// The subscriber.
        subscriber: SubscriberId,
        /// Why, in words.
        reason: String,
        /// Whether Rollcall does it by itself.
        by_itself: bool,
    },
    /// A subscriber goes on where it stood.
    EnableSubscriber {
        /// The subscriber.
        subscriber: SubscriberId,
    },
    /// A subscriber is sent nothing until it is resumed.
    PauseSubscriber(PausedSubscriber),
    /// A subscriber goes on where it was paused.
    ResumeSubscriber(ResumedSubscriber),
    /// A subscriber begins anew elsewhere in the feed.
    ResetSubscriber(ResetSubscriber),
    /// A subscriber is sent a test event.
    TestSubscriber(TestedSubscriber),
    /// A subscriber gets a part of the feed once more.
    StartReplay(StartedReplay),
    /// A replay is at its end.
    EndReplay(EndedReplay),
}
