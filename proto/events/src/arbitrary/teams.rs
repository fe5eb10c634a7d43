//! Bodies about groups and teams.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::values::{
    alert_id, attributes, changed, employee_id, external_id, guard, team_id, uuid,
};
use crate::{
    ChangedMembers, CreatedGroup, DeletedGroup, DeletionAlert, GroupProfile, GroupState, MemberRef,
    MemberResource, MemberResources, OwnTeam, RemovedTeam, ReplacedMembers, ResourceId,
};

pub(super) fn created_group() -> impl Strategy<Value = CreatedGroup> {
    (group_state(), vec(member_ref(), 0..3))
        .prop_map(|(state, members)| CreatedGroup { state, members })
}

pub(super) fn group_state() -> impl Strategy<Value = GroupState> {
    let profile =
        (".{1,40}", option::of(external_id()), attributes(&["displayName", "externalId"]))
            .prop_map(|(display_name, external_id, attributes)| GroupProfile {
                display_name,
                external_id,
                attributes,
            });
    (team_id(), profile, changed()).prop_map(|(team_id, profile, changed)| GroupState {
        team_id,
        profile,
        changed,
    })
}

pub(super) fn changed_members() -> impl Strategy<Value = ChangedMembers> {
    (team_id(), vec(member_ref(), 1..5))
        .prop_map(|(team_id, members)| ChangedMembers { team_id, members })
}

pub(super) fn replaced_members() -> impl Strategy<Value = ReplacedMembers> {
    (team_id(), vec(member_ref(), 1..5), vec(member_ref(), 1..5))
        .prop_map(|(team_id, removed, added)| ReplacedMembers { team_id, removed, added })
}

fn member_ref() -> impl Strategy<Value = MemberRef> {
    ("[0-9a-f-]{1,36}", option::of(employee_id()))
        .prop_map(|(value, employee_id)| MemberRef { value, employee_id })
}

pub(super) fn member_resources() -> impl Strategy<Value = MemberResources> {
    (team_id(), employee_id(), vec(member_resource(), 1..4)).prop_map(
        |(team_id, employee_id, resources)| MemberResources { team_id, employee_id, resources },
    )
}

fn member_resource() -> impl Strategy<Value = MemberResource> {
    uuid().prop_map(|id| MemberResource { resource_id: ResourceId(id) })
}

pub(super) fn deleted_group() -> impl Strategy<Value = DeletedGroup> {
    let alert =
        (alert_id(), guard()).prop_map(|(alert_id, guard)| DeletionAlert { alert_id, guard });
    (team_id(), option::of(alert)).prop_map(|(team_id, alert)| DeletedGroup { team_id, alert })
}

pub(super) fn own_team() -> impl Strategy<Value = OwnTeam> {
    (team_id(), ".{1,40}").prop_map(|(team_id, name)| OwnTeam { team_id, name })
}

pub(super) fn removed_team() -> impl Strategy<Value = RemovedTeam> {
    team_id().prop_map(|team_id| RemovedTeam { team_id })
}
