use std::collections::HashMap;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{Recorded, Undecodable};
use crate::{Chain, Digest, Envelope, Event, Seq, arbitrary, decode, header};

/// What the log holds of an event.
#[derive(Clone, Debug)]
struct Message {
    subject: String,
    headers: HashMap<&'static str, String>,
    body: Vec<u8>,
}

impl Message {
    fn of(envelope: &Envelope, event: &Event) -> Self {
        let headers = envelope.headers(event).unwrap();
        let mut message = Self {
            subject: event.subject(&envelope.tenant).unwrap(),
            headers: headers.into_iter().collect(),
            body: event.body().unwrap(),
        };
        message.tell(message.digest());
        message
    }

    fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    fn digest(&self) -> Digest {
        Digest::of_message(&self.subject, |name| self.header(name), &self.body)
    }

    fn tell(&mut self, digest: Digest) {
        self.headers.insert(header::DIGEST, digest.to_string());
        self.headers.insert(header::CHAIN, Chain::START.then(digest).to_string());
    }

    fn read(&self) -> Result<Recorded, Undecodable> {
        Recorded::decode(Seq(7), true, &self.subject, |name| self.header(name), &self.body)
    }
}

fn any_message() -> impl Strategy<Value = Message> {
    (arbitrary::envelope(), arbitrary::event())
        .prop_map(|(envelope, event)| Message::of(&envelope, &event))
}

