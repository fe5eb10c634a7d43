//! What names mean: URNs with a dot or with nothing that tells where they end, and either quote.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::budget;
use crate::{
    Attributes, Filter, Group, GroupPatch, InvalidRequest, Meta, ResourceType, ScimType, Selection,
    Sort, SortKey, User, patch,
};

const USER: ResourceType = ResourceType::User;
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn user(mut body: Value) -> User {
    body["userName"] = "amy".into();
    User::parse(body, &[], &budget()).unwrap()
}

fn patched(user: &User, operations: Value) -> Result<User, InvalidRequest> {
    let body = Attributes::from_iter([("Operations".to_owned(), operations)]);
    let edits = patch::parse(body.into(), USER, 9, &[], &budget())?;
    user.apply(&edits, &budget())
}

fn one(user: &User, op: &str, path: &str, value: Value) -> Result<User, InvalidRequest> {
    let mut operation = json!({ "op": op, "path": path });
    operation["value"] = value;
    patched(user, vec![operation].into())
}

fn removed(user: &User, path: &str) -> User {
    patched(user, json!([{ "op": "remove", "path": path }])).unwrap()
}

fn matches(user: &User, filter: &str) -> bool {
    let parsed = Filter::parse(filter, USER).unwrap_or_else(|bad| panic!("{filter}: {bad}"));
    parsed.matches(&user.render(&Meta::default()), &budget()).unwrap()
}

fn selected(user: &User, only: Option<&str>, without: Option<&str>) -> Attributes {
    let mut shown = user.render(&Meta::default());
    Selection::parse(only, without, USER).unwrap().apply(&mut shown, USER, &budget()).unwrap();
    shown
}

fn key(user: &User, by: &str) -> SortKey {
    let sort = Sort::parse(by, USER).unwrap().unwrap();
    sort.key(&user.render(&Meta::default()), &budget()).unwrap()
}

#[test]
fn a_dot_after_the_urn_of_a_schema_means_a_colon_wherever_an_attribute_is_named() {
    let declared = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";
    let dotted = [
        (format!("{CORE}.displayName"), "/displayName"),
        (format!("{}.name.givenName", CORE.to_uppercase()), "/name/givenName"),
        (format!("{ENTERPRISE}.employeeNumber"), &*format!("/{ENTERPRISE}/employeeNumber")),
        (format!("{ENTERPRISE}.manager.value"), &*format!("/{ENTERPRISE}/manager/value")),
        (format!("{declared}.badge"), &*format!("/{declared}/badge")),
    ]
    .map(|(path, pointer)| (path, pointer.to_owned()));
    for (path, pointer) in dotted {
        let at =
            |user: &User| Value::Object(user.render(&Meta::default())).pointer(&pointer).cloned();
        let amy = user(json!({}));
        for op in ["add", "replace"] {
            let after = one(&amy, op, &path, json!("7")).unwrap();
            assert_eq!(at(&after), Some(json!("7")), "{op} {path}");
            assert_eq!(after.attributes.len(), 1, "{op} {path}: {:?}", after.attributes);
        }
        let pathless =
            patched(&amy, json!([{ "op": "replace", "value": { &path: "7" } }])).unwrap();
        assert_eq!(at(&pathless), Some(json!("7")), "{path} as a key");
        let posted = user(json!({ &path: "7" }));
        assert_eq!(posted, pathless, "{path} in a body");
        assert!(matches(&posted, &format!("{path} eq \"7\"")), "{path} in a filter");
        assert_eq!(key(&posted, &path), SortKey::Text("7".into()), "{path} in sortBy");
        let only = Value::Object(selected(&posted, Some(&path), None));
        assert_eq!(only.pointer(&pointer), Some(&json!("7")), "{path} in attributes");
        let without = Value::Object(selected(&posted, None, Some(&path)));
        assert_eq!(without.pointer(&pointer), None, "{path} in excludedAttributes");
        assert_eq!(removed(&posted, &path), amy, "{path} is removed");
    }
}

