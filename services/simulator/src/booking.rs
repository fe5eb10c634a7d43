//! A booking system in a box: desks, rooms and parking, booked in the past and in the future.

use std::sync::Arc;

use fastrand::Rng;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::api::Api;
use crate::client::ClientError;
use crate::client::transport::Transport;
use crate::directory::{Directory, Person};
use crate::mapping::Mapping;
use crate::options::ApiTarget;

/// How many lines an import has at most.
const MAX_IMPORT_LINES: usize = 1000;

/// A desk, a room or a place to park, taken by one person for some hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// The booking system's own id.
    pub reference: String,
    /// Whose it is.
    #[serde(flatten)]
    pub person: Booker,
    /// What is booked.
    pub resource: String,
    /// Of which type that is: `desk`, `room` or `parking`.
    pub resource_type: &'static str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// How a booking system names a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Booker {
    /// By the `externalId` of SCIM.
    ExternalId(String),
    /// By the user name.
    UserName(String),
}

/// Speaks to the booking intake.
#[derive(Debug)]
pub struct BookingSystem {
    api: Api,
}

/// How far back and ahead people have booked.
const DAYS: i64 = 42;

/// Makes up `per_person` bookings for everybody who is here, half of them in the past, each within a working
/// day of the last or the next six weeks.
pub fn bookings(
    directory: &Directory,
    mapping: Mapping,
    per_person: usize,
    now: Timestamp,
    seed: u64,
) -> Vec<Booking> {
    let mut rng = Rng::with_seed(seed);
    let today = now - SignedDuration::from_secs(now.as_second().rem_euclid(24 * 3600));
    let today = today - SignedDuration::from_nanos(i64::from(today.subsec_nanosecond()));
    let mut bookings = Vec::new();
    for person in directory.people.values().filter(|person| person.is_live()) {
        for number in 0..per_person {
            let days = SignedDuration::from_hours(24 * rng.i64(1..=DAYS));
            let day = if number % 2 == 0 { today + days } else { today - days };
            let starts_at = day + SignedDuration::from_hours(rng.i64(8..=15));
            let (resource_type, resource, title, hours) = taken(&mut rng);
            bookings.push(Booking {
                reference: format!("{}/{number}", person.object_id),
                person: booker(mapping, person, &mut rng),
                resource,
                resource_type,
                title,
                starts_at,
                ends_at: starts_at + SignedDuration::from_hours(hours),
            });
        }
    }
    bookings
}

/// What somebody takes: its type, what it is called, what for, and for how many hours.
fn taken(rng: &mut Rng) -> (&'static str, String, Option<String>, i64) {
    const TITLES: [&str; 4] =
        ["Workshop “Q&A”", "Weekly planning", "Visit of a customer", "Interview"];
    let floor = rng.u8(1..8);
    match rng.u8(..10) {
        ..5 => ("desk", format!("Desk {floor}.{:02}", rng.u8(1..60)), None, rng.i64(4..=8)),
        5..8 => {
            let title = TITLES[rng.usize(..TITLES.len())].to_owned();
            ("room", format!("Room {floor}.{}", rng.u8(1..9)), Some(title), rng.i64(1..=3))
        }
        _ => ("parking", format!("Parking P{}-{:02}", floor % 3 + 1, rng.u8(1..40)), None, 8),
    }
}

fn booker(mapping: Mapping, person: &Person, rng: &mut Rng) -> Booker {
    match mapping {
        Mapping::Workplace if rng.bool() => Booker::ExternalId(person.object_id.to_string()),
        // A payroll key may be missing, and need not be one person's alone.
        Mapping::Workplace | Mapping::Benefits => {
            Booker::UserName(person.user_principal_name.clone())
        }
    }
}

impl BookingSystem {
    /// A booking system with a token that lets it record bookings.
    pub fn new(target: &ApiTarget) -> Result<Self, ClientError> {
        let transport = Arc::new(Transport::new(crate::RETRY_TIMEOUT, 0.0, 0, None));
        Self::over(target, transport)
    }

    pub(crate) fn over(target: &ApiTarget, transport: Arc<Transport>) -> Result<Self, ClientError> {
        Ok(Self { api: Api::new(target, transport)? })
    }

    /// Records bookings one by one, with so many in flight.
    pub async fn record(&self, bookings: &[Booking], in_flight: usize) -> Result<(), ClientError> {
        stream::iter(bookings)
            .map(async |booking| {
                let mut body = serde_json::to_value(booking).expect("a booking is plain JSON");
                // The reference stands in the path.
                body.as_object_mut().and_then(|body| body.remove("reference"));
                self.api.put_booking(&booking.reference, &body).await
            })
            .buffer_unordered(in_flight.max(1))
            .try_collect()
            .await
    }

    /// Records bookings by import; gives the reasons for those that were refused.
    pub async fn import(&self, bookings: &[Booking]) -> Result<Vec<String>, ClientError> {
        let mut reasons = Vec::new();
        for some in bookings.chunks(MAX_IMPORT_LINES) {
            let mut lines = String::new();
            for booking in some {
                lines += &serde_json::to_string(booking).expect("a booking is plain JSON");
                lines.push('\n');
            }
            let answers = self.api.import(lines).await?;
            let refused = answers.iter().filter(|answer| answer["status"] == "refused");
            let why = |answer: &Value| answer["detail"].as_str().map(str::to_owned);
            reasons.extend(refused.map(|answer| why(answer).unwrap_or_default()));
        }
        Ok(reasons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::generate;

    fn now() -> Timestamp {
        "2026-03-02T08:20:00Z".parse().unwrap()
    }

    #[test]
    fn everybody_has_bookings_behind_them_and_before_them() {
        let company = generate(20, 0, 1);
        let bookings = bookings(&company, Mapping::Workplace, 4, now(), 1);
        assert_eq!(bookings.len(), 80);
        let past = bookings.iter().filter(|booking| booking.ends_at < now()).count();
        assert_eq!(past, 40);
        assert!(bookings.iter().all(|booking| booking.starts_at < booking.ends_at));
        let weeks = |hours: i64| SignedDuration::from_hours(hours * 24 * 7);
        let far = |booking: &&Booking| booking.starts_at.duration_since(now()).abs() > weeks(3);
        assert!(bookings.iter().any(|booking| far(&booking)), "several weeks of them");
    }

    #[test]
    fn there_are_bookings_of_each_type_so_that_policies_and_filters_can_be_tried() {
        let company = generate(20, 0, 1);
        let bookings = bookings(&company, Mapping::Workplace, 4, now(), 1);
        for kind in ["desk", "room", "parking"] {
            let some = bookings.iter().find(|one| one.resource_type == kind);
            let body = serde_json::to_value(some.expect(kind)).unwrap();
            assert_eq!(body["resourceType"], kind, "{body}");
        }
    }

    #[test]
    fn a_booking_names_its_person_in_one_way() {
        let company = generate(1, 0, 1);
        let booking = bookings(&company, Mapping::Benefits, 1, now(), 1).remove(0);
        let body = serde_json::to_value(&booking).unwrap();
        let person = company.people.values().next().unwrap();
        assert_eq!(body["userName"], person.user_principal_name);
        assert_eq!(body.get("externalId"), None);
    }
}
