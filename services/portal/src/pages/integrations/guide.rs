//! Step by step: what to do in Entra, with the tenant's own values filled in.

use axum::extract::{Query, State};
use axum::routing;
use events::IntegrationProfile;
use maud::{Markup, html};
use serde::Deserialize;

use super::card;
use super::mappings::{GROUPS, Mapping, users};
use super::place::{NEEDS, home, page};
use crate::parts::copy::copyable;
use crate::parts::page::Page;
use crate::parts::table::table;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}/integrations/guide", NEEDS, routing::get(show))]
}

#[derive(Debug, Deserialize)]
struct Choice {
    /// The product whose guide is wanted, where it is not that of the integration.
    profile: Option<IntegrationProfile>,
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Query(choice): Query<Choice>,
) -> Result<Page, Refused> {
    let state = card::State::of(&portal, &signed).await?;
    let profile = choice.profile.or(state.profile).unwrap_or(IntegrationProfile::Workplace);
    let at = format!("{}/guide", home(&signed));
    let content = html! {
        p.crumbs { a href=(home(&signed)) { "Integrations" } " / Set it up in Entra" }
        h1 { "Set it up in Entra" }
        p.lead { "About fifteen minutes. You need the role Application Administrator or Cloud Application Administrator in Entra." }
        nav.tabs aria-label="Product" {
            @for one in [IntegrationProfile::Workplace, IntegrationProfile::Benefits] {
                @let here = one == profile;
                a href={ (at) "?profile=" (one.as_str()) } aria-current=[here.then_some("page")] { (card::product(one).0) }
            }
        }
        @if state.profile.is_some_and(|own| own != profile) {
            div.notice.warn { p { "The integration of this tenant serves the other product." } }
        }
        @if !state.active {
            div.notice.warn { p { "The integration is not active: " a href=(home(&signed)) { "activate it first" } "." } }
        }
        ol.steps {
            li { (application(profile)) }
            li { (sign_in(&state, &signed, profile)) }
            li { (test(profile)) }
            li { (user_mappings(profile)) }
            li { (group_mappings()) }
            li { (scope()) }
            li { (start(&signed)) }
        }
    };
    Ok(page(&signed, "Set it up in Entra", content))
}

