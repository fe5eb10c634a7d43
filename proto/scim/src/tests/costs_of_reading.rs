//! What answers cost: to find, to sort, and to show a part.

use serde_json::json;

use super::budget;
use super::costs::{USER, grows_with_its_size, with_emails};
use crate::{
    Attributes, Filter, Group, InvalidRequest, Member, Meta, ResourceType, ScimType, Selection,
    Sort, SortOrder, User, WorkBudget,
};

fn group_of(members: usize) -> Attributes {
    let body = json!({ "displayName": "Sales" });
    let (group, _) = Group::parse(body, &[], &budget()).unwrap();
    let member = |n| Member { value: format!("m{n}"), kind: None };
    let members = (0..members).map(|n| member(n).render("https://x")).collect();
    group.render(&Meta::default(), members)
}

fn selected(
    attributes: &str,
    whole: &Attributes,
    budget: &WorkBudget,
) -> Result<Attributes, InvalidRequest> {
    let mut shown = whole.clone();
    let selection = Selection::parse(Some(attributes), None, ResourceType::Group).unwrap();
    selection.apply(&mut shown, ResourceType::Group, budget)?;
    Ok(shown)
}

/// The attack of 15 filters that took 19 s.
#[test]
fn selections_of_the_same_values_are_joined_value_by_value() {
    let paths: Vec<String> = (0..15).map(|n| format!("members[value ne \"m{n}\"].value")).collect();
    grows_with_its_size("members[value ne …].value", 10_000, |size, budget| {
        let shown = selected(&paths.join(","), &group_of(size), budget).unwrap();
        assert_eq!(shown["members"].as_array().unwrap().len(), size);
        assert_eq!(shown["members"][size - 1], json!({ "value": format!("m{}", size - 1) }));
    });
    let budget = WorkBudget::for_question(1);
    let paths: Vec<String> = (0..200).map(|n| format!("members[value co \"z{n}\"].type")).collect();
    let bad = selected(&paths.join(","), &group_of(10_000), &budget).unwrap_err();
    assert_eq!((bad.status, bad.scim_type), (400, Some(ScimType::TooMany)));
    assert!(bad.detail.contains("fewer"), "{}", bad.detail);
}

#[test]
fn what_is_hidden_is_charged_as_what_is_shown() {
    let whole = group_of(10_000);
    let paths: Vec<String> = (0..200).map(|n| format!("members[value co \"z{n}\"]")).collect();
    let selection = Selection::parse(None, Some(&paths.join(",")), ResourceType::Group).unwrap();
    let budget = WorkBudget::for_question(1);
    let bad = selection.apply(&mut whole.clone(), ResourceType::Group, &budget).unwrap_err();
    assert_eq!(bad.scim_type, Some(ScimType::TooMany));
}

#[test]
fn parts_of_different_values_are_not_mixed() {
    let body = json!({ "userName": "a", "emails": [
        { "type": "work", "value": "w@x" },
        { "type": "home", "value": "h@x", "display": "Home" },
    ] });
    let mut user = User::parse(body, &[], &budget()).unwrap().render(&Meta::default());
    let paths = r#"emails[type eq "home"].value,emails[type eq "work"].value,emails.display"#;
    let selection = Selection::parse(Some(paths), None, USER).unwrap();
    selection.apply(&mut user, USER, &budget()).unwrap();
    assert_eq!(user["emails"], json!([{ "value": "w@x" }, { "value": "h@x", "display": "Home" }]));
}

#[test]
fn a_list_of_equalities_is_one_look_up() {
    let terms = |word: &str, joined: &str| {
        let each: Vec<String> = (0..300).map(|n| format!("value {word} \"{n}@x\"")).collect();
        Filter::parse(&format!("emails[{}]", each.join(joined)), USER).unwrap()
    };
    let amy = with_emails(1000).render(&Meta::default());
    for (filter, holds) in [(terms("eq", " or "), true), (terms("ne", " and "), true)] {
        let budget = WorkBudget::for_question(1);
        assert_eq!(filter.matches(&amy, &budget), Ok(holds), "{filter}");
        assert!(budget.steps() < 5000, "{} steps", budget.steps());
    }
}

#[test]
fn a_filter_of_many_terms_on_many_values_is_too_many() {
    let terms: Vec<String> = (0..400).map(|n| format!("value co \"n{n}\"")).collect();
    let filter = format!("emails[{}]", terms.join(" or "));
    let amy = with_emails(15_000).render(&Meta::default());
    let filter_bad = Filter::parse(&filter, USER)
        .unwrap()
        .matches(&amy, &WorkBudget::for_question(1))
        .unwrap_err();
    let sort = Sort::parse(&format!("{filter}.value"), USER).unwrap().unwrap();
    let sort_bad = sort.key(&amy, &WorkBudget::for_question(1)).unwrap_err();
    for bad in [filter_bad, sort_bad] {
        assert_eq!((bad.status, bad.scim_type), (400, Some(ScimType::TooMany)));
    }
    assert_eq!(SortOrder::default(), SortOrder::Ascending);
}
