//! What requests cost: the steps grow no faster than what was sent and what is there, and what is
//! a product of both is refused before it is made.

use serde_json::{Value, json};

use super::budget;
use crate::budget::STEPS;
use crate::{
    Attributes, Extension, Filter, Group, GroupPatch, InvalidRequest, Member, ResourceType, User,
    WorkBudget, patch,
};

pub(super) const USER: ResourceType = ResourceType::User;
const RESOURCE: usize = 256 << 10;

/// Checks that twice as much takes no more than about twice the steps, and that what is honest
/// does not come near the bound.
#[track_caller]
pub(super) fn grows_with_its_size(what: &str, size: usize, cost: impl Fn(usize, &WorkBudget)) {
    let steps = |size| {
        let budget = WorkBudget::for_change(RESOURCE);
        cost(size, &budget);
        budget.steps()
    };
    let (half, whole) = (steps(size / 2), steps(size));
    assert!(whole * 2 <= half * 5, "{what}: {half} steps for half of it, {whole} for {size}");
    assert!(half * 3 <= whole * 2, "{what}: nothing was counted, {half} and {whole}");
    assert!(whole <= STEPS, "{what}: {whole} steps for {size}");
}

fn emails(count: usize) -> Value {
    (0..count).map(|n| json!({ "value": format!("{n}@x") })).collect()
}

pub(super) fn with_emails(count: usize) -> User {
    let body = json!({ "userName": "amy", "emails": emails(count) });
    User::parse(body, &[], &budget()).unwrap()
}

fn patched(user: &User, operations: &Value, budget: &WorkBudget) -> Result<User, InvalidRequest> {
    let edits = patch::parse(json!({ "Operations": operations }), USER, 1000, &[], budget)?;
    user.apply(&edits, budget)
}

fn count_of(user: &User, attribute: &str) -> usize {
    user.attributes.get(attribute).and_then(Value::as_array).map_or(0, Vec::len)
}

/// The attack of 54 KB that took 8.5 GB.
#[test]
fn a_text_for_each_of_three_thousand_addresses_is_refused_before_it_is_copied() {
    let amy = with_emails(3000);
    for operation in [
        json!({ "op": "replace", "path": "emails.display", "value": "x".repeat(900_000) }),
        json!({ "op": "add", "path": "emails[value co \"@\"].display", "value": "x".repeat(900_000) }),
        json!({ "op": "replace", "path": "emails[value co \"@\"]", "value": { "display": "x".repeat(900_000) } }),
        json!({ "op": "add", "value": { "emails.display": "x".repeat(900_000) } }),
        json!({ "op": "add", "path": format!("emails.{}", "x".repeat(8000)), "value": true }),
    ] {
        let budget = budget();
        let bad = patched(&amy, &json!([operation]), &budget).unwrap_err();
        assert_eq!((bad.status, bad.scim_type), (413, None));
        assert!(bad.detail.contains("262144 bytes"), "{}", bad.detail);
        assert_eq!(budget.bytes(), 0, "it is refused before the first copy too many");
    }
}

#[test]
fn what_many_operations_copy_is_counted_together() {
    let amy = with_emails(3000);
    let part = |n| json!({ "op": "add", "path": format!("emails.part{n}"), "value": "0123456789" });
    let budget = budget();
    let bad = patched(&amy, &(0..1000).map(part).collect(), &budget).unwrap_err();
    assert_eq!(bad.status, 413);
    assert!(budget.bytes() <= RESOURCE, "{} bytes were copied", budget.bytes());
}

#[test]
fn a_body_that_makes_a_user_or_a_group_multiplies_nothing_either() {
    let mut body = json!({
        "userName": "amy",
        "displayName": "Amy",
        "emails": emails(3000),
        "emails.display": "x".repeat(900_000),
    });
    assert_eq!(User::parse(body.clone(), &[], &budget()).unwrap_err().status, 413);
    body["urn:x:y:z"] = json!({ "list": [1, 2, 3] });
    let (_, members) = Group::parse(body, &[], &budget()).unwrap();
    assert_eq!(members, None, "a group has no emails, so that there is nothing to multiply");
}

/// The attack of 105,000 keys, sent twice, that froze everything for 41 s.
#[test]
fn an_extension_of_many_short_keys_costs_a_few_steps_a_key() {
    let keys =
        |size: usize| -> Attributes { (0..size).map(|n| (format!("k{n:x}"), json!(n))).collect() };
    grows_with_its_size("one extension in a body", 20_000, |size, budget| {
        let body =
            json!({ "userName": "amy", "urn:a:b:c": keys(size), "URN:A:B:C": keys(size / 2) });
        let user = User::parse(body, &[], budget).unwrap();
        assert_eq!(user.attributes.len(), 1, "one extension, however it is spelt");
    });
    grows_with_its_size("one extension, patched twice", 16_000, |size, budget| {
        let operations = json!([
            { "op": "add", "value": { "urn:a:b:c": keys(size) } },
            { "op": "replace", "value": { "URN:A:B:C": keys(size) } },
        ]);
        let amy = with_emails(0);
        let after = patched(&amy, &operations, budget).unwrap();
        assert_eq!(after.attributes["urn:a:b:c"].as_object().unwrap().len(), size);
    });
    grows_with_its_size("many extensions", 20_000, |size, budget| {
        let mut body: Attributes =
            (0..size).map(|n| (format!("urn:x:y:{n}"), json!({ "a": n }))).collect();
        body.insert("userName".into(), "amy".into());
        assert_eq!(User::parse(body.into(), &[], budget).unwrap().attributes.len(), size);
    });
    grows_with_its_size("parts of a name", 16_000, |size, budget| {
        let body = json!({ "userName": "amy", "name": keys(size), "Name": keys(size) });
        let user = User::parse(body, &[], budget).unwrap();
        assert_eq!(user.attributes["name"].as_object().unwrap().len(), size);
    });
}

