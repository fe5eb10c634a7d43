//! Given what was asked, and what is known: what is found.

use events::IntegrationProfile::{Benefits, Workplace};
use proptest::prelude::*;

use super::*;
use crate::facts::CredentialFact;
use crate::kind::ResourceKind;
use crate::record::{EventRange, RequestRecord};
use crate::shape::{Form, Shape};

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + 60 * minutes).unwrap()
}

fn record(minutes: i64, method: &str, status: u16, shape: Shape) -> RequestRecord {
    RequestRecord {
        request: "r".to_owned(),
        at: at(minutes),
        method: method.to_owned(),
        route: "/Users".to_owned(),
        kind: Some(ResourceKind::User),
        resource: None,
        filter: None,
        status,
        scim_type: None,
        micros: 1,
        credential: None,
        events: Some(EventRange { first: 1, last: 1 }),
        employee: None,
        shape,
        contents: None,
    }
}

fn read(minutes: i64) -> RequestRecord {
    record(minutes, "GET", 200, Shape::default())
}

fn good() -> Shape {
    Shape {
        external_id: Some(Form::ObjectId),
        user_name: Some(Form::Address),
        active: Some(true),
        mobile: true,
        ..Shape::default()
    }
}

fn made(minutes: i64, shape: Shape) -> RequestRecord {
    record(minutes, "POST", 201, shape)
}

/// What was asked, in order.
struct Given {
    seen: Observations,
    facts: Facts,
}

fn given(profile: IntegrationProfile, records: &[RequestRecord]) -> Given {
    let mut seen = Observations::default();
    for record in records {
        seen.observe(record);
    }
    let (credentials, not_kept) = (vec![], vec![]);
    let facts = Facts { profile: Some(profile), active: true, people: 1, credentials, not_kept };
    Given { seen, facts }
}

impl Given {
    fn knowing(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(&mut self.facts);
        self
    }

