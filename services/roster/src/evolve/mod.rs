//! Taking an event in.

mod access;
mod administrators;
mod alerts;
mod bookings;
mod courses;
mod erasure;
mod leavers;
mod members;
mod moment;
mod subscribers;
mod users;

use std::sync::Arc;

use events::{CreatedGroup, DecidedAlert, Event, GroupState, Recorded};

use self::moment::Moment;
use crate::teams::{Edit, LocalTeams};
use crate::{AlertOutcome, BookingDecision, Group, Roster, Subscribers, TenantRoster};

/// Takes an event into the roster. It cannot fail: what is in the log has happened.
///
/// An event of a later release changes nothing here. Whoever decides must not go on after one.
#[expect(clippy::too_many_lines, reason = "one row for each event, and nothing else")]
pub fn evolve(roster: &mut Roster, recorded: &Recorded) {
    let at = Moment { seq: recorded.seq, time: recorded.envelope.time };
    let name = recorded.tenant();
    roster.position = recorded.position();
    match &recorded.event {
        Event::Unknown { .. } => {}
        Event::UserErased(body) => {
            erasure::erased(roster.tenant_mut(name), at, body);
            roster.last_erasure = recorded.seq;
        }
        Event::CredentialIssued(body) => access::issued(roster, name, at, body),
        Event::CredentialRevoked(body) => access::revoked(roster, body.credential_id),
        Event::AdministratorInvited(body) => administrators::invited(roster, name, at, body),
        Event::AdministratorLinkIssued(body) => administrators::link_issued(roster, name, body),
        Event::AdministratorSignedIn(body) => administrators::signed_in(roster, name, at, body),
        Event::AdministratorRolesChanged(body) => {
            administrators::roles_changed(roster, name, body);
        }
        Event::AdministratorRemoved(body) => {
            administrators::removed(roster, name, body.administrator_id);
        }
        Event::TenantCreated(body) => roster.tenant_mut(name).id = Some(body.tenant_id),
        Event::TenantExtensionDeclared(body) => roster.tenant_mut(name).declare(&body.extension),
        Event::TenantExtensionRemoved(body) => roster.tenant_mut(name).undeclare(&body.urn),
        Event::TenantGuardSet(body) => alerts::guard_set(roster.tenant_mut(name), at, body.guard),
        Event::TenantLeaverPolicySet(body) => {
            leavers::policy_set(roster.tenant_mut(name), at, &recorded.envelope, body);
        }
        Event::IntegrationActivated(body) => access::activated(roster.tenant_mut(name), body),
        Event::IntegrationDeactivated(_) => access::deactivated(roster.tenant_mut(name)),
        Event::UserCreated(state) | Event::UserReturned(state) => {
            users::arrived(roster.tenant_mut(name), at, state);
        }
        Event::UserChanged(state) | Event::UserReactivated(state) => {
            users::changed(roster.tenant_mut(name), at, state);
        }
        Event::UserDeactivated(body) => {
            users::deactivated(roster.tenant_mut(name), at, &body.state);
            alerts::departed(roster.tenant_mut(name), at, body);
        }
        Event::UserDeleted(body) => {
            users::deleted(roster.tenant_mut(name), at, &body.state);
            alerts::departed(roster.tenant_mut(name), at, body);
        }
        Event::UserResourceChanged(body) => {
            users::resource_changed(roster.tenant_mut(name), at, body);
        }
        Event::UserResourceDeleted(body) => {
            users::resource_deleted(roster.tenant_mut(name), at, body);
        }
        Event::UserTeamAssigned(body) => local(roster, name).edit(body, Edit::Assigned(at.seq)),
        Event::UserTeamUnassigned(body) => local(roster, name).edit(body, Edit::Unassigned),
        Event::UserPrimaryChosen(body) => local(roster, name).choose(body),
        Event::UserTeamsReset(body) => local(roster, name).reset(body.employee_id),
        Event::UserReceiptClosed(body) => {
            roster.tenant_mut(name).receipts.insert(body.employee_id, body.left);
        }
        Event::GroupCreated(CreatedGroup { state, members }) => {
            group(roster.tenant_mut(name), at, state);
            members::added(roster.tenant_mut(name), at, state.team_id, members);
        }
        Event::GroupChanged(state) => group(roster.tenant_mut(name), at, state),
        Event::GroupMembersAdded(body) => {
            members::added(roster.tenant_mut(name), at, body.team_id, &body.members);
        }
        Event::GroupMembersRemoved(body) => {
            members::removed(roster.tenant_mut(name), at, body.team_id, &body.members);
        }
        Event::GroupMembersReplaced(body) => {
            members::removed(roster.tenant_mut(name), at, body.team_id, &body.removed);
            members::added(roster.tenant_mut(name), at, body.team_id, &body.added);
        }
        Event::GroupMemberResourcesChanged(body) => {
            members::renamed(roster.tenant_mut(name), at, body);
        }
        Event::GroupDeleted(body) => {
            if let Some(raised) = body.raised() {
                alerts::raised(roster.tenant_mut(name), at, &raised);
            }
            members::disbanded(roster.tenant_mut(name), body.team_id);
        }
        Event::TeamCreated(team) | Event::TeamRenamed(team) => {
            local(roster, name).put(team.clone());
        }
        Event::TeamDeleted(body) => local(roster, name).take(body.team_id),
        Event::BookingRecorded(body) | Event::BookingChanged(body) => {
            bookings::recorded(roster.tenant_mut(name), &recorded.envelope, body);
        }
        Event::BookingCancelled(body) => {
            bookings::cancelled(roster.tenant_mut(name), &recorded.envelope, body);
        }
        Event::BookingCancellationPlanned(body) => {
            let (due, reason) = (body.due, body.reason.clone());
            let planned = BookingDecision::Cancel { due, reason };
            bookings::decided(roster.tenant_mut(name), recorded, body.booking_id, planned);
        }
        Event::BookingCancellationWithdrawn(body) => {
            let withdrawn = BookingDecision::Withdrawn;
            bookings::decided(roster.tenant_mut(name), recorded, body.booking_id, withdrawn);
        }
        Event::BookingKept(body) => {
            let kept = BookingDecision::Keep;
            bookings::decided(roster.tenant_mut(name), recorded, body.booking_id, kept);
        }
        Event::BookingHandedOver(body) => {
            bookings::handed_over(roster.tenant_mut(name), &recorded.envelope, body);
        }
        Event::BookingReopened(body) => {
            bookings::reopened(roster.tenant_mut(name), recorded, body);
        }
        Event::BookingClosed(body) => {
            let (booking, version) = (body.booking_id, recorded.envelope.id);
            roster.tenant_mut(name).bookings.close(booking, version);
        }
        Event::AlertRaised(body) => alerts::raised(roster.tenant_mut(name), at, body),
        Event::AlertPeopleAdded(body) => {
            alerts::people_added(roster.tenant_mut(name), at, body.alert_id, &body.people);
        }
        Event::AlertReleased(body) => decided(roster, name, at, body, AlertOutcome::Released),
        Event::AlertReversed(body) => decided(roster, name, at, body, AlertOutcome::Reversed),
        Event::SubscriberAdded(body) => subscribers::added(known(roster, name), at, body),
        Event::SubscriberChanged(body) => subscribers::changed(known(roster, name), body),
        Event::SubscriberRemoved(body) => known(roster, name).take(body.subscriber_id),
        Event::SubscriberSecretIssued(body) => subscribers::issued(known(roster, name), at, body),
        Event::SubscriberSecretWithdrawn(body) => subscribers::withdrawn(known(roster, name), body),
        Event::SubscriberDisabled(body) => subscribers::disabled(known(roster, name), at, body),
        Event::SubscriberEnabled(body) => subscribers::enabled(known(roster, name), body),
        Event::SubscriberPaused(body) => courses::paused(known(roster, name), at, body),
        Event::SubscriberResumed(body) => courses::resumed(known(roster, name), body),
        Event::SubscriberReset(body) => courses::reset(known(roster, name), at, body),
        Event::SubscriberTested(body) => courses::tested(known(roster, name), at, body),
        Event::SubscriberReplayStarted(body) => courses::started(known(roster, name), at, body),
        Event::SubscriberReplayEnded(body) => courses::ended(known(roster, name), at, body),
    }
}

