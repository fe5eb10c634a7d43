//! What looks like a form that was filled in and would do something else, and what is not for everybody's eyes.

use kit::company::Company;
use kit::entra;
use kit::http::{Answer, http};
use kit::visitor::Visitor;
use kit::wait::until;
use kit::world::World;
use reqwest::Method;

/// An administrator with this role, signed in, and the token of their forms.
async fn administrator(world: &World, role: &str) -> (Visitor, String) {
    let (visitor, page) = Visitor::administrator(world, "contoso", role).await;
    let csrf = page.csrf();
    (visitor, csrf)
}

async fn members(company: &Company, team: &str) -> usize {
    let members = company.ask(&format!("teams/{team}/members")).await.answered(200).body;
    members["members"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_form_without_a_name_adds_nobody_to_a_team() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    let (mut editor, csrf) = administrator(&world, "team-editor").await;
    let add = format!("{}/t/contoso/teams/{sales}/assign", world.url());
    for name in ["", " ", "\u{a0}"] {
        let page = editor.send_form(&add, &[("csrf", &*csrf), ("person", name)]).await;
        page.answered(200).saying("No user name was written");
    }
    assert_eq!(members(&company, &sales).await, 1);
}

#[tokio::test]
async fn who_sees_to_the_integration_cannot_revoke_the_tokens_of_applications() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (mut manager, csrf) = administrator(&world, "integration-manager").await;
    let issued = world.result("token issue --tenant contoso --scope employees:read").await;
    let id = issued["credential_id"].as_str().expect("an id");
    let revoke = format!("{}/t/contoso/integrations/credentials/{id}/revoke", world.url());
    manager.send_form(&revoke, &[("csrf", &*csrf)]).await.answered(404);
    let token = issued["api_token"].as_str().expect("a token");
    let employees = format!("{}/employees", company.api_base_url);
    Answer::to(http().get(employees).bearer_auth(token)).await.answered(200);
}

#[tokio::test]
async fn activity_shows_no_digest_to_anybody_and_no_administrators_address_to_a_viewer() {
    let world = World::new().await;
    let _company = world.contoso().await;
    let (mut owner, _) = administrator(&world, "owner").await;
    let (mut viewer, _) = administrator(&world, "viewer").await;
    // Of whoever did something, everybody sees who it was.
    let invite = "admin invite bob@contoso.example --role viewer --tenant contoso";
    world.verb(invite).await.ended(0);
    let activity = format!("{}/t/contoso/activity", world.url());
    let seen = owner.open(&activity).await.answered(200).saying("bob@contoso.example");
    assert!(!seen.html.contains("Digest"), "{}", seen.html);
    let seen = viewer.open(&activity).await.answered(200);
    for secret in ["Digest", "bob@contoso.example"] {
        assert!(!seen.html.contains(secret), "{secret}: {}", seen.html);
    }
}

