//! What callers want to be true.

use events::{
    AlertId, BookedPlace, BookingId, CredentialId, Digest, EmployeeId, Extension, ExternalId,
    GroupProfile, Guard, IntegrationId, IntegrationProfile, Profile, Purpose, ResourceId, TeamId,
    TenantId, UserName,
};
use jiff::Timestamp;

/// What a caller wants to be true. An intent names an end, never a step: said again, it asks for
/// nothing more. New ids come with it, so that every replica would decide alike.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// The tenant exists; its slug is the one decided for.
    NewTenant {
        tenant: TenantId,
    },
    /// The integration is open with this profile. `integration` is its id if it is the first.
    ActivateIntegration {
        integration: IntegrationId,
        profile: IntegrationProfile,
    },
    DeactivateIntegration,
    /// SCIM's schemas have this extension.
    DeclareExtension {
        extension: Extension,
    },
    /// An extension is not declared; what people have of it stays.
    RemoveExtension {
        urn: String,
    },
    IssueCredential {
        credential: CredentialId,
        purpose: Purpose,
        secret_digest: Digest,
        label: Option<String>,
    },
    RevokeCredential {
        credential: CredentialId,
    },

    /// A new SCIM user: somebody new, or somebody who comes back.
    NewUser {
        resource: ResourceId,
        profile: Profile,
        active: bool,
    },
    /// A SCIM user looks like this.
    User {
        resource: ResourceId,
        profile: Profile,
        active: bool,
    },
    /// A SCIM user is gone for good; the person becomes Former.
    NoUser {
        resource: ResourceId,
    },

    NewGroup {
        team: TeamId,
        profile: GroupProfile,
        members: Vec<NewMember>,
    },
    /// A group looks like this, and its members changed like that, one after the other.
    Group {
        team: TeamId,
        profile: GroupProfile,
        members: Vec<MemberChange>,
    },
    NoGroup {
        team: TeamId,
    },

    AssignTeam {
        employee: EmployeeId,
        team: TeamId,
    },
    UnassignTeam {
        employee: EmployeeId,
        team: TeamId,
    },
    ChoosePrimary {
        employee: EmployeeId,
        team: TeamId,
    },
    /// What is synced counts again.
    ResetTeams {
        employee: EmployeeId,
    },
    NewTeam {
        team: TeamId,
        name: String,
    },
    RenameTeam {
        team: TeamId,
        name: String,
    },
    RemoveTeam {
        team: TeamId,
    },

    /// A booking system tells of a booking. `booking` is its id if the reference is new.
    Booking {
        booking: BookingId,
        reference: String,
        person: PersonRef,
        place: BookedPlace,
    },
    /// A booking system withdraws a booking.
    NoBooking {
        reference: String,
    },
    /// An administrator cancels a future booking of somebody Former.
    CancelLeaversBooking {
        employee: EmployeeId,
        booking: BookingId,
        reason: String,
        now: Timestamp,
    },

    /// The mass-change guard is set like this.
    SetGuard {
        guard: Guard,
    },
    /// What an alert tells of is right; a reason may be given.
    ReleaseAlert {
        alert: AlertId,
        reason: Option<String>,
    },
    /// What an alert tells of is wrong.
    ReverseAlert {
        alert: AlertId,
        reason: Option<String>,
    },
}

/// Somebody who shall be in a group, as the client named them.
///
/// What a member is called cannot be changed (`immutable`, RFC 7643 §7): who is a member already
/// keeps the name, or the lack of one, that they joined with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// The member's SCIM id.
    pub value: String,
    pub display: Option<String>,
}

impl From<String> for NewMember {
    fn from(value: String) -> Self {
        Self { value, display: None }
    }
}

impl From<&str> for NewMember {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}

/// A change to a group's members, whose values are SCIM ids as the client sent them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChange {
    Add(Vec<NewMember>),
    Remove(Vec<String>),
    /// These and no others. Those who cannot be seen, since their resource is gone, go as well: who
    /// emptied a group does not find them in it again when they are made anew.
    Exactly(Vec<NewMember>),
}

/// How a booking system names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonRef {
    Employee(EmployeeId),
    ExternalId(ExternalId),
    UserName(UserName),
}
