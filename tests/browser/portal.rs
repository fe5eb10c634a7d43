//! What the stories about the portal share: signing in, and what holds of every page.

use std::path::Path;

use browsing::{Appearance, Page};
use kit::company::Company;
use kit::world::World;

/// So many bytes a page may have.
const MOST_BYTES: usize = 100_000;

/// Invites an administrator with this role, and signs them in by their link.
pub(crate) async fn sign_in(page: &Page, world: &World, company: &Company, role: &str) {
    let line = format!("admin invite {role}@{slug}.example --name Grace", slug = company.slug);
    let invited = world.result(&format!("{line} --role {role} --tenant {}", company.slug)).await;
    page.goto(invited["sign_in_url"].as_str().expect("a link")).await;
    page.press("Sign in").await;
    // Whoever is signed in has a name up there.
    page.sees("Grace").await;
    page.goto(&at(world, company, "people")).await;
    page.sees("Everybody whom Entra has provisioned").await;
}

/// The address of a page of the tenant.
pub(crate) fn at(world: &World, company: &Company, path: &str) -> String {
    format!("{}/t/{}/{path}", world.url(), company.slug)
}

/// Holds that the page that is shown is small, and that everybody can use it, light and dark.
pub(crate) async fn holds_up(page: &Page, axe: &Path) {
    let path = page.path().await;
    let bytes = page.web().source().await.expect("a page has a source").len();
    assert!(bytes < MOST_BYTES, "{path} has {bytes} bytes");
    for appearance in Appearance::ALL {
        page.appear(appearance).await;
        let findings = page.audit(axe).await;
        let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{path}, {}:\n{}", appearance.as_str(), told.join("\n"));
    }
    page.appear(Appearance::Light).await;
}
