//! Who did something, in words.

use events::{Actor, Purpose};
use maud::{Markup, html};
use roster::TenantRoster;

use super::text::{NAME, name, short};

/// Who an event names: an administrator by name, a credential by its label or by what it opens. Who is no
/// longer known is told by the id that the event has.
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
        return match credential {
            Some(known) => match &known.label {
                Some(label) => name(label),
                None => html! { (of(&known.purpose)) },
            },
            None => html! { "credential " code { (id) } },
        };
    }
    match actor {
        "operator" => html! { "an operator of Rollcall" },
        "program" | "rollcall" => html! { "Rollcall itself" },
        other => name(other),
    }
}

/// The same as plain text, for a sentence that is no part of a page yet.
pub(crate) fn by_in_text(tenant: Option<&TenantRoster>, actor: &str) -> String {
    let known = Actor::from_header(actor);
    if let Some(id) = known.as_administrator() {
        let administrator = tenant.and_then(|tenant| tenant.administrators().get(id));
        return administrator.map_or_else(
            || "an administrator who was removed".to_owned(),
            |known| short(known.name.as_deref().unwrap_or(known.email.as_str()), NAME),
        );
    }
    if let Some(id) = known.as_credential() {
        let credential = tenant.and_then(|tenant| tenant.credential(&id));
        return credential.map_or_else(
            || "a credential that is gone".to_owned(),
            |known| match &known.label {
                Some(label) => short(label, NAME),
                None => of(&known.purpose).to_owned(),
            },
        );
    }
    match actor {
        "operator" => "an operator of Rollcall".to_owned(),
        "program" | "rollcall" => "Rollcall itself".to_owned(),
        other => short(other, NAME),
    }
}

/// Who holds a credential of this kind.
fn of(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::SecretToken => "Entra (secret token)",
        Purpose::OauthClient => "Entra (OAuth client)",
        Purpose::ApiToken { .. } => "an API token",
    }
}

#[cfg(test)]
mod tests {
    use super::by;

    #[test]
    fn who_acted_is_told_in_words_and_who_is_not_known_by_their_id() {
        let id = "01890000-0000-7000-8000-000000000001";
        for (actor, told) in [
            ("operator", "an operator of Rollcall".to_owned()),
            ("rollcall", "Rollcall itself".to_owned()),
            (&format!("credential:{id}"), format!("credential <code>{id}</code>")),
            (
                &format!("portal:{id}"),
                format!("an administrator who was removed <code>{id}</code>"),
            ),
            ("<b>later</b>", "<bdi>&lt;b&gt;later&lt;/b&gt;</bdi>".to_owned()),
        ] {
            assert_eq!(by(None, actor).into_string(), told, "{actor}");
        }
    }
}
