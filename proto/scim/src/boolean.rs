//! The spellings of booleans: for attributes of a schema, for declared ones, and in filters.

/// Reads `true` and `false` in any letter case. Another spelling is added here, and nowhere else.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tests::budget;
    use crate::{Extension, ExtensionAttribute, ExtensionKind, Filter, Meta, ResourceType, User};

    #[test]
    fn a_spelling_of_a_boolean_means_the_same_in_bodies_in_extensions_and_in_filters() {
        let urn = "urn:example:params:2.0:User";
        let declared = [Extension {
            urn: urn.to_owned(),
            resource: ResourceType::User,
            name: String::new(),
            description: String::new(),
            attributes: vec![ExtensionAttribute {
                name: "contractor".to_owned(),
                kind: ExtensionKind::Boolean,
                case_exact: false,
                description: String::new(),
            }],
        }];
        for text in ["true", "True", "FALSE", "false", "yes", "1", "0", "", " true", "on"] {
            let read = |body| User::parse(body, &declared, &budget());
            let active = read(json!({ "userName": "a", "active": text }));
            let extension = read(json!({ "userName": "a", urn: { "contractor": text } }));
            if text.is_empty() {
                assert!(active.is_ok() && extension.is_ok(), "an empty text is no value");
                continue;
            }
            assert_eq!(active.ok().map(|user| user.active), boolean(text), "{text:?}");
            let contractor =
                extension.ok().and_then(|user| user.attributes[urn]["contractor"].as_bool());
            assert_eq!(contractor, boolean(text), "{text:?}");

            let user = read(json!({ "userName": "a", "active": boolean(text) })).unwrap();
            let filter = format!("active eq \"{text}\"");
            let filter = Filter::parse(&filter, ResourceType::User).unwrap();
            let matches = filter.matches(&user.render(&Meta::default()), &budget()).unwrap();
            assert_eq!(matches, boolean(text).is_some(), "{text:?}");
        }
    }
}