fn decided(
    roster: &mut Roster,
    tenant: &events::Tenant,
    at: Moment,
    body: &DecidedAlert,
    outcome: AlertOutcome,
) {
    alerts::decided(roster.tenant_mut(tenant), at, body.alert_id, outcome);
}

fn local<'r>(roster: &'r mut Roster, tenant: &events::Tenant) -> &'r mut LocalTeams {
    &mut roster.tenant_mut(tenant).local
}

fn known<'r>(roster: &'r mut Roster, tenant: &events::Tenant) -> &'r mut Subscribers {
    &mut roster.tenant_mut(tenant).subscribers
}

fn group(tenant: &mut TenantRoster, at: Moment, state: &GroupState) {
    let profile = Arc::new(state.profile.clone());
    let group = match tenant.groups.get(state.team_id) {
        Some(before) => Group { changed_at: at.time, version: at.seq, profile, ..before.clone() },
        None => Group {
            team: state.team_id,
            created_at: at.time,
            changed_at: at.time,
            created: at.seq,
            version: at.seq,
            profile,
            member_list: crate::members::MemberList::default(),
        },
    };
    tenant.groups.put(group);
}

impl Roster {
    fn tenant_mut(&mut self, tenant: &events::Tenant) -> &mut TenantRoster {
        Arc::make_mut(self.tenants.entry(tenant.clone()).or_default())
    }
}
