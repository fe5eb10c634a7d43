//! What was done, and by whom.

use browsing::{View, browse};

use super::*;
use crate::portal::sign_in;

#[tokio::test]
async fn the_journal_shows_what_was_done_and_by_whom_the_newest_first() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    browse("journal", View::without_scripts(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        opened(page, &world, &company, "journal").await;
        page.does_not_see("Replay planned").await;
        opened(page, &world, &company, "replays").await;
        page.fill("Reason", "A rehearsal").await;
        page.press("Plan").await;
        page.sees("The plan is made; nothing was done yet.").await;
        page.press("Give up the plan").await;
        page.sees("Nothing of it is seen.").await;
        world.result("replay plan directory --tenant contoso --reason drill").await;
        world.verb("tenant create fabrikam").await.ended(0);
        world.result("replay plan teams --tenant fabrikam --reason elsewhere").await;

        page.press("Journal").await;
        for words in ["Replay planned", "Replay cancelled", "A rehearsal", "Grace", "drill"] {
            page.sees(words).await;
        }
        page.sees("whoever runs Rollcall").await;
        page.does_not_see("elsewhere").await;
        let text = page.text().await;
        let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
        assert!(place("drill") < place("Replay cancelled"), "{text}");
        assert!(place("Replay cancelled") < place("A rehearsal"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn the_command_line_on_the_journal_lists_what_the_page_shows() {
    let world = World::new().await;
    let company = world.contoso().await;
    browse("journal-commands", View::default(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        opened(page, &world, &company, "replays").await;
        page.press("Plan").await;
        page.sees("The plan is made; nothing was done yet.").await;
        opened(page, &world, &company, "journal").await;
        page.sees("Replay planned").await;
        let acts = run(page, &world, "operations log").await.ended(0).listed("acts");
        let planned = acts.iter().find(|act| act["act"] == "replay.planned").expect("the act");
        let by = planned["by"].as_str().expect("who");
        assert!(by.starts_with("administrator:contoso:"), "{planned}");
    })
    .await;
}