#[test]
fn a_dot_means_a_colon_after_the_urn_of_an_extension_that_a_resource_has() {
    let amy = user(json!({ "urn:x:params": { "badge": "7" } }));
    let after = one(&amy, "replace", "urn:x:params.badge", json!("8")).unwrap();
    assert_eq!(after.attributes["urn:x:params"], json!({ "badge": "8" }));
    let pathless = json!([{ "op": "add", "value": { "urn:X:params.floor": 3 } }]);
    let after = patched(&after, pathless).unwrap();
    assert_eq!(after.attributes["urn:x:params"], json!({ "badge": "8", "floor": 3 }));
    assert!(matches(&after, "urn:x:params.badge eq \"8\""));
    assert_eq!(key(&after, "urn:x:params.badge"), SortKey::Text("8".into()));
    assert_eq!(
        removed(&after, "urn:x:params.floor").attributes["urn:x:params"],
        json!({ "badge": "8" })
    );
    // To anybody else it is a part of an attribute.
    let bob = user(json!({ "urn:x": { "params": { "badge": "7" } } }));
    assert!(matches(&bob, "urn:x:params.badge eq \"7\""));
    let after = one(&bob, "replace", "urn:x:params.badge", json!("8")).unwrap();
    assert_eq!(after.attributes["urn:x"], json!({ "params": { "badge": "8" } }));
}

/// The dotted name of a group's attributes, members among them.
#[test]
fn a_dot_after_the_urn_of_groups_names_their_attributes_and_members() {
    let urn = "urn:ietf:params:scim:schemas:core:2.0:Group";
    let body = json!({ "Operations": [
        { "op": "replace", "path": format!("{urn}.displayName"), "value": "Sales" },
        { "op": "add", "path": format!("{urn}.members"), "value": [{ "value": "m" }] },
    ] });
    let patch = GroupPatch::parse(body, 9, &[], &budget()).unwrap();
    assert_eq!(patch.members.len(), 1);
    let (group, _) = Group::parse(json!({ "displayName": "Trade" }), &[], &budget()).unwrap();
    let after = group.apply(&patch.edits, &budget()).unwrap();
    assert_eq!((&*after.display_name, after.attributes.len()), ("Sales", 0));
}

#[test]
fn an_extension_that_nobody_declared_has_the_same_urn_for_all_verbs() {
    let urn = "urn:example:params";
    let amy = user(json!({}));
    for op in ["add", "replace"] {
        let made = one(&amy, op, urn, json!({ "badge": "7" })).unwrap();
        assert_eq!(made, user(json!({ urn: { "badge": "7" } })), "as POST keeps it");
        let more = one(&made, op, &urn.to_uppercase(), json!({ "floor": 3 })).unwrap();
        assert_eq!(more.attributes[urn], json!({ "badge": "7", "floor": 3 }));
        let less = one(&more, op, urn, json!({ "floor": "" })).unwrap();
        assert_eq!(less, made, "an empty value removes the attribute");
        assert_eq!(removed(&made, urn), amy);
        assert_eq!(removed(&made, &format!("{urn}:badge")), amy);
    }
    let made = user(json!({ urn: { "badge": "7" }, "title": "T" }));
    assert_eq!(one(&made, "replace", urn, Value::Null).unwrap(), user(json!({ "title": "T" })));
    assert_eq!(one(&made, "add", urn, Value::Null).unwrap(), made);
    let bad = one(&made, "replace", urn, json!("7")).unwrap_err();
    assert_eq!(bad.scim_type, Some(ScimType::InvalidValue));
    assert!(bad.detail.contains("takes an object"), "{}", bad.detail);

    let only = selected(&made, Some(urn), None);
    assert_eq!(only[urn], json!({ "badge": "7" }));
    assert!(!only.contains_key("title"));
    let without = selected(&made, None, Some(urn));
    assert!(without.contains_key("title") && !without.contains_key(urn));
    assert!(matches(&made, &format!("{urn} pr")) && !matches(&amy, &format!("{urn} pr")));
    assert!(matches(&made, &format!("{urn}[badge eq \"7\"]")));
}

#[test]
fn what_one_operation_makes_of_a_urn_the_next_one_finds() {
    let amy = user(json!({}));
    let operations = json!([
        { "op": "add", "path": "urn:x:y:z", "value": { "a": 1, "b": 2 } },
        { "op": "replace", "path": "urn:x:y:z.a", "value": 3 },
        { "op": "remove", "path": "urn:x:y:z:b" },
    ]);
    let after = patched(&amy, operations).unwrap();
    assert_eq!(after.attributes["urn:x:y:z"], json!({ "a": 3 }));
    let operations = json!([
        { "op": "add", "path": "urn:x:y:z", "value": { "a": 1 } },
        { "op": "remove", "path": "urn:x:y:z" },
    ]);
    assert_eq!(patched(&amy, operations).unwrap(), amy);
}

