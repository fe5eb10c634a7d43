//! Which of several values are the same, which of them is primary, and when a path makes one.

use serde_json::{Value, json};

use super::budget;
use crate::{GroupPatch, InvalidRequest, MemberEdit, ResourceType, ScimType, User, patch};

const USER: ResourceType = ResourceType::User;

fn amy(name: &str, values: &Value) -> User {
    User::parse(json!({ "userName": "amy", name: values }), &[], &budget()).unwrap()
}

fn patched(user: &User, operations: &Value) -> Result<User, InvalidRequest> {
    let body = json!({ "Operations": operations });
    user.apply(&patch::parse(body, USER, 9, &[], &budget())?, &budget())
}

/// What becomes of the values of an attribute by an operation; the operation said again changes
/// nothing.
#[track_caller]
fn after(name: &str, values: &Value, operation: &Value) -> Value {
    let once = patched(&amy(name, values), &json!([operation])).unwrap();
    assert_eq!(patched(&once, &json!([operation])).unwrap(), once, "{operation} said twice");
    once.attributes.get(name).cloned().unwrap_or_default()
}

#[track_caller]
fn added(name: &str, values: &Value, more: &Value) -> Value {
    after(name, values, &json!({ "op": "add", "path": name, "value": more }))
}

#[track_caller]
fn replaced(name: &str, values: &Value, path: &str, by: &Value) -> Value {
    after(name, values, &json!({ "op": "replace", "path": path, "value": by }))
}

#[test]
fn a_role_is_there_once_in_whichever_shape_it_comes() {
    let roles = json!([
        { "primary": false, "type": "App", "display": "Admin", "value": "Admin" },
        { "primary": false, "type": "App", "display": "User", "value": "User" },
    ]);
    let told = |role: &Value| Value::from(role.to_string());
    let each = |shape: &dyn Fn(&Value) -> Value| -> Value {
        roles.as_array().unwrap().iter().map(shape).collect()
    };
    let without_type = |role: &Value| json!({ "value": role["value"], "id": role["value"] });
    let other_case = |role: &Value| json!({ "VALUE": role["value"], "Type": "app" });
    for more in [
        roles.clone(),
        told(&roles),
        json!([told(&roles)]),
        each(&told),
        each(&|role| json!({ "value": told(role) })),
        each(&|role| json!({ "value": told(&without_type(role)) })),
        each(&without_type),
        each(&other_case),
        each(&|role| role["value"].clone()),
    ] {
        let left = added("roles", &roles, &more);
        let names: Vec<_> = left.as_array().unwrap().iter().map(|role| &role["value"]).collect();
        assert_eq!(names, ["Admin", "User"], "{more}");
        assert_eq!(left[0]["display"], "Admin", "{more}");
        let both =
            [roles.as_array().unwrap().clone(), more.as_array().cloned().unwrap_or_default()];
        let in_one = added("roles", &json!([]), &both.concat().into());
        assert_eq!(in_one.as_array().unwrap().len(), 2, "in one request, {more}");
    }
}

#[test]
fn a_value_without_a_type_is_the_one_of_any_type_and_learns_it() {
    let work = json!([{ "type": "work", "value": "1" }]);
    let plain = json!([{ "value": "1" }]);
    for name in ["emails", "phoneNumbers", "ims", "photos", "entitlements", "x509Certificates"] {
        assert_eq!(added(name, &work, &plain), work, "{name}");
        assert_eq!(added(name, &plain, &work), work, "{name}");
    }
    let both = json!([{ "type": "work", "value": "1" }, { "type": "home", "value": "1" }]);
    assert_eq!(added("emails", &work, &json!([{ "type": "home", "value": "1" }])), both);
    assert_eq!(added("emails", &both, &plain), both);
    assert_eq!(added("emails", &plain, &both), both);
}

#[test]
fn letter_case_tells_values_apart_where_the_schema_says_so() {
    let as_sent = |value: &str| json!([{ "value": value }]);
    let once = added("emails", &as_sent("Amy@X.example"), &as_sent("amy@x.example"));
    assert_eq!(once, as_sent("amy@x.example"), "in the last spelling");
    let both = json!([{ "value": "Mii" }, { "value": "mII" }]);
    assert_eq!(added("x509Certificates", &as_sent("Mii"), &as_sent("mII")), both);
}

#[test]
fn an_address_is_there_once_whatever_the_order_and_the_case_of_its_parts() {
    let address = json!([{ "type": "work", "locality": "Ulm", "region": "BW", "Floor": "3" }]);
    let same = json!("[{\"REGION\":\"BW\",\"floor\":\"3\",\"Locality\":\"Ulm\"}]");
    assert_eq!(added("addresses", &address, &same), address);
    let other = json!([{ "type": "work", "locality": "Bonn" }]);
    assert_eq!(added("addresses", &address, &other).as_array().unwrap().len(), 2);
}

