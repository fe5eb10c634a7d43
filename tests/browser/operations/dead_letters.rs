//! What a receiver of webhooks has not accepted is shown, and sent again.

use browsing::{Locator, Page, View, browse};
use kit::receiver::Receiver;
use kit::wait::found;

use super::*;
use crate::portal::sign_in;

/// A receiver that refuses whoever joins, of whom it was told often enough.
async fn refusing_receiver() -> (World, Company, Receiver) {
    let patience = ("ROLLCALL_WEBHOOK_HOURS", "0.0005".to_owned());
    let here = ("ROLLCALL_ALLOW_PRIVATE_WEBHOOKS", "true".to_owned());
    let (world, receiver) = (World::set(vec![patience, here]).await, Receiver::start().await);
    receiver.answer(|received| {
        let joined = received.event()["type"] == "rollcall.employee.joined";
        (if joined { 422 } else { 204 }, None)
    });
    let company = world.contoso().await;
    let add = format!(
        "subscriber add crm --tenant contoso --door webhook --webhook-url {} --facts employee.*",
        receiver.url
    );
    world.result(&add).await;
    (world, company, receiver)
}

/// Somebody joins, which the receiver never accepts; opens the page of what was given up.
async fn given_up(page: &Page, world: &World, company: &Company, name: &str) {
    company.hire(name).await;
    found("it is given up", async || {
        let listed = world.verb("subscriber dead-letters crm --tenant contoso").await.ended(0);
        (listed.listed("dead-letters").len() == 1).then_some(())
    })
    .await;
    opened(page, world, company, "subscribers/crm").await;
    comes_to_say(page, "1 event").await;
    page.click(Locator::Css("a[href$='/dead-letters']")).await;
    page.sees("422").await;
}

/// How often the receiver was told that somebody joined, by what it got last.
async fn comes_again(receiver: &Receiver, before: usize) {
    until("it comes again, with the id that it had", async || {
        let ids = receiver.ids();
        ids.len() > before && ids[..before].contains(&ids[ids.len() - 1])
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_is_shown_with_the_reason_and_sent_again_on_the_pages() {
    let (world, company, receiver) = refusing_receiver().await;
    browse("dead-letters", View::without_scripts(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        given_up(page, &world, &company, "Ada").await;
        page.press("Send the ticked ones again").await;
        page.sees("Nothing was sent: tick the events that are to be sent again.").await;
        receiver.answer(|_| (204, None));
        let before = receiver.received().len();
        page.click(Locator::Css("input[name='event']")).await;
        page.press("Send the ticked ones again").await;
        page.sees("1 event is sent again, with the ids that they had.").await;
        comes_again(&receiver, before).await;
        comes_to_say(page, "Nothing was given up").await;
    })
    .await;
}

#[tokio::test]
async fn the_command_lines_on_the_page_of_dead_letters_do_what_the_page_does() {
    let (world, company, receiver) = refusing_receiver().await;
    browse("dead-letters-commands", View::default(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        given_up(page, &world, &company, "Ada").await;
        let listed = run(page, &world, "subscriber dead-letters").await.ended(0);
        assert_eq!(listed.listed("dead-letters").len(), 1);
        receiver.answer(|_| (204, None));
        let before = receiver.received().len();
        let resent = run(page, &world, "subscriber resend").await.ended(0).line();
        assert_eq!(resent["resent"], 1, "{resent}");
        comes_again(&receiver, before).await;
        comes_to_say(page, "Nothing was given up").await;
    })
    .await;
}
