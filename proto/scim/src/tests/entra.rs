//! Requests as Entra, its validator and its tools write them, and what each has to come to.
//!
//! The files say it in JSON: `then` is what the resource holds afterwards (objects may hold more,
//! lists may not), `absent` are JSON pointers to what it must not hold.

use serde::Deserialize;
use serde_json::{Value, json};

use super::budget;
use crate::{
    Attributes, Filter, Group, GroupPatch, InvalidRequest, Member, MemberEdit, Meta, ResourceType,
    ScimType, Selection, Subject, User, patch,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    rule: String,
    body: Value,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Deserialize)]
struct Patch {
    rule: String,
    given: Value,
    operations: Value,
    members: Option<Vec<String>>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    #[serde(default)]
    then: Attributes,
    #[serde(default)]
    absent: Vec<String>,
    refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    rule: String,
    #[serde(default)]
    users: Vec<Value>,
    #[serde(default)]
    groups: Vec<Value>,
    filter: String,
    found: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Look {
    rule: String,
    user: Option<Value>,
    group: Option<Value>,
    attributes: Option<String>,
    excluded_attributes: Option<String>,
    shown: Vec<String>,
    #[serde(default)]
    then: Attributes,
    #[serde(default)]
    absent: Vec<String>,
}

fn cases<'a, T: Deserialize<'a>>(json: &'a str) -> Vec<T> {
    let cases: Vec<T> = serde_json::from_str(json).unwrap();
    assert!(!cases.is_empty(), "a file of cases without a case");
    cases
}

fn about(kind: &str, number: usize) -> Meta {
    Meta {
        id: format!("{kind}-{number}"),
        created: "2026-03-01T08:00:00Z".into(),
        last_modified: "2026-03-01T08:00:00Z".into(),
        version: "W/\"1\"".into(),
        location: format!("https://rollcall.example/scim/v2/acme/{kind}s/{kind}-{number}"),
        groups: vec![],
    }
}

fn shown_group(group: &Group, members: &[Member]) -> Attributes {
    let members = members.iter().map(|member| member.render("https://rollcall.example")).collect();
    group.render(&about("group", 0), members)
}

impl Outcome {
    fn check(&self, rule: &str, found: Result<&Attributes, &InvalidRequest>) {
        match (&self.refused, found) {
            (Some(expected), found) => {
                let bad = found.expect_err(rule);
                let scim_type = serde_json::to_value(bad.scim_type).unwrap();
                assert_eq!(scim_type, json!(expected), "{rule}: {bad}");
            }
            (None, Err(bad)) => panic!("{rule}: refused, {bad}"),
            (None, Ok(attributes)) => check(rule, attributes, &self.then, &self.absent),
        }
    }
}

fn check(rule: &str, found: &Attributes, then: &Attributes, absent: &[String]) {
    let (found, then) = (Value::Object(found.clone()), Value::Object(then.clone()));
    assert!(holds(&found, &then), "{rule}:\nexpected {then:#}\nin {found:#}");
    for pointer in absent {
        assert_eq!(found.pointer(pointer), None, "{rule}: {pointer} should be absent");
    }
}

fn holds(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => expected
            .iter()
            .all(|(key, expected)| found.get(key).is_some_and(|found| holds(found, expected))),
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| holds(found, expected))
        }
        (found, expected) => found == expected,
    }
}

/// The members after the edits, as a group that holds them all would have them.
fn edited(mut members: Vec<Member>, edits: &[MemberEdit]) -> Result<Vec<Member>, InvalidRequest> {
    for edit in edits {
        match edit {
            MemberEdit::Add(more) => {
                for member in more {
                    members.retain(|known| known.value != member.value);
                    members.push(member.clone());
                }
            }
            MemberEdit::Remove(ids) => members.retain(|member| !ids.contains(&member.value)),
            MemberEdit::RemoveWhere(filter) => {
                members.retain(|member| !member.matches(&filter.prepared(), &budget()).unwrap());
            }
            MemberEdit::Replace(others) => members.clone_from(others),
            MemberEdit::Clear => members.clear(),
            MemberEdit::Expect(id) => {
                if !members.iter().any(|member| member.value == *id) {
                    return Err(MemberEdit::no_such_member());
                }
            }
        }
    }
    members.sort_by(|one, other| one.value.cmp(&other.value));
    Ok(members)
}

