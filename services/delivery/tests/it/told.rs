//! What is told of a history.

use delivery::derive::derive;
use events::Recorded;
use feed::{Body, Fact, FeedEvent};
use kit::projection::history;
use roster::{Intent, Roster, TenantRoster};
use serde_json::Value;

use crate::subscriber::Subscriber;

/// The feed of a log, if what is told together ends behind the events whose places are in `ends`.
pub(crate) fn feed(log: &[Recorded], ends: &[usize]) -> Vec<FeedEvent> {
    let mut roster = Roster::default();
    let mut feed = Vec::new();
    let mut begin = 0;
    for end in ends.iter().copied().filter(|end| *end < log.len()).chain([log.len()]) {
        if end > begin {
            feed.extend(derive(&mut roster, &log[begin..end]).into_iter().map(|(event, _)| event));
            begin = end;
        }
    }
    feed
}

/// The feed in which each event of the log is told by itself.
pub(crate) fn one_by_one(log: &[Recorded]) -> Vec<FeedEvent> {
    feed(log, &(1..=log.len()).collect::<Vec<_>>())
}

/// The feed of what intents lead to, each told together, and the roster at the end.
pub(crate) fn decision_by_decision(intents: &[Intent]) -> (Vec<FeedEvent>, Roster) {
    let ends: Vec<usize> =
        (1..=intents.len()).map(|through| history(&intents[..through]).0.len()).collect();
    let (log, roster) = history(intents);
    (feed(&log, &ends), roster)
}

/// A subscriber that has read these events.
pub(crate) fn subscriber(feed: &[FeedEvent]) -> Subscriber {
    let mut subscriber = Subscriber::default();
    for event in feed {
        let body: Value = serde_json::from_slice(&event.body.json()).expect("JSON");
        subscriber.take(&format!("rollcall.{}", event.fact), &body);
    }
    subscriber
}

/// What a subscriber should know of a tenant.
pub(crate) fn should_know(tenant: &TenantRoster) -> Subscriber {
    let json = |state: Value| (state["id"].as_str().expect("an id").to_owned(), state);
    let people = tenant.people().all().map(|person| person.employee);
    let people = people.filter_map(|id| delivery::state::employee(tenant, id));
    let groups = tenant.groups().skipping(0).map(|group| group.team);
    let teams = groups.chain(tenant.own_teams().map(|team| team.team_id));
    let teams = teams.filter_map(|id| delivery::state::team(tenant, id));
    let bookings = tenant.bookings().all().map(|booking| booking.id);
    let bookings = bookings.filter_map(|id| delivery::state::booking(tenant, id));
    let alerts = tenant.guard().alerts().map(delivery::state::alert);
    Subscriber {
        employees: people.map(|state| json(to_value(&state))).collect(),
        teams: teams.map(|state| json(to_value(&state))).collect(),
        bookings: bookings.map(|state| json(to_value(&state))).collect(),
        alerts: alerts.map(|state| json(to_value(&state))).collect(),
    }
}

fn to_value(state: &impl serde::Serialize) -> Value {
    serde_json::to_value(state).expect("JSON")
}

/// The facts about one person, in order.
pub(crate) fn facts_about(feed: &[FeedEvent], person: uuid::Uuid) -> Vec<Fact> {
    feed.iter().filter(|event| event.about == person).map(|event| event.fact).collect()
}

/// What is told of a person with an event.
pub(crate) fn person(event: &FeedEvent) -> Option<&feed::EmployeeEvent> {
    match &event.body {
        Body::Employee(body) => Some(body),
        Body::Receipt(_)
        | Body::Erased(_)
        | Body::Team(_)
        | Body::Booking(_)
        | Body::Alert(_)
        | Body::Test(_) => None,
    }
}
