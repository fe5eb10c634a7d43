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
    GroupState, IssuedCredential, Kind, MemberResources, OwnTeam, RaisedAlert, RecordedBooking,
    RemovedExtension, RemovedTeam, ReplacedMembers, ResetTeams, RevokedCredential, SetGuard,
    UserState,
};

/// The schema of the body that events of `kind` have today.
///
/// It is of JSON Schema's draft 7, the dialect in which `AsyncAPI` 3.0 wants its payloads.
pub fn of(kind: Kind) -> Schema {
    fn made<T: JsonSchema>(generator: SchemaGenerator) -> Schema {
        generator.into_root_schema_for::<T>()
    }
    let generator = SchemaSettings::draft07()
        .with_transform(RecursiveTransform(unwrap_description))
        .into_generator();
    let mut schema = match kind {
        Kind::TenantCreated => made::<CreatedTenant>(generator),
        Kind::TenantGuardSet => made::<SetGuard>(generator),
        Kind::TenantExtensionDeclared => made::<DeclaredExtension>(generator),
        Kind::TenantExtensionRemoved => made::<RemovedExtension>(generator),
        Kind::IntegrationActivated => made::<ActivatedIntegration>(generator),
        Kind::IntegrationDeactivated => made::<DeactivatedIntegration>(generator),
        Kind::CredentialIssued => made::<IssuedCredential>(generator),
        Kind::CredentialRevoked => made::<RevokedCredential>(generator),
        Kind::UserCreated | Kind::UserChanged | Kind::UserReactivated | Kind::UserReturned => {
            made::<UserState>(generator)
        }
        Kind::UserDeactivated | Kind::UserDeleted => made::<DepartedUser>(generator),
        Kind::UserResourceChanged => made::<ChangedResource>(generator),
        Kind::UserResourceDeleted => made::<DeletedResource>(generator),
        Kind::UserTeamAssigned | Kind::UserTeamUnassigned => made::<EditedTeam>(generator),
        Kind::UserPrimaryChosen => made::<ChosenPrimary>(generator),
        Kind::UserTeamsReset => made::<ResetTeams>(generator),
        Kind::UserErased => made::<ErasedUser>(generator),
        Kind::GroupCreated => made::<CreatedGroup>(generator),
        Kind::GroupChanged => made::<GroupState>(generator),
        Kind::GroupMembersAdded | Kind::GroupMembersRemoved => made::<ChangedMembers>(generator),
        Kind::GroupMembersReplaced => made::<ReplacedMembers>(generator),
        Kind::GroupMemberResourcesChanged => made::<MemberResources>(generator),
        Kind::GroupDeleted => made::<DeletedGroup>(generator),
        Kind::TeamCreated | Kind::TeamRenamed => made::<OwnTeam>(generator),
        Kind::TeamDeleted => made::<RemovedTeam>(generator),
        Kind::BookingRecorded | Kind::BookingChanged => made::<RecordedBooking>(generator),
        Kind::BookingCancelled => made::<CancelledBooking>(generator),
        Kind::AlertRaised => made::<RaisedAlert>(generator),
        Kind::AlertPeopleAdded => made::<AlertPeople>(generator),
        Kind::AlertReleased | Kind::AlertReversed => made::<DecidedAlert>(generator),
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
