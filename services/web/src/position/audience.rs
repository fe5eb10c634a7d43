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
            (Some("api"), Some("v1"), Some("contract")) if is_of_contract(parts.next()) => {
                Self::Anybody
            }
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

/// Whether what follows `/api/v1/contract` is one of its documents. A tenant may be called so too.
fn is_of_contract(part: Option<&str>) -> bool {
    matches!(part, None | Some("asyncapi.yaml" | "catalogue" | "examples" | "schemas"))
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
            "/api/v1/contract",
            "/api/v1/contract/catalogue",
            "/api/v1/contract/schemas/employee.left.1.json",
            "/api/v1/",
            "/api/v1/%ff/teams",
            "/api/v2/acme",
            "/other/v1/acme",
        ] {
            assert_eq!(Audience::of(path), Audience::Anybody, "{path}");
        }
        let called_so = Audience::Tenant("contract".parse().unwrap());
        assert_eq!(Audience::of("/api/v1/contract/teams"), called_so);
    }
}
