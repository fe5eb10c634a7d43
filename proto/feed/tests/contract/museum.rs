//! `museum/` shows one specimen of every shape ever published.

use std::collections::{BTreeMap, BTreeSet};

use feed::{
    AlertEvent, Body, BookingEvent, EmployeeEvent, Entity, ErasedEmployee, Fact, FeedEvent,
    Provenance, ReceiptEvent, Source, TeamEvent, TestEvent, cloud_event,
};
use serde::Deserialize;
use serde_json::Value;

use crate::KEPT;
use crate::schema::file_of;

/// One event as it was published: `museum/<fact>.<version>.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Specimen {
    #[serde(skip)]
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) subject: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

impl Specimen {
    pub(crate) fn fact(&self) -> Fact {
        let mut all = Fact::ALL.into_iter();
        all.find(|fact| fact.name() == self.name).unwrap_or_else(|| panic!("{}", self.file))
    }

    /// The event, read by the types of today.
    fn event(&self) -> FeedEvent {
        let (fact, body) = (self.fact(), self.body.clone());
        let body = match (fact, fact.entity()) {
            (Fact::EmployeeErased, _) => Body::Erased(read::<ErasedEmployee>(body)),
            (Fact::EmployeeReceiptClosed, _) => Body::Receipt(read::<ReceiptEvent>(body)),
            (_, Entity::Employee) => Body::Employee(read::<EmployeeEvent>(body)),
            (_, Entity::Team) => Body::Team(read::<TeamEvent>(body)),
            (_, Entity::Booking) => Body::Booking(read::<BookingEvent>(body)),
            (_, Entity::Alert) => Body::Alert(read::<AlertEvent>(body)),
            (_, Entity::Subscriber) => Body::Test(read::<TestEvent>(body)),
        };
        FeedEvent { fact, about: self.headers["ce-subject"].parse().unwrap(), body }
    }
}

fn read<T: serde::de::DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).unwrap()
}

/// All specimens, in the order of their names.
pub(crate) fn specimens() -> Vec<Specimen> {
    let specimen = |file: String| {
        let text = KEPT.read(&format!("museum/{file}"));
        let read: Specimen =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("museum/{file}: {e}"));
        Specimen { file, ..read }
    };
    KEPT.names_in("museum").into_iter().map(specimen).collect()
}

#[test]
fn every_shape_ever_published_has_its_specimen_under_its_name() {
    let shown: BTreeSet<String> = KEPT.names_in("museum").into_iter().collect();
    let versions = |fact: Fact| (1..=fact.version()).map(move |version| file_of(fact, version));
    let published: BTreeSet<String> = Fact::ALL.into_iter().flat_map(versions).collect();
    assert_eq!(shown, published);
    for specimen in specimens() {
        assert_eq!(specimen.file, file_of(specimen.fact(), specimen.version));
    }
}

#[test]
fn a_specimen_of_todays_shape_would_be_published_as_it_was() {
    for specimen in specimens() {
        if specimen.version < specimen.fact().version() {
            continue;
        }
        let event = specimen.event();
        let provenance = Provenance {
            cause: events::EventId(uuid::Uuid::from_u128(7)),
            tenant: "harbour-works".parse().unwrap(),
            time: specimen.headers["ce-time"].parse().unwrap(),
            actor: specimen.headers["ce-actor"].clone(),
            request: specimen.headers.get("ce-requestid").cloned(),
            trace_parent: specimen.headers.get("ce-traceparent").cloned(),
        };
        let file = &specimen.file;
        assert_eq!(event.subject(&provenance.tenant), specimen.subject, "{file}");
        let number = specimen.headers["ce-sequence"].parse().unwrap();
        let source = Source { position: events::Position::START, told: 1, of: 1 };
        let headers = provenance.headers(&event, number, source);
        let headers: BTreeMap<String, String> = headers
            .into_iter()
            .filter(|(name, _)| name.starts_with("ce-"))
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        assert_eq!(headers, specimen.headers, "the headers of museum/{file}");
        let body: Value = serde_json::from_slice(&event.body.json()).unwrap();
        assert_eq!(body, specimen.body, "the body of museum/{file}");
    }
}

#[test]
fn as_one_object_an_event_has_its_attributes_and_its_body_as_data() {
    for specimen in specimens() {
        let header_of = |name: &'static str| specimen.headers.get(name).map(String::as_str);
        let body = serde_json::to_vec(&specimen.body).unwrap();
        let event = cloud_event(header_of, &body).unwrap();
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["type"], *specimen.headers["ce-type"]);
        assert_eq!(event["sequence"], *specimen.headers["ce-sequence"]);
        assert_eq!(event["data"], specimen.body);
        assert_eq!(event.len(), specimen.headers.len() + 1, "{}", specimen.file);
    }
}
