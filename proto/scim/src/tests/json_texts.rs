//! The text of a JSON value means what the value means, wherever parts or several values belong.

use serde_json::{Value, json};

use super::budget;
use super::single_values::{ENTERPRISE, USER, assert_refused, made, patched, sent, told};
use crate::{Group, GroupPatch, InvalidRequest, Member, MemberEdit, WorkBudget, patch};

fn members(value: &Value) -> Result<Vec<Member>, InvalidRequest> {
    let body = json!({ "displayName": "Sales", "members": value });
    let by_post =
        Group::parse(body, &[], &budget()).map(|(_, members)| members.unwrap_or_default());
    for op in ["add", "replace", "remove"] {
        let operation = json!({ "op": op, "path": "members", "value": value });
        let patch = GroupPatch::parse(json!({ "Operations": [operation] }), 9, &[], &budget());
        let Ok(expected) = &by_post else {
            assert_refused(patch, value);
            continue;
        };
        let ids = expected.iter().map(|member| member.value.clone()).collect();
        let expected = match op {
            "add" => MemberEdit::Add(expected.clone()),
            "replace" => MemberEdit::Replace(expected.clone()),
            _ => MemberEdit::Remove(ids),
        };
        assert_eq!(patch.unwrap().members, [expected], "{op} {value}");
    }
    by_post
}

fn ids(value: &Value) -> Vec<String> {
    members(value).unwrap().into_iter().map(|member| member.value).collect()
}

#[test]
fn members_in_the_text_of_a_json_value_are_the_members_that_it_names() {
    for value in [
        told(&json!([{ "value": "ann" }, { "value": "bob" }])),
        told(&json!(["ann", { "$ref": null, "VALUE": "bob" }])),
        json!([told(&json!([{ "value": "ann" }, "bob"]))]),
        json!([told(&json!({ "value": "ann" })), told(&json!("bob"))]),
        json!([{ "value": told(&json!({ "value": "ann" })) }, { "value": ["bob"] }]),
        json!([{ "value": told(&json!([{ "value": "ann" }])) }, { "value": { "value": "bob" } }]),
        told(&told(&json!([{ "value": "ann" }, { "value": "bob" }]))),
        json!(format!("\n {} ", json!(["ann", "bob"]))),
        json!(format!("\u{feff}{}", json!([{ "value": "ann" }, "bob"]))),
        json!(format!("\u{a0}{}\u{2003}", json!([{ "value": "ann" }, "bob"]))),
        json!([format!("\u{200b}{}", json!("ann")), { "value": format!("\u{feff}{}", json!("bob")) }]),
    ] {
        assert_eq!(ids(&value), ["ann", "bob"], "{value}");
    }
    assert_eq!(ids(&told(&json!({ "value": "ann" }))), ["ann"]);
    let named = members(&told(&json!([{ "value": "a", "displayName": "Ann", "type": "User" }])));
    let ann = Member { value: "a".into(), kind: Some("User".into()) };
    assert_eq!(named.unwrap(), [ann]);
}

#[test]
fn a_plain_text_is_the_id_of_a_member() {
    assert_eq!(ids(&json!("string id 1")), ["string id 1"]);
    assert_eq!(ids(&json!(["271", "ann"])), ["271", "ann"]);
}

#[test]
fn a_text_that_holds_no_member_is_never_a_member() {
    for value in [
        json!("[{\"value\":\"ann\"}"),
        json!("{ann}"),
        json!("\"ann"),
        json!("\u{feff}[{\"value\":\"ann\"}"),
        json!("\u{a0}null"),
        json!(" "),
        json!("\u{feff}"),
        json!([" \t"]),
        json!([{ "value": "\u{a0}" }]),
        told(&json!([{ "value": " " }])),
        json!("null"),
        json!("true"),
        told(&json!([5])),
        told(&json!([{ "display": "Ann" }])),
        json!([{ "value": "[{\"value\":\"ann\"}" }]),
        json!([{ "value": told(&json!([{ "value": "ann" }, { "value": "bob" }])) }]),
        json!([{ "value": told(&json!({ "id": "ann" })) }]),
        json!([{ "value": "null" }]),
        json!([{ "value": ["ann", "bob"] }]),
        told(&json!([{ "value": "an\0n" }])),
        told(&json!([{ "value": "bulkId:ann" }])),
    ] {
        assert_refused(members(&value), &value);
    }
}

#[test]
fn a_group_may_name_its_members_by_their_full_name() {
    for body in [
        json!({ "urn:ietf:params:scim:schemas:core:2.0:Group:members": ["ann"] }),
        json!({ "urn:ietf:params:scim:schemas:core:2.0:Group": { "members": ["ann"] } }),
        json!({ "urn:ietf:params:scim:schemas:core:2.0:Group": told(&json!({ "members": "ann" })) }),
    ] {
        let mut body = body;
        body["displayName"] = "Sales".into();
        let (_, members) = Group::parse(body.clone(), &[], &budget()).unwrap();
        assert_eq!(members.unwrap()[0].value, "ann", "{body}");
    }
}

