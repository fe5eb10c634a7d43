//! A hold with its people named is released, and another is reversed.

use browsing::{Locator, Page, View, browse};
use kit::company::User;

use super::*;
use crate::portal::sign_in;

/// Seven people, of whom two who leave are too many.
async fn company_of_seven(world: &World) -> (Company, Vec<User>) {
    let company = world.contoso().await;
    let mut people = Vec::new();
    for name in ["Ada", "Bob", "Cem", "Dora", "Eve", "Fay", "Gus"] {
        people.push(company.hire(name).await);
    }
    let guard = "guard set --tenant contoso --hold on --deactivations 2 --percent 0";
    world.verb(guard).await.ended(0);
    (company, people)
}

/// Lets people leave, and opens the alert about them once all belong to it.
async fn hold(page: &Page, world: &World, company: &Company, people: &[User]) {
    for person in people {
        company.disable(person).await;
    }
    comes_to_stand(company, people.last().expect("somebody"), "active", true).await;
    opened(page, world, company, "holds").await;
    page.sees("Held: decide").await;
    page.click(Locator::Css("tbody a[href*='/operations/holds/']")).await;
    page.sees(&format!("{} people by now", people.len())).await;
}

/// Ticks the number of people, gives a reason and presses the button.
async fn decide(page: &Page, action: &str, button: &str) {
    let tick = format!("form[action$='/{action}'] input[name='people']");
    page.click(Locator::Css(&tick)).await;
    fill(page, action, "reason", "The branch was sold").await;
    page.press(button).await;
}

#[tokio::test]
async fn held_people_are_named_and_released_or_reversed_and_their_standing_follows() {
    held_people_are_decided_about("holds", View::default()).await;
}

#[tokio::test]
async fn without_scripts_held_people_are_released_or_reversed_too() {
    held_people_are_decided_about("holds-without-scripts", View::without_scripts()).await;
}

async fn held_people_are_decided_about(name: &str, view: View) {
    let world = World::new().await;
    let (company, people) = company_of_seven(&world).await;
    browse(name, view, async |page| {
        sign_in(page, &world, &company, "operator").await;
        hold(page, &world, &company, &people[0..2]).await;
        for words in ["Ada", "ada@contoso.example", "Bob", "Held", "2 people become Former"] {
            page.sees(words).await;
        }
        decide(page, "release", "Release").await;
        page.sees("The alert is released: the people of it have left.").await;
        for words in ["Released", "The branch was sold", "Former"] {
            page.sees(words).await;
        }
        page.does_not_see("It is a mistake").await;
        for person in &people[0..2] {
            comes_to_stand(&company, person, "former", false).await;
        }

        hold(page, &world, &company, &people[2..4]).await;
        company.disable(&people[4]).await;
        comes_to_stand(&company, &people[4], "active", true).await;
        decide(page, "reverse", "Reverse").await;
        page.sees("is about 3 people by now, and not about 2").await;
        comes_to_stand(&company, &people[2], "active", true).await;
        decide(page, "reverse", "Reverse").await;
        page.sees("The alert is reversed: the people of it stay Active.").await;
        for person in &people[2..5] {
            comes_to_stand(&company, person, "active", false).await;
        }

        page.goto(&at(&world, &company, "activity")).await;
        for words in ["Alert released by Grace", "Alert reversed by Grace"] {
            page.sees(words).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_command_lines_on_the_pages_of_holds_do_what_the_pages_do() {
    let world = World::new().await;
    let (company, people) = company_of_seven(&world).await;
    browse("holds-commands", View::default(), async |page| {
        sign_in(page, &world, &company, "operator").await;
        hold(page, &world, &company, &people[0..2]).await;
        run(page, &world, "alerts release").await.ended(0);
        comes_to_say(page, "Released").await;
        comes_to_stand(&company, &people[0], "former", false).await;
        hold(page, &world, &company, &people[2..4]).await;
        run(page, &world, "alerts reverse").await.ended(0);
        comes_to_say(page, "Reversed").await;
        comes_to_stand(&company, &people[2], "active", false).await;
        opened(page, &world, &company, "holds").await;
        let listed = run(page, &world, "alerts list").await.ended(0).listed("alerts");
        assert_eq!(listed.len(), 2, "{listed:?}");
        assert_eq!(run(page, &world, "guard show").await.ended(0).line()["hold"], true);
    })
    .await;
}
