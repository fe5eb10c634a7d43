//! What commands say, read into what they mean. It takes nothing but the body and what the tenant has
//! declared, so that it can be done wherever it keeps nobody waiting.

use events::{GroupProfile, Profile};
use roster::NewMember;
use scim::bulk::Command;
use scim::{Edit, Extension, Group, GroupPatch, MemberEdit, ResourceType, User};
use serde_json::Value;
use web::workers::INLINE;

use super::caller::Caller;
use super::failure::Failure;
use super::{groups, users, weight};
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
    declared: Vec<Extension>,
    limits: Limits,
}

/// Reads a command: at once if it is small.
pub(super) async fn read(
    gateway: &Gateway,
    caller: &Caller,
    resource: ResourceType,
    command: Command,
) -> Result<Change, Failure> {
    let weight = weight_of(&command);
    let reader = Reader::new(caller, gateway.limits);
    let reading = move |_: &_| reader.read(resource, command);
    gateway.workers.run_sized(&caller.tenant, weight, reading).await?
}

/// About how many bytes a command has, or something over what is done at once. What is larger has
/// memory of its own, which is bounded: see [`BodyMemory`](super::body::BodyMemory).
pub(super) fn weight_of(command: &Command) -> usize {
    match command {
        Command::Create(body) | Command::Put(_, body) | Command::Patch(_, body) => {
            weight::of(body, INLINE)
        }
        Command::Delete(_) => 0,
    }
}

impl Reader {
    pub(super) fn new(caller: &Caller, limits: Limits) -> Self {
        Self { declared: caller.declared(), limits }
    }

    pub(super) fn read(&self, resource: ResourceType, command: Command) -> Result<Change, Failure> {
        match (resource, command) {
            (ResourceType::User, Command::Create(body)) => self.new_user(body),
            (ResourceType::User, Command::Put(id, body)) => {
                let limits = self.limits.change();
                let (user, active) = User::read_whole(body, &self.of(USER), &limits)?;
                Ok(Change::User(id, user, active))
            }
            (ResourceType::User, Command::Patch(id, body)) => {
                let (operations, budget) = (self.limits.operations, self.limits.change());
                let edits = scim::patch::read(body, USER, operations, &self.of(USER), &budget)?;
                Ok(Change::UserEdits(id, edits))
            }
            (ResourceType::User, Command::Delete(id)) => Ok(Change::NoUser(id)),
            (ResourceType::Group, Command::Create(body)) => {
                let (profile, members) = self.group(body)?;
                Ok(Change::NewGroup(profile, members.unwrap_or_default()))
            }
            (ResourceType::Group, Command::Put(id, body)) => {
                groups::team_id(&id)?;
                let (profile, members) = self.group(body)?;
                Ok(Change::Group(id, profile, members))
            }
            (ResourceType::Group, Command::Patch(id, body)) => self.group_edits(id, body),
            (ResourceType::Group, Command::Delete(id)) => Ok(Change::NoGroup(id)),
        }
    }

    fn new_user(&self, body: Value) -> Result<Change, Failure> {
        let user = User::read(body, &self.of(USER), &self.limits.change())?;
        let profile = users::profile(&user, self.limits)?;
        Ok(Change::NewUser { profile, active: user.active })
    }

    /// Reads a whole group, and its members if the body speaks of them.
    fn group(&self, body: Value) -> Result<(GroupProfile, Option<Vec<NewMember>>), Failure> {
        let (group, members) = Group::read(body, &self.of(GROUP), &self.limits.change())?;
        few_enough(members.iter().flatten().count(), self.limits)?;
        Ok((groups::profile(group, self.limits)?, members.map(groups::named)))
    }

    fn group_edits(&self, id: String, body: Value) -> Result<Change, Failure> {
        groups::team_id(&id)?;
        let (operations, budget) = (self.limits.operations, self.limits.change());
        let patch = GroupPatch::read(body, operations, &self.of(GROUP), &budget)?;
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
