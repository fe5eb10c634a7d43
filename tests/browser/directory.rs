//! People and teams.

use browsing::{View, browse};
use kit::entra;
use kit::wait::until;
use kit::world::World;

use crate::portal::{PHONE, at, book, holds_up, sign_in, too_wide};
use crate::tools::axe;

/// Names as somebody might write them who wants to break a page, or is called so.
const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' OR 1=1 --",
    "\u{202e}gnirts desrever",
    "مرحبا بالعالم",
    "\u{200b}\u{200b}\u{200b}",
    "{{7*7}} ${7*7} %s",
];

#[tokio::test]
async fn people_appear_and_a_team_that_is_edited_here_survives_a_sync() {
    let (world, axe) = tokio::join!(World::new(), axe());
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    company.employee(&ada).await;
    for (nth, view) in [View::default(), View::without_scripts()].into_iter().enumerate() {
        let (role, team) = [("owner", "Choir"), ("team-editor", "Wardens")][nth];
        browse("directory", view, async |page| {
            sign_in(page, &world, &company, role).await;
            page.press("Ada").await;
            page.sees("ada@contoso.example").await;
            page.sees("Sales").await;

            page.goto(&at(&world, &company, "teams")).await;
            page.fill("Name", team).await;
            page.press("Make the team").await;
            page.sees("Entra knows nothing of it").await;
            page.fill("User name", "ada@contoso.example").await;
            page.press("Add to the team").await;
            page.sees("Added to the team, here and not in Entra").await;

            company.add(&sales, &ada).await;
            company.disable(&ada).await;
            company.restore(&ada).await;
            company.employee(&ada).await;
            page.goto(&at(&world, &company, &format!("people/{ada}"))).await;
            page.sees(team).await;
            page.sees("Nothing that is edited here changes Entra").await;
            if view.scripts {
                holds_up(page, &axe).await;
            }
            page.press("Reset to synced").await;
            page.sees("The teams are as Entra says").await;
        })
        .await;
    }
    until("she is in the teams that Entra says", async || {
        company.teams_of(&ada).await == ["Sales primary synced"]
    })
    .await;
}

#[tokio::test]
async fn no_name_breaks_a_page() {
    let (world, axe) = tokio::join!(World::new(), axe());
    let company = world.contoso().await;
    let long = "x".repeat(65_536);
    let mut known = Vec::new();
    for (nth, name) in HOSTILE.into_iter().chain([&*long]).enumerate() {
        let login = format!("p{nth}@contoso.example");
        let user = entra::workplace_user(&login, name, &format!("object {nth}"));
        let made = company.post("Users", &user).await;
        // What is refused can break nothing.
        if made.status == 201 {
            known.push(made.id());
            let team: String = name.chars().take(200).collect();
            company.form(&format!("{team} {nth}"), &[&made.id()]).await;
        }
    }
    assert!(known.len() >= HOSTILE.len(), "names are the users' own");
    company.ask("employees").await.answered(200);
    browse("hostile", View::default(), async |page| {
        sign_in(page, &world, &company, "owner").await;
        page.sees("p0@contoso.example").await;
        holds_up(page, &axe).await;
        for person in &known {
            page.goto(&at(&world, &company, &format!("people/{person}"))).await;
            page.sees("What this is made of").await;
            holds_up(page, &axe).await;
        }
        page.goto(&at(&world, &company, "teams")).await;
        page.sees("A team of your own").await;
        holds_up(page, &axe).await;
    })
    .await;
}

#[tokio::test]
async fn a_user_name_of_64_letters_makes_no_page_of_its_person_wider_than_a_phone() {
    let world = World::new().await;
    let company = world.contoso().await;
    let login = format!("{}@contoso.example", "w".repeat(64));
    let user = entra::workplace_user(&login, &"m".repeat(64), "object of somebody");
    let somebody = company.post("Users", &user).await.answered(201).id();
    company.form("Sales", &[&somebody]).await;
    book(&company, &somebody, "d1", 48).await;
    let phone = View { size: PHONE, ..View::default() };
    browse("long-names", phone, async |page| {
        sign_in(page, &world, &company, "owner").await;
        let mut wide = Vec::new();
        for stands in ["Active", "Former"] {
            if stands == "Former" {
                company.disable(&somebody).await;
                company.employee(&somebody).await;
            }
            let person = format!("people/{somebody}");
            let leaver = format!("leavers/{somebody}");
            let shown =
                ["", "people?standing=all", &person, "leavers", &leaver, "activity", "requests"];
            for path in shown {
                if stands == "Active" && path == leaver {
                    continue;
                }
                page.goto(at(&world, &company, path).trim_end_matches('/')).await;
                page.sees("contoso").await;
                wide.extend(too_wide(page).await);
            }
        }
        assert!(wide.is_empty(), "{}", wide.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn a_list_is_gone_through_page_by_page_and_back() {
    let world = World::new().await;
    let company = world.contoso().await;
    for nth in 0..51 {
        company.hire(&format!("Person{nth:02}")).await;
    }
    company.ask("employees").await.answered(200);
    browse("pages", View::without_scripts(), async |page| {
        sign_in(page, &world, &company, "viewer").await;
        page.sees("Person49").await;
        page.does_not_see("Person50").await;
        page.press("Next page").await;
        page.sees("Person50").await;
        page.press("Previous page").await;
        page.sees("Person00").await;
        // The other way round, and the order stays from page to page.
        page.press("Name").await;
        page.sees("Person50").await;
        page.does_not_see("Person00").await;
        page.press("Next page").await;
        page.sees("Person00").await;
        page.press("Joined").await;
        page.sees("Person50").await;
        page.press("User name").await;
        page.sees("Person00").await;
        page.fill("Search", "PERSON17").await;
        page.press("Search").await;
        page.sees("Person17").await;
        page.does_not_see("Person18").await;
        page.goto(&at(&world, &company, "people?standing=held")).await;
        page.sees("Nobody is held").await;
    })
    .await;
}
