//! JSON Schema of every body, made from the types.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};

use crate::envelope::schema_uri;
use crate::{
    ActivatedIntegration, CancelledBooking, ChangedMembers, ChosenPrimary, CreatedTenant,
    DeactivatedIntegration, DeletedGroup, EditedTeam, GroupState, IssuedCredential, Kind, OwnTeam,
    RecordedBooking, RemovedTeam, ResetTeams, RevokedCredential, UserState,
};

/// The schema (JSON Schema 2020-12) of the body that events of `kind` have today.
pub fn of(kind: Kind) -> Schema {
    fn made<T: JsonSchema>(generator: SchemaGenerator) -> Schema {
        generator.into_root_schema_for::<T>()
    }
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = match kind {
        Kind::TenantCreated => made::<CreatedTenant>(generator),
        Kind::IntegrationActivated => made::<ActivatedIntegration>(generator),
        Kind::IntegrationDeactivated => made::<DeactivatedIntegration>(generator),
        Kind::CredentialIssued => made::<IssuedCredential>(generator),
        Kind::CredentialRevoked => made::<RevokedCredential>(generator),
        Kind::UserCreated
        | Kind::UserChanged
        | Kind::UserDeactivated
        | Kind::UserReactivated
        | Kind::UserDeleted
        | Kind::UserReturned => made::<UserState>(generator),
        Kind::UserTeamAssigned | Kind::UserTeamUnassigned => made::<EditedTeam>(generator),
        Kind::UserPrimaryChosen => made::<ChosenPrimary>(generator),
        Kind::UserTeamsReset => made::<ResetTeams>(generator),
        Kind::GroupCreated | Kind::GroupChanged => made::<GroupState>(generator),
        Kind::GroupMembersAdded | Kind::GroupMembersRemoved => made::<ChangedMembers>(generator),
        Kind::GroupDeleted => made::<DeletedGroup>(generator),
        Kind::TeamCreated | Kind::TeamRenamed => made::<OwnTeam>(generator),
        Kind::TeamDeleted => made::<RemovedTeam>(generator),
        Kind::BookingRecorded | Kind::BookingChanged => made::<RecordedBooking>(generator),
        Kind::BookingCancelled => made::<CancelledBooking>(generator),
    };
    schema.insert("$id".to_owned(), schema_uri(&kind.name(), kind.version()).into());
    schema.insert("title".to_owned(), kind.name().into());
    schema
}