#[test]
fn of_two_extensions_that_a_urn_may_mean_the_longer_one_counts() {
    let both = user(json!({ "urn:x:y": { "z": { "a": 1 } }, "urn:x:y:z": { "a": 2 } }));
    assert!(matches(&both, "urn:x:y:z.a eq 2") && !matches(&both, "urn:x:y:z.a eq 1"));
    let after = removed(&both, "urn:x:y:z");
    assert_eq!(after.attributes["urn:x:y"], json!({ "z": { "a": 1 } }));
    let after = removed(&after, "urn:x:y:z");
    assert!(after.attributes.is_empty());
    let short = user(json!({ "urn:x:y": { "z": { "a": 1 } } }));
    let after = one(&short, "replace", "urn:x:y:z", json!({ "a": 2 })).unwrap();
    assert_eq!(after.attributes["urn:x:y"], json!({ "z": { "a": 2 } }));
}

proptest! {
    /// However a URN ends, all that takes one means the same.
    #[test]
    fn the_urn_of_a_post_is_the_urn_of_everything_else(
        urn in "urn:[a-z]{1,4}(:[a-z][a-z0-9]{0,3}(\\.[0-9a-z]{1,2}){0,2}){1,3}",
    ) {
        let amy = user(json!({}));
        let made = user(json!({ &urn: { "badge": "7" } }));
        prop_assert_eq!(&made.attributes[&urn], &json!({ "badge": "7" }));
        let attribute = format!("{urn}:badge");
        let filter = format!("{attribute} eq '7'");
        prop_assert!(matches(&made, &filter));
        let value = json!({ "floor": 3 });
        let more = one(&made, "add", &urn, value).unwrap();
        prop_assert_eq!(&more.attributes[&urn], &json!({ "badge": "7", "floor": 3 }));
        let eight = one(&made, "replace", &attribute, json!("8")).unwrap();
        prop_assert_eq!(&eight, &user(json!({ &urn: { "badge": "8" } })));
        prop_assert_eq!(one(&amy, "add", &attribute, json!("8")).unwrap(), eight);
        prop_assert!(selected(&made, Some(&urn), None).contains_key(&urn));
        prop_assert!(selected(&made, Some(&attribute), None).contains_key(&urn));
        prop_assert!(!selected(&made, None, Some(&urn)).contains_key(&urn));
        prop_assert_eq!(key(&made, &attribute), SortKey::Text("7".into()));
        prop_assert_eq!(&removed(&made, &attribute), &amy);
        prop_assert_eq!(&removed(&made, &urn), &amy);
    }
}

#[test]
fn single_quotes_are_as_good_as_double_ones_in_filters() {
    let ann =
        user(json!({ "displayName": "Ann O'Brien", "title": "the \"boss\"", "nickName": "a\\b" }));
    for filter in [
        "userName eq 'amy'",
        "userName eq 'AMY' and displayName sw 'Ann'",
        "not (userName eq 'x')",
        r#"displayName eq "Ann O'Brien""#,
        r"displayName eq 'Ann O\'Brien'",
        r#"title eq 'the "boss"'"#,
        r#"title eq 'the \"boss\"'"#,
        r"nickName eq 'a\\b'",
        r"displayName co '\u0041nn'",
        "displayName co O'Brien",
        "active eq 'True'",
    ] {
        assert!(matches(&ann, filter), "{filter}");
    }
    assert!(!matches(&ann, "userName eq ''"));
}

#[test]
fn a_path_in_single_quotes_names_the_value_that_is_there() {
    let amy = user(json!({ "phoneNumbers": [{ "type": "mobile", "value": "1" }] }));
    let after = one(&amy, "replace", "phoneNumbers[type eq 'mobile'].value", json!("2")).unwrap();
    assert_eq!(after.attributes["phoneNumbers"], json!([{ "type": "mobile", "value": "2" }]));
    let after = removed(&amy, "phoneNumbers[type eq 'mobile']");
    assert!(after.attributes.is_empty());
    let pathless =
        json!([{ "op": "add", "value": { "phoneNumbers[type eq 'mobile'].value": "3" } }]);
    let after = patched(&amy, pathless).unwrap();
    assert_eq!(after.attributes["phoneNumbers"], json!([{ "type": "mobile", "value": "3" }]));
    let body = json!({ "Operations": [{ "op": "remove", "path": "members[value eq 'm-1']" }] });
    let patch = GroupPatch::parse(body, 9, &[], &budget()).unwrap();
    assert_eq!(patch.members, [crate::MemberEdit::Remove(vec!["m-1".into()])]);
    let shown = selected(&amy, Some("phoneNumbers[type eq 'mobile'].value,title"), None);
    assert_eq!(shown["phoneNumbers"], json!([{ "value": "1" }]));
}

