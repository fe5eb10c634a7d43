//! How a company begins, and what its administrators do from then on: with scripts, and without.

use browsing::{Locator, Page, View, browse};
use kit::company::Company;
use kit::wait::found;
use kit::world::World;

use crate::portal::{at, book, sign_in_at};

#[tokio::test]
async fn an_administrator_connects_entra_and_sees_people_come_and_go() {
    story("story", View::default()).await;
}

#[tokio::test]
async fn an_administrator_without_scripts_does_the_same() {
    story("story-without-scripts", View::without_scripts()).await;
}

async fn story(name: &str, view: View) {
    let world = World::new().await;
    world.verb("tenant create contoso").await.ended(0);
    browse(name, view, async |page| {
        sign_in_at(page, &world, "contoso", "owner").await;
        let company = activated(page, &world).await;
        let ada = provisioned(page, view, &world, &company).await;
        edited_here(page, &world, &company, &ada).await;
        left(page, view, &world, &company, &ada).await;
        rotated(page, &world, company).await;
    })
    .await;
}

/// Activates the integration, and tells Entra what the page says.
async fn activated(page: &Page, world: &World) -> Company {
    page.goto(&format!("{}/t/contoso/integrations", world.url())).await;
    page.press("Activate").await;
    page.sees("The integration is active").await;
    let secret = value(page, "Secret token").await;
    let issued = world.result("token issue --tenant contoso --scope all").await;
    let company = Company::new(&world.url(), "contoso", &secret, &issued);
    assert_eq!(value(page, "SCIM base URL (Entra: Tenant URL)").await, company.scim_base_url);
    company
}

/// Entra tests the connection and provisions two, while somebody watches.
async fn provisioned(page: &Page, view: View, world: &World, company: &Company) -> String {
    page.goto(&at(world, company, "integrations/connection")).await;
    page.sees("Press Test Connection in Entra").await;
    company.find("Users", "userName eq \"nobody@contoso.example\"").await;
    let connected = "//li[starts-with(normalize-space(.), 'Test Connection Seen')]";
    comes_to_show(page, view, connected).await;
    let ada = company.hire("Ada").await;
    company.hire("Bob").await;
    comes_to_show(page, view, "//dt[.='People']/following-sibling::dd[1][.='2']").await;
    company.employee(&ada).await;
    page.press("People").await;
    page.sees("ada@contoso.example").await;
    ada
}

/// A team of their own, in which somebody stays whatever Entra says.
async fn edited_here(page: &Page, world: &World, company: &Company, ada: &String) {
    let sales = company.form("Sales", &[ada]).await;
    page.press("Teams").await;
    page.fill("Name", "Choir").await;
    page.press("Make the team").await;
    page.fill("User name", "ada@contoso.example").await;
    page.press("Add to the team").await;
    page.sees("Added to the team, here and not in Entra").await;
    company.remove(&sales, ada).await;
    company.add(&sales, ada).await;
    let teams = company.teams_of(ada).await;
    assert!(teams.iter().any(|team| team.starts_with("Choir")), "{teams:?}");
    page.goto(&at(world, company, &format!("people/{ada}"))).await;
    page.sees("Choir").await;
}

/// She leaves, and her booking is cancelled: first by mistake, then for good.
async fn left(page: &Page, view: View, world: &World, company: &Company, ada: &str) {
    book(company, ada, "d1", 400).await;
    company.disable(ada).await;
    let inbox = company.ask("leavers?undecided=true").await.answered(200).body;
    assert_eq!(inbox["leavers"][0]["bookings"]["undecided"], 1, "{inbox}");
    company.employee(ada).await;
    page.goto(&at(world, company, "leavers")).await;
    cancel(page).await;
    page.press("Undo: desk-d1, d1").await;
    page.sees("The booking waits for a decision again").await;
    cancel(page).await;
    page.goto(&at(world, company, &format!("leavers/{ada}"))).await;
    comes_to_show(page, view, "//h2[.='Cancelled']").await;
    page.sees("Nothing waits for a decision").await;
    page.sees("Has left the company").await;
    found("the booking is cancelled", async || {
        let booking = company.ask("bookings/d1").await.answered(200).body;
        (booking["state"] == "cancelled").then_some(())
    })
    .await;
    page.goto(&at(world, company, &format!("people/{ada}"))).await;
    page.sees("Former").await;
}

async fn cancel(page: &Page) {
    page.press("Choose desk-d1, d1").await;
    page.fill("Reason", "Has left the company").await;
    page.press("Cancel bookings").await;
    page.sees("Until then you can undo it").await;
}

/// Another secret, beside the first.
async fn rotated(page: &Page, world: &World, mut company: Company) {
    page.goto(&at(world, &company, "integrations")).await;
    page.press("Rotate the secret token").await;
    page.press("Generate a further token").await;
    page.sees("stays valid until you revoke it").await;
    let second = value(page, "Secret token").await;
    assert_ne!(second, company.secret_token);
    company.scim("Users?count=1").await.answered(200);
    company.secret_token = second;
    company.scim("Users?count=1").await.answered(200);
    page.press("I have copied it").await;
    page.sees("Credentials").await;
    page.does_not_see(&company.secret_token).await;
}

/// What stands in a field.
async fn value(page: &Page, label: &str) -> String {
    let field = page.field(label).await;
    let value = field.prop("value").await.expect("a field can be read");
    value.expect("a field has a value")
}

/// Waits until the page shows it by itself; where no scripts run, its reader loads it anew.
async fn comes_to_show(page: &Page, view: View, what: &str) {
    found(&format!("the page shows {what}"), async || {
        if !view.scripts {
            page.web().refresh().await.expect("a page can be loaded anew");
        }
        page.web().find(Locator::XPath(what)).await.ok()
    })
    .await;
}
