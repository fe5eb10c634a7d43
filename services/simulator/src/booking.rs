//! A booking system in a box: desks and rooms, booked in the past and in the future.

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

/// A desk or a room, taken by one person for some hours.
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

/// Makes up `per_person` bookings for everybody who is here, half of them in the past.
pub fn bookings(
    directory: &Directory,
    mapping: Mapping,
    per_person: usize,
    now: Timestamp,
    seed: u64,
) -> Vec<Booking> {
    let mut rng = Rng::with_seed(seed);
    let mut bookings = Vec::new();
    for person in directory.people.values().filter(|person| person.is_live()) {
        for number in 0..per_person {
            let days = SignedDuration::from_hours(24 * rng.i64(1..=60));
            let day = if number % 2 == 0 { now + days } else { now - days };
            let starts_at = day.round(jiff::Unit::Hour).unwrap_or(day);
            let (floor, desk) = (rng.u8(1..8), rng.u8(1..60));
            bookings.push(Booking {
                reference: format!("{}/{number}", person.object_id),
                person: booker(mapping, person, &mut rng),
                resource: format!("Desk {floor}.{desk:02}"),
                title: (rng.u8(..4) == 0).then(|| "Workshop “Q&A”".to_owned()),
                starts_at,
                ends_at: starts_at + SignedDuration::from_hours(rng.i64(1..=8)),
            });
        }
    }
    bookings
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