#[test]
fn a_listed_value_is_removed_in_whichever_shape_it_comes() {
    let roles = json!([{ "type": "App", "value": "Admin" }, { "type": "App", "value": "User" }]);
    for listed in [
        json!([{ "Value": "admin", "TYPE": "app" }]),
        json!("[{\"value\":\"Admin\",\"display\":\"A\"}]"),
        json!(["Admin"]),
    ] {
        let operation = json!({ "op": "remove", "path": "roles", "value": listed });
        assert_eq!(after("roles", &roles, &operation), json!([roles[1]]), "{listed}");
    }
    let other =
        json!({ "op": "remove", "path": "roles", "value": [{ "type": "X", "value": "User" }] });
    assert_eq!(after("roles", &roles, &other), roles);
    let typed = json!({ "op": "remove", "path": "roles", "value": [roles[1]] });
    assert_eq!(after("roles", &json!([{ "value": "User" }]), &typed), Value::Null);
}

#[test]
fn a_listed_value_of_an_attribute_that_no_schema_knows_takes_no_other_with_it() {
    let list = json!([1, { "value": "b", "a": 1 }, { "value": "b" }, "c"]);
    for urn in ["urn:x:Custom:2.0:User", "urn:x:y"] {
        let there = json!({ "list": list, "single": "s" });
        let removed = |name: &str, listed: Value| {
            let path = format!("{urn}:{name}");
            let operation = json!([{ "op": "remove", "path": path, "value": listed }]);
            let left = patched(&amy(urn, &there), &operation).unwrap();
            left.attributes.get(urn).cloned().unwrap_or_default()
        };
        let left = removed("list", json!([1, { "value": "b" }, { "a": 1 }, "nobody"]));
        assert_eq!(left["list"], json!([list[1], list[3]]), "{urn}");
        assert_eq!(removed("list", json!([])), there, "{urn}");
        assert_eq!(removed("list", json!("all of it")), json!({ "single": "s" }), "{urn}");
        assert_eq!(removed("single", json!("s")), json!({ "list": list }), "{urn}");
    }
}

#[test]
fn values_that_become_equal_are_one_which_is_primary_if_any_was() {
    let by = json!("new@x");
    for primary in 0..2 {
        let mut emails = json!([
            { "type": "work", "value": "a@x", "display": "A", "primary": false },
            { "type": "work", "value": "b@x", "primary": false },
            { "type": "home", "value": "c@x" },
        ]);
        emails[primary]["primary"] = true.into();
        let left = replaced("emails", &emails, "emails[type eq \"work\"].value", &by);
        let work = json!({ "type": "work", "value": "new@x", "display": "A", "primary": true });
        assert_eq!(left, json!([work, { "type": "home", "value": "c@x" }]), "{primary}");
        let left = replaced("emails", &emails, "emails.value", &by);
        let primary_ones = |email: &&Value| email["primary"] == true;
        assert_eq!(left.as_array().unwrap().iter().filter(primary_ones).count(), 1, "{left}");
    }
    let sent = json!([{ "value": "a@x", "primary": true }, { "value": "a@x", "primary": false }]);
    assert_eq!(amy("emails", &sent).attributes["emails"], json!([sent[0]]), "in one request");
}

#[test]
fn a_replaced_part_leaves_the_others_of_each_value_that_matches() {
    let emails = json!([
        { "type": "work", "value": "a@x", "display": "A", "primary": true, "note": "n" },
        { "type": "work", "value": "b@x", "display": "B" },
    ]);
    let left = replaced("emails", &emails, "emails[value pr].type", &json!("home"));
    let mut expected = emails;
    expected[0]["type"] = "home".into();
    expected[1]["type"] = "home".into();
    assert_eq!(left, expected);
}

#[test]
fn an_added_value_stays_primary_until_another_is() {
    let emails = json!([{ "type": "work", "value": "a@x", "primary": true }]);
    let not_primary = json!([{ "type": "work", "value": "a@x", "primary": false }]);
    assert_eq!(added("emails", &emails, &not_primary), emails);
    let other = json!([{ "value": "b@x", "primary": true }]);
    let left = json!([not_primary[0], other[0]]);
    assert_eq!(added("emails", &emails, &other), left);
    let path = "emails[value eq \"a@x\"].primary";
    assert_eq!(replaced("emails", &emails, path, &json!(false)), not_primary, "it was said");
}

