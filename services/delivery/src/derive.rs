//! What a part of the log comes to, in feed events. Pure.

use std::collections::BTreeMap;

use events::{AlertId, BookingId, Door, EmployeeId, Event, Recorded, TeamId};
use feed::FeedEvent;
use roster::{Roster, TenantRoster, Touched};

use crate::facts::{
    alert_event, booking_again, booking_event, employee_event, receipt_event, team_goes, team_stays,
};
use crate::state;

/// A feed event, and the event of the log that it follows from, by its place among those that were
/// looked at.
pub type Derived = (FeedEvent, usize);

/// What may have changed with some events, each with the place of the last of them.
#[derive(Debug, Default)]
struct Places {
    people: BTreeMap<EmployeeId, usize>,
    teams: BTreeMap<TeamId, usize>,
    bookings: BTreeMap<BookingId, usize>,
    alerts: BTreeMap<AlertId, usize>,
}

/// What one request led to: `events`, all of one tenant, which bring `roster` to where it is
/// afterwards.
///
/// It is told together, so that nobody is told to have left whom the same decision holds. Teams come
/// before their members, people before their bookings, and a team goes when nobody is in it.
pub fn derive(roster: &mut Roster, events: &[Recorded]) -> Vec<Derived> {
    // An erasure is told by itself: a subscriber forgets the bookings that it knows as the person's.
    let parts = events.chunk_by(|one, next| !erases(one) && !erases(next));
    let mut derived = Vec::new();
    let mut before = 0;
    for part in parts {
        let told = derive_part(roster, part).into_iter();
        derived.extend(told.map(|(event, place)| (event, before + place)));
        before += part.len();
    }
    derived
}

fn erases(event: &Recorded) -> bool {
    matches!(event.event, Event::UserErased(_))
}

/// What a part of it comes to that is told together.
fn derive_part(roster: &mut Roster, events: &[Recorded]) -> Vec<Derived> {
    let Some(first) = events.first() else { return Vec::new() };
    let empty = TenantRoster::default();
    let picture = roster.clone();
    let before = picture.tenant(first.tenant()).unwrap_or(&empty);
    let mut places = Places::default();
    for (place, event) in events.iter().enumerate() {
        let tenant = roster.tenant(first.tenant()).unwrap_or(&empty);
        places.take(Touched::by(&event.event, tenant), place);
        roster::evolve(roster, event);
    }
    let after = roster.tenant(first.tenant()).unwrap_or(&empty);
    let mut derived = Vec::new();
    let teams: Vec<_> = places
        .teams
        .iter()
        .map(|(team, place)| (state::team(before, *team), state::team(after, *team), *place))
        .collect();
    for (old, new, place) in &teams {
        derived.extend(team_stays(old.clone(), new.clone()).map(|event| (event, *place)));
    }
    for (alert, place) in &places.alerts {
        let told = |tenant: &TenantRoster| tenant.guard().alert(*alert).map(state::alert);
        let reason = reason(&events[*place].event);
        derived
            .extend(alert_event(told(before).as_ref(), told(after), reason).map(|e| (e, *place)));
    }
    for (person, place) in &places.people {
        let (old, new) = (state::employee(before, *person), state::employee(after, *person));
        derived.extend(employee_event(old, new).map(|event| (event, *place)));
    }
    for (place, event) in events.iter().enumerate() {
        derived.extend(receipt_event(after, &event.event).map(|event| (event, place)));
    }
    // What was told of bookings goes with whoever is erased, also of one that is somebody else's by now.
    let again = erases(first);
    for (booking, place) in &places.bookings {
        let (old, new) = (state::booking(before, *booking), state::booking(after, *booking));
        let told = if again { booking_again(new) } else { booking_event(old, new) };
        derived.extend(told.map(|event| (event, *place)));
    }
    for (old, new, place) in teams {
        derived.extend(team_goes(old, new.as_ref()).map(|event| (event, place)));
    }
    let tests = events.iter().enumerate();
    derived.extend(tests.filter_map(|(place, event)| Some((test_event(after, event)?, place))));
    derived
}

