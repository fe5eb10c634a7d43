//! Which attributes of a user a request came with, by the names that SCIM has for them: never any other name, which
//! might be personal itself.

use events::IntegrationProfile;
use serde_json::Value;

use crate::named::plain;

/// The attribute in which a mobile number is.
const MOBILE: &str = "phoneNumbers[type eq \"mobile\"].value";
/// Other numbers.
const PHONES: &str = "phoneNumbers";
/// The extension of employees, in lower case.
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user";

/// The attributes of a user that SCIM knows (RFC 7643, sections 4.1 and 4.3), and that are no part of what each mapping
/// has: `userName`, `externalId` and `active`.
const KNOWN: [&str; 20] = [
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "emails",
    "ims",
    "photos",
    "addresses",
    "entitlements",
    "roles",
    "x509Certificates",
    "employeeNumber",
    "costCenter",
    "organization",
    "division",
    "department",
];
const MANAGER: &str = "manager";
const NAMES: [&str; 6] = [
    "name.formatted",
    "name.familyName",
    "name.givenName",
    "name.middleName",
    "name.honorificPrefix",
    "name.honorificSuffix",
];

/// The attributes of users that a product uses. The guide for administrators has a mapping for each; whatever else is
/// sent is stored as it came, and nothing uses it.
pub fn used_by(profile: IntegrationProfile) -> &'static [&'static str] {
    match profile {
        IntegrationProfile::Workplace => &["userName", "active", "displayName", "externalId"],
        IntegrationProfile::Benefits => {
            &["userName", "active", "name.givenName", "name.familyName", MOBILE, "externalId"]
        }
    }
}

/// What a body sets with this path, which is in lower case and without the schema before it.
pub(crate) fn attributes_of(path: &str, value: &Value) -> Vec<&'static str> {
    if says_nothing(value) {
        return vec![];
    }
    match (path, value) {
        ("name", Value::Object(parts)) => {
            let parts = parts.iter().filter(|(_, value)| !says_nothing(value));
            parts.filter_map(|(part, _)| known(&format!("name.{part}"))).collect()
        }
        (ENTERPRISE, Value::Object(parts)) => {
            parts.iter().flat_map(|(name, value)| attributes_of(&plain(name), value)).collect()
        }
        ("phonenumbers", Value::Array(numbers)) => {
            let is_mobile = |number: &Value| number["type"] == "mobile";
            numbers.iter().map(|number| if is_mobile(number) { MOBILE } else { PHONES }).collect()
        }
        _ if path.starts_with("phonenumbers[") && path.contains("\"mobile\"") => vec![MOBILE],
        _ if path.starts_with("phonenumbers") => vec![PHONES],
        _ => known(path).into_iter().collect(),
    }
}

/// The name that SCIM has for it.
fn known(path: &str) -> Option<&'static str> {
    let path = if path.starts_with("name.") { path } else { path.split(['[', '.']).next()? };
    let all = KNOWN.iter().chain(&NAMES).chain(std::iter::once(&MANAGER));
    all.copied().find(|known| known.eq_ignore_ascii_case(path))
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(parts) => parts.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_are_told_by_the_names_that_scim_has_and_by_no_other() {
        for (path, value, told) in [
            ("title", json!("Dr"), vec!["title"]),
            ("emails[type eq \"work\"].value", json!("a@x"), vec!["emails"]),
            ("addresses", json!([{ "locality": "Berlin" }]), vec!["addresses"]),
            ("name", json!({ "givenName": "Ada", "formatted": null }), vec!["name.givenName"]),
            ("name.familyname", json!("L"), vec!["name.familyName"]),
            ("phonenumbers[type eq \"mobile\"].value", json!("1"), vec![MOBILE]),
            (
                "phonenumbers",
                json!([{ "type": "work" }, { "type": "mobile" }]),
                vec![PHONES, MOBILE],
            ),
            ("department", json!("Sales"), vec!["department"]),
            (ENTERPRISE, json!({ "manager": { "value": "1" }, "secret": "x" }), vec!["manager"]),
            ("manager", json!(""), vec![]),
            ("username", json!("ada@x"), vec![]),
            ("ada lovelace", json!("x"), vec![]),
        ] {
            assert_eq!(attributes_of(path, &value), told, "{path}");
        }
    }
}
