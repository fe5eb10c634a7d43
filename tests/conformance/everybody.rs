//! A user with each of the attributes that the Entra SCIM Validator tests by default, and the
//! operations that make one.

use serde_json::{Map, Value, json};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const ENTERPRISE_USER: &str =
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Nothing but a user name.
pub(crate) fn minimal(user_name: &str) -> Value {
    json!({"schemas": [USER], "userName": user_name})
}

/// Everything, as a server shows it. The word is in every text, so that one user differs from
/// another in all.
pub(crate) fn whole(user_name: &str, word: &str) -> Value {
    let text = |name: &str| format!("{word} {name}");
    json!({
        "schemas": [USER, ENTERPRISE_USER],
        "userName": user_name,
        "active": true,
        "displayName": text("display"),
        "title": text("title"),
        "emails": [{"type": "work", "value": text("mail"), "primary": true}],
        "preferredLanguage": text("language"),
        "name": {
            "givenName": text("given"),
            "familyName": text("family"),
            "formatted": text("formatted"),
            "middleName": text("middle"),
            "honorificPrefix": text("prefix"),
            "honorificSuffix": text("suffix"),
        },
        "addresses": [{
            "type": "work",
            "formatted": text("address"),
            "streetAddress": text("street"),
            "locality": text("locality"),
            "region": text("region"),
            "postalCode": text("post code"),
            "primary": true,
            "country": text("country"),
        }],
        "phoneNumbers": [
            {"type": "work", "value": text("desk"), "primary": true},
            {"type": "mobile", "value": text("mobile")},
            {"type": "fax", "value": text("fax")},
        ],
        ENTERPRISE_USER: {
            "employeeNumber": text("number"),
            "department": text("department"),
            "costCenter": text("cost center"),
            "organization": text("organization"),
            "division": text("division"),
        },
        "roles": [{
            "primary": true,
            "display": text("role"),
            "value": text("role value"),
            "type": text("role type"),
        }],
        "userType": text("user type"),
        "nickName": text("nick name"),
        "locale": text("locale"),
        "timezone": text("timezone"),
        "profileUrl": text("profile"),
    })
}

/// The same as the validator sends it: that a role is primary is a text.
pub(crate) fn sent(user_name: &str, word: &str) -> Value {
    let mut sent = whole(user_name, word);
    sent["roles"][0]["primary"] = "True".into();
    sent
}

/// The thirty-six attributes by their paths.
pub(crate) fn attributes(word: &str) -> Vec<(String, Value)> {
    let text = |name: &str| Value::from(format!("{word} {name}"));
    let core = [
        ("active", true.into()),
        ("displayName", text("display")),
        ("title", text("title")),
        ("emails[type eq \"work\"].value", text("mail")),
        ("emails[type eq \"work\"].primary", true.into()),
        ("preferredLanguage", text("language")),
        ("name.givenName", text("given")),
        ("name.familyName", text("family")),
        ("name.formatted", text("formatted")),
        ("name.middleName", text("middle")),
        ("name.honorificPrefix", text("prefix")),
        ("name.honorificSuffix", text("suffix")),
        ("addresses[type eq \"work\"].formatted", text("address")),
        ("addresses[type eq \"work\"].streetAddress", text("street")),
        ("addresses[type eq \"work\"].locality", text("locality")),
        ("addresses[type eq \"work\"].region", text("region")),
        ("addresses[type eq \"work\"].postalCode", text("post code")),
        ("addresses[type eq \"work\"].primary", true.into()),
        ("addresses[type eq \"work\"].country", text("country")),
        ("phoneNumbers[type eq \"work\"].value", text("desk")),
        ("phoneNumbers[type eq \"work\"].primary", true.into()),
        ("phoneNumbers[type eq \"mobile\"].value", text("mobile")),
        ("phoneNumbers[type eq \"fax\"].value", text("fax")),
        ("roles[primary eq \"True\"].display", text("role")),
        ("roles[primary eq \"True\"].value", text("role value")),
        ("roles[primary eq \"True\"].type", text("role type")),
        ("userType", text("user type")),
        ("nickName", text("nick name")),
        ("locale", text("locale")),
        ("timezone", text("timezone")),
        ("profileUrl", text("profile")),
    ];
    let enterprise = [
        ("employeeNumber", text("number")),
        ("department", text("department")),
        ("costCenter", text("cost center")),
        ("organization", text("organization")),
        ("division", text("division")),
    ];
    let core = core.into_iter().map(|(path, value)| (path.to_owned(), value));
    let enterprise = enterprise.into_iter();
    core.chain(enterprise.map(|(name, value)| (format!("{ENTERPRISE_USER}:{name}"), value)))
        .collect()
}

/// One operation for each attribute: the verbose dialect.
pub(crate) fn verbose(op: &str, word: &str) -> Value {
    let operation = |(path, value)| json!({"op": op, "path": path, "value": value});
    attributes(word).into_iter().map(operation).collect()
}

/// One operation for each path with a filter, and one without a path for all the others.
pub(crate) fn pathless(op: &str, word: &str) -> Value {
    let (filtered, plain): (Vec<_>, Vec<_>) =
        attributes(word).into_iter().partition(|(path, _)| path.contains('['));
    let plain: Map<String, Value> = plain.into_iter().collect();
    let filtered = filtered.into_iter();
    filtered
        .map(|(path, value)| json!({"op": op, "path": path, "value": value}))
        .chain([json!({"op": op, "value": plain})])
        .collect()
}

#[test]
fn the_validator_has_thirty_six_attributes_by_default() {
    assert_eq!(attributes("any").len(), 36);
}