#[test]
fn what_an_open_urn_means_is_looked_up_in_an_index() {
    grows_with_its_size("attributes by open URNs", 1000, |size, budget| {
        let mut body: Attributes =
            (0..size * 15).map(|n| (format!("urn:x:y:e{n}"), json!({ "a": n }))).collect();
        body.insert("userName".into(), "amy".into());
        let amy = User::parse(body.into(), &[], &super::budget()).unwrap();
        let set = |n| json!({ "op": "replace", "path": format!("urn:x:y:e{n}.a"), "value": "new" });
        let after = patched(&amy, &(0..size).map(set).collect(), budget).unwrap();
        assert_eq!(after.attributes[&format!("urn:x:y:e{}", size - 1)], json!({ "a": "new" }));
        assert_eq!(after.attributes.len(), size * 15);
    });
    grows_with_its_size("one extension by an open URN", 16_000, |size, budget| {
        let keys: Attributes = (0..size).map(|n| (format!("k{n:x}"), json!(n))).collect();
        let set = json!([{ "op": "replace", "path": "urn:a:b:c", "value": keys }]);
        let after = patched(&with_emails(0), &set, budget).unwrap();
        assert_eq!(after.attributes["urn:a:b:c"].as_object().unwrap().len(), size);
    });
    let keys: Attributes = (0..105_000).map(|n| (format!("k{n:x}"), json!(n))).collect();
    let set = json!([{ "op": "replace", "path": "urn:a:b:c", "value": keys }]);
    let budget = budget();
    let bad = patched(&with_emails(0), &set, &budget).unwrap_err();
    assert_eq!((bad.status, budget.steps()), (413, 0), "it is refused before it is applied");
}

#[test]
fn more_attributes_than_a_resource_has_room_for_are_refused_before_they_are_applied() {
    let keys = |count: usize| -> Attributes {
        (0..count).map(|n| (format!("k{n:x}"), json!(n))).collect()
    };
    let amy = with_emails(0);
    for value in [json!({ "urn:a:b:c": keys(105_000) }), json!({ "name": keys(105_000) })] {
        let budget = budget();
        let bad = patched(&amy, &json!([{ "op": "add", "value": value }]), &budget).unwrap_err();
        assert_eq!((bad.status, budget.steps()), (413, 0), "{}", bad.detail);
        let mut body = value;
        body["userName"] = "amy".into();
        assert_eq!(User::parse(body, &[], &budget).unwrap_err().status, 413);
    }
}

#[test]
fn all_of_an_extension_in_other_letters_is_refused_rather_than_compared_pairwise() {
    // Each has the URN in full, so that the URN is looked at again for each of them.
    let keys: Attributes = (0..30_000).map(|n| (format!("k{n}"), json!(n))).collect();
    let mut body = Attributes::new();
    body.insert(format!("urn:{}", "x".repeat(200_000)), keys.into());
    body.insert("userName".into(), "amy".into());
    let bad = User::parse(body.into(), &[], &budget()).unwrap_err();
    assert_eq!(bad.status, 413, "{}", bad.detail);
}

#[test]
fn adding_a_value_a_thousand_times_looks_at_the_others_once() {
    grows_with_its_size("add emails", 1000, |size, budget| {
        let amy = with_emails(size * 15);
        let add = |n| {
            json!({ "op": "add", "path": "emails", "value": [
                { "value": format!("new{n}@x"), "primary": n % 2 == 0 },
            ] })
        };
        let after = patched(&amy, &(0..size).map(add).collect(), budget).unwrap();
        assert_eq!(count_of(&after, "emails"), size * 16);
        let primary = |email: &&Value| email["primary"] == json!(true);
        let primary = after.attributes["emails"].as_array().unwrap().iter().filter(primary);
        assert_eq!(primary.count(), 1, "the last one said so");
    });
    grows_with_its_size("add to a list that no schema knows", 1000, |size, budget| {
        let list: Value = (0..size * 10).collect();
        let body = json!({ "userName": "amy", "urn:x:y:z": { "list": list } });
        let amy = User::parse(body, &[], &super::budget()).unwrap();
        let add = |n| json!({ "op": "add", "path": "urn:x:y:z:list", "value": [n, size * 10 + n] });
        let after = patched(&amy, &(0..size).map(add).collect(), budget).unwrap();
        assert_eq!(after.attributes["urn:x:y:z"]["list"].as_array().unwrap().len(), size * 11);
    });
}

