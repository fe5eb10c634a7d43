//! The words of the stories.

use events::{
    BookedPlace, BookingId, BookingSource, ClosedReceipt, CredentialId, Digest, EmployeeId,
    ExternalId, GroupProfile, IntegrationId, IntegrationProfile, IssuedCredential, Profile,
    Purpose, ReceiptOutcome, ResourceId, Seq, TeamId, Tenant, TenantId,
};
use jiff::Timestamp;
use serde_json::{Map, json};
use uuid::Uuid;

use crate::{Intent, MemberChange, PersonRef};

pub(super) const TENANT: TenantId = TenantId(Uuid::from_u128(1));

/// First resources, and so employees, of three people; and ids for their return.
pub(super) const ADA: ResourceId = ResourceId(Uuid::from_u128(0xada));
pub(super) const ADA_2: ResourceId = ResourceId(Uuid::from_u128(0xada2));
pub(super) const BOB: ResourceId = ResourceId(Uuid::from_u128(0xb0b));
pub(super) const EVE: ResourceId = ResourceId(Uuid::from_u128(0xe7e));

pub(super) const CORE: TeamId = TeamId(Uuid::from_u128(0xc03e));
pub(super) const SALES: TeamId = TeamId(Uuid::from_u128(0x5a1e));
pub(super) const CHESS: TeamId = TeamId(Uuid::from_u128(0xc4e5));

pub(super) fn tenant() -> Tenant {
    "acme".parse().unwrap()
}

pub(super) fn employee(first: ResourceId) -> EmployeeId {
    EmployeeId(first.0)
}

pub(super) fn profile(user_name: &str, external_id: Option<&str>) -> Profile {
    Profile {
        user_name: user_name.parse().unwrap(),
        external_id: external_id.map(|id| ExternalId(id.to_owned())),
        attributes: Map::new(),
    }
}

pub(super) fn new_user(resource: ResourceId, name: &str, external_id: Option<&str>) -> Intent {
    Intent::NewUser { resource, profile: profile(name, external_id), active: true }
}

/// A new user whose external id is made of the name.
pub(super) fn joins(resource: ResourceId, name: &str) -> Intent {
    new_user(resource, name, Some(&format!("oid-{name}")))
}

pub(super) fn looks(resource: ResourceId, name: &str, active: bool) -> Intent {
    let profile = profile(name, Some(&format!("oid-{name}")));
    Intent::User { resource, profile, active }
}

pub(super) fn gone(resource: ResourceId) -> Intent {
    Intent::NoUser { resource }
}

pub(super) fn group_profile(name: &str) -> GroupProfile {
    GroupProfile { display_name: name.to_owned(), external_id: None, attributes: Map::new() }
}

pub(super) fn new_group(team: TeamId, name: &str, members: &[&str]) -> Intent {
    Intent::NewGroup { team, profile: group_profile(name), members: named(members) }
}

pub(super) fn members(team: TeamId, name: &str, line: Vec<MemberChange>) -> Intent {
    Intent::Group { team, profile: group_profile(name), members: line }
}

pub(super) fn add(values: &[&str]) -> MemberChange {
    MemberChange::Add(named(values))
}

pub(super) fn remove(values: &[&str]) -> MemberChange {
    MemberChange::Remove(named(values))
}

pub(super) fn exactly(values: &[&str]) -> MemberChange {
    MemberChange::Exactly(named(values))
}

fn named(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

pub(super) fn id(resource: ResourceId) -> String {
    resource.to_string()
}

pub(super) fn integration(profile: IntegrationProfile) -> Intent {
    let integration = IntegrationId(Uuid::from_u128(7));
    Intent::ActivateIntegration { integration, profile }
}

pub(super) fn issue(number: u8, purpose: Purpose) -> Intent {
    Intent::IssueCredential(IssuedCredential {
        credential_id: CredentialId(Uuid::from_u128(number.into())),
        purpose,
        secret_digest: Digest([number; 32]),
        label: None,
        expires_at: None,
    })
}

pub(super) fn rotate(number: u8) -> Intent {
    Intent::RotateSecret {
        credential: CredentialId(Uuid::from_u128(number.into())),
        secret_digest: Digest([number; 32]),
        expires_at: None,
    }
}

/// All have acknowledged the departure of somebody, to which the log led up to `left`.
pub(super) fn closes(employee_id: EmployeeId, left: u64) -> Intent {
    let receipt = ClosedReceipt {
        employee_id,
        left: Seq(left),
        left_at: Timestamp::UNIX_EPOCH,
        outcome: ReceiptOutcome::Acknowledged,
        acknowledged: vec![],
        missing: vec![],
    };
    Intent::CloseReceipt { receipt }
}

pub(super) fn desk(day: i64) -> BookedPlace {
    let at = |second| Timestamp::from_second(day * 86_400 + second).unwrap();
    BookedPlace {
        resource: "desk 1".to_owned(),
        resource_type: "desk".to_owned(),
        title: None,
        starts_at: at(0),
        ends_at: at(3600),
    }
}

/// A booking of a booking system by name.
pub(super) fn books_at(
    system: &str,
    number: u128,
    reference: &str,
    person: PersonRef,
    place: BookedPlace,
) -> Intent {
    match books(number, reference, person, place) {
        Intent::Booking { booking, reference, person, place, .. } => {
            Intent::Booking { booking, source: system.parse().unwrap(), reference, person, place }
        }
        other => other,
    }
}

pub(super) fn books(
    number: u128,
    reference: &str,
    person: PersonRef,
    place: BookedPlace,
) -> Intent {
    Intent::Booking {
        booking: BookingId(Uuid::from_u128(number)),
        source: BookingSource::default(),
        reference: reference.to_owned(),
        person,
        place,
    }
}

/// Attributes nested as deep as this.
pub(super) fn nested(depth: usize) -> serde_json::Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}
