use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{any, budget};
use crate::{
    Attributes, Edit, Filter, Group, GroupPatch, MemberEdit, Meta, Path, ResourceType, Selection,
    User, patch,
};

fn amy() -> User {
    User::read(json!({
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
    User::read(Value::Object(rendered(user)), &[], &budget()).unwrap()
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
                let selection = Selection::read(only, without, resource).unwrap();
                selection.apply(&mut shown, resource, &budget()).unwrap();
                prop_assert_eq!(&shown["id"], &amy["id"]);
                prop_assert_eq!(&shown["schemas"], &amy["schemas"]);
            }
        }
    }

    #[test]
    fn what_goes_in_comes_out(body in any::user_body()) {
        if let Ok(user) = User::read(body, &[], &budget()) {
            prop_assert_eq!(reread(&user), user);
        }
    }

    #[test]
    fn what_a_patch_leaves_comes_out(body in any::patch_body()) {
        let edits = patch::read(body, ResourceType::User, 100, &[]);
        if let Ok(user) = edits.and_then(|edits| amy().apply(&edits, &budget())) {
            prop_assert_eq!(reread(&user), user);
        }
    }

    #[test]
    fn adding_twice_is_adding_once(attributes in any::attributes()) {
        let body = json!({"Operations": [{"op": "add", "value": attributes}]});
        let edits = patch::read(body, ResourceType::User, 100, &[]);
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
        let edits = patch::read(body, ResourceType::User, 100, &[]);
        if let Ok(edits) = edits
            && let Ok(once) = amy().apply(&edits, &budget())
        {
            prop_assert_eq!(once.apply(&edits, &budget()), Ok(once));
        }
    }

    /// All or nothing: one operation that cannot be made spoils the others.
    #[test]
    fn a_patch_is_atomic(body in any::patch_body(), place in any::<prop::sample::Index>()) {
        if let Ok(mut edits) = patch::read(body, ResourceType::User, 100, &[]) {
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
        let Ok((group, _)) = Group::read(body, &[], &budget()) else { return Ok(()) };
        if let Ok(patch) = GroupPatch::read(patch, 100, &[])
            && let Ok(after) = group.apply(&patch.edits, &budget())
        {
            prop_assert!(!after.attributes.contains_key("members"));
            let again = Value::Object(after.render(&Meta::default(), vec![]));
            prop_assert_eq!(Group::read(again, &[], &budget()), Ok((after, None)));
        }
    }

    /// The law that keeps groups from being emptied.
    #[test]
    fn a_remove_with_a_value_removes_nobody_else(value in any::value()) {
        let body = json!({"Operations": [{"op": "Remove", "path": "members", "value": value}]});
        if let Ok(patch) = GroupPatch::read(body, 100, &[]) {
            for edit in patch.members {
                let MemberEdit::Remove(ids) = edit else { panic!("{edit:?} for {value}") };
                for id in ids {
                    prop_assert!(value.to_string().contains(&Value::from(id).to_string()));
                }
            }
        }
    }
}