#[test]
fn several_values_in_the_text_of_a_json_value_are_those_values() {
    let emails = json!([{ "type": "work", "value": "a@x" }, { "type": "home", "value": "b@x" }]);
    let addresses = json!([{ "type": "work", "formatted": "1 Row" }]);
    let roles = json!([{ "value": "25", "displayName": "R" }, { "value": "26" }]);
    for (name, plain) in [("emails", emails), ("addresses", addresses), ("roles", roles)] {
        let expected = json!({ name: plain });
        let each: Value = plain.as_array().unwrap().iter().map(told).collect();
        let marked = json!(format!("\u{feff}{plain}\u{a0}"));
        for value in [plain.clone(), told(&plain), json!([told(&plain)]), each, marked] {
            assert_eq!(sent(name, &value), Ok(expected.clone()), "{value}");
        }
    }
    let address = json!({ "formatted": "1 Row" });
    let expected = json!({ "addresses": [address] });
    assert_eq!(sent("addresses", &json!([{ "value": told(&address) }])), Ok(expected));
    let one = json!({ "VALUE": "a@x", "type": "work" });
    let expected = json!({ "emails": [{ "value": "a@x", "type": "work" }] });
    for value in [told(&one), json!([{ "value": told(&one) }]), json!({ "value": [told(&one)] })] {
        assert_eq!(sent("emails", &value), Ok(expected.clone()), "{value}");
    }
}

#[test]
fn a_single_value_with_parts_in_the_text_of_a_json_value_is_that_value() {
    let manager = format!("{ENTERPRISE}:manager");
    let expected = json!({ ENTERPRISE: { "manager": { "value": "boss" } } });
    for value in [
        json!("boss"),
        told(&json!("boss")),
        told(&json!({ "value": "boss" })),
        told(&json!([{ "$ref": null, "Value": "boss" }])),
        json!([{ "value": told(&json!({ "value": "boss" })) }]),
        json!({ "value": { "value": "boss" } }),
        json!(format!("\u{feff}{}", json!({ "value": "boss" }))),
    ] {
        assert_eq!(sent(&manager, &value), Ok(expected.clone()), "{value}");
        let whole = json!({ "manager": value });
        assert_eq!(sent(ENTERPRISE, &whole), Ok(expected.clone()), "{value}");
        assert_eq!(sent(ENTERPRISE, &told(&whole)), Ok(expected.clone()), "{value}");
        assert_eq!(sent(ENTERPRISE, &json!([whole])), Ok(expected.clone()), "{value}");
    }
    for value in
        [json!("boss"), told(&json!("boss")), told(&json!([{ "$ref": null, "Value": "boss" }]))]
    {
        assert_eq!(sent(&format!("{manager}.value"), &value), Ok(expected.clone()), "{value}");
    }
    let name = json!({ "givenName": "Amy" });
    assert_eq!(sent("name", &told(&name)), Ok(json!({ "name": name })));
}

#[test]
fn all_attributes_of_a_patch_may_stand_in_the_text_of_a_json_value() {
    let amy = made(json!({})).unwrap();
    let value = told(&json!({ "title": "T", "emails": told(&json!([{ "value": "a@x" }])) }));
    let after = patched(&amy, &json!({ "op": "add", "value": value })).unwrap();
    let expected = json!({ "title": "T", "emails": [{ "value": "a@x" }] });
    assert_eq!(Value::Object(after.attributes), expected);
}

#[test]
fn a_text_that_holds_nothing_fitting_is_never_an_address_or_a_manager() {
    for (name, value) in [
        ("emails", json!("[{\"value\":\"a@x\"}")),
        ("emails", json!("{a@x}")),
        ("emails", json!("null")),
        ("emails", told(&json!([5]))),
        ("emails", json!([{ "value": told(&json!([{ "value": "a@x" }, { "value": "b@x" }])) }])),
        ("emails", json!([{ "value": told(&json!({ "mail": "a@x" })) }])),
        ("emails", told(&json!([{ "value": "a\0@x" }]))),
        ("emails", told(&json!({ "foo": "bar" }))),
        ("emails", told(&json!([{ "value": "a@x" }, { "foo": "bar" }]))),
        ("roles", told(&json!({ "displayName": "R" }))),
        ("phoneNumbers", told(&told(&json!({ "foo": "bar" })))),
        ("addresses", json!([{ "value": told(&json!({ "foo": "bar" })) }])),
        ("addresses", json!("1 Row")),
        ("addresses", json!("[{\"formatted\":")),
        ("name", json!("Amy Lee")),
        ("name", json!("null")),
        ("name", told(&json!({ "members": [1] }))),
        ("manager", told(&json!({ "foo": "bar" }))),
        ("manager", told(&json!({ "managerId": "m2" }))),
        ("manager", told(&json!({ "displayName": "Boss" }))),
        (ENTERPRISE, json!("Ops")),
        (ENTERPRISE, json!("null")),
        ("manager", json!("{\"value\":\"boss\"")),
        ("manager", json!("{boss}")),
        ("manager", json!("null")),
        ("manager", json!(" ")),
        ("manager", json!({ "value": "\u{feff}" })),
        ("manager.value", json!(" ")),
        ("manager", told(&json!([{ "value": "a" }, { "value": "b" }]))),
        ("manager", json!({ "value": "{\"value\":\"boss\"" })),
        ("manager", told(&json!({ "value": "bulkId:boss" }))),
    ] {
        assert_refused(sent(name, &value), &json!([name, value]));
    }
    let amy = made(json!({ "emails": [{ "value": "a@x" }] })).unwrap();
    for path in ["emails[value eq \"a@x\"]", "emails[value eq \"a@x\"].value", "emails"] {
        for value in ["[{\"value\":\"a\"},{\"value\":\"b\"}]", "{\"mail\":\"b@x\"}"] {
            let operation = json!({ "op": "replace", "path": path, "value": [{ "value": value }] });
            assert_refused(patched(&amy, &operation), &operation);
        }
    }
}