#[tokio::test]
async fn no_page_grows_beyond_100_kb_with_the_names_that_people_have() {
    let world = World::new().await;
    let company = world.contoso().await;
    world.verb("guard set --tenant contoso --hold on --deactivations 2 --percent 0").await.ended(0);
    let letters = ["x", "\"", "<", "\u{1f600}"];
    let mut people = Vec::new();
    for nth in 0..52 {
        let letter = letters[nth % letters.len()];
        let long = letter.repeat(65_536 / letter.len());
        let login = format!("{nth}{}@contoso.example", "u".repeat(500));
        let user = entra::workplace_user(&login, &long, &format!("object {nth}"));
        people.push(company.post("Users", &user).await.answered(201).id());
    }
    let team = company.form(&"\"".repeat(1_000), &people.iter().collect::<Vec<_>>()).await;
    for person in &people {
        company.disable(person).await;
    }
    let alerts = company.ask("alerts").await.answered(200).body;
    let alert = alerts["alerts"][0]["id"].as_str().expect("an alert").to_owned();
    let (mut owner, _) = administrator(&world, "owner").await;
    let one = &people[1];
    let pages = |standing: &str| {
        ["", "/people", "/teams", "/activity", "/requests", "/leavers", "/leavers/policies"]
            .map(str::to_owned)
            .into_iter()
            .chain(
                ["holds", "journal", "subscribers", "receipts", "parked", "replays"]
                    .map(|tab| format!("/operations/{tab}")),
            )
            .chain([
                "/operations".to_owned(),
                "/administrators".to_owned(),
                "/integrations".to_owned(),
                "/integrations/connection".to_owned(),
                format!("/people?q=u&standing={standing}"),
                format!("/people/{one}"),
                format!("/people/{one}?older=1"),
                format!("/activity?employee={one}"),
                "/activity?entity=user".to_owned(),
                "/activity?entity=group".to_owned(),
                format!("/requests?employee={one}"),
                format!("/teams/{team}"),
                format!("/operations/holds/{alert}"),
            ])
            .collect::<Vec<_>>()
    };
    let mut wrong = Vec::new();
    for released in [false, true] {
        if released {
            company
                .command(Method::POST, &format!("alerts/{alert}/release"), None)
                .await
                .answered(204);
            company.ask("leavers").await.answered(200);
        }
        let mut all = pages(if released { "former" } else { "held" });
        if released {
            all.push(format!("/leavers/{one}"));
        }
        for path in all {
            let seen = owner.open(&format!("{}/t/contoso{path}", world.url())).await;
            if seen.status != 200 || seen.html.len() > 100_000 {
                wrong.push(format!("{path}: {}, {} bytes", seen.status, seen.html.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_moment_before_anything_happened_is_told_alike_on_the_page_and_in_its_part() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let (mut viewer, _) = administrator(&world, "operator").await;
    let person = format!("{}/t/contoso/people/{ada}", world.url());
    until("the directory knows Ada", async || {
        company.ask(&format!("employees/{ada}")).await.status == 200
    })
    .await;
    for path in [person.clone(), format!("{person}/moment")] {
        let seen = viewer.open(&format!("{path}?at=1900-01-01T00:00")).await.answered(200);
        let seen = seen.saying("Nothing was known of this person at that moment.");
        assert!(!seen.html.contains("event 1"), "where the log begins is no tenant's business");
        // What is no moment shows how it is now, and says so.
        let seen = viewer.open(&format!("{path}?at=1900")).await.answered(200);
        seen.saying("is no date and time").saying("Write it as 2026-12-01T09:30.");
    }
}

#[tokio::test]
async fn nothing_is_said_to_be_ended_of_an_administrator_whom_the_tenant_does_not_have() {
    let world = World::new().await;
    world.contoso().await;
    world.verb("tenant create acme").await.ended(0);
    let (mut other, _) = Visitor::administrator(&world, "acme", "viewer").await;
    let known = world.verb("admin list --tenant acme").await.ended(0).listed("administrators");
    let others = known[0]["administrator_id"].as_str().expect("an id").to_owned();
    let (mut owner, csrf) = administrator(&world, "owner").await;
    for id in [&*others, "01890000-0000-7000-8000-00000000000a"] {
        for act in ["end-sessions", "link", "roles", "remove"] {
            let url = format!("{}/t/contoso/administrators/{id}/{act}", world.url());
            let fields = [("csrf", &*csrf), ("role", "viewer")];
            owner.send_form(&url, &fields).await.answered(404);
        }
    }
    other.open(&format!("{}/t/acme", world.url())).await.answered(200).saying("acme");
    let own = world.verb("admin list --tenant contoso").await.ended(0).listed("administrators");
    let own = own[0]["administrator_id"].as_str().expect("an id").to_owned();
    let url = format!("{}/t/contoso/administrators/{own}/end-sessions", world.url());
    owner.send_form(&url, &[("csrf", &*csrf)]).await;
    owner.ask(&format!("{}/t/contoso", world.url())).await.answered(303);
}
