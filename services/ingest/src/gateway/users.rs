//! Writes of users.

mod change;
mod profile;
pub(super) mod render;

use axum::http::StatusCode;
use eventlog::ids;
use events::{Profile, ResourceId};
use roster::{Intent, Person, Roster};
use scim::{Edit, ResourceType, User};

use self::change::UserChange;
pub(super) use self::profile::profile;
use self::render::scim_user;
use super::error::ScimError;
use super::resource::ResourceKey;
use super::write_context::WriteContext;
use super::write_response::WriteResponse;

/// `POST /Users`: somebody joins, or comes back (RFC 7644 §3.3).
pub(super) async fn create(
    context: &WriteContext<'_>,
    profile: Profile,
    active: bool,
) -> Result<WriteResponse, ScimError> {
    let resource = ResourceId(ids::uuid_v7());
    let view = context.view(ResourceType::User)?;
    let intent =
        move |_: &Roster| Ok(Intent::NewUser { resource, profile: profile.clone(), active });
    let committed = context.execute(intent).await?;
    let key = ResourceKey::User(resource);
    WriteResponse::written(context, view, key, StatusCode::CREATED, committed).await
}

/// `PUT /Users/{id}`: how the user shall look, as a whole (RFC 7644 §3.5.1). Whether they are active
/// stays as it is unless the client says it.
pub(super) async fn replace(
    context: &WriteContext<'_>,
    id: ResourceId,
    user: User,
    active: Option<bool>,
) -> Result<WriteResponse, ScimError> {
    let replace = move |person: &Person| {
        let active = active.unwrap_or_else(|| person.active());
        Ok(User { active, ..user.clone() })
    };
    change(context, id, replace).await
}

/// `PATCH /Users/{id}`: how the user shall look, as a difference (RFC 7644 §3.5.2).
pub(super) async fn patch(
    context: &WriteContext<'_>,
    id: ResourceId,
    edits: Vec<Edit>,
) -> Result<WriteResponse, ScimError> {
    let limits = context.limits();
    let patch = move |person: &Person| Ok(scim_user(person).apply(&edits, &limits.change())?);
    change(context, id, patch).await
}

/// Changes a user to what `edit` makes of how they are.
async fn change(
    context: &WriteContext<'_>,
    id: ResourceId,
    edit: impl Fn(&Person) -> Result<User, ScimError> + Send + Sync + 'static,
) -> Result<WriteResponse, ScimError> {
    let view = context.view(ResourceType::User)?;
    let committed = change::execute(context, UserChange::new(context, id, edit)).await?;
    let key = ResourceKey::User(id);
    WriteResponse::written(context, view, key, StatusCode::OK, committed).await
}
