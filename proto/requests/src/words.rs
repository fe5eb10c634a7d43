//! The result of a request in plain words.

use crate::kind::ResourceKind;
use crate::record::RequestRecord;

/// What came of a request, as an administrator says it.
pub fn in_words(record: &RequestRecord) -> String {
    match record.status {
        ..400 => done(record),
        400 if lacks_user_name(record) => {
            "Refused: the user came without a userName, or with one that is no text".to_owned()
        }
        400 => format!(
            "Refused: {} does not accept what was sent{}",
            what(record),
            record.scim_type.as_deref().map(|of| format!(" ({of})")).unwrap_or_default()
        ),
        401 => "Refused: the secret or access token is unknown, revoked or expired".to_owned(),
        403 => "Refused: the integration is not active".to_owned(),
        404 => format!("Not found: there is no such {}", resource(record)),
        408 => "Given up: the request did not arrive in time".to_owned(),
        409 => match record.kind {
            Some(ResourceKind::User) => "Refused: somebody else has that user name".to_owned(),
            Some(ResourceKind::Group) => "Refused: another group has that name".to_owned(),
            None => "Refused: it contradicts what is there".to_owned(),
        },
        412 => "Refused: it was about an older version".to_owned(),
        413 => "Refused: it was too large".to_owned(),
        429 => "Put off: too many requests at once; Entra tries again".to_owned(),
        405 | 415 | 501 => "Refused: that is not offered".to_owned(),
        500.. => "Failed on our side; Entra tries again".to_owned(),
        _ => format!("Refused with status {}", record.status),
    }
}

/// Whether it would have made a user, who needs a `userName`, and came with none. What was said to the directory is
/// personal and sealed; of this reason the shape of the request tells.
fn lacks_user_name(record: &RequestRecord) -> bool {
    record.method == "POST"
        && record.kind == Some(ResourceKind::User)
        && record.scim_type.as_deref() == Some("invalidValue")
        && !record.route.ends_with(".search")
        && record.shape.user_name.is_none()
}

fn done(record: &RequestRecord) -> String {
    let (what, changed) = (what(record), record.events.is_some());
    match record.method.as_str() {
        "GET" if record.filter.is_some() => format!("Looked for {}", plural(record)),
        "GET" if record.resource.is_some() => format!("Looked at {what}"),
        "GET" if record.kind.is_some() => format!("Listed {}", plural(record)),
        "GET" => "Asked what is offered".to_owned(),
        "POST" if record.route.ends_with(".search") => format!("Looked for {}", plural(record)),
        "POST" if record.kind.is_none() => "Sent several changes at once".to_owned(),
        _ if !changed => format!("Nothing new about {what}"),
        "POST" => format!("Made {what}"),
        "DELETE" => match record.kind {
            Some(ResourceKind::User) => "Deleted the user; the person is Former".to_owned(),
            Some(ResourceKind::Group) | None => format!("Deleted {what}"),
        },
        _ => match (record.kind, record.shape.active) {
            (Some(ResourceKind::User), Some(false)) => "Made the person Former".to_owned(),
            (Some(ResourceKind::User), Some(true)) => "Changed the user, who is Active".to_owned(),
            _ if record.shape.members > 0 => "Changed the members of a group".to_owned(),
            _ => format!("Changed {what}"),
        },
    }
}

fn what(record: &RequestRecord) -> &'static str {
    match record.kind {
        Some(ResourceKind::User) => "a user",
        Some(ResourceKind::Group) => "a group",
        None => "the gateway",
    }
}

fn plural(record: &RequestRecord) -> &'static str {
    match record.kind {
        Some(ResourceKind::User) => "users",
        Some(ResourceKind::Group) => "groups",
        None => "users and groups",
    }
}

fn resource(record: &RequestRecord) -> &'static str {
    match record.kind {
        Some(ResourceKind::User) => "user",
        Some(ResourceKind::Group) => "group",
        None => "endpoint",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::EventRange;
    use crate::shape::{Form, Shape};

    fn record(method: &str, status: u16) -> RequestRecord {
        RequestRecord {
            request: "r".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            method: method.to_owned(),
            route: "/Users".to_owned(),
            kind: Some(ResourceKind::User),
            resource: None,
            filter: None,
            status,
            scim_type: None,
            micros: 1,
            credential: None,
            events: Some(EventRange { first: 1, last: 1 }),
            employee: None,
            shape: Shape::default(),
            contents: None,
        }
    }

    #[test]
    fn every_status_has_words_that_say_what_came_of_it() {
        for (method, status, words) in [
            ("POST", 201, "Made a user"),
            ("POST", 409, "Refused: somebody else has that user name"),
            ("GET", 200, "Listed users"),
            ("DELETE", 204, "Deleted the user; the person is Former"),
            ("GET", 404, "Not found: there is no such user"),
            ("PATCH", 503, "Failed on our side; Entra tries again"),
            ("PATCH", 418, "Refused with status 418"),
        ] {
            assert_eq!(in_words(&record(method, status)), words);
        }
        let refused = RequestRecord {
            scim_type: Some("invalidValue".to_owned()),
            events: None,
            ..record("POST", 400)
        };
        assert!(in_words(&refused).contains("without a userName"), "{}", in_words(&refused));
        let named = Shape { user_name: Some(Form::Other), ..Shape::default() };
        let named = RequestRecord { shape: named, ..refused.clone() };
        let other = "Refused: a user does not accept what was sent (invalidValue)";
        assert_eq!(in_words(&named), other);
        let changed = RequestRecord { method: "PATCH".to_owned(), ..refused };
        assert_eq!(in_words(&changed), other);
        let left = Shape { active: Some(false), ..Shape::default() };
        let left = RequestRecord { shape: left, ..record("PATCH", 200) };
        assert_eq!(in_words(&left), "Made the person Former");
        let repeated = RequestRecord { events: None, ..record("PATCH", 200) };
        assert_eq!(in_words(&repeated), "Nothing new about a user");
    }
}
