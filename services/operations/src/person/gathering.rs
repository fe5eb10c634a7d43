//! Which events concern a person: pure. Their own, those that name them, and those that say how the
//! groups, teams, bookings and alerts stand that these are about.
//!
//! The fold of these events says of the person what the fold of the whole log says, at every
//! position: a law, in `tests.rs`. That is what allows to answer about one person without reading
//! everybody's events.

use std::collections::{BTreeMap, BTreeSet};

use events::{DepartedUser, EmployeeId, Event, Recorded, Seq, UserState};
use uuid::Uuid;

/// What was found of a person so far, and what is still to be looked for.
#[derive(Debug)]
pub(crate) struct Gathering {
    ids: BTreeSet<Uuid>,
    asked: BTreeSet<Uuid>,
    events: BTreeMap<Seq, Recorded>,
}

impl Gathering {
    /// Begins with the person's id.
    pub(crate) fn of(employee: EmployeeId) -> Self {
        let ids = BTreeSet::from([employee.0]);
        Self { ids, asked: BTreeSet::new(), events: BTreeMap::new() }
    }

    /// The ids that the index is to be asked for next ([`activity::mentions`]); none when all is
    /// found.
    pub(crate) fn next_ids(&mut self) -> Vec<Uuid> {
        let next: Vec<Uuid> = self.ids.difference(&self.asked).copied().collect();
        self.asked.extend(&next);
        next
    }

    /// Whether the event at a position is here already.
    pub(crate) fn has(&self, seq: Seq) -> bool {
        self.events.contains_key(&seq)
    }

    /// Takes in an event that the index found; it may lead to further ids.
    pub(crate) fn take(&mut self, event: Recorded) {
        self.ids.extend(leads_to(&event.event));
        self.events.insert(event.seq, event);
    }

    /// All events that concern the person, in the order of the log.
    pub(crate) fn finish(self) -> Vec<Recorded> {
        self.events.into_values().collect()
    }
}

/// What else has to be known, where an event concerns a person: their other resources, and the group,
/// team, booking or alert.
fn leads_to(event: &Event) -> Vec<Uuid> {
    match event {
        Event::UserCreated(state)
        | Event::UserChanged(state)
        | Event::UserReactivated(state)
        | Event::UserReturned(state) => resource(state),
        Event::UserDeactivated(body) | Event::UserDeleted(body) => departed(body),
        Event::UserResourceChanged(body) => vec![body.resource_id.0],
        Event::UserResourceDeleted(body) => vec![body.resource_id.0],
        Event::UserTeamAssigned(body) | Event::UserTeamUnassigned(body) => vec![body.team_id.0],
        Event::UserPrimaryChosen(body) => vec![body.team_id.0],
        Event::GroupMembersAdded(body) | Event::GroupMembersRemoved(body) => vec![body.team_id.0],
        Event::GroupMembersReplaced(body) => vec![body.team_id.0],
        Event::GroupMemberResourcesChanged(body) => vec![body.team_id.0],
        Event::GroupCreated(body) => vec![body.state.team_id.0],
        Event::BookingRecorded(body) | Event::BookingChanged(body) => vec![body.booking_id.0],
        Event::BookingCancelled(body) => vec![body.booking_id.0],
        Event::BookingClosed(body) => vec![body.booking_id.0],
        Event::BookingCancellationPlanned(body) => vec![body.booking_id.0],
        Event::BookingCancellationWithdrawn(body) => vec![body.booking_id.0],
        Event::BookingKept(body) => vec![body.booking_id.0],
        Event::BookingHandedOver(body) => vec![body.booking.booking_id.0],
        Event::BookingReopened(body) => vec![body.booking.booking_id.0],
        Event::AlertPeopleAdded(body) => vec![body.alert_id.0],
        Event::GroupChanged(_)
        | Event::GroupDeleted(_)
        | Event::TeamCreated(_)
        | Event::TeamRenamed(_)
        | Event::TeamDeleted(_)
        | Event::AlertRaised(_)
        | Event::AlertReleased(_)
        | Event::AlertReversed(_)
        | Event::UserTeamsReset(_)
        | Event::UserReceiptClosed(_)
        | Event::UserErased(_)
        | Event::TenantCreated(_)
        | Event::TenantGuardSet(_)
        | Event::TenantLeaverPolicySet(_)
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
        | Event::Unknown { .. } => vec![],
    }
}

fn resource(state: &UserState) -> Vec<Uuid> {
    vec![state.resource_id.0]
}

fn departed(body: &DepartedUser) -> Vec<Uuid> {
    let alert = body.alert.map(|alert| alert.alert_id.0);
    [body.state.resource_id.0].into_iter().chain(alert).collect()
}
