//! Dispatches a write to users or groups, and to the write engine.

use roster::{Intent, Roster};

use super::error::ScimError;
use super::resource::ResourceKey;
use super::write_context::WriteContext;
use super::write_request::WriteRequest;
use super::write_response::WriteResponse;
use super::{groups, users};

/// Carries out a write. The response comes when all events that it depends on are durable.
pub(super) async fn execute(
    context: &WriteContext<'_>,
    request: WriteRequest,
) -> Result<WriteResponse, ScimError> {
    match request {
        WriteRequest::CreateUser { profile, active } => {
            users::create(context, profile, active).await
        }
        WriteRequest::ReplaceUser { id, user, active } => {
            users::replace(context, id, user, active).await
        }
        WriteRequest::PatchUser { id, edits } => users::patch(context, id, edits).await,
        WriteRequest::CreateGroup { profile, members } => {
            groups::create(context, profile, members).await
        }
        WriteRequest::ReplaceGroup { id, profile, members } => {
            groups::replace(context, id, profile, members).await
        }
        WriteRequest::PatchGroup { id, patch } => groups::patch(context, id, patch).await,
        WriteRequest::Delete(key) => delete(context, key).await,
    }
}

/// `DELETE`: the resource goes. The person whom a user stands for stays in the directory as Former.
async fn delete(context: &WriteContext<'_>, key: ResourceKey) -> Result<WriteResponse, ScimError> {
    let location = context.view(key.resource_type())?.location(key);
    let (tenant, expected) = (context.caller.tenant.clone(), context.expected_version());
    let intent = move |roster: &Roster| {
        let resource = key.get(roster.tenant(&tenant))?;
        expected.check(resource.version())?;
        Ok(match key {
            ResourceKey::User(resource) => Intent::NoUser { resource },
            ResourceKey::Group(team) => Intent::NoGroup { team },
        })
    };
    let committed = context.execute(intent).await?;
    Ok(WriteResponse::deleted(key, location, &committed))
}