#[test]
fn a_quote_that_does_not_end_is_told_by_its_place() {
    for (filter, expected) in [
        ("userName eq 'x", "expected a closing quote at character 13"),
        ("userName eq 'x\" or", "expected a closing quote at character 13"),
        (
            r"userName eq 'a\qb'",
            "expected a JSON string, with its backslashes doubled at character 13",
        ),
        ("userName eq 'O'Brien'", "expected the end at character 16"),
    ] {
        assert_eq!(Filter::parse(filter, USER).unwrap_err().detail, expected, "{filter}");
    }
}

#[test]
fn a_urn_with_a_quote_in_it_is_kept_and_found() {
    let urn = "urn:x:it's";
    let amy = user(json!({ urn: { "a": 1 } }));
    assert!(selected(&amy, Some(urn), None).contains_key(urn));
    assert_eq!(removed(&amy, urn), user(json!({})));
}

#[test]
fn two_spellings_of_one_name_in_one_object_are_refused() {
    let twice = json!({ "active": false, "Active": true });
    let of_body = |mut body: Value| {
        body["userName"] = "amy".into();
        User::parse(body, &[], &budget()).map(|_| ())
    };
    let amy = user(json!({}));
    let of_patch = |operation: Value| patched(&amy, vec![operation].into()).map(|_| ());
    for refused in [
        of_body(twice.clone()),
        of_body(json!({ "USERNAME": "bob" })),
        of_body(json!({ CORE: twice })),
        of_body(json!({ "name": { "givenName": "A", "GIVENNAME": "B" } })),
        of_body(json!({ "emails": [{ "value": "a@x", "Value": "b@x" }] })),
        of_body(json!({ "urn:x:y:z": { "a": 1, "A": 2 } })),
        of_patch(json!({ "op": "replace", "value": { "active": false, "Active": true } })),
        of_patch(json!({ "op": "add", "Op": "remove", "path": "title", "value": "x" })),
        of_patch(json!({ "op": "add", "path": "title", "value": "x", "VALUE": "y" })),
    ] {
        let bad = refused.unwrap_err();
        assert_eq!(bad.scim_type, Some(ScimType::InvalidSyntax), "{}", bad.detail);
        assert!(bad.detail.contains("two spellings"), "{}", bad.detail);
    }
    let many: Attributes = (0..99).map(|n| (format!("k{n}"), n.into())).collect();
    let mut many = json!({ "urn:x:y:z": many });
    many["urn:x:y:z"]["K7"] = 7.into();
    assert!(of_body(many).is_err());
    assert!(
        of_body(json!({ "name": { "givenName": "A" }, "Name": { "familyName": "B" } })).is_ok()
    );
}

#[test]
fn one_attribute_with_two_values_by_its_name_and_beneath_its_urn_is_refused() {
    let department = format!("{ENTERPRISE}:department");
    for twice in [
        json!({ "active": false, CORE: { "active": true } }),
        json!({ "active": false, format!("{CORE}:active"): true }),
        json!({ CORE: { "active": false }, format!("{CORE}:active"): "True" }),
        json!({ "name": { "givenName": "A" }, "name.givenName": "B" }),
        json!({ department.clone(): "Ops", ENTERPRISE: { "department": "Sales" } }),
    ] {
        let mut body = twice.clone();
        body["userName"] = "amy".into();
        let by_post = User::parse(body, &[], &budget()).map(|_| ());
        let by_patch = |op: &str| {
            let operation = json!({ "op": op, "value": twice });
            patched(&user(json!({})), vec![operation].into()).map(|_| ())
        };
        for refused in [by_post, by_patch("add"), by_patch("replace")] {
            let bad = refused.expect_err(&twice.to_string());
            assert_eq!(bad.scim_type, Some(ScimType::InvalidSyntax), "{}", bad.detail);
            assert!(bad.detail.contains("two values"), "{}", bad.detail);
        }
    }
    // Said twice, and one operation after the other.
    let same = json!({ "active": "False", CORE: { "active": false } });
    let amy = user(json!({}));
    let after = patched(&amy, json!([{ "op": "replace", "value": same }])).unwrap();
    assert!(!after.active);
    let one_by_one = json!([
        { "op": "replace", "value": { "active": false } },
        { "op": "replace", "value": { format!("{CORE}:active"): true } },
    ]);
    assert!(patched(&amy, one_by_one).unwrap().active);
}
