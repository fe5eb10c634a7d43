use super::*;
use crate::tests::budget;
use crate::{Filter, InvalidRequest, Sort, User, patch};

const URN: &str = "urn:example:params:2.0:User";

fn declared() -> Vec<Extension> {
    let attribute = |name: &str, kind, case_exact| ExtensionAttribute {
        name: name.to_owned(),
        kind,
        case_exact,
        description: String::new(),
    };
    vec![Extension {
        urn: URN.to_owned(),
        resource: ResourceType::User,
        name: "Params".to_owned(),
        description: String::new(),
        attributes: vec![
            attribute("badge", ExtensionKind::String, true),
            attribute("contractor", ExtensionKind::Boolean, false),
            attribute("floor", ExtensionKind::Integer, false),
            attribute("since", ExtensionKind::DateTime, false),
        ],
    }]
}

fn user(extension: &Value) -> Result<User, InvalidRequest> {
    User::parse(json!({ "userName": "a", URN: extension }), &declared(), &budget())
}

#[test]
fn declared_attributes_take_their_type_in_any_spelling_of_entras() {
    let sent = json!({ "CONTRACTOR": "True", "floor": "7", "badge": "X", "unknown": [1] });
    let kept = json!({ "contractor": true, "floor": 7, "badge": "X", "unknown": [1] });
    assert_eq!(user(&sent).unwrap().attributes[URN], kept);
    for (name, wrong) in [
        ("contractor", json!("maybe")),
        ("floor", json!(1.5)),
        ("floor", json!("high")),
        ("since", json!("yesterday")),
        ("badge", json!(7)),
    ] {
        let refused = user(&json!({ name: wrong })).unwrap_err();
        assert_eq!(refused.scim_type, Some(crate::ScimType::InvalidValue), "{name}");
    }
}

#[test]
fn a_patch_sets_and_removes_them_by_path_in_any_letter_case() {
    let before = user(&json!({ "contractor": true, "badge": "X" })).unwrap();
    let body = json!({ "Operations": [
        { "op": "replace", "path": format!("{}:Contractor", URN.to_uppercase()), "value": "FALSE" },
        { "op": "remove", "path": format!("{URN}:BADGE") },
    ] });
    let edits = patch::parse(body, ResourceType::User, 9, &declared(), &budget()).unwrap();
    let after = before.apply(&edits, &budget()).unwrap();
    assert_eq!(after.attributes[URN], json!({ "contractor": false }));
}

#[test]
fn filters_and_sorts_go_by_the_declared_type() {
    let after = user(&json!({ "contractor": true, "badge": "Xy", "floor": 10, "since": "2026-01-01T00:00:00+02:00" })).unwrap();
    let resource = after.render(&crate::Meta::default());
    let matches = |filter: &str| {
        let filter = Filter::parse(&format!("{URN}:{filter}"), ResourceType::User).unwrap();
        filter.declared(&declared()).matches(&resource, &budget()).unwrap()
    };
    assert!(matches(r#"contractor eq "True""#));
    assert!(matches(r#"floor gt "9""#));
    assert!(matches(r#"since lt "2026-01-01T00:00:00Z""#));
    assert!(matches(r#"badge eq "Xy""#) && !matches(r#"badge eq "xy""#));
    let key = |by: &str| {
        let sort = Sort::parse(&format!("{URN}:{by}"), ResourceType::User).unwrap().unwrap();
        sort.declared(&declared()).key(&resource, &budget()).unwrap()
    };
    assert_eq!(key("badge"), crate::SortKey::Text("Xy".to_owned()));
    assert!(matches!(key("since"), crate::SortKey::Moment(_)));
}

#[test]
fn what_nobody_declared_is_kept_as_it_comes() {
    let other = "urn:example:other:2.0:User";
    let body = json!({ "userName": "a", other: { "contractor": "True" } });
    let user = User::parse(body, &declared(), &budget()).unwrap();
    assert_eq!(user.attributes[other], json!({ "contractor": "True" }));
}
