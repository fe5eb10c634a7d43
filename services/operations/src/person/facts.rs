//! What a roster says of one person, as facts that can be compared one by one.

use std::collections::BTreeMap;

use events::{BookingId, Canceller, EmployeeId, ResourceId, Standing, TeamId};
use roster::{Booking, BookingDecision, Origin, Person, StandingOverride, TenantRoster};
use serde_json::{Value, json};

/// One thing that is known about a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// Active or Former, as it counts.
    Standing,
    /// Why they are Active although the directory says that they left.
    Held,
    /// The user name.
    UserName,
    /// The client's own key.
    ExternalId,
    /// Another attribute of the profile, by the name that `changed` in events gives it.
    Attribute(String),
    /// A SCIM resource of theirs.
    Resource(ResourceId),
    /// The Primary team.
    PrimaryTeam,
    /// A team that counts for them.
    Team(TeamId),
    /// A booking of theirs.
    Booking(BookingId),
}

impl Fact {
    /// What it is called in answers.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Standing => "standing".to_owned(),
            Self::Held => "held".to_owned(),
            Self::UserName => "userName".to_owned(),
            Self::ExternalId => "externalId".to_owned(),
            Self::Attribute(name) => name.clone(),
            Self::Resource(id) => format!("resource {id}"),
            Self::PrimaryTeam => "primary team".to_owned(),
            Self::Team(id) => format!("team {id}"),
            Self::Booking(id) => format!("booking {id}"),
        }
    }

    /// Whether its value is personal, so that it is shown only to whoever says so.
    pub(crate) fn is_personal(&self) -> bool {
        match self {
            Self::UserName | Self::ExternalId | Self::Attribute(_) | Self::Booking(_) => true,
            Self::Standing | Self::Held | Self::Resource(_) | Self::PrimaryTeam | Self::Team(_) => {
                false
            }
        }
    }
}

pub(crate) type Facts = BTreeMap<Fact, Value>;

/// All that is known about somebody; nothing about one who is not known.
pub(crate) fn facts(tenant: &TenantRoster, employee: EmployeeId) -> Facts {
    let mut facts = Facts::new();
    let Some(person) = tenant.people().by_employee(employee) else { return facts };
    facts.insert(Fact::Standing, standing(tenant.standing(person)).into());
    match tenant.guard().standing_override(employee) {
        None => {}
        Some(StandingOverride::Held(alert)) => {
            facts.insert(Fact::Held, json!({ "until_decided": alert }));
        }
        Some(StandingOverride::Reversed) => {
            facts.insert(Fact::Held, json!("departure reversed"));
        }
    }
    profile(&mut facts, person);
    for (nth, resource) in tenant.people().resources_of(employee).enumerate() {
        let state = match (resource.gone, resource.active()) {
            (true, _) => "deleted",
            (false, true) => "active",
            (false, false) => "inactive",
        };
        let value = json!({ "state": state, "describes_the_person": nth == 0 });
        facts.insert(Fact::Resource(resource.resource), value);
    }
    if let Some((primary, _)) = tenant.primary_of(employee) {
        facts.insert(Fact::PrimaryTeam, json!(primary.team));
    }
    for team in tenant.teams_of(employee) {
        let origin = match team.origin {
            Origin::Synced => "synced",
            Origin::Local => "local",
        };
        let name = team_name(tenant, team.team);
        let value = json!({ "name": name, "origin": origin, "since": team.since });
        facts.insert(Fact::Team(team.team), value);
    }
    let theirs = tenant.bookings().of(employee);
    facts.extend(theirs.map(|booking| (Fact::Booking(booking.id), booking_value(tenant, booking))));
    facts
}

/// What a team is called, synced or of the administrators' own.
pub(crate) fn team_name(tenant: &TenantRoster, team: TeamId) -> Option<&str> {
    let synced = tenant.groups().get(team).map(roster::Group::display_name);
    synced.or_else(|| tenant.own_team(team).map(|own| own.name.as_str()))
}

pub(crate) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Former => "former",
    }
}

fn profile(facts: &mut Facts, person: &Person) {
    let profile = person.profile();
    facts.insert(Fact::UserName, profile.user_name.as_str().into());
    if let Some(id) = &profile.external_id {
        facts.insert(Fact::ExternalId, id.as_str().into());
    }
    for (name, value) in profile.attributes {
        match value {
            // As `changed` in events names them.
            Value::Object(inner) if name.starts_with("urn:") && !inner.is_empty() => {
                facts.extend(
                    inner
                        .into_iter()
                        .map(|(inner, value)| (Fact::Attribute(format!("{name}:{inner}")), value)),
                );
            }
            value => {
                facts.insert(Fact::Attribute(name), value);
            }
        }
    }
}

fn booking_value(tenant: &TenantRoster, booking: &Booking) -> Value {
    let place = &booking.place;
    let cancelled = booking.cancelled_by().map(|by| match by {
        Canceller::BookingSystem => "booking-system",
        Canceller::Administrator => "administrator",
    });
    json!({
        "resource": place.resource,
        "resource_type": place.resource_type,
        "title": place.title,
        "starts_at": place.starts_at,
        "ends_at": place.ends_at,
        "state": booking.state(),
        "cancelled_by": cancelled,
        "booked_for": booking.booked_for,
        "decided": tenant.decision(booking).map(|decision| match decision {
            BookingDecision::Keep => json!("kept"),
            BookingDecision::Cancel { due, .. } => json!({ "cancelled_at": due }),
            BookingDecision::Withdrawn => json!(null),
            BookingDecision::Reopened => json!("reopened"),
        }),
    })
}
