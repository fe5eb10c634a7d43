//! How the target should look after what the directory and the cycles did to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;

use crate::client::Span;
use crate::cycle::Job;
use crate::cycle::sync_state::{Anchor, Management};
use crate::directory::{ObjectId, Person};
use crate::mapping::{ACTIVE, Attribute};

/// The target as it should be.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) users: Vec<ExpectedUser>,
    pub(super) groups: Vec<ExpectedGroup>,
    /// Groups that were deleted.
    pub(super) gone_groups: Vec<String>,
    /// For each user's resource whose memberships came in a known order, the Primary team.
    pub(super) primary: HashMap<String, String>,
}

#[derive(Debug)]
pub(super) struct ExpectedUser {
    pub(super) resource: String,
    /// The first resource of this employee, whose id is the employee's.
    pub(super) first: String,
    pub(super) attributes: Vec<Attribute>,
    pub(super) presence: Presence,
}

/// Where a person is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Active,
    /// Disabled: Former, and still readable over SCIM.
    Disabled,
    /// Deleted: Former, and 404 over SCIM.
    Deleted,
    /// Deleted, and the employee goes on under a later resource.
    Resumed,
}

#[derive(Debug)]
pub(super) struct ExpectedGroup {
    pub(super) resource: String,
    pub(super) attributes: Vec<Attribute>,
    /// The resources of the members.
    pub(super) members: BTreeSet<String>,
}

/// What the target should look like after the cycles of `job`.
pub(super) fn expected(job: &Job) -> Expected {
    let users = job.state.users.iter().map(|(id, anchor)| user(job, *id, anchor)).collect();
    let mut groups = Vec::new();
    let mut gone_groups = Vec::new();
    for (id, anchor) in &job.state.groups {
        match anchor.management {
            Management::Managed | Management::Forgotten => groups.push(group(job, *id, anchor)),
            Management::Deleted => gone_groups.push(anchor.resource.clone()),
        }
    }
    let primary = primary_teams(job);
    Expected { users, groups, gone_groups, primary }
}

fn user(job: &Job, id: ObjectId, anchor: &Anchor) -> ExpectedUser {
    let person = job.directory.people.get(&id);
    let is_live = person.is_some_and(Person::is_live);
    let presence = match anchor.management {
        Management::Deleted if anchor.resumed => Presence::Resumed,
        Management::Deleted => Presence::Deleted,
        Management::Managed if is_live => Presence::Active,
        Management::Managed | Management::Forgotten => Presence::Disabled,
    };
    // The directory is the truth about the living. Of others Entra sends nothing but their absence.
    let attributes = match (presence, person) {
        (Presence::Active, Some(person)) => {
            let now = job.mapping.person(person);
            // What was emptied in the directory is not sent, so the old value stays over there.
            let emptied =
                anchor.attributes.iter().filter(|old| !now.iter().any(|a| a.path == old.path));
            emptied.chain(&now).cloned().collect()
        }
        (_, _) => {
            let mut attributes = anchor.attributes.clone();
            attributes.retain(|attribute| attribute.path != ACTIVE);
            attributes.push(Attribute { path: ACTIVE, value: json!(false) });
            attributes
        }
    };
    ExpectedUser {
        resource: anchor.resource.clone(),
        first: anchor.first.clone(),
        attributes,
        presence,
    }
}

fn group(job: &Job, id: ObjectId, anchor: &Anchor) -> ExpectedGroup {
    let in_directory = job.directory.groups.get(&id);
    let attributes = match in_directory {
        Some(group) => job.mapping.group(group),
        None => anchor.attributes.clone(),
    };
    let should = in_directory
        .into_iter()
        .flat_map(|group| &group.members)
        .filter(|person| !job.state.left_out.contains(&(id, **person)));
    // Somebody purged after being merely unassigned stays a member: nothing was sent.
    let stayed = job.state.members(id).filter(|person| !job.directory.people.contains_key(person));
    let members = should
        .copied()
        .chain(stayed)
        .filter_map(|person| job.state.users.get(&person))
        .filter(|anchor| anchor.management != Management::Deleted)
        .map(|anchor| anchor.resource.clone())
        .collect();
    ExpectedGroup { resource: anchor.resource.clone(), attributes, members }
}

/// The first team of everybody, in the order of the server's log.
///
/// Where an answer was lost nobody here can know the order, and two requests at the same time leave it
/// open too: those people are passed over.
fn primary_teams(job: &Job) -> HashMap<String, String> {
    let mut joined: BTreeMap<ObjectId, Vec<(Option<Span>, ObjectId)>> = BTreeMap::new();
    for ((group, person), span) in &job.state.memberships {
        joined.entry(*person).or_default().push((*span, *group));
    }
    let mut primary = HashMap::new();
    for (person, teams) in joined {
        let known: Option<Vec<_>> =
            teams.into_iter().map(|(span, team)| Some((span?, team))).collect();
        let Some(first) = known.as_deref().and_then(first) else { continue };
        let (Some(person), Some(team)) =
            (job.state.users.get(&person), job.state.groups.get(&first))
        else {
            continue;
        };
        primary.insert(person.resource.clone(), team.resource.clone());
    }
    primary
}

/// The team that somebody joined before all others, if the requests tell.
fn first(joined: &[(Span, ObjectId)]) -> Option<ObjectId> {
    let is_first = |(span, team): &&(Span, ObjectId)| {
        joined.iter().all(|(other, of)| of == team || span.is_before(*other))
    };
    joined.iter().find(is_first).map(|(_, team)| *team)
}
