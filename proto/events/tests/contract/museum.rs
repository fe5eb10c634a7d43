//! `museum/` shows one specimen of every shape ever published, and all of them can be read.

use events::{Event, EventKind, header};
use serde_json::Value;

use crate::KEPT;
use crate::specimen::specimens;

#[test]
fn every_shape_ever_published_has_its_specimen() {
    let shown = KEPT.names_in("museum");
    let missing: Vec<String> = EventKind::ALL
        .into_iter()
        .flat_map(|kind| (1..=kind.version()).map(move |version| format!("{kind}.{version}.json")))
        .filter(|name| !shown.contains(name))
        .collect();
    assert!(missing.is_empty(), "proto/events/museum lacks {}", missing.join(", "));
}

#[test]
fn every_specimen_is_shown_under_its_name_and_version() {
    for specimen in specimens() {
        assert_eq!(specimen.file, format!("{}.{}.json", specimen.name, specimen.version));
        let schema = format!("urn:rollcall:{}:{}", specimen.name, specimen.version);
        assert_eq!(specimen.headers["ce-dataschema"], schema, "museum/{}", specimen.file);
    }
}

#[test]
fn every_specimen_is_still_read() {
    for specimen in specimens() {
        let read = specimen.read().unwrap_or_else(|e| panic!("museum/{}: {e:?}", specimen.file));
        assert_eq!(read.event.kind(), Some(specimen.kind()), "museum/{}", specimen.file);
    }
}

#[test]
fn the_digest_of_every_specimen_covers_its_headers() {
    for specimen in specimens() {
        let told = &specimen.headers["ce-digest"];
        assert_eq!(*told, specimen.digest().to_string(), "museum/{}", specimen.file);
    }
}

#[test]
fn a_specimen_of_todays_shape_would_be_published_as_it_was() {
    for specimen in specimens() {
        if specimen.version < specimen.kind().version() {
            continue;
        }
        let read = specimen.read().unwrap();
        let file = &specimen.file;
        assert_eq!(read.event.subject(read.tenant()).as_ref(), Some(&specimen.subject), "{file}");

        let mut headers = read.envelope.headers(&read.event).unwrap();
        headers.extend([
            (header::DIGEST, read.digest.to_string()),
            (header::CHAIN, read.chain.to_string()),
        ]);
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        assert_eq!(specimen.headers, headers, "the headers of museum/{file}");

        let body: Value = serde_json::from_slice(&read.event.body().unwrap()).unwrap();
        assert_eq!(specimen.body(), body, "the body of museum/{file}");
    }
}

#[test]
fn a_specimen_under_another_name_is_unknown() {
    for mut specimen in specimens() {
        specimen.headers.insert("ce-type".to_owned(), "rollcall.user.sainted".to_owned());
        specimen
            .headers
            .insert("ce-dataschema".to_owned(), "urn:rollcall:user.sainted:1".to_owned());
        specimen.headers.insert("ce-digest".to_owned(), specimen.digest().to_string());
        let read = specimen.read().unwrap();
        assert_eq!(read.event, Event::Unknown { name: "user.sainted".to_owned() });
    }
}
