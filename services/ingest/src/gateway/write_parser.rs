//! From the JSON of a write to a [`WriteRequest`]. It needs nothing but the body and what the tenant
//! has declared, so that large bodies can be parsed by the worker threads.

use std::sync::Arc;

use events::{GroupProfile, Tenant};
use scim::bulk::Command;
use scim::{Edit, Extension, Group, GroupPatch, IgnoredAttributes, MemberEdit, ResourceType, User};
use serde_json::Value;
use web::workers::INLINE;

use super::caller::Caller;
use super::error::ScimError;
use super::resource::{ResourceKey, group_id, user_id};
use super::write_request::WriteRequest;
use super::{groups, size, users};
use crate::ResourceLimits;
use crate::ignored::IgnoredCounts;
use crate::state::Gateway;

/// Parses what one caller sends.
pub(super) struct WriteParser {
    tenant: Tenant,
    user_extensions: Vec<Extension>,
    group_extensions: Vec<Extension>,
    limits: ResourceLimits,
    ignored: Arc<IgnoredCounts>,
}

/// Parses a command of this [`command_size`]: here if it is small, and by the worker threads if it is
/// not.
pub(super) async fn parse(
    gateway: &Gateway,
    caller: &Caller,
    resource_type: ResourceType,
    command: Command,
    size: usize,
) -> Result<WriteRequest, ScimError> {
    let parser = WriteParser::new(gateway, caller);
    let parse = move |_: &_| parser.parse(resource_type, command);
    gateway.workers.run_sized(&caller.tenant, size, parse).await?
}

/// About how many bytes a command has; some number over [`INLINE`] if it has more than that. The
/// memory of larger ones is bounded by [`BodyMemory`](super::memory::BodyMemory).
pub(super) fn command_size(command: &Command) -> usize {
    match command {
        Command::Create(body) | Command::Put(_, body) | Command::Patch(_, body) => {
            size::of(body, INLINE)
        }
        Command::Delete(_) => 0,
    }
}

impl WriteParser {
    /// A parser of what this caller sends.
    pub(super) fn new(gateway: &Gateway, caller: &Caller) -> Self {
        Self {
            tenant: caller.tenant.clone(),
            user_extensions: caller.extensions_of(ResourceType::User),
            group_extensions: caller.extensions_of(ResourceType::Group),
            limits: gateway.limits,
            ignored: Arc::clone(&gateway.ignored),
        }
    }

    /// Parses a command, and counts the attributes in it that are not kept.
    pub(super) fn parse(
        &self,
        resource_type: ResourceType,
        command: Command,
    ) -> Result<WriteRequest, ScimError> {
        let mut ignored = IgnoredAttributes::default();
        let request = match resource_type {
            ResourceType::User => self.user_request(command, &mut ignored),
            ResourceType::Group => self.group_request(command, &mut ignored),
        }?;
        self.ignored.count(&self.tenant, &ignored);
        Ok(request)
    }

    fn user_request(
        &self,
        command: Command,
        ignored: &mut IgnoredAttributes,
    ) -> Result<WriteRequest, ScimError> {
        match command {
            Command::Create(body) => {
                let (user, active) = self.user(body, ignored)?;
                let profile = users::profile(user, self.limits)?;
                // Without a word on `active`, a new user is active.
                Ok(WriteRequest::CreateUser { profile, active: active.unwrap_or(true) })
            }
            Command::Put(id, body) => {
                let (user, active) = self.user(body, ignored)?;
                Ok(WriteRequest::ReplaceUser { id: user_id(&id)?, user, active })
            }
            Command::Patch(id, body) => {
                let edits = self.user_edits(body, ignored)?;
                Ok(WriteRequest::PatchUser { id: user_id(&id)?, edits })
            }
            Command::Delete(id) => Ok(WriteRequest::Delete(ResourceKey::User(user_id(&id)?))),
        }
    }

    fn group_request(
        &self,
        command: Command,
        ignored: &mut IgnoredAttributes,
    ) -> Result<WriteRequest, ScimError> {
        match command {
            Command::Create(body) => {
                let (profile, members) = self.group(body, ignored)?;
                Ok(WriteRequest::CreateGroup { profile, members: members.unwrap_or_default() })
            }
            Command::Put(id, body) => {
                let id = group_id(&id)?;
                let (profile, members) = self.group(body, ignored)?;
                Ok(WriteRequest::ReplaceGroup { id, profile, members })
            }
            Command::Patch(id, body) => {
                let id = group_id(&id)?;
                Ok(WriteRequest::PatchGroup { id, patch: self.group_patch(body, ignored)? })
            }
            Command::Delete(id) => Ok(WriteRequest::Delete(ResourceKey::Group(group_id(&id)?))),
        }
    }

    /// A whole user, and what the body says of `active`.
    fn user(
        &self,
        body: Value,
        ignored: &mut IgnoredAttributes,
    ) -> Result<(User, Option<bool>), ScimError> {
        Ok(User::parse_replacement(body, &self.user_extensions, &self.limits.change(), ignored)?)
    }

    fn user_edits(
        &self,
        body: Value,
        ignored: &mut IgnoredAttributes,
    ) -> Result<Vec<Edit>, ScimError> {
        let (operations, budget) = (self.limits.operations, self.limits.change());
        let (user, extensions) = (ResourceType::User, &self.user_extensions);
        Ok(scim::patch::parse_reporting(body, user, operations, extensions, &budget, ignored)?)
    }

    /// A whole group, and its members if the body speaks of them.
    fn group(
        &self,
        body: Value,
        ignored: &mut IgnoredAttributes,
    ) -> Result<(GroupProfile, Option<Vec<String>>), ScimError> {
        let (extensions, budget) = (&self.group_extensions, self.limits.change());
        let (group, members) = Group::parse_reporting(body, extensions, &budget, ignored)?;
        check_member_count(members.iter().flatten().count(), self.limits)?;
        Ok((groups::profile(group, self.limits)?, members.map(groups::new_members)))
    }

    fn group_patch(
        &self,
        body: Value,
        ignored: &mut IgnoredAttributes,
    ) -> Result<GroupPatch, ScimError> {
        let (operations, budget) = (self.limits.operations, self.limits.change());
        let extensions = &self.group_extensions;
        let patch = GroupPatch::parse_reporting(body, operations, extensions, &budget, ignored)?;
        check_member_count(patch.members.iter().map(MemberEdit::member_count).sum(), self.limits)?;
        Ok(patch)
    }
}

/// Refuses a request that is about too many members at once.
fn check_member_count(named: usize, limits: ResourceLimits) -> Result<(), ScimError> {
    let most = limits.members;
    if named > most { Err(ScimError::TooManyMembers { named, most }) } else { Ok(()) }
}
