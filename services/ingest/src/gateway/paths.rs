//! Paths as clients write them, and as our routes have them.

use axum::extract::Request;
use axum::http::Uri;

/// What all paths of the gateway begin with.
pub(crate) const PREFIX: &str = access::PublicUrl::SCIM;

/// The endpoints after the tenant: as clients write them, in any letter case, and as RFC 7644 does.
const ENDPOINTS: [(&str, &str); 9] = [
    ("Users", "Users"),
    ("Groups", "Groups"),
    (".search", ".search"),
    ("Bulk", "Bulk"),
    ("Me", "Me"),
    ("ServiceProviderConfig", "ServiceProviderConfig"),
    // Its name in SCIM 1.1's drafts, which some clients still ask for.
    ("serviceConfiguration", "ServiceProviderConfig"),
    ("ResourceTypes", "ResourceTypes"),
    ("Schemas", "Schemas"),
];

/// Rewrites a request's path to the one that our routes have.
///
/// Entra's administrators paste base URLs with a slash at the end, so that requests come with
/// `//Users`, and some clients end paths with one, or write endpoints in other letters.
pub(super) fn normalize(mut request: Request) -> Request {
    let Some(normalized) = request.uri().path().strip_prefix(PREFIX).and_then(normalized) else {
        return request;
    };
    let mut normalized = format!("{PREFIX}{normalized}");
    if let Some(query) = request.uri().query() {
        normalized = format!("{normalized}?{query}");
    }
    if let Ok(uri) = normalized.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}

/// `/{tenant}/…` as our routes have it; none if it needs no change.
fn normalized(path: &str) -> Option<String> {
    let is_bare = !path.contains("//") && (path.len() == 1 || !path.ends_with('/'));
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let mut changes = !is_bare;
    let mut set = |part: &mut &str, ours: &'static str| {
        changes |= *part != ours;
        *part = ours;
    };
    if let [_, endpoint, rest @ ..] = &mut parts[..] {
        let ours = ENDPOINTS.iter().find(|(theirs, _)| endpoint.eq_ignore_ascii_case(theirs));
        if let Some((_, ours)) = ours {
            set(endpoint, ours);
        }
        if let [last] = rest
            && last.eq_ignore_ascii_case(".search")
        {
            set(last, ".search");
        }
    }
    changes.then(|| parts.into_iter().flat_map(|part| ["/", part]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_understood_in_any_letter_case_and_by_their_older_name() {
        for (theirs, ours) in [
            ("/acme/users", "/acme/Users"),
            ("/acme/GROUPS/Id-7", "/acme/Groups/Id-7"),
            ("/acme/users/.SEARCH", "/acme/Users/.search"),
            ("/acme/.Search", "/acme/.search"),
            ("/acme/bulk", "/acme/Bulk"),
            ("/acme/me", "/acme/Me"),
            ("/acme/schemas/urn:x:Y", "/acme/Schemas/urn:x:Y"),
            ("/acme/resourcetypes/User", "/acme/ResourceTypes/User"),
            ("/acme/serviceproviderconfig", "/acme/ServiceProviderConfig"),
            ("/acme/serviceConfiguration", "/acme/ServiceProviderConfig"),
            ("/acme//serviceconfiguration/", "/acme/ServiceProviderConfig"),
            ("/acme//Users", "/acme/Users"),
            ("/acme/Users/", "/acme/Users"),
        ] {
            assert_eq!(normalized(theirs).as_deref(), Some(ours), "{theirs}");
        }
    }

    #[test]
    fn what_is_as_our_routes_have_it_or_is_none_of_them_stays() {
        for path in ["/", "/acme", "/acme/Users", "/acme/Users/users", "/users", "/acme/nothing"] {
            assert_eq!(normalized(path), None, "{path}");
        }
    }
}
