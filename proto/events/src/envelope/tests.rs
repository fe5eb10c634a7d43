use proptest::prelude::*;

use super::{header, header_text, header_value, schema_uri, schema_version};
use crate::{Actor, arbitrary};

#[test]
fn a_header_is_encoded_as_the_binding_says() {
    // The binding's own example, NATS §3.1.3.2.
    assert_eq!(header_value("Euro € 😀"), "Euro%20%E2%82%AC%20%F0%9F%98%80");
    assert_eq!(header_value("100% \"sure\"\r\n"), "100%25%20%22sure%22%0D%0A");
}

#[test]
fn a_header_may_be_encoded_more_than_need_be() {
    assert_eq!(header_text("%4a%4Ake").unwrap(), "JJke");
}

#[test]
fn a_header_that_is_not_utf_8_is_refused() {
    assert!(header_text("%C0%A0").is_err(), "an overlong space");
}

#[test]
fn names_are_those_of_cloudevents_attributes() {
    for name in header::ALL {
        let attribute = name.strip_prefix("ce-").unwrap();
        let fits = attribute.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9'));
        assert!(fits, "{attribute:?} has other characters than a-z and 0-9");
    }
}

proptest! {
    #[test]
    fn any_text_is_safe_in_a_header_and_reads_back(text: String) {
        let value = header_value(&text);
        prop_assert!(value.bytes().all(|b| matches!(b, 0x21..=0x7e)), "{}", value);
        prop_assert_eq!(header_text(&value).unwrap(), text);
    }

    #[test]
    fn no_client_can_break_out_of_a_header(
        event in arbitrary::event(),
        mut envelope in arbitrary::envelope(),
        [actor, request, trace_parent]: [String; 3],
    ) {
        envelope.actor = Actor::from_header(&actor);
        envelope.request = Some(request);
        envelope.trace_parent = Some(trace_parent);
        let headers = envelope.headers(&event).unwrap();
        for (name, value) in headers {
            prop_assert!(header::ALL.contains(&name), "{} is not declared", name);
            prop_assert!(value.bytes().all(|b| matches!(b, 0x21..=0x7e)), "{}: {}", name, value);
        }
    }

    #[test]
    fn a_schema_name_tells_its_version(name in "[a-z.:-]{1,20}", version: u32) {
        prop_assert_eq!(schema_version(&schema_uri(&name, version)), Some(version));
    }
}
