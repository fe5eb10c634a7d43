//! The card of the SCIM integration: off, or on with what Entra has to be told.

use std::collections::BTreeMap;

use access::PublicUrl;
use events::{CredentialId, IntegrationProfile, Purpose};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use roster::{Credential, TenantRoster};
use serde::Deserialize;

use super::place::{home, settings};
use super::secrets::expiry;
use crate::names;
use crate::parts::badge::{Tone, badge};
use crate::parts::copy::copyable;
use crate::parts::form::form;
use crate::parts::text::counted;
use crate::parts::time::{day, moment};
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// So long before a credential expires it is said.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How to get another secret token.
const ROTATE: &str = "Rotate the secret token to get one.";
/// How to get another OAuth client.
const GENERATE: &str = "Generate client credentials.";

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
    /// The live secret token that a rotation would end.
    pub(super) ended_by_rotation: Option<Credential>,
    /// When it stands so.
    pub(super) now: Timestamp,
    uses: BTreeMap<CredentialId, Timestamp>,
}

/// What the operators' API tells of a credential that the roster does not know.
#[derive(Debug, Deserialize)]
struct Used {
    credential_id: CredentialId,
    last_used_at: Option<Timestamp>,
}

impl State {
    /// As the writer's roster has it, which holds whatever was answered.
    pub(super) async fn of(portal: &Portal, signed: &Signed) -> Result<Self, Refused> {
        let used: Vec<Used> = portal.apis().get(signed, &settings(signed, "credentials")).await?;
        let (roster, now) = (names::roster(portal).await?, (portal.settings().now)());
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
        let ended = tenant.map(|tenant| tenant.ended_by_rotation(now)).unwrap_or_default();
        Ok(Self {
            profile: integration.map(|known| known.profile),
            active: integration.is_some_and(|known| known.active),
            scim_base_url: url.scim(&signed.tenant),
            token_url: url.token(),
            credentials,
            ended_by_rotation: ended.into_iter().rfind(|one| one.is_live(now)).cloned(),
            now,
            uses: used
                .into_iter()
                .filter_map(|one| Some((one.credential_id, one.last_used_at?)))
                .collect(),
        })
    }

    /// Whether there is a live credential of the kind with which Entra signs in for this product.
    fn has_credential(&self, profile: IntegrationProfile) -> bool {
        self.credentials.iter().any(|one| one.is_live(self.now) && is_for(one, profile))
    }

    /// Live credentials of the kind with which Entra signs in for the other product.
    pub(super) fn of_the_other(&self, profile: IntegrationProfile) -> Vec<&Credential> {
        let live = self.credentials.iter().filter(|one| one.is_live(self.now));
        live.filter(|one| !is_for(one, profile)).collect()
    }

    /// The newest secret token that is live.
    pub(super) fn newest_token(&self) -> Option<&Credential> {
        let mut live = self.credentials.iter().filter(|one| one.is_live(self.now));
        live.find(|one| one.purpose == Purpose::SecretToken)
    }

    /// Whether anybody has ever come in by it.
    pub(super) fn was_used(&self, one: &Credential) -> bool {
        self.uses.contains_key(&one.id)
    }

    /// When somebody came in by it last, in words.
    pub(super) fn last_used(&self, one: &Credential) -> Markup {
        html! { @match self.uses.get(&one.id) { Some(at) => (moment(*at)), None => "never" } }
    }

    /// Whether it lives, and not for long.
    pub(super) fn expires_soon(&self, one: &Credential) -> bool {
        let soon = |expires: Timestamp| expires.duration_since(self.now) <= SOON;
        one.is_live(self.now) && one.expires_at.is_some_and(soon)
    }
}

/// Whether Entra signs in with a credential of this kind for a product.
fn is_for(one: &Credential, profile: IntegrationProfile) -> bool {
    match profile {
        IntegrationProfile::Workplace => one.purpose == Purpose::SecretToken,
        IntegrationProfile::Benefits => one.purpose == Purpose::OauthClient,
    }
}

