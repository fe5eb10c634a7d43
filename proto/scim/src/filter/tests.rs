use serde_json::{Value, json};

use super::{Filter, MAX_DEPTH, MAX_LENGTH, Subject};
use crate::schema::ResourceType;
use crate::tests::budget;
use crate::{Attributes, ScimType};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn parse(text: &str) -> Filter {
    Filter::parse(text, ResourceType::User).unwrap_or_else(|bad| panic!("{text}: {bad}"))
}

fn refused(text: &str) -> String {
    let bad = Filter::parse(text, ResourceType::User).expect_err(text);
    assert_eq!(bad.scim_type, Some(ScimType::InvalidFilter), "{text}");
    bad.detail
}

fn attributes(value: Value) -> Attributes {
    serde_json::from_value(value).unwrap()
}

fn ada() -> Attributes {
    attributes(json!({
        "id": "u-1",
        "userName": "Ada@example.com",
        "externalId": "Ext-1",
        "active": true,
        "name": {"familyName": "Lovelace"},
        "emails": [
            {"type": "work", "value": "ada@work.example", "primary": true},
            {"type": "home", "value": "ada@home.example"},
        ],
        "meta": {"created": "2026-03-01T10:00:00+02:00"},
        ENTERPRISE: {"manager": {"value": "m-1"}, "department": "Engines"},
        "urn:x:Custom:2.0:User": {"Badge": "B7", "Floor": 3},
    }))
}

#[track_caller]
fn holds(text: &str) {
    assert!(parse(text).matches(&ada(), &budget()).unwrap(), "{text} should match");
}

#[track_caller]
fn fails(text: &str) {
    assert!(!parse(text).matches(&ada(), &budget()).unwrap(), "{text} should not match");
}

#[test]
fn and_binds_more_than_or_and_not_more_than_both() {
    let same = |left: &str, right: &str| assert_eq!(parse(left), parse(right), "{left} / {right}");
    same(
        "title pr or active eq true and userType pr",
        "title pr or (active eq true and userType pr)",
    );
    same("not (title pr) and userType pr", "(not (title pr)) and userType pr");
    assert_ne!(
        parse("(title pr or active pr) and locale pr"),
        parse("title pr or active pr and locale pr")
    );
}

#[test]
fn names_and_operators_are_read_in_any_letter_case() {
    holds("USERNAME Eq \"ada@example.com\" AND NAME.FamilyName PR");
    holds("not(active eq FALSE)");
    holds("URN:ietf:params:scim:schemas:core:2.0:user:username sw \"ADA\"");
}

#[test]
fn letter_case_of_values_counts_where_the_schema_says_so() {
    holds("userName eq \"ADA@EXAMPLE.COM\"");
    holds("externalId eq \"Ext-1\"");
    fails("externalId eq \"ext-1\"");
    fails("id eq \"U-1\"");
}

#[test]
fn one_value_has_to_meet_all_that_stands_in_brackets() {
    holds("emails[type eq \"work\" and value co \"work\"]");
    fails("emails[type eq \"home\" and value co \"work\"]");
    holds("emails.type eq \"home\" and emails.value co \"work\"");
}

