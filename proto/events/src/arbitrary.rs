//! Any event at all, as proptest strategies; behind the feature `proptest`.
//!
//! Every event is well-formed by itself; a series of them need not make sense as a history.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    ActivatedIntegration, Actor, AlertCause, AlertId, AlertPeople, BookedPlace, BookingId,
    CancelledBooking, Canceller, Chain, ChangedMembers, ChangedResource, ChosenPrimary,
    CreatedGroup, CreatedTenant, CredentialId, DeactivatedIntegration, DecidedAlert,
    DeclaredExtension, DeletedGroup, DeletedResource, DeletionAlert, DepartedUser, DepartureAlert,
    Digest, EditedTeam, EmployeeId, Envelope, ErasedEvent, ErasedUser, Event, EventId, EventKind,
    Extended, Extension, ExtensionAttribute, ExtensionKind, ExternalId, GroupProfile, GroupState,
    Guard, IntegrationId, IntegrationProfile, IssuedCredential, MemberRef, MemberResource,
    MemberResources, OwnTeam, Profile, Purpose, RaisedAlert, RecordedBooking, RemovedExtension,
    RemovedTeam, ReplacedMembers, ResetTeams, ResourceId, RevokedCredential, Scope, Seq, SetGuard,
    Standing, TeamId, Tenant, TenantId, UserName, UserState,
};

/// Any event that this program knows.
pub fn event() -> impl Strategy<Value = Event> {
    select(&EventKind::ALL[..]).prop_flat_map(event_of)
}

