//! What an event may have changed.

use std::collections::BTreeSet;

use events::{AlertId, BookingId, DepartedUser, EmployeeId, Event, MemberRef, TeamId};

use crate::TenantRoster;
use crate::members::MemberKey;

/// The people, teams, bookings and alerts of a tenant that an event may have changed. Whatever is not
/// in here is after the event as it was before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// People: their profile, where they stand, or the teams that count for them.
    pub people: BTreeSet<EmployeeId>,
    /// Synced groups and the administrators' own teams; not who is in them.
    pub teams: BTreeSet<TeamId>,
    /// Bookings.
    pub bookings: BTreeSet<BookingId>,
    /// Alerts.
    pub alerts: BTreeSet<AlertId>,
}

impl Touched {
    /// What `event` may change in a tenant that is still as it was `before`.
    pub fn by(event: &Event, before: &TenantRoster) -> Self {
        let mut touched = Self::default();
        match event {
            Event::Unknown { .. }
            | Event::TenantCreated(_)
            | Event::TenantGuardSet(_)
            | Event::TenantExtensionDeclared(_)
            | Event::TenantExtensionRemoved(_)
            | Event::UserReceiptClosed(_)
            | Event::AdministratorInvited(_)
            | Event::AdministratorLinkIssued(_)
            | Event::AdministratorSignedIn(_)
            | Event::AdministratorRolesChanged(_)
            | Event::AdministratorRemoved(_)
            | Event::SubscriberAdded(_)
            | Event::SubscriberChanged(_)
            | Event::SubscriberRemoved(_)
            | Event::SubscriberSecretIssued(_)
            | Event::SubscriberSecretWithdrawn(_)
            | Event::SubscriberDisabled(_)
            | Event::SubscriberPaused(_)
            | Event::SubscriberResumed(_)
            | Event::SubscriberReset(_)
            | Event::SubscriberTested(_)
            | Event::SubscriberReplayStarted(_)
            | Event::SubscriberReplayEnded(_)
            | Event::SubscriberEnabled(_)
            // What was decided of a leaver's booking is told when it is carried out.
            | Event::BookingCancellationPlanned(_)
            | Event::BookingCancellationWithdrawn(_)
            | Event::BookingKept(_)
            | Event::TenantLeaverPolicySet(_)
            | Event::IntegrationActivated(_)
            | Event::IntegrationDeactivated(_)
            | Event::CredentialIssued(_)
            | Event::CredentialRevoked(_) => {}
            Event::UserCreated(body)
            | Event::UserChanged(body)
            | Event::UserReactivated(body)
            | Event::UserReturned(body) => touched.person(body.employee_id),
            Event::UserDeactivated(body) | Event::UserDeleted(body) => touched.departure(body),
            Event::UserResourceChanged(body) => touched.person(body.employee_id),
            Event::UserResourceDeleted(body) => touched.person(body.employee_id),
            Event::UserTeamAssigned(body) | Event::UserTeamUnassigned(body) => {
                touched.person(body.employee_id);
            }
            Event::UserPrimaryChosen(body) => touched.person(body.employee_id),
            Event::UserTeamsReset(body) => touched.person(body.employee_id),
            Event::UserErased(body) => {
                touched.person(body.employee_id);
                touched.bookings.extend(&body.bookings);
            }
            Event::GroupCreated(body) => {
                touched.new_team(body.state.team_id, before);
                touched.members(&body.members, before);
            }
            Event::GroupChanged(body) => {
                touched.teams.insert(body.team_id);
            }
            Event::GroupMembersAdded(body) | Event::GroupMembersRemoved(body) => {
                touched.members(&body.members, before);
            }
            Event::GroupMembersReplaced(body) => {
                touched.members(&body.removed, before);
                touched.members(&body.added, before);
            }
            Event::GroupMemberResourcesChanged(body) => touched.person(body.employee_id),
            Event::GroupDeleted(body) => {
                touched.team_gone(body.team_id, before);
                touched.alerts.extend(body.alert.map(|alert| alert.alert_id));
            }
            Event::TeamCreated(body) => touched.new_team(body.team_id, before),
            Event::TeamRenamed(body) => {
                touched.teams.insert(body.team_id);
            }
            Event::TeamDeleted(body) => touched.team_gone(body.team_id, before),
            Event::BookingRecorded(body) | Event::BookingChanged(body) => {
                touched.bookings.insert(body.booking_id);
            }
            Event::BookingCancelled(body) => {
                touched.bookings.insert(body.booking_id);
            }
            Event::BookingClosed(body) => {
                touched.bookings.insert(body.booking_id);
            }
            Event::BookingHandedOver(body) => {
                touched.bookings.insert(body.booking.booking_id);
            }
            Event::BookingReopened(body) => {
                touched.bookings.insert(body.booking.booking_id);
            }
            Event::AlertRaised(body) => {
                touched.alerts.insert(body.alert_id);
            }
            Event::AlertPeopleAdded(body) => touched.people.extend(&body.people),
            Event::AlertReleased(body) | Event::AlertReversed(body) => {
                touched.alerts.insert(body.alert_id);
                touched.people.extend(before.guard.held_by(body.alert_id));
            }
        }
        touched
    }

    fn person(&mut self, employee: EmployeeId) {
        self.people.insert(employee);
    }

    fn departure(&mut self, body: &DepartedUser) {
        self.person(body.state.employee_id);
    }

    /// An event that does not name the person means whoever has the value.
    fn members(&mut self, members: &[MemberRef], before: &TenantRoster) {
        for member in members {
            self.people.extend(member.employee_id);
            match MemberKey::of(&member.value, &before.people) {
                MemberKey::Person(employee) => self.person(employee),
                MemberKey::Unknown(_) => {}
            }
        }
    }

    /// Local edits count again if a team of this id was there before.
    fn new_team(&mut self, team: TeamId, before: &TenantRoster) {
        self.teams.insert(team);
        self.people.extend(before.edited_for(team));
    }

    fn team_gone(&mut self, team: TeamId, before: &TenantRoster) {
        self.teams.insert(team);
        self.people.extend(before.ever_in(team));
    }
}

impl TenantRoster {
    /// Who was put into a team by hand, or taken out. It looks at all local edits.
    fn edited_for(&self, team: TeamId) -> impl Iterator<Item = EmployeeId> {
        let edited = self.local.edits.keys().filter(move |(_, edited)| *edited == team);
        edited.map(|(employee, _)| *employee)
    }

    /// Who is in a team, or was put into it by hand.
    fn ever_in(&self, team: TeamId) -> impl Iterator<Item = EmployeeId> {
        let synced = self.groups.get(team).into_iter().flat_map(|group| group.member_list.all());
        let synced = synced.filter_map(|key| match key {
            MemberKey::Person(employee) => Some(employee),
            MemberKey::Unknown(_) => None,
        });
        synced.chain(self.edited_for(team))
    }
}
