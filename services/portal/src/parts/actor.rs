//! Who did something, in words.

use events::Actor;
use maud::{Markup, html};
use roster::TenantRoster;

use super::text::name;

/// Who an event names: an administrator by name, a credential by its label. Who is no longer known is
/// told by the id that the event has.
pub(crate) fn by(tenant: Option<&TenantRoster>, actor: &str) -> Markup {
    let known = Actor::from_header(actor);
    if let Some(id) = known.as_administrator() {
        let administrator = tenant.and_then(|tenant| tenant.administrators().get(id));
        return match administrator {
            Some(known) => name(known.name.as_deref().unwrap_or(known.email.as_str())),
            None => html! { "an administrator who was removed " code { (id) } },
        };
    }
    if let Some(id) = known.as_credential() {
        let credential = tenant.and_then(|tenant| tenant.credential(&id));
        return match credential.and_then(|known| known.label.as_deref()) {
            Some(label) => html! { (name(label)) " " code { (id) } },
            None => html! { "credential " code { (id) } },
        };
    }
    if known == Actor::operator() {
        return html! { "an operator" };
    }
    name(actor)
}