proptest! {
    #[test]
    fn an_event_reads_back_as_it_was_written(
        envelope in arbitrary::envelope(), event in arbitrary::event(),
    ) {
        let message = Message::of(&envelope, &event);
        let digest = message.digest();
        let chain = Chain::START.then(digest);
        let written = Recorded { seq: Seq(7), envelope, event, digest, chain, commit: true };
        prop_assert_eq!(message.read().unwrap(), written);
    }

    #[test]
    fn an_altered_body_is_noticed(
        mut message in any_message(), at: Index, flip in 1_u8..,
    ) {
        let at = at.index(message.body.len());
        message.body[at] ^= flip;
        let noticed = matches!(message.read(), Err(Undecodable::Altered { .. }));
        prop_assert!(noticed, "byte {} was altered", at);
    }

    #[test]
    fn an_altered_header_is_noticed(mut message in any_message(), at: Index, text in "[!-~]*") {
        let names: Vec<_> =
            message.headers.keys().copied().filter(|name| *name != header::CHAIN).collect();
        let name = names[at.index(names.len())];
        prop_assume!(message.headers[name] != text);
        message.headers.insert(name, text);
        prop_assert!(message.read().is_err(), "{} was altered", name);
    }

    #[test]
    fn a_header_that_is_taken_away_or_added_is_noticed(
        mut message in any_message(), at: Index, text in "[!-~]+",
    ) {
        let names: Vec<_> =
            header::ALL.into_iter().filter(|name| *name != header::CHAIN).collect();
        let name = names[at.index(names.len())];
        if message.headers.remove(name).is_none() {
            message.headers.insert(name, text);
        }
        prop_assert!(message.read().is_err(), "{} was taken away, or added", name);
    }

    #[test]
    fn an_event_that_another_tenant_is_given_is_noticed(
        mut message in any_message(), other in arbitrary::envelope(),
    ) {
        let tokens: Vec<_> = message.subject.splitn(3, '.').collect();
        prop_assume!(tokens[1] != other.tenant.as_str());
        message.subject = format!("prov.{}.{}", other.tenant, tokens[2]);
        let noticed = matches!(message.read(), Err(Undecodable::Altered { .. }));
        prop_assert!(noticed, "it is on {}", message.subject);
    }

    /// The first logs have digests of bodies alone.
    #[test]
    fn an_event_whose_digest_is_that_of_its_body_is_read(
        mut message in any_message(), at: Index, flip in 1_u8..,
    ) {
        message.tell(Digest::of(&message.body));
        prop_assert!(message.read().is_ok());
        let at = at.index(message.body.len());
        message.body[at] ^= flip;
        let noticed = matches!(message.read(), Err(Undecodable::Altered { .. }));
        prop_assert!(noticed, "byte {} was altered", at);
    }

    #[test]
    fn an_altered_body_under_a_fitting_digest_is_read_or_refused(
        event in arbitrary::event(), at: Index, byte: u8, cut: Index,
    ) {
        let mut body = event.body().unwrap();
        let at = at.index(body.len());
        body[at] = byte;
        body.truncate(cut.index(body.len()) + 1);
        let name = event.kind().unwrap().name();
        // Either answer will do; a panic will not.
        if let Ok(read) = decode(&name, 1, &body) {
            prop_assert_eq!(read.kind(), event.kind());
        }
    }

    #[test]
    fn an_event_on_the_subject_of_another_is_noticed(
        mut message in any_message(), other in any_message(),
    ) {
        prop_assume!(message.subject != other.subject);
        let tenant = message.subject.split('.').nth(1).unwrap();
        let rest: Vec<&str> = other.subject.splitn(3, '.').collect();
        message.subject = format!("prov.{tenant}.{}", rest[2]);
        prop_assume!(message.subject != other.subject);
        message.tell(message.digest());
        let noticed = matches!(message.read(), Err(Undecodable::Misplaced { .. }));
        prop_assert!(noticed, "{} holds a {}", message.subject, message.headers[header::TYPE]);
    }

    #[test]
    fn any_message_is_read_or_refused(
        subject: String, values: Vec<String>, body: Vec<u8>,
    ) {
        let headers = header::ALL.into_iter().zip(values).collect();
        let read = Message { subject, headers, body }.read();
        prop_assert!(read.is_err(), "noise was read as {:?}", read);
    }

    #[test]
    fn a_header_of_any_text_is_read_or_refused_by_name(
        message in any_message(), at: Index, text: String,
    ) {
        let name = header::ALL[at.index(header::ALL.len())];
        let mut message = message;
        message.headers.insert(name, text);
        match message.read() {
            Ok(_) | Err(Undecodable::Altered { .. }) => {}
            Err(Undecodable::BadHeader { name: blamed, .. }) => prop_assert_eq!(blamed, name),
            Err(other) => prop_assert!(false, "{} is blamed on {}", name, other),
        }
    }

    #[test]
    fn an_event_of_a_later_release_is_unknown(
        envelope in arbitrary::envelope(), body: Vec<u8>,
    ) {
        let mut message = message_of_a_later_release(&envelope);
        message.body = body;
        message.tell(message.digest());
        let read = message.read().unwrap();
        prop_assert_eq!(&read.event, &Event::Unknown { name: "user.sainted".to_owned() });
        prop_assert_eq!(read.envelope, envelope);
    }
}

fn message_of_a_later_release(envelope: &Envelope) -> Message {
    let about = crate::TeamId(uuid::Uuid::nil());
    let mut message = Message::of(
        envelope,
        &Event::GroupDeleted(crate::DeletedGroup { team_id: about, alert: None }),
    );
    message.subject = format!("prov.{}.user.{about}.sainted", envelope.tenant);
    message.headers.insert(header::TYPE, "rollcall.user.sainted".to_owned());
    message.headers.insert(header::SCHEMA, "urn:rollcall:user.sainted:1".to_owned());
    message
}

proptest! {
    #[test]
    fn every_header_that_readers_need_is_missed_by_name(message in any_message()) {
        for name in [
            header::ID,
            header::TYPE,
            header::TIME,
            header::SCHEMA,
            header::ACTOR,
            header::DIGEST,
            header::CHAIN,
        ] {
            let mut message = message.clone();
            message.headers.remove(name);
            match message.read() {
                Err(Undecodable::NoHeader(missed)) => prop_assert_eq!(missed, name),
                other => prop_assert!(false, "without {}: {:?}", name, other),
            }
        }
    }
}