#[test]
fn entras_filter_on_a_part_behind_brackets_means_the_same_value() {
    let entra = parse("emails[type eq \"work\"].value eq \"x\"");
    assert_eq!(entra, parse("emails[type eq \"work\" and value eq \"x\"]"));
    holds("emails[type eq \"work\"].value eq \"ada@work.example\"");
    fails("emails[type eq \"home\"].value eq \"ada@work.example\"");
    let any = parse("emails[type eq \"a\" or type eq \"b\"].value eq \"x\"");
    assert_eq!(any.to_string(), r#"emails[(type eq "a" or type eq "b") and value eq "x"]"#);
}

#[test]
fn a_complex_attribute_by_itself_means_its_value() {
    holds("emails co \"home.example\"");
    holds("manager eq \"m-1\"");
    holds(&format!("{ENTERPRISE}:manager eq \"m-1\""));
    holds("m eq \"x\" or id eq \"u-1\" and manager eq \"m-1\"");
}

#[test]
fn literals_may_lack_quotes_and_booleans_may_have_them() {
    holds(
        "name.FamilyName eq lovelace and (emails.Value co nowhere.org or emails.Value co work.example)",
    );
    holds("externalId eq Ext-1");
    holds("active eq \"True\"");
    holds("emails[primary eq \"true\"]");
    assert_eq!(parse("externalId eq 1.50").to_string(), "externalId eq \"1.50\"");
    assert_eq!(parse("displayName eq true").to_string(), "displayName eq \"true\"");
}

#[test]
fn date_times_are_compared_as_moments() {
    holds("meta.Created gt 2015-10-10T14:38:21.8617979-07:00");
    holds("meta.created eq \"2026-03-01T08:00:00Z\"");
    fails("meta.created lt \"2026-03-01T08:00:00Z\"");
    refused("meta.created gt \"yesterday\"");
}

#[test]
fn an_absent_attribute_equals_null_and_differs_from_everything_else() {
    fails("title pr");
    fails("title eq \"x\"");
    holds("title ne \"x\"");
    holds("title eq null");
    holds("userName ne null");
    fails("nothingWeKnow eq \"x\"");
    fails("emails ne \"ada@home.example\"");
}

#[test]
fn attributes_of_unknown_extensions_can_be_asked_for() {
    holds("urn:x:Custom:2.0:User:badge eq \"b7\"");
    holds("urn:x:Custom:2.0:User:Floor ge 3");
    fails("urn:x:Custom:2.0:User:Floor gt 3");
}

#[test]
fn an_error_says_where_it_is() {
    for (text, detail) in [
        ("", "expected an attribute name at character 1"),
        ("userName", "expected an operator such as `eq` at character 9"),
        (
            "userName like \"x\"",
            "expected an operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr at character 10",
        ),
        ("userName eq", "expected a value at character 12"),
        ("userName eq \"x", "expected a closing quote at character 13"),
        (
            "userName eq \"\\j\"",
            "expected a JSON string, with its backslashes doubled at character 13",
        ),
        ("(userName pr", "expected `)` at character 13"),
        ("emails[type pr", "expected `]` at character 15"),
        ("userName pr userName pr", "expected the end at character 13"),
        ("ü pr", "expected an attribute name at character 1"),
        (
            "active gt true",
            "expected something that has an order, to compare by order at character 11",
        ),
    ] {
        assert_eq!(refused(text), detail, "{text}");
    }
    refused("x509Certificates.value lt \"AA==\"");
}

#[test]
fn depth_and_length_are_bounded() {
    let nested = |depth: usize| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
    parse(&nested(MAX_DEPTH));
    assert!(refused(&nested(MAX_DEPTH + 1)).contains("16 levels"));
    refused(&nested(2_000));
    refused(&"not(".repeat(1_500));
    let long = format!("title eq \"{}\"", "x".repeat(MAX_LENGTH));
    assert!(refused(&long).contains("longer than 8192 bytes"));
    parse(&vec!["title pr"; 500].join(" and "));
}

#[test]
fn a_filter_says_which_value_it_pins_down() {
    let pinned = |text: &str, name: &str| parse(text).only_value(name).map(str::to_owned);
    assert_eq!(pinned("userName eq \"a\"", "userName"), Some("a".into()));
    assert_eq!(pinned("id eq \"u\" and manager eq \"m\"", "id"), Some("u".into()));
    assert_eq!(pinned("manager eq \"m\" and id eq \"u\"", "id"), Some("u".into()));
    assert_eq!(pinned("userName eq \"a\" or active eq true", "userName"), None);
    assert_eq!(pinned("not (userName eq \"a\")", "userName"), None);
    assert_eq!(pinned("userName sw \"a\"", "userName"), None);
}

#[test]
fn membership_can_be_answered_without_a_list() {
    let group = attributes(json!({"id": "g-1", "displayName": "Core"}));
    let has_member = |id: &str| id == "u-1";
    let subject = Subject { attributes: &group, has_member: Some(&has_member) };
    for (text, expected) in [
        ("id eq \"g-1\" and members eq \"u-1\"", true),
        ("members.value eq \"u-2\" and id eq \"g-1\"", false),
        ("members[value eq \"u-2\" or value eq \"u-1\"]", true),
        ("members ne \"u-1\"", false),
    ] {
        let filter = Filter::parse(text, ResourceType::Group).unwrap();
        assert_eq!(filter.matches(subject, &budget()), Ok(expected), "{text}");
        assert!(filter.mentions("members") && !filter.needs_members(), "{text}");
    }
    let parse = |text| Filter::parse(text, ResourceType::Group).unwrap();
    assert!(parse("members.display co \"a\"").needs_members());
    assert!(parse("not (members pr)").needs_members());
    assert_eq!(parse("members[value eq \"u-1\"]").only_value("members"), Some("u-1"));
}

#[test]
fn a_number_is_the_nearest_that_there_is_and_reads_back_as_it_is_written() {
    let filter = parse("urta.created gt 100E-032");
    assert_eq!(filter.to_string(), "urta.created gt 1e-30");
    assert_eq!(parse(&filter.to_string()), filter);
}