/// Any event of `kind`.
pub fn event_of(kind: EventKind) -> BoxedStrategy<Event> {
    match kind {
        EventKind::TenantCreated => (uuid(), tenant())
            .prop_map(|(id, slug)| CreatedTenant { tenant_id: TenantId(id), slug })
            .prop_map(Event::TenantCreated)
            .boxed(),
        EventKind::TenantGuardSet => (uuid(), guard())
            .prop_map(|(id, guard)| SetGuard { tenant_id: TenantId(id), guard })
            .prop_map(Event::TenantGuardSet)
            .boxed(),
        EventKind::TenantExtensionDeclared => (uuid(), extension())
            .prop_map(|(id, extension)| DeclaredExtension { tenant_id: TenantId(id), extension })
            .prop_map(Event::TenantExtensionDeclared)
            .boxed(),
        EventKind::TenantExtensionRemoved => (uuid(), ".{0,40}")
            .prop_map(|(id, urn)| RemovedExtension { tenant_id: TenantId(id), urn })
            .prop_map(Event::TenantExtensionRemoved)
            .boxed(),
        EventKind::IntegrationActivated => (uuid(), integration_profile())
            .prop_map(|(id, profile)| ActivatedIntegration {
                integration_id: IntegrationId(id),
                profile,
            })
            .prop_map(Event::IntegrationActivated)
            .boxed(),
        EventKind::IntegrationDeactivated => uuid()
            .prop_map(|id| DeactivatedIntegration { integration_id: IntegrationId(id) })
            .prop_map(Event::IntegrationDeactivated)
            .boxed(),
        EventKind::CredentialIssued => credential().prop_map(Event::CredentialIssued).boxed(),
        EventKind::CredentialRevoked => uuid()
            .prop_map(|id| RevokedCredential { credential_id: CredentialId(id) })
            .prop_map(Event::CredentialRevoked)
            .boxed(),
        EventKind::UserCreated => user_state().prop_map(Event::UserCreated).boxed(),
        EventKind::UserChanged => user_state().prop_map(Event::UserChanged).boxed(),
        EventKind::UserDeactivated => departed_user().prop_map(Event::UserDeactivated).boxed(),
        EventKind::UserReactivated => user_state().prop_map(Event::UserReactivated).boxed(),
        EventKind::UserDeleted => departed_user().prop_map(Event::UserDeleted).boxed(),
        EventKind::UserReturned => user_state().prop_map(Event::UserReturned).boxed(),
        EventKind::UserResourceChanged => {
            changed_resource().prop_map(Event::UserResourceChanged).boxed()
        }
        EventKind::UserResourceDeleted => {
            deleted_resource().prop_map(Event::UserResourceDeleted).boxed()
        }
        EventKind::UserTeamAssigned => edited_team().prop_map(Event::UserTeamAssigned).boxed(),
        EventKind::UserTeamUnassigned => edited_team().prop_map(Event::UserTeamUnassigned).boxed(),
        EventKind::UserPrimaryChosen => (employee_id(), team_id())
            .prop_map(|(employee_id, team_id)| ChosenPrimary { employee_id, team_id })
            .prop_map(Event::UserPrimaryChosen)
            .boxed(),
        EventKind::UserTeamsReset => employee_id()
            .prop_map(|employee_id| Event::UserTeamsReset(ResetTeams { employee_id }))
            .boxed(),
        EventKind::UserErased => (employee_id(), vec(erased_event(), 0..4))
            .prop_map(|(employee_id, events)| ErasedUser { employee_id, events })
            .prop_map(Event::UserErased)
            .boxed(),
        EventKind::GroupCreated => (group_state(), vec(member_ref(), 0..3))
            .prop_map(|(state, members)| CreatedGroup { state, members })
            .prop_map(Event::GroupCreated)
            .boxed(),
        EventKind::GroupChanged => group_state().prop_map(Event::GroupChanged).boxed(),
        EventKind::GroupMembersAdded => {
            changed_members().prop_map(Event::GroupMembersAdded).boxed()
        }
        EventKind::GroupMembersRemoved => {
            changed_members().prop_map(Event::GroupMembersRemoved).boxed()
        }
        EventKind::GroupMembersReplaced => {
            (team_id(), vec(member_ref(), 1..5), vec(member_ref(), 1..5))
                .prop_map(|(team_id, removed, added)| ReplacedMembers { team_id, removed, added })
                .prop_map(Event::GroupMembersReplaced)
                .boxed()
        }
        EventKind::GroupMemberResourcesChanged => {
            member_resources().prop_map(Event::GroupMemberResourcesChanged).boxed()
        }
        EventKind::GroupDeleted => {
            let alert = (alert_id(), guard())
                .prop_map(|(alert_id, guard)| DeletionAlert { alert_id, guard });
            (team_id(), option::of(alert))
                .prop_map(|(team_id, alert)| DeletedGroup { team_id, alert })
                .prop_map(Event::GroupDeleted)
                .boxed()
        }
        EventKind::TeamCreated => own_team().prop_map(Event::TeamCreated).boxed(),
        EventKind::TeamRenamed => own_team().prop_map(Event::TeamRenamed).boxed(),
        EventKind::TeamDeleted => {
            team_id().prop_map(|team_id| Event::TeamDeleted(RemovedTeam { team_id })).boxed()
        }
        EventKind::BookingRecorded => booking().prop_map(Event::BookingRecorded).boxed(),
        EventKind::BookingChanged => booking().prop_map(Event::BookingChanged).boxed(),
        EventKind::BookingCancelled => {
            cancelled_booking().prop_map(Event::BookingCancelled).boxed()
        }
        EventKind::AlertRaised => raised_alert().prop_map(Event::AlertRaised).boxed(),
        EventKind::AlertPeopleAdded => (alert_id(), vec(employee_id(), 1..5))
            .prop_map(|(alert_id, people)| AlertPeople { alert_id, people })
            .prop_map(Event::AlertPeopleAdded)
            .boxed(),
        EventKind::AlertReleased => decided_alert().prop_map(Event::AlertReleased).boxed(),
        EventKind::AlertReversed => decided_alert().prop_map(Event::AlertReversed).boxed(),
    }
}

/// Any headers, less what depends on the body.
pub fn envelope() -> impl Strategy<Value = Envelope> {
    let sent = || option::of(".{1,40}");
    (uuid(), tenant(), timestamp(), ".{1,40}", sent(), sent()).prop_map(
        |(id, tenant, time, actor, request, trace_parent)| Envelope {
            id: EventId(id),
            tenant,
            time,
            actor: Actor::from_header(&actor),
            request,
            trace_parent,
        },
    )
}

pub fn tenant() -> impl Strategy<Value = Tenant> {
    "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?".prop_map(|slug| slug.parse().expect("a slug"))
}

pub fn user_state() -> impl Strategy<Value = UserState> {
    (employee_id(), uuid(), select(&[Standing::Active, Standing::Former][..]), profile(), changed())
        .prop_map(|(employee_id, resource, standing, profile, changed)| UserState {
            employee_id,
            resource_id: ResourceId(resource),
            standing,
            profile,
            changed,
        })
}