/// The test event that a subscriber gets out of the feed; who is sent webhooks is sent it at once.
fn test_event(tenant: &TenantRoster, recorded: &Recorded) -> Option<FeedEvent> {
    let Event::SubscriberTested(test) = &recorded.event else { return None };
    let subscriber = tenant.subscribers().get(test.subscriber_id)?;
    match subscriber.door {
        Door::Nats => Some(state::test(subscriber, test.test_id)),
        Door::Webhook { .. } | Door::Pull => None,
    }
}

impl Places {
    fn take(&mut self, touched: Touched, place: usize) {
        self.people.extend(touched.people.into_iter().map(|id| (id, place)));
        self.teams.extend(touched.teams.into_iter().map(|id| (id, place)));
        self.bookings.extend(touched.bookings.into_iter().map(|id| (id, place)));
        self.alerts.extend(touched.alerts.into_iter().map(|id| (id, place)));
    }
}

/// Why somebody did it, where the roster does not keep that.
fn reason(event: &Event) -> Option<String> {
    match event {
        Event::AlertReleased(body) | Event::AlertReversed(body) => body.reason.clone(),
        Event::AlertRaised(_)
        | Event::AlertPeopleAdded(_)
        | Event::BookingCancellationPlanned(_)
        | Event::BookingCancellationWithdrawn(_)
        | Event::BookingCancelled(_)
        | Event::BookingChanged(_)
        | Event::BookingClosed(_)
        | Event::BookingHandedOver(_)
        | Event::BookingReopened(_)
        | Event::BookingKept(_)
        | Event::BookingRecorded(_)
        | Event::CredentialIssued(_)
        | Event::CredentialRevoked(_)
        | Event::GroupChanged(_)
        | Event::GroupCreated(_)
        | Event::GroupDeleted(_)
        | Event::GroupMemberResourcesChanged(_)
        | Event::GroupMembersAdded(_)
        | Event::GroupMembersRemoved(_)
        | Event::GroupMembersReplaced(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_)
        | Event::AdministratorInvited(_)
        | Event::AdministratorLinkIssued(_)
        | Event::AdministratorSignedIn(_)
        | Event::AdministratorRolesChanged(_)
        | Event::AdministratorRemoved(_)
        | Event::SubscriberAdded(_)
        | Event::SubscriberChanged(_)
        | Event::SubscriberDisabled(_)
        | Event::SubscriberPaused(_)
        | Event::SubscriberResumed(_)
        | Event::SubscriberReset(_)
        | Event::SubscriberTested(_)
        | Event::SubscriberReplayStarted(_)
        | Event::SubscriberReplayEnded(_)
        | Event::SubscriberEnabled(_)
        | Event::SubscriberRemoved(_)
        | Event::SubscriberSecretIssued(_)
        | Event::SubscriberSecretWithdrawn(_)
        | Event::TeamCreated(_)
        | Event::TeamDeleted(_)
        | Event::TeamRenamed(_)
        | Event::TenantCreated(_)
        | Event::TenantExtensionDeclared(_)
        | Event::TenantExtensionRemoved(_)
        | Event::TenantGuardSet(_)
        | Event::TenantLeaverPolicySet(_)
        | Event::Unknown { .. }
        | Event::UserChanged(_)
        | Event::UserCreated(_)
        | Event::UserDeactivated(_)
        | Event::UserDeleted(_)
        | Event::UserErased(_)
        | Event::UserPrimaryChosen(_)
        | Event::UserReactivated(_)
        | Event::UserResourceChanged(_)
        | Event::UserResourceDeleted(_)
        | Event::UserReturned(_)
        | Event::UserTeamAssigned(_)
        | Event::UserTeamUnassigned(_)
        | Event::UserReceiptClosed(_)
        | Event::UserTeamsReset(_) => None,
    }
}
