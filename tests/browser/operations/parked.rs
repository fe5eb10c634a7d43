//! Whoever cannot be taken in any more is shown with the reason, and is taken up again.

use browsing::{Locator, Page, View, browse};
use kit::entra;
use kit::refusals::{mend, refuse};
use kit::tables::connect;
use serde_json::json;

use super::*;
use crate::portal::sign_in;

/// The cause of an event that Postgres refuses, as the pages show it.
const WHY: &str = "23514";

/// Somebody of whom no row can be written to the directory, and of whom there is news.
async fn ada_who_is_refused(world: &mut World) -> (Company, String) {
    world.expects("an event is parked");
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    assert_eq!(company.employee(&ada).await["stale"], json!(false));
    refuse(&connect(&world.database_url).await, "directory", &ada, WHY).await;
    let renamed = entra::replace("displayName", "Countess");
    company.patch(&format!("Users/{ada}"), &renamed).await.answered(200);
    until("she is out of date", async || company.employee(&ada).await["stale"] == json!(true))
        .await;
    (company, ada)
}

/// From the list to the page of the one event that is parked.
async fn open_the_event(page: &Page, world: &World, company: &Company) {
    opened(page, world, company, "parked").await;
    for words in ["user.changed", "People", "what people see", WHY] {
        page.sees(words).await;
    }
    page.click(Locator::Css("td a[href*='/operations/parked/']")).await;
    page.sees("cannot be applied").await;
    page.sees(WHY).await;
}

async fn is_taken_in(company: &Company, person: &str, name: &str) {
    until(&format!("she is up to date, and called {name}"), async || {
        let shown = company.employee(person).await;
        shown["stale"] == json!(false) && shown["displayName"] == name
    })
    .await;
}

#[tokio::test]
async fn a_parked_person_is_shown_with_the_reason_and_is_tried_again_on_the_pages() {
    let mut world = World::new().await;
    let (company, ada) = ada_who_is_refused(&mut world).await;
    browse("parked", View::without_scripts(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        page.goto(&at(&world, &company, &format!("people/{ada}"))).await;
        page.sees("A change is known that cannot be shown at present.").await;
        open_the_event(page, &world, &company).await;
        page.does_not_see("Countess").await;
        page.press("Try it again").await;
        page.sees("It is tried again now; if it is still listed, that was in vain.").await;
        page.sees("user.changed").await;

        mend(&connect(&world.database_url).await, "directory").await;
        open_the_event(page, &world, &company).await;
        page.press("Try it again").await;
        page.sees("It is tried again now").await;
        comes_to_say(page, "Nothing is parked").await;
        is_taken_in(&company, &ada, "Countess").await;
        page.goto(&at(&world, &company, &format!("people/{ada}"))).await;
        page.sees("Countess").await;
        page.does_not_see("A change is known").await;
    })
    .await;
}

#[tokio::test]
async fn an_event_that_is_wrong_is_skipped_for_good_with_a_reason_on_its_page() {
    let mut world = World::new().await;
    let (company, ada) = ada_who_is_refused(&mut world).await;
    browse("parked-skipped", View::default(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        open_the_event(page, &world, &company).await;
        page.fill("Why it may be skipped", "The name was a slip").await;
        page.press("Skip it for good").await;
        page.sees("It is skipped: what waited behind it is applied now.").await;
        comes_to_say(page, "Nothing is parked").await;
        is_taken_in(&company, &ada, "Ada").await;
    })
    .await;
}

#[tokio::test]
async fn the_command_lines_on_the_pages_of_parked_events_do_what_the_pages_do() {
    let mut world = World::new().await;
    let (company, ada) = ada_who_is_refused(&mut world).await;
    browse("parked-commands", View::default(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        open_the_event(page, &world, &company).await;
        // That somebody should look is told by the exit code too.
        let parked = run(page, &world, "parked list").await.ended(3).listed("parked").remove(0);
        let id = [("ID", parked["id"].as_str().expect("an id"))];
        let shown = world.verb(&command(page, "parked show", &id).await).await.ended(0).line();
        assert_eq!(shown["cause"], WHY, "{shown}");
        let skip = command(page, "parked skip", &id).await;
        let retry = command(page, "parked retry", &id).await;
        world.verb(&retry).await.ended(0);
        mend(&connect(&world.database_url).await, "directory").await;
        opened(page, &world, &company, "parked").await;
        run(page, &world, "parked retry").await.ended(0);
        is_taken_in(&company, &ada, "Countess").await;
        comes_to_say(page, "Nothing is parked").await;
        // There is nothing to skip any more, and it says so.
        world.verb(&skip).await.ended(1);
    })
    .await;
}
