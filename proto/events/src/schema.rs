//! JSON Schema of every body, made from the types.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use crate::envelope::schema_uri;
use crate::{
    ActivatedIntegration, AlertPeople, CancelledBooking, ChangedMembers, ChangedResource,
    ChosenPrimary, CreatedGroup, CreatedTenant, DeactivatedIntegration, DecidedAlert,
    DeclaredExtension, DeletedGroup, DeletedResource, DepartedUser, EditedTeam, ErasedUser,
    EventKind, GroupState, IssuedCredential, MemberResources, OwnTeam, RaisedAlert,
    RecordedBooking, RemovedExtension, RemovedTeam, ReplacedMembers, ResetTeams, RevokedCredential,
    SetGuard, UserState,
};

/// The schema of the body that events of `kind` have today.
///
/// It is of JSON Schema's draft 7, the dialect in which `AsyncAPI` 3.0 wants its payloads.
pub fn of(kind: EventKind) -> Schema {
    fn made<T: JsonSchema>(generator: SchemaGenerator) -> Schema {
        generator.into_root_schema_for::<T>()
    }
    let generator = SchemaSettings::draft07()
        .with_transform(RecursiveTransform(unwrap_description))
        .into_generator();
    let mut schema = match kind {
        EventKind::TenantCreated => made::<CreatedTenant>(generator),
        EventKind::TenantGuardSet => made::<SetGuard>(generator),
        EventKind::TenantExtensionDeclared => made::<DeclaredExtension>(generator),
        EventKind::TenantExtensionRemoved => made::<RemovedExtension>(generator),
        EventKind::IntegrationActivated => made::<ActivatedIntegration>(generator),
        EventKind::IntegrationDeactivated => made::<DeactivatedIntegration>(generator),
        EventKind::CredentialIssued => made::<IssuedCredential>(generator),
        EventKind::CredentialRevoked => made::<RevokedCredential>(generator),
        EventKind::UserCreated
        | EventKind::UserChanged
        | EventKind::UserReactivated
        | EventKind::UserReturned => made::<UserState>(generator),
        EventKind::UserDeactivated | EventKind::UserDeleted => made::<DepartedUser>(generator),
        EventKind::UserResourceChanged => made::<ChangedResource>(generator),
        EventKind::UserResourceDeleted => made::<DeletedResource>(generator),
        EventKind::UserTeamAssigned | EventKind::UserTeamUnassigned => {
            made::<EditedTeam>(generator)
        }
        EventKind::UserPrimaryChosen => made::<ChosenPrimary>(generator),
        EventKind::UserTeamsReset => made::<ResetTeams>(generator),
        EventKind::UserErased => made::<ErasedUser>(generator),
        EventKind::GroupCreated => made::<CreatedGroup>(generator),
        EventKind::GroupChanged => made::<GroupState>(generator),
        EventKind::GroupMembersAdded | EventKind::GroupMembersRemoved => {
            made::<ChangedMembers>(generator)
        }
        EventKind::GroupMembersReplaced => made::<ReplacedMembers>(generator),
        EventKind::GroupMemberResourcesChanged => made::<MemberResources>(generator),
        EventKind::GroupDeleted => made::<DeletedGroup>(generator),
        EventKind::TeamCreated | EventKind::TeamRenamed => made::<OwnTeam>(generator),
        EventKind::TeamDeleted => made::<RemovedTeam>(generator),
        EventKind::BookingRecorded | EventKind::BookingChanged => {
            made::<RecordedBooking>(generator)
        }
        EventKind::BookingCancelled => made::<CancelledBooking>(generator),
        EventKind::AlertRaised => made::<RaisedAlert>(generator),
        EventKind::AlertPeopleAdded => made::<AlertPeople>(generator),
        EventKind::AlertReleased | EventKind::AlertReversed => made::<DecidedAlert>(generator),
    };
    schema.insert("$id".to_owned(), schema_uri(&kind.name(), kind.version()).into());
    schema.insert("title".to_owned(), kind.name().into());
    let shape = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{}\n\n{shape}", kind.meaning());
    schema.insert("description".to_owned(), description.into());
    schema
}

/// Makes one line of each paragraph: where a comment wraps in the source is nobody's business.
fn unwrap_description(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs: Vec<String> =
            description.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
        *description = paragraphs.join("\n\n");
    }
}