#[test]
fn no_path_makes_a_value_of_what_it_was_looked_for_by() {
    let emails = json!([{ "type": "work", "value": "a@x" }]);
    for filter in [
        "value eq \"bogus\"",
        "VALUE eq \"bogus\"",
        "type eq \"work\" and value eq \"bogus\"",
        "value eq \"bogus\" and primary eq true",
    ] {
        for op in ["add", "replace"] {
            for (part, value) in [
                ("", json!({ "value": "b@x" })),
                ("", json!({ "display": "B" })),
                ("", json!("b@x")),
                (".value", json!("b@x")),
                (".display", json!("B")),
                (".primary", json!(true)),
            ] {
                let path = format!("emails[{filter}]{part}");
                for operation in [
                    json!({ "op": op, "path": path, "value": value }),
                    json!({ "op": op, "value": { &path: value } }),
                ] {
                    let bad = patched(&amy("emails", &emails), &json!([operation])).unwrap_err();
                    let found = (bad.status, bad.scim_type);
                    assert_eq!(found, (400, Some(ScimType::NoTarget)), "{operation}");
                }
            }
        }
    }
    let filter = "addresses[value eq \"bogus\"].locality";
    let operation = json!([{ "op": "replace", "path": filter, "value": "Ulm" }]);
    let bad = patched(&amy("emails", &emails), &operation).unwrap_err();
    assert_eq!(bad.scim_type, Some(ScimType::NoTarget));
}

#[test]
fn a_path_makes_a_value_of_a_type_a_primary_or_another_part() {
    for (filter, made) in [
        ("type eq \"home\"", json!({ "type": "home", "value": "b@x" })),
        ("primary eq \"True\"", json!({ "primary": true, "value": "b@x" })),
        ("display eq \"B\"", json!({ "display": "B", "value": "b@x" })),
        (
            "type eq \"home\" and primary eq true",
            json!({ "type": "home", "primary": true, "value": "b@x" }),
        ),
    ] {
        for op in ["add", "replace"] {
            let path = format!("emails[{filter}].value");
            let operation = json!([{ "op": op, "path": path, "value": "b@x" }]);
            let left = patched(&amy("emails", &json!([])), &operation).unwrap();
            assert_eq!(left.attributes["emails"], json!([made]), "{op} {path}");
        }
    }
}

#[test]
fn nothing_is_cleared_where_nothing_is() {
    for nothing in [json!(null), json!(""), json!([{ "value": null }])] {
        let path = "emails[value eq \"bogus\"].display";
        let emails = json!([{ "value": "a@x" }]);
        assert_eq!(replaced("emails", &emails, path, &nothing), emails);
    }
}

fn member_edits(operation: &Value) -> Result<Vec<MemberEdit>, InvalidRequest> {
    let body = json!({ "Operations": [operation] });
    GroupPatch::parse(body, 9, &[], &budget()).map(|patch| patch.members)
}

#[test]
fn who_sets_a_member_by_id_expects_them_to_be_one() {
    for value in [
        json!({ "display": "Ann" }),
        json!({ "value": "ann" }),
        json!("ann"),
        json!([{ "value": "ann" }]),
        json!("[{\"value\":\"ann\"}]"),
    ] {
        for op in ["add", "replace"] {
            for path in ["members[value eq \"ann\"]", "members[value eq \"ann\"].value"] {
                let operation = json!({ "op": op, "path": path, "value": value });
                let edits = member_edits(&operation).unwrap();
                assert_eq!(edits[0], MemberEdit::Expect("ann".to_owned()), "{operation}");
                let Some(MemberEdit::Add(members)) = edits.last() else { panic!("{operation}") };
                assert_eq!(members[0].value, "ann", "{operation}");
            }
            let operation = json!({ "op": op, "value": { "members[value eq \"ann\"]": value } });
            assert_eq!(member_edits(&operation).unwrap()[0], MemberEdit::Expect("ann".to_owned()));
        }
    }
    let bad = MemberEdit::no_such_member();
    assert_eq!((bad.status, bad.scim_type), (400, Some(ScimType::NoTarget)));
}

#[test]
fn one_member_is_set_to_one() {
    for value in [json!(["ann", "bob"]), json!("[\"ann\",\"bob\"]"), json!([{ "value": 5 }])] {
        let operation =
            json!({ "op": "replace", "path": "members[value eq \"ann\"]", "value": value });
        let bad = member_edits(&operation).unwrap_err();
        assert_eq!(bad.scim_type, Some(ScimType::InvalidValue), "{operation}");
    }
    for filter in ["value eq \"ann\" or value eq \"bob\"", "type eq \"User\"", "value sw \"a\""] {
        let path = format!("members[{filter}]");
        let bad =
            member_edits(&json!({ "op": "replace", "path": path, "value": "cyd" })).unwrap_err();
        assert_eq!(bad.scim_type, Some(ScimType::NoTarget), "{filter}");
    }
}

#[test]
fn a_manager_is_one_and_is_not_looked_for() {
    let operation =
        json!([{ "op": "replace", "path": "manager[value eq \"x\"]", "value": "boss" }]);
    let bad = patched(&amy("emails", &json!([])), &operation).unwrap_err();
    assert_eq!((bad.status, bad.scim_type), (400, Some(ScimType::InvalidPath)));
}
