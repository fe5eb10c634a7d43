//! Bodies about people.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{
    alert_id, attributes, changed, employee_id, external_id, team_id, timestamp, uuid,
};
use crate::{
    BookingId, Chain, ChangedResource, ChosenPrimary, DeletedResource, DepartedUser,
    DepartureAlert, Digest, EditedTeam, ErasedEvent, ErasedUser, Profile, ResetTeams, ResourceId,
    Seq, Standing, UserName, UserState,
};

pub(super) fn user_state() -> impl Strategy<Value = UserState> {
    (employee_id(), uuid(), select(&[Standing::Active, Standing::Former][..]), profile(), changed())
        .prop_map(|(employee_id, resource, standing, profile, changed)| UserState {
            employee_id,
            resource_id: ResourceId(resource),
            standing,
            profile,
            changed,
        })
}

pub(super) fn departed_user() -> impl Strategy<Value = DepartedUser> {
    let alert =
        (alert_id(), any::<bool>()).prop_map(|(alert_id, held)| DepartureAlert { alert_id, held });
    (user_state(), option::of(alert)).prop_map(|(state, alert)| DepartedUser { state, alert })
}

pub(super) fn changed_resource() -> impl Strategy<Value = ChangedResource> {
    (employee_id(), uuid(), any::<bool>(), profile(), changed()).prop_map(
        |(employee_id, id, active, profile, changed)| ChangedResource {
            employee_id,
            resource_id: ResourceId(id),
            active,
            profile,
            changed,
        },
    )
}

pub(super) fn deleted_resource() -> impl Strategy<Value = DeletedResource> {
    (employee_id(), uuid())
        .prop_map(|(employee_id, id)| DeletedResource { employee_id, resource_id: ResourceId(id) })
}

fn profile() -> impl Strategy<Value = Profile> {
    (user_name(), option::of(external_id()), attributes(&["userName", "externalId"])).prop_map(
        |(user_name, external_id, attributes)| Profile { user_name, external_id, attributes },
    )
}

fn user_name() -> impl Strategy<Value = UserName> {
    prop_oneof![
        "[a-z]{1,8}\\.[a-z]{1,8}@[a-z]{2,8}\\.example",
        ".{1,40}".prop_filter("no name is blank", |name| !name.trim().is_empty()),
    ]
    .prop_map(|name| name.parse().expect("a name that is neither blank nor long"))
}

pub(super) fn edited_team() -> impl Strategy<Value = EditedTeam> {
    (employee_id(), team_id())
        .prop_map(|(employee_id, team_id)| EditedTeam { employee_id, team_id })
}

pub(super) fn chosen_primary() -> impl Strategy<Value = ChosenPrimary> {
    (employee_id(), team_id())
        .prop_map(|(employee_id, team_id)| ChosenPrimary { employee_id, team_id })
}

pub(super) fn reset_teams() -> impl Strategy<Value = ResetTeams> {
    employee_id().prop_map(|employee_id| ResetTeams { employee_id })
}

pub(super) fn erased_user() -> impl Strategy<Value = ErasedUser> {
    let resources = vec(uuid().prop_map(ResourceId), 0..3);
    let bookings = vec(uuid().prop_map(BookingId), 0..3);
    (employee_id(), resources, vec(team_id(), 0..3), bookings, vec(erased_event(), 0..4)).prop_map(
        |(employee_id, resources, teams, bookings, events)| ErasedUser {
            employee_id,
            resources,
            teams,
            bookings,
            events,
        },
    )
}

fn erased_event() -> impl Strategy<Value = ErasedEvent> {
    let place = (any::<u64>(), any::<[u8; 32]>(), any::<[u8; 32]>());
    let kind = select(&["user.created", "booking.recorded"][..]);
    (place, kind, timestamp(), ".{1,20}", option::of(".{1,20}")).prop_map(
        |((seq, digest, chain), kind, time, actor, request)| ErasedEvent {
            seq: Seq(seq),
            digest: Digest(digest),
            chain: Chain(chain),
            kind: kind.to_owned(),
            time,
            actor,
            request,
        },
    )
}