#[test]
fn users_are_read_from_whatever_entra_sends() {
    for Body { rule, body, outcome } in cases(include_str!("../../entra/users.json")) {
        let shown = User::parse(body, &[], &budget()).map(|user| user.render(&about("user", 0)));
        outcome.check(&rule, shown.as_ref());
    }
}

#[test]
fn groups_are_read_from_whatever_entra_sends() {
    for Body { rule, body, outcome } in cases(include_str!("../../entra/groups.json")) {
        let shown = Group::parse(body, &[], &budget())
            .map(|(group, members)| shown_group(&group, &members.unwrap_or_default()));
        outcome.check(&rule, shown.as_ref());
    }
}

#[test]
fn patches_of_users_do_what_entra_means_and_nothing_more_when_repeated() {
    for case in cases::<Patch>(include_str!("../../entra/user_patches.json")) {
        let user = User::parse(case.given, &[], &budget()).unwrap();
        for operations_key in ["Operations", "operations"] {
            let body = json!({"schemas": ["…PatchOp"], operations_key: case.operations});
            let edits = patch::parse(body, ResourceType::User, 100, &[], &budget());
            let after = edits.clone().and_then(|edits| user.apply(&edits, &budget()));
            let shown = after.clone().map(|user| user.render(&about("user", 0)));
            case.outcome.check(&case.rule, shown.as_ref());
            if let (Ok(edits), Ok(after)) = (edits, after) {
                assert_eq!(
                    after.apply(&edits, &budget()).unwrap(),
                    after,
                    "{}: said twice",
                    case.rule
                );
            }
        }
    }
}

#[test]
fn patches_of_groups_do_what_entra_means_and_nothing_more_when_repeated() {
    for case in cases::<Patch>(include_str!("../../entra/group_patches.json")) {
        let rule = &case.rule;
        let (group, members) = Group::parse(case.given, &[], &budget()).unwrap();
        let patch = GroupPatch::parse(json!({"Operations": case.operations}), 100, &[], &budget());
        let after = patch.and_then(|patch| {
            let after = group.apply(&patch.edits, &budget())?;
            let members = edited(members.unwrap_or_default(), &patch.members)?;
            assert_eq!(edited(members.clone(), &patch.members)?, members, "{rule}: said twice");
            Ok((after, members))
        });
        if let (Some(expected), Ok((_, members))) = (case.members, &after) {
            let ids: Vec<_> = members.iter().map(|member| member.value.clone()).collect();
            assert_eq!(ids, expected, "{rule}");
        }
        let shown = after.map(|(group, members)| shown_group(&group, &members));
        case.outcome.check(rule, shown.as_ref());
    }
}

#[test]
fn filters_find_what_entra_looks_for() {
    for Search { rule, users, groups, filter, found } in
        cases(include_str!("../../entra/filters.json"))
    {
        let resource = if groups.is_empty() { ResourceType::User } else { ResourceType::Group };
        let filter = Filter::parse(&filter, resource).unwrap_or_else(|bad| panic!("{rule}: {bad}"));
        let user_matches = |(number, body): (usize, Value)| {
            let user = User::parse(body, &[], &budget()).unwrap().render(&about("user", number));
            filter.matches(&user, &budget()).unwrap().then_some(number)
        };
        let group_matches = |(number, body): (usize, Value)| {
            let (group, members) = Group::parse(body, &[], &budget()).unwrap();
            let members = members.unwrap_or_default();
            let has_member = |id: &str| members.iter().any(|member| member.value == id);
            let attributes = group.render(&about("group", number), vec![]);
            let subject = Subject { attributes: &attributes, has_member: Some(&has_member) };
            filter.matches(subject, &budget()).unwrap().then_some(number)
        };
        let matches: Vec<_> = users
            .into_iter()
            .enumerate()
            .filter_map(user_matches)
            .chain(groups.into_iter().enumerate().filter_map(group_matches))
            .collect();
        assert_eq!(matches, found, "{rule}: {filter}");
    }
}