fn departed_user() -> impl Strategy<Value = DepartedUser> {
    let alert =
        (alert_id(), any::<bool>()).prop_map(|(alert_id, held)| DepartureAlert { alert_id, held });
    (user_state(), option::of(alert)).prop_map(|(state, alert)| DepartedUser { state, alert })
}

fn changed_resource() -> impl Strategy<Value = ChangedResource> {
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

fn deleted_resource() -> impl Strategy<Value = DeletedResource> {
    (employee_id(), uuid())
        .prop_map(|(employee_id, id)| DeletedResource { employee_id, resource_id: ResourceId(id) })
}

fn member_resources() -> impl Strategy<Value = MemberResources> {
    (team_id(), employee_id(), vec(member_resource(), 1..4)).prop_map(
        |(team_id, employee_id, resources)| MemberResources { team_id, employee_id, resources },
    )
}

fn member_resource() -> impl Strategy<Value = MemberResource> {
    (uuid(), option::of(".{1,20}"))
        .prop_map(|(id, display)| MemberResource { resource_id: ResourceId(id), display })
}

pub fn profile() -> impl Strategy<Value = Profile> {
    (user_name(), option::of(external_id()), attributes(&["userName", "externalId"])).prop_map(
        |(user_name, external_id, attributes)| Profile { user_name, external_id, attributes },
    )
}

pub fn user_name() -> impl Strategy<Value = UserName> {
    prop_oneof![
        "[a-z]{1,8}\\.[a-z]{1,8}@[a-z]{2,8}\\.example",
        ".{1,40}".prop_filter("no name is blank", |name| !name.trim().is_empty()),
    ]
    .prop_map(|name| name.parse().expect("a name that is neither blank nor long"))
}

pub fn group_state() -> impl Strategy<Value = GroupState> {
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

pub fn changed_members() -> impl Strategy<Value = ChangedMembers> {
    (team_id(), vec(member_ref(), 1..5))
        .prop_map(|(team_id, members)| ChangedMembers { team_id, members })
}

fn member_ref() -> impl Strategy<Value = MemberRef> {
    ("[0-9a-f-]{1,36}", option::of(employee_id()), option::of(".{1,20}"))
        .prop_map(|(value, employee_id, display)| MemberRef { value, employee_id, display })
}

pub fn booking() -> impl Strategy<Value = RecordedBooking> {
    (booking_id(), ".{1,20}", employee_id(), booked_place()).prop_map(
        |(booking_id, reference, employee_id, place)| RecordedBooking {
            booking_id,
            reference,
            employee_id,
            place,
        },
    )
}

fn booked_place() -> impl Strategy<Value = BookedPlace> {
    (".{1,20}", option::of(".{0,20}"), timestamp(), timestamp()).prop_map(
        |(resource, title, one, other)| BookedPlace {
            resource,
            title,
            starts_at: one.min(other),
            ends_at: one.max(other),
        },
    )
}

fn cancelled_booking() -> impl Strategy<Value = CancelledBooking> {
    let by = select(&[Canceller::BookingSystem, Canceller::Administrator][..]);
    (booking_id(), ".{1,20}", employee_id(), by, option::of(".{1,40}")).prop_map(
        |(booking_id, reference, employee_id, by, reason)| CancelledBooking {
            booking_id,
            reference,
            employee_id,
            by,
            reason,
        },
    )
}

fn credential() -> impl Strategy<Value = IssuedCredential> {
    let scopes = btree_set(select(&Scope::ALL[..]), 0..=Scope::ALL.len());
    let purpose = prop_oneof![
        Just(Purpose::SecretToken),
        Just(Purpose::OauthClient),
        scopes.prop_map(|scopes: BTreeSet<Scope>| Purpose::ApiToken { scopes }),
    ];
    (uuid(), purpose, any::<[u8; 32]>(), option::of(".{0,20}")).prop_map(
        |(id, purpose, secret, label)| IssuedCredential {
            credential_id: CredentialId(id),
            purpose,
            secret_digest: Digest(secret),
            label,
        },
    )
}

fn extension() -> impl Strategy<Value = Extension> {
    let kinds = [
        ExtensionKind::String,
        ExtensionKind::Boolean,
        ExtensionKind::Integer,
        ExtensionKind::DateTime,
    ];
    let attribute = (".{0,40}", select(kinds.to_vec()), any::<bool>(), ".{0,40}").prop_map(
        |(name, kind, case_exact, description)| ExtensionAttribute {
            name,
            kind,
            case_exact,
            description,
        },
    );
    let extended = select(vec![Extended::User, Extended::Group]);
    (".{0,40}", extended, ".{0,40}", ".{0,40}", vec(attribute, 0..3)).prop_map(
        |(urn, resource_type, name, description, attributes)| Extension {
            urn,
            resource_type,
            name,
            description,
            attributes,
        },
    )
}

fn integration_profile() -> impl Strategy<Value = IntegrationProfile> {
    select(&[IntegrationProfile::Workplace, IntegrationProfile::Benefits][..])
}

fn edited_team() -> impl Strategy<Value = EditedTeam> {
    (employee_id(), team_id())
        .prop_map(|(employee_id, team_id)| EditedTeam { employee_id, team_id })
}

fn own_team() -> impl Strategy<Value = OwnTeam> {
    (team_id(), ".{1,40}").prop_map(|(team_id, name)| OwnTeam { team_id, name })
}

fn guard() -> impl Strategy<Value = Guard> {
    (any::<bool>(), any::<bool>(), 2..1000_u32, 0..=100_u32, 1..=1440_u32).prop_map(
        |(on, hold, deactivations, percent, window_minutes)| Guard {
            on,
            hold,
            deactivations,
            percent,
            window_minutes,
        },
    )
}

fn raised_alert() -> impl Strategy<Value = RaisedAlert> {
    let cause = prop_oneof![
        (any::<u32>(), any::<u32>()).prop_map(|(deactivations, active_before)| {
            AlertCause::Deactivations { deactivations, active_before }
        }),
        (team_id(), any::<bool>())
            .prop_map(|(team_id, deleted)| AlertCause::GroupEmptied { team_id, deleted }),
    ];
    (alert_id(), cause, any::<bool>(), guard())
        .prop_map(|(alert_id, cause, held, guard)| RaisedAlert { alert_id, cause, held, guard })
}

fn decided_alert() -> impl Strategy<Value = DecidedAlert> {
    (alert_id(), option::of(".{1,40}"))
        .prop_map(|(alert_id, reason)| DecidedAlert { alert_id, reason })
}

fn alert_id() -> impl Strategy<Value = AlertId> {
    uuid().prop_map(AlertId)
}

pub fn employee_id() -> impl Strategy<Value = EmployeeId> {
    uuid().prop_map(EmployeeId)
}

pub fn team_id() -> impl Strategy<Value = TeamId> {
    uuid().prop_map(TeamId)
}

pub fn booking_id() -> impl Strategy<Value = BookingId> {
    uuid().prop_map(BookingId)
}

fn external_id() -> impl Strategy<Value = ExternalId> {
    ".{0,40}".prop_map(ExternalId)
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

/// Any moment of the years that RFC 3339 can write.
fn timestamp() -> impl Strategy<Value = Timestamp> {
    (-62_167_219_200..253_402_207_200_i64, 0..1_000_000_000).prop_map(|(second, nanosecond)| {
        Timestamp::new(second, nanosecond).expect("a moment between the years 0 and 9999")
    })
}

fn changed() -> impl Strategy<Value = Vec<String>> {
    vec("[a-zA-Z.:]{1,30}", 0..5)
}

/// Any attributes but those that have fields of their own.
fn attributes(but: &'static [&'static str]) -> impl Strategy<Value = Map<String, Value>> {
    vec((".{0,20}", json()), 0..5).prop_map(move |attributes| {
        attributes.into_iter().filter(|(name, _)| !but.contains(&name.as_str())).collect()
    })
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((".{0,12}", inner), 0..3)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn erased_event() -> impl Strategy<Value = ErasedEvent> {
    (any::<u64>(), any::<[u8; 32]>(), any::<[u8; 32]>()).prop_map(|(seq, digest, chain)| {
        ErasedEvent { seq: Seq(seq), digest: Digest(digest), chain: Chain(chain) }
    })
}
