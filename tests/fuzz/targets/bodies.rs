//! The body of a user, a group or a search is refused or understood; a user and a group that were
//! understood survive being shown and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scim::messages::SearchRequest;
use scim::{WorkBudget, Filter, Group, Meta, ResourceType, Selection, User};
use serde_json::Value;

fuzz_target!(|text: &[u8]| {
    let Ok(body) = serde_json::from_slice::<Value>(text) else { return };
    if let Ok(user) = User::parse(body.clone(), &[], &WorkBudget::for_change(1 << 20)) {
        let shown = Value::Object(user.render(&Meta::default()));
        assert_eq!(User::parse(shown, &[], &WorkBudget::for_change(1 << 20)).as_ref(), Ok(&user));
    }
    if let Ok((group, members)) = Group::parse(body.clone(), &[], &WorkBudget::for_change(1 << 20)) {
        let members = members.unwrap_or_default();
        let shown = members.iter().map(|member| member.render("https://example.com")).collect();
        let shown = Value::Object(group.render(&Meta::default(), shown));
        let (again, known) = Group::parse(shown, &[], &WorkBudget::for_change(1 << 20))
            .expect("what was shown can be read");
        assert_eq!(again, group);
        assert_eq!(known.unwrap_or_default(), members);
    }
    if let Ok(search) = serde_json::from_value::<SearchRequest>(body) {
        let listed = |names: &Option<Vec<String>>| names.as_ref().map(|names| names.join(","));
        let (only, without) = (listed(&search.attributes), listed(&search.excluded_attributes));
        for resource in ResourceType::ALL {
            drop(Selection::parse(only.as_deref(), without.as_deref(), resource));
            drop(search.filter.as_deref().map(|filter| Filter::parse(filter, resource)));
        }
    }
});
