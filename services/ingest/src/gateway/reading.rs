//! What commands say, read into what they mean. It takes nothing but the body and what the tenant has
//! declared, so that it can be done wherever it keeps nobody waiting.

use std::sync::Arc;

use events::{GroupProfile, Profile, Tenant};
use roster::NewMember;
use scim::bulk::Command;
use scim::{Edit, Extension, Group, GroupPatch, MemberEdit, ResourceType, Unkept, User};
use serde_json::Value;
use web::workers::INLINE;

use super::caller::Caller;
use super::failure::Failure;
use super::{groups, users, weight};
use crate::unkept::UnkeptCounts;
use crate::{Gateway, Limits};

const USER: ResourceType = ResourceType::User;
const GROUP: ResourceType = ResourceType::Group;

/// What a client wants to be done to a resource.
pub(super) enum Change {
    NewUser {
        profile: Profile,
        active: bool,
    },
    /// A body that does not speak of `active` says nothing about it.
    User(String, User, Option<bool>),
    UserEdits(String, Vec<Edit>),
    NoUser(String),
    NewGroup(GroupProfile, Vec<NewMember>),
    /// A body that does not speak of members says nothing about them.
    Group(String, GroupProfile, Option<Vec<NewMember>>),
    GroupEdits(String, GroupPatch),
    NoGroup(String),
}

/// Reads what one caller sends.
pub(super) struct Reader {
    tenant: Tenant,
    declared: Vec<Extension>,
    limits: Limits,
    unkept: Arc<UnkeptCounts>,
}

/// Reads a command: at once if it is small.
pub(super) async fn read(
    gateway: &Gateway,
    caller: &Caller,
    resource: ResourceType,
    command: Command,
) -> Result<Change, Failure> {
    let weight = weight_of(&command);
    let reader = Reader::new(gateway, caller);
    let reading = move |_: &_| reader.read(resource, command);
    gateway.workers.run_sized(&caller.tenant, weight, reading).await?
}

/// About how many bytes a command has, or something over what is done at once. What is larger has
/// memory of its own, which is bounded: see [`BodyMemory`](super::memory::BodyMemory).
pub(super) fn weight_of(command: &Command) -> usize {
    match command {
        Command::Create(body) | Command::Put(_, body) | Command::Patch(_, body) => {
            weight::of(body, INLINE)
        }
        Command::Delete(_) => 0,
    }
}

impl Reader {
    pub(super) fn new(gateway: &Gateway, caller: &Caller) -> Self {
        Self {
            tenant: caller.tenant.clone(),
            declared: caller.declared(),
            limits: gateway.limits,
            unkept: Arc::clone(&gateway.unkept),
        }
    }

    /// Reads a command, and counts the attributes in it that nobody keeps.
    pub(super) fn read(&self, resource: ResourceType, command: Command) -> Result<Change, Failure> {
        let mut unkept = Unkept::default();
        let change = self.understand(resource, command, &mut unkept)?;
        self.unkept.count(&self.tenant, &unkept);
        Ok(change)
    }

    fn understand(
        &self,
        resource: ResourceType,
        command: Command,
        unkept: &mut Unkept,
    ) -> Result<Change, Failure> {
        match (resource, command) {
            (ResourceType::User, Command::Create(body)) => self.new_user(body, unkept),
            (ResourceType::User, Command::Put(id, body)) => {
                let limits = self.limits.change();
                let (user, active) = User::read_whole(body, &self.of(USER), &limits, unkept)?;
                Ok(Change::User(id, user, active))
            }
            (ResourceType::User, Command::Patch(id, body)) => {
                let (operations, budget) = (self.limits.operations, self.limits.change());
                let declared = self.of(USER);
                let edits =
                    scim::patch::read_noting(body, USER, operations, &declared, &budget, unkept)?;
                Ok(Change::UserEdits(id, edits))
            }
            (ResourceType::User, Command::Delete(id)) => Ok(Change::NoUser(id)),
            (ResourceType::Group, Command::Create(body)) => {
                let (profile, members) = self.group(body, unkept)?;
                Ok(Change::NewGroup(profile, members.unwrap_or_default()))
            }
            (ResourceType::Group, Command::Put(id, body)) => {
                groups::team_id(&id)?;
                let (profile, members) = self.group(body, unkept)?;
                Ok(Change::Group(id, profile, members))
            }
            (ResourceType::Group, Command::Patch(id, body)) => self.group_edits(id, body, unkept),
            (ResourceType::Group, Command::Delete(id)) => Ok(Change::NoGroup(id)),
        }
    }

    /// Who is made without a word on `active` is active.
    fn new_user(&self, body: Value, unkept: &mut Unkept) -> Result<Change, Failure> {
        let budget = self.limits.change();
        let (user, active) = User::read_whole(body, &self.of(USER), &budget, unkept)?;
        let profile = users::profile(&user, self.limits)?;
        Ok(Change::NewUser { profile, active: active.unwrap_or(true) })
    }

    /// Reads a whole group, and its members if the body speaks of them.
    fn group(
        &self,
        body: Value,
        unkept: &mut Unkept,
    ) -> Result<(GroupProfile, Option<Vec<NewMember>>), Failure> {
        let budget = self.limits.change();
        let (group, members) = Group::read_noting(body, &self.of(GROUP), &budget, unkept)?;
        few_enough(members.iter().flatten().count(), self.limits)?;
        Ok((groups::profile(group, self.limits)?, members.map(groups::named)))
    }

    fn group_edits(&self, id: String, body: Value, unkept: &mut Unkept) -> Result<Change, Failure> {
        groups::team_id(&id)?;
        let (operations, budget) = (self.limits.operations, self.limits.change());
        let declared = self.of(GROUP);
        let patch = GroupPatch::read_noting(body, operations, &declared, &budget, unkept)?;
        few_enough(patch.members.iter().map(MemberEdit::names).sum(), self.limits)?;
        Ok(Change::GroupEdits(id, patch))
    }

    /// What is declared for one type.
    fn of(&self, resource: ResourceType) -> Vec<Extension> {
        let declared = self.declared.iter().filter(|extension| extension.resource == resource);
        declared.cloned().collect()
    }
}

/// Refuses a request that is about too many members at once.
fn few_enough(named: usize, limits: Limits) -> Result<(), Failure> {
    let most = limits.members;
    if named > most { Err(Failure::TooManyMembers { named, most }) } else { Ok(()) }
}