#[test]
fn selections_show_what_entra_asks_for() {
    for look in cases::<Look>(include_str!("../../entra/selections.json")) {
        let rule = &look.rule;
        let (resource, mut attributes) = match (look.user, look.group) {
            (Some(body), None) => (
                ResourceType::User,
                User::parse(body, &[], &budget()).unwrap().render(&about("user", 0)),
            ),
            (None, Some(body)) => {
                let (group, members) = Group::parse(body, &[], &budget()).unwrap();
                (ResourceType::Group, shown_group(&group, &members.unwrap_or_default()))
            }
            (Some(_), Some(_)) | (None, None) => panic!("{rule}: one resource a case"),
        };
        let (only, without) = (look.attributes.as_deref(), look.excluded_attributes.as_deref());
        let selection = Selection::parse(only, without, resource).unwrap();
        let wanted: Vec<_> =
            attributes.keys().filter(|key| selection.wants(key)).cloned().collect();
        selection.apply(&mut attributes, resource, &budget()).unwrap();
        let mut shown: Vec<_> = attributes.keys().cloned().collect();
        let mut expected = look.shown;
        shown.sort();
        expected.sort();
        assert_eq!(shown, expected, "{rule}");
        for key in shown.iter().filter(|key| !["id", "schemas"].contains(&key.as_str())) {
            let looked_up = wanted.contains(key) || key.starts_with("urn:");
            assert!(looked_up, "{rule}: {key} is shown, so it has to be wanted");
        }
        check(rule, &attributes, &look.then, &look.absent);
    }
}

#[test]
fn both_kinds_of_selection_at_once_are_refused() {
    let bad = Selection::parse(Some("id"), Some("meta"), ResourceType::User).unwrap_err();
    assert_eq!((bad.status, bad.scim_type), (400, Some(ScimType::InvalidValue)));
    let blank = Selection::parse(Some("id"), Some(" "), ResourceType::User).unwrap();
    assert!(!blank.wants("meta"));
}

#[test]
fn a_patch_of_too_many_operations_is_refused() {
    let operation = json!({"op": "add", "path": "title", "value": "x"});
    let body = json!({"Operations": vec![operation; 3]});
    assert_eq!(patch::parse(body.clone(), ResourceType::User, 3, &[], &budget()).unwrap().len(), 3);
    let bad = patch::parse(body, ResourceType::User, 2, &[], &budget()).unwrap_err();
    assert_eq!((bad.status, bad.scim_type), (413, None));
}

#[test]
fn a_patch_makes_no_value_that_a_put_could_not_send() {
    let amy = User::parse(json!({"userName": "amy"}), &[], &budget()).unwrap();
    for path in ["roles[primary eq \"perhaps\"].display", "emails[kind eq \"\"].value"] {
        let operation = json!({"op": "replace", "path": path, "value": "Lead"});
        let edits = patch::parse(
            json!({"Operations": [operation]}),
            ResourceType::User,
            100,
            &[],
            &budget(),
        )
        .unwrap();
        let bad = amy.apply(&edits, &budget()).unwrap_err();
        assert_eq!((bad.status, bad.scim_type), (400, Some(ScimType::NoTarget)), "{path}");
    }
}

#[test]
fn a_role_sent_as_text_is_the_role_that_the_text_describes_however_it_is_wrapped() {
    let read = |value: Value| {
        let body = json!({"userName": "amy", "roles": [{"value": value}]});
        User::parse(body, &[], &budget()).unwrap()
    };
    let text = json!({"value": "25", "displayName": "r"}).to_string();
    let within_a_text = json!({"value": text}).to_string();
    let told = read(json!(text));
    assert_eq!(told.attributes["roles"], json!([{"value": "25", "displayName": "r"}]));
    assert_eq!(read(json!([text])), told);
    assert_eq!(read(json!(within_a_text)), told);
}