/// What kind a credential is.
pub(super) fn kind(one: &Credential) -> &'static str {
    match one.purpose {
        Purpose::SecretToken => "Secret token",
        Purpose::OauthClient => "OAuth client",
        Purpose::ApiToken { .. } => "API token",
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
            p { "The integration was deactivated: Entra is answered 403, and nothing changes. People, teams and bookings are kept, and so are its credentials." }
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
            (expiry("When does the secret token expire, if one is made?"))
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
    let home = home(signed);
    html! {
        dl.facts { dt { "Product" } dd { (name) ", " (what) } }
        (copyable("SCIM base URL (Entra: Tenant URL)", "scim-url", &state.scim_base_url))
        @if profile == IntegrationProfile::Benefits {
            (copyable("Token endpoint", "token-url", &state.token_url))
        }
        @if !state.has_credential(profile) {
            div.notice.warn { p {
                "Entra cannot sign in yet: no " (wanted(profile)) " live. " (first(profile))
            } }
        }
        (left_over(state, profile))
        (expiring(state))
        div.actions {
            a.button.primary href={ (home) "/guide" } { "Set it up in Entra" }
            a.button href={ (home) "/connection" } { "Watch it connect" }
            @match profile {
                IntegrationProfile::Workplace => { a.button href={ (home) "/rotate" } { "Rotate the secret token" } }
                IntegrationProfile::Benefits => { a.button href={ (home) "/clients" } { "Generate client credentials" } }
            }
            a.button.danger href={ (home) "/deactivate" } { "Deactivate" }
        }
    }
}

/// What is live of the other product, such as after a change of the product: it opens the integration all the same.
fn left_over(state: &State, profile: IntegrationProfile) -> Markup {
    let all = state.of_the_other(profile);
    html! {
        @if !all.is_empty() {
            div.notice.plain { p {
                (counted(all.len() as u64, "credential", "credentials")) " of another kind than " (product(profile).0) " needs "
                @if all.len() == 1 { "is" } @else { "are" } " live, and whoever has one can change people: "
                @for (nth, one) in all.iter().enumerate() {
                    @if nth > 0 { ", " }
                    (kind(one)) " " code { (one.id) } " (last used: " (state.last_used(one)) ")"
                }
                ". Revoke below what Entra does not sign in with."
            } }
        }
    }
}

/// With what Entra signs in for a product.
fn wanted(profile: IntegrationProfile) -> &'static str {
    match profile {
        IntegrationProfile::Workplace => "secret token is",
        IntegrationProfile::Benefits => "client credentials are",
    }
}

/// What expires within 30 days, or has expired and was not revoked.
fn expiring(state: &State) -> Markup {
    let told = state.credentials.iter().filter(|one| !one.revoked);
    let told = told.filter_map(|one| {
        let expires = one.expires_at?;
        (one.has_expired(state.now) || state.expires_soon(one)).then_some((one, expires))
    });
    html! {
        @for (one, expires) in told {
            div.notice.warn { p {
                "The " (kind(one)) " " code { (one.id) } " "
                @if one.has_expired(state.now) { "has expired on " } @else { "expires on " }
                (day(expires)) ". " (another(one)) " Put it into Entra, and revoke the old one."
            } }
        }
    }
}

/// How to get the credential that Entra wants for a product.
fn first(profile: IntegrationProfile) -> &'static str {
    match profile {
        IntegrationProfile::Workplace => ROTATE,
        IntegrationProfile::Benefits => GENERATE,
    }
}

/// How to get another credential of the same kind, whatever the product.
fn another(one: &Credential) -> &'static str {
    match one.purpose {
        Purpose::SecretToken => ROTATE,
        Purpose::OauthClient => GENERATE,
        Purpose::ApiToken { .. } => "Issue another API token.",
    }
}