#[test]
fn the_parts_that_a_value_learns_are_charged() {
    let keys = |count: usize, key: &str| -> Attributes {
        let mut parts: Attributes = (0..count).map(|n| (format!("{key}{n}"), json!(n))).collect();
        parts.insert("value".into(), "a@x".into());
        parts
    };
    let body = json!({ "userName": "amy", "emails": [keys(5000, "k")] });
    let amy = User::parse(body, &[], &budget()).unwrap();
    let add = |key| json!([{ "op": "add", "path": "emails", "value": [keys(5000, key)] }]);
    let same = patched(&amy, &add("k"), &budget()).unwrap();
    assert_eq!(same, amy);
    let bad = patched(&amy, &add("K"), &budget()).unwrap_err();
    assert_eq!(bad.status, 413, "25,000,000 keys would be compared: {}", bad.detail);
}

/// The attack of 57,000 listed from 15,000.
#[test]
fn removing_listed_values_looks_each_up_once() {
    grows_with_its_size("remove listed emails", 15_000, |size, budget| {
        let amy = with_emails(size);
        let listed: Value =
            emails(size * 4).as_array().unwrap()[size / 2..].iter().cloned().collect();
        let remove = json!([{ "op": "remove", "path": "emails", "value": listed }]);
        let after = patched(&amy, &remove, budget).unwrap();
        assert_eq!(count_of(&after, "emails"), size / 2);
    });
    grows_with_its_size("remove emails one by one", 1000, |size, budget| {
        let amy = with_emails(size * 10);
        let remove = |n| json!({ "op": "remove", "path": "emails", "value": [{ "value": format!("{n}@x") }] });
        let after = patched(&amy, &(0..size).map(remove).collect(), budget).unwrap();
        assert_eq!(count_of(&after, "emails"), size * 9);
    });
    grows_with_its_size("remove emails by filter", 1000, |size, budget| {
        let amy = with_emails(size * 10);
        let remove = |n| json!({ "op": "remove", "path": format!("emails[value eq \"{n}@x\"]") });
        let after = patched(&amy, &(0..size).map(remove).collect(), budget).unwrap();
        assert_eq!(count_of(&after, "emails"), size * 9);
    });
}

#[test]
fn a_filter_for_each_operation_is_refused_where_there_are_many_values() {
    let amy = with_emails(15_000);
    let each = |n| json!({ "op": "add", "path": format!("emails[value eq \"{n}@x\"].display"), "value": "n" });
    let budget = budget();
    let bad = patched(&amy, &(0..1000).map(each).collect(), &budget).unwrap_err();
    assert_eq!((bad.status, bad.scim_type), (413, None));
    assert!(bad.detail.contains("fewer operations"), "{}", bad.detail);
    // The same for a hundred is what a client may do.
    let few = patched(&with_emails(100), &(0..100).map(each).collect(), &super::budget()).unwrap();
    assert_eq!(few.attributes["emails"][99]["display"], "n");
}

/// The attack of 1,000 × 40 terms on 10,000 members.
#[test]
fn members_are_removed_by_id_or_charged_for_each_term() {
    let ids = |n: usize| {
        let terms: Vec<String> = (0..40).map(|m| format!("value eq \"m{}\"", n * 40 + m)).collect();
        json!({ "op": "remove", "path": format!("members[{}]", terms.join(" or ")) })
    };
    let body = json!({ "Operations": (0..250).map(ids).collect::<Value>() });
    let patch = GroupPatch::parse(body, 1000, &[], &budget()).unwrap();
    let named: usize = patch.members.iter().map(crate::MemberEdit::member_count).sum();
    assert_eq!(named, 10_000, "they are ids, and no member has to be looked at");

    let terms: Vec<String> = (0..40).map(|m| format!("type co \"{m}\"")).collect();
    let filter = Filter::parse(&format!("members[{}]", terms.join(" or ")), ResourceType::Group);
    let Ok(Filter::Element { filter, .. }) = filter else { panic!("a filter on members") };
    let matcher = filter.prepared();
    let member = Member { value: "m".into(), kind: Some("y".repeat(20)) };
    let budget = budget();
    budget.allow(10_000);
    let evaluated = (0..10_000_000).take_while(|_| member.matches(&matcher, &budget).is_ok());
    assert!(evaluated.count() < 20_000, "a product of members and terms ends");
}

#[test]
fn what_is_declared_is_looked_up_for_each_attribute_that_is_sent() {
    let declared = [Extension {
        urn: "urn:a:b:2.0:User".into(),
        resource: USER,
        name: "B".into(),
        description: String::new(),
        attributes: Vec::new(),
    }];
    grows_with_its_size("declared", 20_000, |size, budget| {
        let keys: Attributes = (0..size).map(|n| (format!("k{n}"), json!(n))).collect();
        let body = json!({ "userName": "amy", "urn:A:b:2.0:user": keys });
        assert_eq!(User::parse(body, &declared, budget).unwrap().attributes.len(), 1);
    });
}
