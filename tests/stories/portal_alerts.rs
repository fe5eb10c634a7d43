//! What the pages tell of alerts of the mass-change guard: about people, and about groups.

use kit::company::{Company, User};
use kit::visitor::{Seen, Visitor};
use kit::wait::found;
use kit::world::World;

/// Five people and a group of them, whose guard holds three leavers.
async fn company_of_five(world: &World) -> (Company, Vec<User>, String) {
    let company = world.contoso().await;
    let mut people = Vec::new();
    for name in ["Ada", "Bob", "Cem", "Dora", "Eve"] {
        people.push(company.hire(name).await);
    }
    let sales = company.form("Sales", &people.iter().collect::<Vec<_>>()).await;
    let guard = "guard set --tenant contoso --hold on --deactivations 3 --percent 0";
    world.verb(guard).await.ended(0);
    (company, people, sales)
}

/// The page, once it says this.
async fn says(visitor: &mut Visitor, url: &str, words: &str) -> Seen {
    let visitor = tokio::sync::Mutex::new(visitor);
    found(&format!("{url} says {words:?}"), async || {
        let page = visitor.lock().await.open(url).await.answered(200);
        page.html.contains(words).then_some(page)
    })
    .await
}

/// Where the page of the only alert is.
fn alert_of(world: &World, holds: &Seen) -> String {
    let before = r#"href="/t/contoso/operations/holds/"#;
    let (_, rest) = holds.html.split_once(before).expect("a link to an alert");
    let id = rest.split('"').next().expect("an id");
    format!("{}/t/contoso/operations/holds/{id}", world.url())
}

#[tokio::test]
async fn an_alert_about_a_deleted_group_waits_on_the_overview_and_tells_of_the_group_by_its_name() {
    let world = World::new().await;
    let (company, _, sales) = company_of_five(&world).await;
    let (mut owner, _) = Visitor::administrator(&world, "contoso", "owner").await;
    company.delete(&format!("Groups/{sales}")).await.answered(204);

    let overview = format!("{}/t/contoso", world.url());
    let page = says(&mut owner, &overview, "1 alert waits for somebody to decide").await;
    assert!(!page.html.contains("Nothing waits for you"), "{}", page.html);
    let holds = format!("{}/t/contoso/operations/holds", world.url());
    let list =
        owner.open(&holds).await.answered(200).saying("the group <bdi>Sales</bdi> was deleted");
    let page = owner.open(&alert_of(&world, &list)).await.answered(200);
    let page = page.saying("<bdi>Sales</bdi>, which is no more");
    let page = page.saying("It is right: the group was to be deleted");
    for wrong in ["/teams/", "Former", "they have left", "<h2>People</h2>", "0 people"] {
        let (_, main) = page.html.split_once("<main").expect("a main part");
        assert!(!main.contains(wrong), "{wrong}: {main}");
    }
}

#[tokio::test]
async fn a_hold_tells_who_were_former_already_and_once_decided_by_whom_and_nothing_of_until() {
    let world = World::new().await;
    let (company, people, _) = company_of_five(&world).await;
    let (mut owner, page) = Visitor::administrator(&world, "contoso", "owner").await;
    let csrf = page.csrf();
    for person in &people[..3] {
        company.disable(person).await;
    }
    let holds = format!("{}/t/contoso/operations/holds", world.url());
    let list = says(&mut owner, &holds, "Held: decide").await;
    let alert = alert_of(&world, &list);
    let page = says(&mut owner, &alert, "3 people by now").await;
    let page = page.saying("2 people were Former already, and count as Active again until");
    let page = page.saying("Until somebody decides");

    let form =
        [("csrf", &*csrf), ("people", "3"), ("held", &*held_in(&page.html)), ("reason", "sold")];
    owner.send_form(&format!("{alert}/release"), &form).await.answered(200);
    let page = says(&mut owner, &alert, "Decided").await;
    let page = page.saying("released by <bdi>owner@contoso.example</bdi>");
    assert!(!page.html.contains("Until somebody decides"), "{}", page.html);
    let late = owner.send_form(&format!("{alert}/reverse"), &form).await.answered(200);
    let _ = late.saying("Nothing was decided, for somebody has decided about this alert already");

    // What an administrator did was no request of SCIM.
    let activity = format!("{}/t/contoso/activity?entity=alert", world.url());
    let page = says(&mut owner, &activity, "alert.released").await;
    let events: Vec<&str> = page.html.split("<li>").collect();
    let of = |kind: &str| events.iter().find(|event| event.contains(kind)).expect("the event");
    assert!(!of("alert.released").contains("/requests?"), "{}", of("alert.released"));
    assert!(of("alert.raised").contains("/requests?"), "{}", of("alert.raised"));
}

/// Who is held, as the forms of a page name them.
fn held_in(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"held\" value=\"").expect("whom the decision is about");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_decision_of_a_page_that_showed_another_person_is_refused_and_says_so() {
    let world = World::new().await;
    let (company, people, _) = company_of_five(&world).await;
    let (mut owner, page) = Visitor::administrator(&world, "contoso", "owner").await;
    let csrf = page.csrf();
    for person in &people[..3] {
        company.disable(person).await;
    }
    let holds = format!("{}/t/contoso/operations/holds", world.url());
    let list = says(&mut owner, &holds, "Held: decide").await;
    let alert = alert_of(&world, &list);
    let page = says(&mut owner, &alert, "3 people by now").await;
    let shown = held_in(&page.html);
    company.restore(&people[0]).await;
    company.disable(&people[3]).await;
    let named = company.employee(&people[3]).await["userName"].as_str().expect("a name").to_owned();
    let page = says(&mut owner, &alert, &named).await;
    let held = held_in(&page.html);
    assert_ne!(held, shown, "as many as before, and others");
    let form = [("csrf", &*csrf), ("people", "3"), ("held", &*shown)];
    let told = owner.send_form(&format!("{alert}/release"), &form).await.answered(200);
    let _ =
        told.saying("Nothing was decided").saying("is about others by now").saying("Held: decide");
    let form = [("csrf", &*csrf), ("people", "3"), ("held", &*held)];
    let told = owner.send_form(&format!("{alert}/release"), &form).await.answered(200);
    let _ = told.saying("The alert is released");
}
