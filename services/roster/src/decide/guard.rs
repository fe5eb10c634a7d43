//! The mass-change guard: what a decision says besides, since it is too much within too short a time.

use events::{
    AlertCause, AlertPeople, DeletedGroup, DeletionAlert, DepartedUser, DepartureAlert, EmployeeId,
    Event, MemberRef, RaisedAlert, Seq, TeamId,
};

use crate::guard::MIN_ALERT_MEMBERS;
use crate::{Occasion, StandingOverride, TenantRoster};

/// What an event takes away, which the guard has to look at.
enum Loss<'a> {
    /// A person who may leave with it.
    Person { departed: &'a mut DepartedUser, deleted: bool },
    /// A group.
    Group(&'a mut DeletedGroup),
    /// Members of a group, in whose place others may come.
    Members { team: TeamId, removed: &'a [MemberRef], added: &'a [MemberRef] },
}

impl<'a> Loss<'a> {
    /// None for most events, so that the guard costs them nothing.
    fn by(event: &'a mut Event) -> Option<Self> {
        match event {
            Event::UserDeactivated(departed) => Some(Self::Person { departed, deleted: false }),
            Event::UserDeleted(departed) => Some(Self::Person { departed, deleted: true }),
            Event::GroupDeleted(deleted) => Some(Self::Group(deleted)),
            Event::GroupMembersRemoved(body) => {
                Some(Self::Members { team: body.team_id, removed: &body.members, added: &[] })
            }
            Event::GroupMembersAdded(body) => {
                Some(Self::Members { team: body.team_id, removed: &[], added: &body.members })
            }
            Event::GroupMembersReplaced(body) => Some(Self::Members {
                team: body.team_id,
                removed: &body.removed,
                added: &body.added,
            }),
            Event::TenantCreated(_)
            | Event::TenantGuardSet(_)
            | Event::TenantExtensionDeclared(_)
            | Event::TenantExtensionRemoved(_)
            | Event::IntegrationActivated(_)
            | Event::IntegrationDeactivated(_)
            | Event::CredentialIssued(_)
            | Event::CredentialRevoked(_)
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
            | Event::UserCreated(_)
            | Event::UserChanged(_)
            | Event::UserReactivated(_)
            | Event::UserReturned(_)
            | Event::UserResourceChanged(_)
            | Event::UserResourceDeleted(_)
            | Event::UserTeamAssigned(_)
            | Event::UserTeamUnassigned(_)
            | Event::UserPrimaryChosen(_)
            | Event::UserTeamsReset(_)
            | Event::UserReceiptClosed(_)
            | Event::UserErased(_)
            | Event::GroupCreated(_)
            | Event::GroupChanged(_)
            | Event::GroupMemberResourcesChanged(_)
            | Event::TeamCreated(_)
            | Event::TeamRenamed(_)
            | Event::TeamDeleted(_)
            | Event::BookingRecorded(_)
            | Event::BookingChanged(_)
            | Event::BookingClosed(_)
            | Event::BookingCancelled(_)
            | Event::BookingCancellationPlanned(_)
            | Event::BookingCancellationWithdrawn(_)
            | Event::BookingKept(_)
            | Event::BookingHandedOver(_)
            | Event::BookingReopened(_)
            | Event::TenantLeaverPolicySet(_)
            | Event::AlertRaised(_)
            | Event::AlertPeopleAdded(_)
            | Event::AlertReleased(_)
            | Event::AlertReversed(_)
            | Event::Unknown { .. } => None,
        }
    }
}

/// The events of a decision, and with them what the guard has to say.
///
/// What it says about most is part of the event itself: a decision of one event is appended far
/// faster than one of two.
pub(super) fn judge(
    tenant: &TenantRoster,
    mut events: Vec<Event>,
    occasion: Occasion,
) -> Vec<Event> {
    if !tenant.guard.settings.on {
        return events;
    }
    let mut alarm = Vec::new();
    let mut shown: Option<(TeamId, usize)> = None;
    for loss in events.iter_mut().filter_map(Loss::by) {
        match loss {
            Loss::Person { departed, deleted } => {
                alarm.extend(departure(tenant, departed, deleted, occasion));
            }
            Loss::Group(deleted) => {
                let team = deleted.team_id;
                let alert =
                    DeletionAlert { alert_id: occasion.alert, guard: tenant.guard.settings };
                deleted.alert = had_several(tenant, team, occasion).then_some(alert);
            }
            Loss::Members { team, removed, added } => {
                let before = shown.map_or_else(|| member_count(tenant, team), |(_, shown)| shown);
                let seen = |members| seen(tenant, members);
                shown = Some((team, (before + seen(added)).saturating_sub(seen(removed))));
            }
        }
    }
    if let Some((team, 0)) = shown
        && had_several(tenant, team, occasion)
    {
        let cause = AlertCause::GroupEmptied { team_id: team, deleted: false };
        alarm.push(raised(tenant, cause, false, occasion));
    }
    events.extend(alarm);
    events
}

/// Raises an alert when too many have left, with all who left within the window. Whoever leaves
/// next, while it still is too many, belongs to it.
fn departure(
    tenant: &TenantRoster,
    departed: &mut DepartedUser,
    deleted: bool,
    occasion: Occasion,
) -> Vec<Event> {
    let employee = departed.state.employee_id;
    let was_active = tenant.people.is_active(employee);
    let reversal_ends =
        deleted && tenant.guard.standing_override(employee) == Some(StandingOverride::Reversed);
    if !was_active && !reversal_ends {
        return vec![];
    }
    let mut state = tenant.guard.clone();
    state.leaves(employee, occasion.now, Seq(u64::MAX));
    let active_before = state.active_before(tenant.people.active() - usize::from(was_active));
    let too_many = |left: usize| {
        let guard = state.settings;
        // One who leaves is no mass, however the guard is set.
        left >= (guard.deactivations as usize).max(2)
            && left as u64 * 100 > u64::from(guard.percent) * active_before as u64
    };
    if let Some(alert) = state.current_alert.and_then(|id| state.alert(id)) {
        let belongs = DepartureAlert { alert_id: alert.id, held: alert.held };
        departed.alert = too_many(state.leaver_count()).then_some(belongs);
        return vec![];
    }
    if !too_many(state.leavers_without_override()) {
        return vec![];
    }
    let cause = AlertCause::Deactivations {
        deactivations: count(state.leavers_without_override()),
        active_before: count(active_before),
    };
    let free: Vec<EmployeeId> =
        state.leavers().filter(|leaver| state.standing_override(*leaver).is_none()).collect();
    let piece = |people: &[EmployeeId]| {
        Event::AlertPeopleAdded(AlertPeople { alert_id: occasion.alert, people: people.to_vec() })
    };
    let mut events = vec![raised(tenant, cause, state.settings.hold, occasion)];
    events.extend(free.chunks(AlertPeople::MAX).map(piece));
    events
}

fn raised(tenant: &TenantRoster, cause: AlertCause, held: bool, occasion: Occasion) -> Event {
    let guard = tenant.guard.settings;
    Event::AlertRaised(RaisedAlert { alert_id: occasion.alert, cause, held, guard })
}

/// Whether a group has members, and has or had several within the window.
fn had_several(tenant: &TenantRoster, team: TeamId, Occasion { now, .. }: Occasion) -> bool {
    let members = member_count(tenant, team);
    let lately = tenant.guard.shrinking.get(&team);
    members >= MIN_ALERT_MEMBERS
        || members > 0 && lately.is_some_and(|at| now.duration_since(*at) <= tenant.guard.window())
}

fn member_count(tenant: &TenantRoster, team: TeamId) -> usize {
    tenant.groups.get(team).map_or(0, crate::Group::member_count)
}

/// How many of these a group shows: not those whose resource is gone.
fn seen(tenant: &TenantRoster, members: &[MemberRef]) -> usize {
    let is_hidden = |member: &&MemberRef| {
        member.employee_id.is_some_and(|employee| tenant.people.is_gone(employee))
    };
    members.len() - members.iter().filter(is_hidden).count()
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}
