//! The card of the SCIM integration: off, or on with what Entra has to be told.

use access::PublicUrl;
use events::{IntegrationProfile, Purpose};
use maud::{Markup, html};
use roster::{Credential, TenantRoster};

use super::place::home;
use crate::names;
use crate::parts::badge::{Tone, badge};
use crate::parts::copy::copyable;
use crate::parts::form::{button, form};
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// How the integration stands.
#[derive(Debug)]
pub(super) struct State {
    /// Which product it serves; none, if it was never activated.
    pub(super) profile: Option<IntegrationProfile>,
    /// Whether it lets anybody in.
    pub(super) active: bool,
    /// Where Entra sends its requests.
    pub(super) scim_base_url: String,
    /// Where Entra gets its access tokens.
    pub(super) token_url: String,
    /// Every credential of Entra's that there is or was, the newest first.
    pub(super) credentials: Vec<Credential>,
}

impl State {
    /// As the writer's roster has it, which holds whatever was answered.
    pub(super) async fn of(portal: &Portal, signed: &Signed) -> Result<Self, Refused> {
        let roster = names::roster(portal).await?;
        let url: &PublicUrl = &portal.settings().gateway;
        let tenant = roster.tenant(&signed.tenant);
        let integration = tenant.and_then(TenantRoster::integration);
        let mut credentials: Vec<Credential> = tenant
            .into_iter()
            .flat_map(TenantRoster::credentials)
            .filter(|one| matches!(one.purpose, Purpose::SecretToken | Purpose::OauthClient))
            .cloned()
            .collect();
        credentials.sort_by_key(|one| std::cmp::Reverse(one.issued));
        Ok(Self {
            profile: integration.map(|known| known.profile),
            active: integration.is_some_and(|known| known.active),
            scim_base_url: url.scim(&signed.tenant),
            token_url: url.token(),
            credentials,
        })
    }

    /// Whether Entra has a credential that lets it in.
    pub(super) fn has_credential(&self) -> bool {
        self.credentials.iter().any(|one| !one.revoked)
    }
}

/// What a product is called, and what it is.
pub(super) fn product(profile: IntegrationProfile) -> (&'static str, &'static str) {
    match profile {
        IntegrationProfile::Workplace => ("Workplace", "desk and room booking"),
        IntegrationProfile::Benefits => ("Benefits", "employee benefits"),
    }
}

/// The card.
pub(super) fn integration(signed: &Signed, state: &State) -> Markup {
    html! {
        section.card aria-labelledby="scim" {
            div.head {
                h2 #scim { "SCIM user provisioning" }
                @if state.active { (badge(Tone::Good, "Active")) } @else { (badge(Tone::Plain, "Not active")) }
            }
            @match state.profile {
                Some(profile) if state.active => (on(signed, state, profile)),
                Some(_) | None => (off(signed, state)),
            }
        }
    }
}

fn off(signed: &Signed, state: &State) -> Markup {
    let token = &signed.session.csrf;
    let choices = [IntegrationProfile::Workplace, IntegrationProfile::Benefits];
    let chosen = state.profile.unwrap_or(IntegrationProfile::Workplace);
    html! {
        @if state.profile.is_some() {
            p { "The integration was deactivated: Entra is answered 403, and nothing changes. People, teams and bookings are kept." }
        } @else {
            p { "Once it is active, people and groups that you assign in Entra appear here by themselves." }
        }
        (form(token, &format!("{}/activate", home(signed)), html! {
            fieldset {
                legend { "For which product?" }
                @for profile in choices {
                    @let (name, what) = product(profile);
                    label.check {
                        input type="radio" name="profile" value=(profile.as_str()) checked[profile == chosen] required;
                        span { b { (name) } ": " (what) br; span.hint { (how(profile)) } }
                    }
                }
            }
            div.actions { button.primary { "Activate" } }
        }))
    }
}

fn how(profile: IntegrationProfile) -> &'static str {
    match profile {
        IntegrationProfile::Workplace => "Entra signs in with a secret token, which you copy once.",
        IntegrationProfile::Benefits => {
            "Entra signs in with OAuth 2.0 client credentials, which you generate here."
        }
    }
}

fn on(signed: &Signed, state: &State, profile: IntegrationProfile) -> Markup {
    let (name, what) = product(profile);
    let (home, token) = (home(signed), &signed.session.csrf);
    html! {
        dl.facts { dt { "Product" } dd { (name) ", " (what) } }
        (copyable("SCIM base URL (Entra: Tenant URL)", "scim-url", &state.scim_base_url))
        @if profile == IntegrationProfile::Benefits {
            (copyable("Token endpoint", "token-url", &state.token_url))
        }
        @if !state.has_credential() {
            div.notice.warn { p {
                "Entra cannot sign in yet: no credential is live. " (next(profile))
            } }
        }
        div.actions {
            a.button.primary href={ (home) "/guide" } { "Set it up in Entra" }
            a.button href={ (home) "/connection" } { "Watch it connect" }
            @match profile {
                IntegrationProfile::Workplace => (button(token, &format!("{home}/rotate"), "", "Rotate the secret token")),
                IntegrationProfile::Benefits => (button(token, &format!("{home}/clients"), "", "Generate client credentials")),
            }
            a.button.danger href={ (home) "/deactivate" } { "Deactivate" }
        }
    }
}

fn next(profile: IntegrationProfile) -> &'static str {
    match profile {
        IntegrationProfile::Workplace => "Rotate the secret token to get one.",
        IntegrationProfile::Benefits => "Generate client credentials.",
    }
}
