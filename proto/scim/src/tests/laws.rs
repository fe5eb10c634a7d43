use std::collections::HashSet;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{any, budget};
use crate::{
    Attributes, Edit, Filter, Group, GroupPatch, MemberEdit, Meta, Path, ResourceType, Selection,
    User, patch,
};

fn amy() -> User {
    User::parse(json!({
        "userName": "amy",
        "title": "T",
        "name": {"givenName": "A"},
        "emails": [{"type": "work", "value": "x", "primary": true}, {"type": "home", "value": "y"}],
        "addresses": [{"type": "work", "formatted": "f"}],
        "urn:x:Custom:2.0:User": {"Badge": "b"},
    }), &[], &budget())
    .unwrap()
}

fn rendered(user: &User) -> Attributes {
    user.render(&Meta { id: "u-1".into(), ..Meta::default() })
}

fn reread(user: &User) -> User {
    User::parse(Value::Object(rendered(user)), &[], &budget()).unwrap()
}

/// Whether no attribute is named in two spellings, of which the later would change the earlier.
fn names_each_attribute_once(edits: &[Edit]) -> bool {
    let mut names = edits.iter().map(|edit| match edit {
        Edit::Add { path, .. } | Edit::Replace { path, .. } | Edit::Remove { path, .. } => {
            path.to_string().to_lowercase().split('[').next().map(str::to_owned)
        }
    });
    let mut seen = HashSet::new();
    names.all(|name| seen.insert(name))
}