/// A step, by whose `id` findings about the mapping lead to it.
fn step(id: &str, title: &str, content: Markup) -> Markup {
    html! { section.card #(id) { h2 { (title) } (content) } }
}

fn application(profile: IntegrationProfile) -> Markup {
    let (name, _) = card::product(profile);
    step(
        "application",
        "Create the application",
        html! {
            ol {
                li { "Open the " a href="https://entra.microsoft.com" rel="noreferrer" { "Microsoft Entra admin center" } " and choose " b { "Enterprise apps" } ", then " b { "New application" } "." }
                li { "Choose " b { "Create your own application" } ", name it (“" (name) "”), and select " b { "Integrate any other application you don’t find in the gallery (Non-gallery)" } "." }
                li { "Choose " b { "Create" } ", and wait until its page opens." }
            }
        },
    )
}

fn sign_in(state: &card::State, signed: &Signed, profile: IntegrationProfile) -> Markup {
    step(
        "sign-in",
        "Let it sign in",
        html! {
            ol {
                li { "In the application, choose " b { "Provisioning" } " and set " b { "Provisioning Mode" } " to " b { "Automatic" } " (in the newer pages: " b { "New configuration" } ")." }
                @match profile {
                    IntegrationProfile::Workplace => {
                        li { "Paste the base URL into " b { "Tenant URL" } ", and the secret token into " b { "Secret Token" } "." }
                    }
                    IntegrationProfile::Benefits => {
                        li { "As " b { "Authentication method" } " select " b { "OAuth2 Client Credentials Grant" } ", and fill in the four fields." }
                    }
                }
            }
            (copyable("Tenant URL", "tenant-url", &state.scim_base_url))
            @if profile == IntegrationProfile::Benefits {
                (copyable("Token Endpoint", "token-endpoint", &state.token_url))
                @for client in state.credentials.iter().filter(|one| !one.revoked && one.purpose == events::Purpose::OauthClient).take(1) {
                    (copyable("Client Identifier", "client-identifier", &client.id.to_string()))
                }
            }
            p.soft {
                @match profile {
                    IntegrationProfile::Workplace => "The secret token was shown when it was made. ",
                    IntegrationProfile::Benefits => "The client secret was shown when it was generated. ",
                }
                "If you have not kept it, " a href=(home(signed)) { "make another" } "."
            }
        },
    )
}

fn test(profile: IntegrationProfile) -> Markup {
    let compared = match profile {
        IntegrationProfile::Workplace => "compare the secret token",
        IntegrationProfile::Benefits => {
            "compare the token endpoint, the client identifier and the client secret"
        }
    };
    step(
        "test",
        "Test the connection",
        html! {
            p { "Choose " b { "Test Connection" } ". Entra asks for a user who does not exist, and says that it is authorized to enable provisioning. Then choose " b { "Save" } "." }
            p.soft { "Not authorized: " (compared) ". Not found: compare the Tenant URL, which has nothing behind the tenant’s name." }
        },
    )
}

fn mappings(caption: &str, all: &[Mapping]) -> Markup {
    table(
        caption,
        &["Target attribute", "Source in Entra", "What it is for"],
        html! {
            @for one in all { tr { td { code { (one.target) } } td { code { (one.source) } } td { (one.note) } } }
        },
    )
}

fn user_mappings(profile: IntegrationProfile) -> Markup {
    step(
        "mappings-users",
        "Map the users",
        html! {
            p { "Under " b { "Mappings" } " open " b { "Provision Microsoft Entra ID Users" } ". Make the table look like this:" }
            (mappings("Mappings of users", users(profile)))
            p { b { "Delete every other mapping." } " What is sent beyond this table is stored and shown with the person, and nothing uses it: it is personal data that nobody needs. Leave Create, Update and Delete ticked under " b { "Target Object Actions" } ", and choose " b { "Save" } "." }
            @if profile == IntegrationProfile::Workplace {
                p.soft { "Whoever is deleted or taken out of scope in Entra becomes Former here, and is never deleted: their bookings are kept, and you cancel the future ones by hand." }
            }
        },
    )
}

fn group_mappings() -> Markup {
    step(
        "mappings-groups",
        "Map the groups",
        html! {
            p { "Open " b { "Provision Microsoft Entra ID Groups" } ". Groups become teams; without them set " b { "Enabled" } " to " b { "No" } "." }
            (mappings("Mappings of groups", &GROUPS))
            h3 { "members: users only" }
            p { "Edit " code { "members" } " and untick " b { "Group" } " as a referenced object, so that " b { "User" } " alone is left. Groups in groups are not followed." }
            h3 { "description: a custom attribute" }
            ol {
                li { "At the bottom tick " b { "Show advanced options" } ", and choose " b { "Edit attribute list for customappsso" } "." }
                li { "Add a line with the name " code { "description" } " and the type " b { "String" } ", and save." }
                li { "Back in the mappings choose " b { "Add New Mapping" } ": source " code { "description" } ", target the new attribute." }
            }
        },
    )
}

fn scope() -> Markup {
    step(
        "scope",
        "Choose who",
        html! {
            p { "Under " b { "Settings" } " set " b { "Scope" } " to " b { "Sync only assigned users and groups" } ". Then assign under " b { "Users and groups" } ":" }
            ul {
                li { b { "by groups" } ", if you have a licence of Entra ID P1 or more: members of an assigned group are provisioned, and the group becomes a team. Groups in groups are not followed;" }
                li { b { "by users" } ", one by one, otherwise." }
            }
            p { "The first synced group of a person is their Primary team, the others are Additional. You can choose another Primary here, without any effect on Entra." }
        },
    )
}

fn start(signed: &Signed) -> Markup {
    step(
        "start",
        "Start provisioning",
        html! {
            p { "Set " b { "Provisioning Status" } " to " b { "On" } " (or choose " b { "Start provisioning" } "). The first cycle takes minutes for hundreds of people, and hours for many thousands; from then on Entra comes every 40 minutes. " b { "Provision on demand" } " tells of one person at once." }
            div.actions { a.button.primary href={ (home(signed)) "/connection" } { "Watch it connect" } }
        },
    )
}
