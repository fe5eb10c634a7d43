//! Who reads the answer to a request, as far as its path says.

use events::Tenant;
use percent_encoding::percent_decode_str;

/// Who reads an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Somebody who asks about this tenant, whether they may or not.
    Tenant(Tenant),
    /// Somebody who asks as an operator, whether they are one or not.
    Operator,
    /// Anybody at all.
    Anybody,
}

impl Audience {
    /// Who reads what is answered at this path.
    pub(crate) fn of(path: &str) -> Self {
        let mut parts = path.split('/').skip(1);
        match (parts.next(), parts.next(), parts.next()) {
            (Some("api"), Some("v1"), Some(tenant)) | (Some("scim"), Some("v2"), Some(tenant)) => {
                let slug = percent_decode_str(tenant).decode_utf8().ok();
                let tenant = slug.and_then(|slug| slug.parse().ok());
                tenant.map_or(Self::Anybody, Self::Tenant)
            }
            (Some("operator" | "ops"), Some("v1"), _) => Self::Operator,
            _ => Self::Anybody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_whose_answer_it_is() {
        for path in ["/api/v1/acme", "/api/v1/acme/teams", "/scim/v2/acme/Users", "/api/v1/%61cme"]
        {
            assert_eq!(Audience::of(path), Audience::Tenant("acme".parse().unwrap()), "{path}");
        }
        for path in ["/operator/v1/tenants", "/ops/v1/acme"] {
            assert_eq!(Audience::of(path), Audience::Operator, "{path}");
        }
        for path in [
            "",
            "/",
            "*",
            "/health/live",
            "/metrics",
            "/oauth/token",
            "/api/v1/openapi.json",
            "/api/v1/",
            "/api/v1/%ff/teams",
            "/api/v2/acme",
            "/other/v1/acme",
        ] {
            assert_eq!(Audience::of(path), Audience::Anybody, "{path}");
        }
    }
}
