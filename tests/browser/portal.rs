//! What the stories about the portal share: signing in, and what holds of every page.

use std::path::Path;

use browsing::{Appearance, Page, View};
use jiff::{SignedDuration, Timestamp};
use kit::company::Company;
use kit::world::World;
use reqwest::Method;
use serde_json::json;

/// So many bytes a page may have.
const MOST_BYTES: usize = 100_000;

/// The window of a phone.
pub(crate) const PHONE: (u32, u32) = (390, 844);

/// How wide the page is and what makes it so, if one has to scroll sideways to see all of it.
const TOO_WIDE: &str = r#"
    const page = document.documentElement;
    if (page.scrollWidth <= page.clientWidth) return null;
    const isOutside = (one) => one.getBoundingClientRect().right > page.clientWidth + 1;
    const all = [...document.querySelectorAll("body :not(.side, .side *)")];
    const outside = all.filter(isOutside);
    return [page.scrollWidth, ...outside.slice(0, 8).map((one) => `${one.tagName}.${one.className}`)];
"#;

/// Invites an administrator with this role, and signs them in by their link.
pub(crate) async fn sign_in(page: &Page, world: &World, company: &Company, role: &str) {
    sign_in_at(page, world, &company.slug, role).await;
    page.goto(&at(world, company, "people")).await;
    page.sees("Everybody whom Entra has provisioned").await;
}

/// The same at a tenant to which Entra is not connected yet.
pub(crate) async fn sign_in_at(page: &Page, world: &World, tenant: &str, role: &str) {
    let line = format!("admin invite {role}@{tenant}.example --name Grace --role {role}");
    let invited = world.result(&format!("{line} --tenant {tenant}")).await;
    page.goto(invited["sign_in_url"].as_str().expect("a link")).await;
    page.press("Sign in").await;
    // Whoever is signed in has a name up there.
    page.sees("Grace").await;
}

/// Books a desk for somebody, so many hours from now.
pub(crate) async fn book(company: &Company, employee: &str, reference: &str, hours: i64) {
    let begin = Timestamp::now() + SignedDuration::from_hours(hours);
    let booking = json!({
        "employeeId": employee, "resource": format!("desk-{reference}"), "resourceType": "desk",
        "startsAt": begin, "endsAt": begin + SignedDuration::from_hours(8),
    });
    let path = format!("bookings/{reference}");
    let answer = company.command(Method::PUT, &path, Some(&booking)).await;
    assert!(answer.status.is_success(), "{answer:?}");
}

/// The address of a page of the tenant.
pub(crate) fn at(world: &World, company: &Company, path: &str) -> String {
    format!("{}/t/{}/{path}", world.url(), company.slug)
}

/// Holds that the page that is shown is small, and that everybody can use it.
pub(crate) async fn holds_up(page: &Page, axe: &Path) {
    let wrong = wrongs(page, axe).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with the page that is shown: with its size, light and dark, and on a phone.
pub(crate) async fn wrongs(page: &Page, axe: &Path) -> Vec<String> {
    let path = page.path().await;
    let mut wrong = Vec::new();
    let bytes = page.web().source().await.expect("a page has a source").len();
    if bytes >= MOST_BYTES {
        wrong.push(format!("{path} has {bytes} bytes"));
    }
    for appearance in Appearance::ALL {
        page.appear(appearance).await;
        let findings = page.audit(axe).await;
        wrong.extend(findings.iter().map(|one| format!("{path}, {}: {one}", appearance.as_str())));
    }
    page.appear(Appearance::Light).await;
    page.resize(PHONE).await;
    wrong.extend(too_wide(page).await);
    page.resize(View::default().size).await;
    wrong
}

/// That one has to scroll sideways to see all of the page in a window as wide as it is now, and what makes it so.
pub(crate) async fn too_wide(page: &Page) -> Option<String> {
    let wide = page.web().execute(TOO_WIDE, Vec::new()).await.expect("a page has a width");
    let path = page.path().await;
    (!wide.is_null()).then(|| format!("{path} is wider than the window: {wide}"))
}