    fn then(&self, minutes: i64, expected: &[Code]) {
        let found: Vec<Code> =
            lint(&self.seen, &self.facts, at(minutes)).iter().map(|one| one.code).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_mapping_as_the_guide_has_it_has_no_findings() {
    given(Workplace, &[read(0), made(5, good())]).then(6, &[]);
    given(Benefits, &[read(0), made(5, Shape { active: None, ..good() })]).then(6, &[]);
}

#[test]
fn an_external_id_that_is_an_address_is_told_until_it_was_right_for_a_day() {
    let wrong = Shape { external_id: Some(Form::Address), ..good() };
    let code = Code::ExternalIdIsAddress;
    given(Workplace, &[made(0, wrong.clone())]).then(1, &[code]);
    let mended = given(Workplace, &[made(0, wrong.clone()), made(60, good())]);
    mended.then(61, &[code]);
    given(Workplace, &[made(0, wrong.clone()), made(1500, good())]).then(1501, &[]);
    given(Benefits, &[made(0, wrong)]).then(1, &[]);
}

#[test]
fn leavers_who_are_only_deleted_are_told_and_so_is_a_mapping_without_active() {
    let deleted = record(9, "DELETE", 204, Shape::default());
    given(Workplace, &[made(0, good()), deleted.clone()]).then(10, &[Code::ActiveNeverFalse]);
    let left = record(8, "PATCH", 200, Shape { active: Some(false), ..Shape::default() });
    given(Workplace, &[made(0, good()), left, deleted]).then(10, &[]);
    given(Workplace, &[made(0, Shape { active: None, ..good() })])
        .then(1, &[Code::ActiveNeverSent]);
}

#[test]
fn groups_as_members_a_missing_mobile_number_and_a_user_name_that_is_no_address_are_told() {
    let nested = Shape { members: 2, groups_as_members: 1, ..Shape::default() };
    let nested =
        RequestRecord { kind: Some(ResourceKind::Group), ..record(1, "PATCH", 204, nested) };
    given(Workplace, &[made(0, good()), nested]).then(2, &[Code::GroupsAsMembers]);
    let landline = made(0, Shape { mobile: false, ..good() });
    given(Benefits, std::slice::from_ref(&landline)).then(1, &[Code::NoMobileNumber]);
    given(Workplace, &[landline]).then(1, &[]);
    let nickname = made(0, Shape { user_name: Some(Form::Other), ..good() });
    given(Workplace, &[nickname]).then(1, &[Code::UserNameIsNoAddress]);
}

#[test]
fn a_connection_without_users_is_told_after_an_hour_and_silence_after_three_cycles() {
    let nobody = given(Workplace, &[read(0)]).knowing(|facts| facts.people = 0);
    nobody.then(59, &[]);
    nobody.then(61, &[Code::NobodyProvisioned]);
    let silent = given(Workplace, &[read(0), made(1, good())]);
    silent.then(120, &[]);
    silent.then(122, &[Code::Silence]);
    given(Workplace, &[read(0)]).knowing(|facts| facts.active = false).then(600, &[]);
}

#[test]
fn a_wrong_secret_is_told_until_a_right_one_comes() {
    let wrong = record(5, "GET", 401, Shape::default());
    given(Workplace, &[read(0), wrong.clone()]).then(6, &[Code::CredentialRefused]);
    given(Workplace, &[wrong, read(6)]).then(7, &[]);
}

#[test]
fn an_error_is_told_when_it_comes_for_the_third_time() {
    let refused = |minutes| record(minutes, "POST", 409, good());
    given(Workplace, &[refused(0), refused(1)]).then(2, &[]);
    let invalid = |minutes| record(minutes, "POST", 400, good());
    given(Workplace, &[invalid(0), invalid(1)]).then(2, &[]);
    given(Workplace, &[invalid(0), invalid(1), invalid(2)]).then(3, &[Code::RepeatedError]);
    let absent = |minutes| RequestRecord {
        route: "/Users/{id}".to_owned(),
        ..record(minutes, "GET", 404, Shape::default())
    };
    given(Workplace, &[absent(0), absent(1), absent(2)]).then(3, &[]);
}

#[test]
fn that_a_name_is_taken_is_a_hint_that_mends_itself_and_a_warning_over_several_cycles() {
    let taken = |minutes| record(minutes, "POST", 409, good());
    let severity = |all: &[RequestRecord], now| {
        let Given { seen, facts } = given(Workplace, all);
        let found = lint(&seen, &facts, at(now)).remove(0);
        assert_eq!(found.code, Code::RepeatedConflict);
        assert!(found.remedy.contains("mend themselves"), "{found:?}");
        found.severity
    };
    assert_eq!(severity(&[taken(0), taken(1), taken(2)], 3), Severity::Hint);
    assert_eq!(severity(&[taken(0), taken(40), taken(80), taken(120)], 121), Severity::Warning);
}

#[test]
fn attributes_that_the_product_does_not_use_are_told_together_and_those_of_the_guide_are_not() {
    let with = |names: &[&str]| {
        let attributes = names.iter().map(|name| (*name).to_owned()).collect();
        made(1, Shape { attributes, ..good() })
    };
    given(Workplace, &[with(&["displayName"])]).then(2, &[]);
    let names = ["name.givenName", "name.familyName", "phoneNumbers[type eq \"mobile\"].value"];
    given(Benefits, &[with(&names)]).then(2, &[]);
    let beyond = given(Workplace, &[with(&["displayName", "title", "department"])]);
    beyond.then(2, &[Code::AttributeNotUsed]);
    let Given { seen, facts } = &beyond;
    let found = lint(seen, facts, at(2)).remove(0);
    assert!(found.title.ends_with("stored and not used: department, title"), "{found:?}");
    assert_eq!(found.seen, "seen once, on 14 Nov 2023, 22:14 UTC");
    // Until the mapping was deleted for a day.
    beyond.then(1_500, &[]);
}

#[test]
fn an_attribute_that_nobody_keeps_and_an_old_secret_are_hints() {
    let seen = Seen { times: 2, first: at(0), last: at(1) };
    let known = given(Workplace, &[read(0), made(1, good())]).knowing(|facts| {
        facts.not_kept = vec![("shoeSize".to_owned(), seen)];
        let issued_at = at(-366 * 24 * 60);
        facts.credentials =
            vec![CredentialFact { name: "entra".to_owned(), issued_at, expires_at: None }];
    });
    known.then(2, &[Code::AttributeNotKept, Code::OldCredential]);
}

#[test]
fn a_secret_that_expires_is_told_thirty_days_before_and_from_then_on() {
    let day = 24 * 60;
    let known = given(Workplace, &[]).knowing(|facts| {
        facts.people = 0;
        let (name, expires_at) = ("entra".to_owned(), Some(at(90 * day)));
        facts.credentials = vec![CredentialFact { name, issued_at: at(0), expires_at }];
    });
    known.then(60 * day - 1, &[]);
    known.then(60 * day, &[Code::ExpiringCredential]);
    known.then(90 * day - 1, &[Code::ExpiringCredential]);
    known.then(90 * day, &[Code::ExpiredCredential]);
}

#[test]
fn milestones_are_when_each_was_seen_first() {
    let group = RequestRecord {
        kind: Some(ResourceKind::Group),
        ..record(7, "POST", 201, Shape { members: 1, ..Shape::default() })
    };
    let seen = given(Workplace, &[read(0), made(5, good()), group, read(60)]).seen;
    let milestones = seen.milestones();
    assert_eq!(milestones.connected_at, Some(at(0)));
    assert_eq!(milestones.first_user_at, Some(at(5)));
    assert_eq!((milestones.first_group_at, milestones.first_member_at), (Some(at(7)), Some(at(7))));
    assert_eq!(
        (milestones.last_cycle_at, milestones.last_request_at),
        (Some(at(60)), Some(at(60)))
    );
}

fn any_form() -> impl Strategy<Value = Option<Form>> {
    prop::option::of(prop::sample::select(vec![Form::Address, Form::ObjectId, Form::Other]))
}

fn any_record() -> impl Strategy<Value = RequestRecord> {
    let method = prop::sample::select(vec!["GET", "POST", "PATCH", "DELETE"]);
    let status = prop::sample::select(vec![200, 201, 204, 400, 401, 403, 404, 409, 429, 503]);
    let shape = (any_form(), any_form(), any::<Option<bool>>(), any::<bool>(), 0..3_u64);
    (0..5000_i64, method, status, shape).prop_map(|(minutes, method, status, shape)| {
        let (external_id, user_name, active, mobile, members) = shape;
        let groups_as_members = members / 2;
        let attributes = if mobile { vec!["title".to_owned()] } else { vec![] };
        let attributes = attributes.into_iter().collect();
        let shape = Shape {
            external_id,
            user_name,
            active,
            mobile,
            members,
            groups_as_members,
            attributes,
        };
        record(minutes, method, status, shape)
    })
}

proptest! {
    /// Records of several gateways come in about any order.
    #[test]
    fn but_for_cycles_it_does_not_matter_in_which_order_records_are_observed(
        records in prop::collection::vec(any_record(), 0..30),
    ) {
        let fold = |records: &[RequestRecord]| {
            let mut seen = Observations::default();
            for record in records {
                seen.observe(record);
            }
            Observations { cycles: None, ..seen }
        };
        let mut turned = records.clone();
        turned.reverse();
        prop_assert_eq!(fold(&records), fold(&turned));
    }

    #[test]
    fn whatever_was_asked_each_finding_says_what_was_seen_and_what_to_do(
        records in prop::collection::vec(any_record(), 0..30),
        now in 5000..9000_i64,
    ) {
        let Given { seen, facts } = given(Workplace, &records);
        let findings = lint(&seen, &facts, at(now));
        prop_assert!(findings.is_sorted_by_key(|one| (one.severity, one.code)));
        for one in findings {
            prop_assert!(![&one.title, &one.seen, &one.remedy, &one.link].iter().any(|text| text.is_empty()));
        }
    }

    #[test]
    fn a_tenant_of_whom_nothing_is_known_has_no_findings(now in 0..9000_i64) {
        given(Workplace, &[]).knowing(|facts| facts.people = 0).then(now, &[]);
    }
}
