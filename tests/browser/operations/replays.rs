//! A replay, from its plan to its way back: on its pages, and by the command lines that these show.

use browsing::{Locator, Page, View, browse};
use kit::tables::connect;

use super::*;
use crate::portal::sign_in;

/// Somebody whom the read model calls otherwise than the events do, since it was altered by hand.
async fn ada_who_is_shown_as_mallory(world: &World) -> (Company, String) {
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    assert_eq!(company.employee(&ada).await["displayName"], "Ada");
    let client = connect(&world.database_url).await;
    let alter = "UPDATE directory.employees SET display_name = 'Mallory'";
    client.batch_execute(alter).await.expect("a row that can be altered");
    (company, ada)
}

async fn is_called(company: &Company, person: &str, name: &str) {
    until(&format!("she is called {name}"), async || {
        company.employee(person).await["displayName"] == name
    })
    .await;
}

/// Plans a replay of the people, on the page for that.
async fn plan(page: &Page, world: &World, company: &Company) {
    opened(page, world, company, "replays").await;
    page.choose("Read model", "People").await;
    page.fill("Reason", "A name is wrong").await;
    page.press("Plan").await;
    page.sees("The plan is made; nothing was done yet.").await;
    for words in ["What it would take", "1 person", "A name is wrong"] {
        page.sees(words).await;
    }
}

#[tokio::test]
async fn what_is_shown_wrongly_is_replayed_compared_cut_over_to_and_undone_on_the_pages() {
    replayed_on_the_pages("replays", View::default()).await;
}

#[tokio::test]
async fn without_scripts_a_replay_goes_the_same_way() {
    replayed_on_the_pages("replays-without-scripts", View::without_scripts()).await;
}

async fn replayed_on_the_pages(name: &str, view: View) {
    let world = World::new().await;
    let (company, ada) = ada_who_is_shown_as_mallory(&world).await;
    browse(name, view, async |page| {
        sign_in(page, &world, &company, "operator").await;
        plan(page, &world, &company).await;
        page.press("Run").await;
        page.sees("It runs, beside what people see.").await;
        if !view.scripts {
            comes_to_say(page, "See what differs").await;
        }
        page.sees("Built: 100 %").await;
        page.press("See what differs").await;
        page.sees("of 1 person something else would be seen").await;
        page.sees("display_name").await;
        is_called(&company, &ada, "Mallory").await;

        page.fill("To cut over, type the name", "fabrikam").await;
        page.press("Cut over").await;
        page.sees("type that to confirm it").await;
        is_called(&company, &ada, "Mallory").await;
        page.fill("To cut over, type the name", "contoso").await;
        page.press("Cut over").await;
        page.sees("People see what was built. It can be undone below.").await;
        is_called(&company, &ada, "Ada").await;

        page.sees("by Grace").await;
        page.press("Undo: show again what was seen before").await;
        page.sees("were changed by hand").await;
        is_called(&company, &ada, "Ada").await;
        page.fill("Reason", "It was right").await;
        page.click(Locator::Css("input[name='even-if-changed']")).await;
        page.press("Undo: show again what was seen before").await;
        page.sees("People see again what they saw before.").await;
        is_called(&company, &ada, "Mallory").await;
        opened(page, &world, &company, "replays").await;
        page.sees("Rolled back").await;
    })
    .await;
}

#[tokio::test]
async fn the_command_lines_on_the_pages_of_a_replay_do_what_the_pages_do() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    browse("replays-commands", View::default(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        opened(page, &world, &company, "replays").await;
        run(page, &world, "replay list").await.ended(0);
        let planned = run(page, &world, "replay plan").await.ended(0).line();
        let of_page = format!("replays/{}", planned["plan"].as_str().expect("a plan"));
        opened(page, &world, &company, &of_page).await;
        page.sees("Planned").await;
        run(page, &world, "replay cancel").await.ended(0);
        comes_to_say(page, "Nothing of it is seen.").await;

        plan(page, &world, &company).await;
        let job = run(page, &world, "replay run").await.ended(0).line();
        let of_page = format!("replays/{}", job["job"].as_str().expect("a job"));
        opened(page, &world, &company, &of_page).await;
        page.sees("See what differs").await;
        run(page, &world, "replay diff").await.ended(0);
        run(page, &world, "replay cutover").await.ended(0);
        comes_to_say(page, "Undo: show again what was seen before").await;
        run(page, &world, "replay rollback").await.ended(0);
        comes_to_say(page, "Nothing of it is seen.").await;
        let status = run(page, &world, "replay status").await.ended(0).line();
        assert_eq!(status["state"], "rolled-back");
    })
    .await;
}