#[test]
fn one_of_several_values_is_replaced_by_what_its_text_says() {
    let amy = made(json!({ "emails": [{ "type": "work", "value": "a@x" }] })).unwrap();
    let expected = json!([{ "type": "work", "value": "b@x" }]);
    for (path, value) in [
        ("emails[value eq \"a@x\"]", told(&json!({ "type": "work", "value": "b@x" }))),
        ("emails[type eq \"work\"]", told(&json!([{ "value": "b@x" }]))),
        ("emails[type eq \"work\"]", told(&json!("b@x"))),
        ("emails[type eq \"work\"].value", told(&json!({ "value": "b@x" }))),
        ("emails[type eq \"work\"].value", json!([{ "$ref": null, "value": "b@x" }])),
        ("emails.value", json!({ "value": "b@x" })),
    ] {
        let operation = json!({ "op": "replace", "path": path, "value": value });
        let after = patched(&amy, &operation).unwrap();
        assert_eq!(after.attributes["emails"], expected, "{path} {value}");
    }
}

#[test]
fn the_remove_of_what_a_text_lists_removes_that() {
    let emails = json!([{ "type": "work", "value": "a@x" }, { "type": "home", "value": "b@x" }]);
    let amy = made(json!({ "emails": emails })).unwrap();
    for before in ["", "\u{feff}", "\u{a0} "] {
        let listed = format!("{before}{}", json!([{ "Value": "a@x" }]));
        let after = patched(&amy, &json!({ "op": "remove", "path": "emails", "value": listed }));
        assert_eq!(after.unwrap().attributes["emails"], json!([emails[1]]), "{before:?}");
    }
}

#[test]
fn what_looks_like_json_and_is_an_address_can_be_sent_as_the_value_of_an_object() {
    for address in ["{amy}@x.example", "\"Amy Lee\"@x.example", "[amy]@x.example"] {
        let emails = json!([{ "value": address }]);
        assert_eq!(sent("emails", &emails), Ok(json!({ "emails": emails })));
    }
    let title = json!("[\"a title\"]");
    assert_eq!(sent("title", &title), Ok(json!({ "title": title })), "a text belongs there");
}

#[test]
fn texts_within_texts_are_read_to_a_bound() {
    let within =
        |texts: usize| (0..texts).fold(json!([{ "value": "ann" }]), |value, _| told(&value));
    assert_eq!(ids(&within(4)), ["ann"]);
    assert_refused(members(&within(5)), &within(5));
    let value = (0..5).fold(json!("25"), |value, _| told(&json!({ "value": value })));
    assert_refused(sent("roles", &json!([{ "value": value }])), &value);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_refused(members(&json!(deep)), &json!("100,000 brackets"));
}

#[test]
fn what_a_text_holds_is_charged_as_often_as_it_is_read() {
    let steps = |count: usize, texts: usize| {
        let list: Value = (0..count).map(|n| json!({ "value": format!("m{n}") })).collect();
        let value = (0..texts).fold(list, |value, _| told(&value));
        let budget = WorkBudget::for_change(0);
        let operation = json!({ "op": "add", "path": "members", "value": value });
        GroupPatch::parse(json!({ "Operations": [operation] }), 9, &[], &budget).unwrap();
        budget.steps()
    };
    assert!(steps(1000, 1) >= 1000, "{} steps", steps(1000, 1));
    assert!(steps(2000, 1) <= 3 * steps(1000, 1) && steps(1000, 2) <= 3 * steps(1000, 1));
    assert!(steps(10_000, 1) < crate::STEPS / 4, "{} steps for the largest list", steps(10_000, 1));
}

#[test]
fn a_flood_of_texts_ends_with_the_budget() {
    let text = told(&json!(vec![json!({}); 2000]));
    let operation = json!({ "op": "remove", "path": "emails", "value": text });
    let body = json!({ "Operations": vec![operation; 1000] });
    let bad = patch::parse(body, USER, 1000, &[], &budget()).unwrap_err();
    assert_eq!(bad.status, 413, "{bad}");
}
