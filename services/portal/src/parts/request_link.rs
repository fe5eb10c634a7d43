//! The way from what happened to the request of SCIM that caused it.

use events::{Actor, Purpose};
use jiff::Timestamp;
use roster::TenantRoster;

use super::section::Section;
use crate::query;
use crate::signed::Signed;

/// Where the request is shown that caused an event, for who may see it. There is none of what administrators,
/// applications and Rollcall itself do: only requests of SCIM are recorded.
pub(crate) fn request_link(
    signed: &Signed,
    tenant: Option<&TenantRoster>,
    actor: &str,
    request: &str,
    at: Timestamp,
) -> Option<String> {
    let may = is_of_scim(tenant, actor) && signed.may(Section::Requests.needs());
    let query = || query::write([("request", request), ("at", &*at.to_string())]);
    may.then(|| format!("{}?{}", Section::Requests.path(&signed.tenant), query()))
}

/// Whether an actor speaks SCIM: a credential does, unless it is known to be that of an application.
fn is_of_scim(tenant: Option<&TenantRoster>, actor: &str) -> bool {
    let Some(id) = Actor::from_header(actor).as_credential() else { return false };
    match tenant.and_then(|tenant| tenant.credential(&id)).map(|known| &known.purpose) {
        Some(Purpose::ApiToken { .. }) => false,
        Some(Purpose::SecretToken | Purpose::OauthClient) | None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_scim;

    #[test]
    fn what_administrators_operators_and_rollcall_do_leads_to_no_request_of_scim() {
        let id = "01890000-0000-7000-8000-000000000001";
        assert!(is_of_scim(None, &format!("credential:{id}")));
        for actor in [&*format!("portal:{id}"), "operator", "rollcall", "credential:", ""] {
            assert!(!is_of_scim(None, actor), "{actor}");
        }
    }
}
