//! Masks the parts of a path that may name a person, for logs.

use std::borrow::Cow;

use uuid::Uuid;

/// The words of our paths, from all services, since a request may have come to the wrong one; sorted.
const WORDS: [&str; 129] = [
    "",
    ".search",
    "Bulk",
    "Group",
    "Groups",
    "Me",
    "ResourceTypes",
    "Schemas",
    "ServiceProviderConfig",
    "User",
    "Users",
    "acknowledgements",
    "activate",
    "activity",
    "administrators",
    "alerts",
    "api",
    "assets",
    "asyncapi.yaml",
    "at",
    "back",
    "bookings",
    "cancel",
    "catalogue",
    "check",
    "clients",
    "contract",
    "counts",
    "credentials",
    "cutover",
    "deactivate",
    "dead-letters",
    "deep",
    "diff",
    "disable",
    "doctor",
    "employees",
    "enable",
    "end",
    "end-sessions",
    "erase",
    "erasures",
    "events",
    "examples",
    "explain",
    "export",
    "extensions",
    "grant",
    "guard",
    "guide",
    "hand-over",
    "health",
    "history",
    "import",
    "integration",
    "integrations",
    "invite",
    "jobs",
    "joiners-and-leavers",
    "journal",
    "keep",
    "lag",
    "leaver-policies",
    "leavers",
    "link",
    "live",
    "members",
    "metrics",
    "oauth",
    "openapi.json",
    "operations",
    "operator",
    "operators",
    "ops",
    "others",
    "overdue",
    "parked",
    "pause",
    "people",
    "plans",
    "primary-team",
    "provider",
    "read-models",
    "readers",
    "ready",
    "receipt",
    "receipts",
    "release",
    "remove",
    "reopen",
    "replay",
    "requests",
    "resend",
    "results",
    "resume",
    "retry",
    "reveal",
    "reverse",
    "revoke",
    "roles",
    "rollback",
    "rotate",
    "run",
    "schemas",
    "scim",
    "secrets",
    "serviceConfiguration",
    "sessions",
    "sign-in",
    "sign-out",
    "skip",
    "slots",
    "snapshot",
    "status",
    "subscribers",
    "t",
    "team-edits",
    "teams",
    "tenants",
    "token",
    "tokens",
    "trace",
    "ungrant",
    "v1",
    "v2",
    "verifications",
    "verify",
    "webhooks",
    "withdraw-cancellation",
];

/// The path with a `*` for each part that is neither a word of ours, in any letter case, nor an id,
/// nor a tenant that there is. Whatever else somebody writes there may be a name or an address.
pub(crate) fn loggable(path: &str, is_tenant: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let known = |part: &str| WORDS.binary_search(&part).is_ok() || is_id(part) || is_tenant(part);
    if path.split('/').all(known) {
        return path.into();
    }
    let shown = |part| {
        if known(part) {
            return part;
        }
        WORDS.into_iter().find(|word| word.eq_ignore_ascii_case(part)).unwrap_or("*")
    };
    let parts: Vec<&str> = path.split('/').map(shown).collect();
    parts.join("/").into()
}

fn is_id(part: &str) -> bool {
    part.len() == 36 && Uuid::try_parse(part).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn logged(path: &str) -> String {
        loggable(path, |part| part == "acme").into_owned()
    }

    #[test]
    fn words_ids_and_tenants_stay_and_all_else_goes() {
        let id = "0197a5d2-1111-7000-8000-000000000001";
        let user = format!("/scim/v2/acme/Users/{id}");
        assert_eq!(logged(&user), user);
        assert_eq!(logged("/scim/v2/acme/Users/ann@x.example"), "/scim/v2/acme/Users/*");
        assert_eq!(logged("/Users/ann@x.example/"), "/Users/*/");
        assert_eq!(logged("/scim/v2/ann-smith/Users"), "/scim/v2/*/Users");
        assert_eq!(
            logged("/api/v1/acme/bookings/for-ann/cancel"),
            "/api/v1/acme/bookings/*/cancel"
        );
        assert_eq!(logged("/scim/v2/acme/USERS/ann"), "/scim/v2/acme/Users/*");
        let urn = "/operator/v1/tenants/acme/extensions/urn:x:ann";
        assert_eq!(logged(urn), "/operator/v1/tenants/acme/extensions/*");
    }

    #[test]
    fn the_words_are_sorted_so_that_each_is_found() {
        assert!(WORDS.is_sorted());
    }

    proptest! {
        #[test]
        fn nothing_that_is_not_known_is_shown(parts in prop::collection::vec("[^/]{1,20}", 0..6)) {
            let path = parts.join("/");
            let shown = loggable(&path, |_| false);
            for part in shown.split('/') {
                prop_assert!(part == "*" || WORDS.contains(&part) || is_id(part), "{part:?}");
            }
        }
    }
}