proptest! {
    #[test]
    fn a_filter_reads_back_as_it_was_written(text in prop_oneof![any::filter(), any::soup()]) {
        for resource in ResourceType::ALL {
            if let Ok(filter) = Filter::parse(&text, resource) {
                prop_assert_eq!(Filter::parse(&filter.to_string(), resource), Ok(filter));
            }
        }
    }

    #[test]
    fn a_path_reads_back_as_it_was_written(
        text in prop_oneof![
            any::filter().prop_map(|filter| format!("emails[{filter}].value")),
            any::soup(),
        ],
    ) {
        for resource in ResourceType::ALL {
            if let Ok(path) = Path::parse(&text, resource) {
                prop_assert_eq!(Path::parse(&path.to_string(), resource), Ok(path));
            }
        }
    }

    #[test]
    fn no_text_breaks_filters_paths_and_selections(text in prop_oneof!["\\PC*", ".*", any::soup()]) {
        let amy = rendered(&amy());
        for resource in ResourceType::ALL {
            let _: Result<Path, _> = Path::parse(&text, resource);
            if let Ok(filter) = Filter::parse(&text, resource) {
                let denied = Filter::Not(Box::new(filter.clone()));
                let matches = |filter: &Filter| filter.matches(&amy, &budget()).unwrap();
                prop_assert_ne!(matches(&filter), matches(&denied));
            }
            for (only, without) in [(Some(text.as_str()), None), (None, Some(text.as_str()))] {
                let mut shown = amy.clone();
                let selection = Selection::parse(only, without, resource).unwrap();
                selection.apply(&mut shown, resource, &budget()).unwrap();
                prop_assert_eq!(&shown["id"], &amy["id"]);
                prop_assert_eq!(&shown["schemas"], &amy["schemas"]);
            }
        }
    }

    #[test]
    fn what_goes_in_comes_out(body in any::user_body()) {
        if let Ok(user) = User::parse(body, &[], &budget()) {
            prop_assert_eq!(reread(&user), user);
        }
    }

    #[test]
    fn what_a_patch_leaves_comes_out(body in any::patch_body()) {
        let edits = patch::parse(body, ResourceType::User, 100, &[], &budget());
        if let Ok(user) = edits.and_then(|edits| amy().apply(&edits, &budget())) {
            prop_assert_eq!(reread(&user), user);
        }
    }

    #[test]
    fn adding_twice_is_adding_once(attributes in any::attributes()) {
        let body = json!({"Operations": [{"op": "add", "value": attributes}]});
        let edits = patch::parse(body, ResourceType::User, 100, &[], &budget());
        if let Ok(edits) = edits
            && names_each_attribute_once(&edits)
            && let Ok(once) = amy().apply(&edits, &budget())
        {
            prop_assert_eq!(once.apply(&edits, &budget()), Ok(once));
        }
    }

    #[test]
    fn replacing_twice_is_replacing_once(attributes in any::attributes()) {
        let body = json!({"Operations": [{"op": "replace", "value": attributes}]});
        let edits = patch::parse(body, ResourceType::User, 100, &[], &budget());
        if let Ok(edits) = edits
            && let Ok(once) = amy().apply(&edits, &budget())
        {
            prop_assert_eq!(once.apply(&edits, &budget()), Ok(once));
        }
    }

    /// All or nothing: one operation that cannot be made spoils the others.
    #[test]
    fn a_patch_is_atomic(body in any::patch_body(), place in any::<prop::sample::Index>()) {
        if let Ok(mut edits) = patch::parse(body, ResourceType::User, 100, &[], &budget()) {
            let path = Path::parse("ims[value sw \"never there\"].type", ResourceType::User).unwrap();
            let bad = Edit::Replace { path, value: "work".into() };
            edits.insert(place.index(edits.len() + 1), bad);
            let before = amy();
            prop_assert!(before.apply(&edits, &budget()).is_err());
            prop_assert_eq!(before, amy());
        }
    }

    #[test]
    fn no_body_breaks_a_group(body in any::user_body(), patch in any::patch_body()) {
        let mut body = body;
        body["displayName"] = "Sales".into();
        let Ok((group, _)) = Group::parse(body, &[], &budget()) else { return Ok(()) };
        if let Ok(patch) = GroupPatch::parse(patch, 100, &[], &budget())
            && let Ok(after) = group.apply(&patch.edits, &budget())
        {
            prop_assert!(!after.attributes.contains_key("members"));
            let again = Value::Object(after.render(&Meta::default(), vec![]));
            prop_assert_eq!(Group::parse(again, &[], &budget()), Ok((after, None)));
        }
    }

    /// The law that keeps groups from being emptied. A member may be named in the text of a JSON value.
    #[test]
    fn a_remove_with_a_value_removes_nobody_else(value in any::value()) {
        let body = json!({"Operations": [{"op": "Remove", "path": "members", "value": value}]});
        let named = value.to_string().replace('\\', "");
        if let Ok(patch) = GroupPatch::parse(body, 100, &[], &budget()) {
            for edit in patch.members {
                let MemberEdit::Remove(ids) = edit else { panic!("{edit:?} for {value}") };
                for id in ids {
                    prop_assert!(named.contains(&Value::from(id).to_string()));
                }
            }
        }
    }

    /// Whatever is answered with a yes leaves members who can be meant, and nobody else.
    #[test]
    fn a_member_is_an_id_and_never_the_text_of_something_else(
        value in any::value(),
        op in select(vec!["add", "replace", "remove"]),
        path in select(vec![Some("members"), Some("members[value eq \"x\"]"), Some("members.value"), None]),
    ) {
        let value = if path.is_none() { json!({"members": value}) } else { value };
        let body = json!({"Operations": [{"op": op, "path": path, "value": value}]});
        let patch = GroupPatch::parse(body, 100, &[], &budget());
        let mut ids = Vec::new();
        for edit in patch.into_iter().flat_map(|patch| patch.members) {
            match edit {
                MemberEdit::Add(members) | MemberEdit::Replace(members) => {
                    ids.extend(members.into_iter().map(|member| member.value));
                }
                MemberEdit::Remove(removed) => ids.extend(removed),
                MemberEdit::RemoveWhere(_) | MemberEdit::Clear | MemberEdit::Expect(_) => {}
            }
        }
        let body = json!({"displayName": "Sales", "members": value});
        if let Ok((_, Some(members))) = Group::parse(body, &[], &budget()) {
            ids.extend(members.into_iter().map(|member| member.value));
        }
        for id in ids {
            prop_assert!(!id.is_empty() && !id.starts_with(['{', '[', '"']) && id != "null", "{id:?}");
        }
    }

    /// So an address, a role or a manager is no text of something else either.
    #[test]
    fn a_value_is_never_the_text_of_one_with_parts(body in any::user_body(), patch in any::patch_body()) {
        let Ok(user) = User::parse(body, &[], &budget()) else { return Ok(()) };
        let edits = patch::parse(patch, ResourceType::User, 100, &[], &budget());
        let after = edits.and_then(|edits| user.apply(&edits, &budget())).unwrap_or(user);
        let manager = after.attributes.get(any::ENTERPRISE).and_then(|parts| parts.get("manager"));
        let several = after.attributes.values().filter_map(Value::as_array).flatten();
        for element in manager.into_iter().chain(several) {
            let text = element["value"].as_str().unwrap_or_default();
            let told = serde_json::from_str::<Value>(text).is_ok_and(|it| it.is_object() || it.is_array());
            prop_assert!(!told, "{element}");
        }
    }

    #[test]
    fn adding_what_is_there_in_another_shape_adds_nothing(
        there in any::values(),
        more in any::values(),
        name in select(vec!["emails", "roles", "addresses"]),
        shape in any::<usize>(),
    ) {
        let user = User::parse(json!({"userName": "amy", name: there}), &[], &budget()).unwrap();
        let add = |value: Value| {
            let body = json!({"Operations": [{"op": "add", "path": name, "value": value}]});
            patch::parse(body, ResourceType::User, 1, &[], &budget()).unwrap()
        };
        let once = user.apply(&add(more.clone()), &budget()).unwrap();
        let reshaped = any::reshaped(&more, shape);
        prop_assert_eq!(once.apply(&add(reshaped), &budget()), Ok(once));
    }

    #[test]
    fn no_two_values_are_the_same_but_for_their_type_unless_both_have_one(
        there in any::values(),
        more in any::values(),
    ) {
        let user = User::parse(json!({"userName": "amy", "emails": there}), &[], &budget()).unwrap();
        let body = json!({"Operations": [{"op": "add", "path": "emails", "value": more}]});
        let edits = patch::parse(body, ResourceType::User, 1, &[], &budget()).unwrap();
        let after = user.apply(&edits, &budget()).unwrap();
        let emails = after.attributes.get("emails").and_then(Value::as_array);
        let emails: Vec<_> = emails.into_iter().flatten().filter(|it| it["value"].is_string()).collect();
        let folded = |part: &Value| part.as_str().map(str::to_lowercase);
        for (place, one) in emails.iter().enumerate() {
            for other in &emails[place + 1..] {
                let kinds = (folded(&one["type"]), folded(&other["type"]));
                let differ = matches!(&kinds, (Some(one), Some(other)) if one != other);
                prop_assert!(differ || folded(&one["value"]) != folded(&other["value"]), "{emails:?}");
            }
        }
    }

    #[test]
    fn a_replaced_part_takes_primary_from_nobody(
        there in any::values(),
        path in select(vec!["emails[type eq \"work\"].value", "emails.value", "emails[value pr].type", "emails.display"]),
    ) {
        let user = User::parse(json!({"userName": "amy", "emails": there}), &[], &budget()).unwrap();
        let body = json!({"Operations": [{"op": "replace", "path": path, "value": "x"}]});
        let edits = patch::parse(body, ResourceType::User, 1, &[], &budget()).unwrap();
        let primaries = |user: &User| {
            let emails = user.attributes.get("emails").and_then(Value::as_array);
            emails.into_iter().flatten().filter(|email| email["primary"] == true).count()
        };
        if let Ok(after) = user.apply(&edits, &budget()) {
            prop_assert_eq!(primaries(&after), primaries(&user), "{:?} to {:?}", user, after);
        }
    }
}
