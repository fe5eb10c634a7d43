//! Every page of the portal: everybody can use it, on a phone too, a link leads to it, and the commands that it
//! names are there.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use browsing::{Appearance, Page, View, browse};
use kit::world::World;
use portal::listed;
use serde_json::{Value, json};

use crate::peopled::{Peopled, peopled};
use crate::portal::{PHONE, at, sign_in, wrongs};
use crate::tools::axe;

/// What is no page: what pages load, what is saved, and where a provider comes in. Live parts are
/// looked at as part of their pages.
const NO_PAGES: [&str; 18] = [
    "/assets/{name}",
    "/sign-in/provider",
    "/sign-in/provider/back",
    "/t",
    "/t/",
    "/t/{tenant}/",
    "/t/{tenant}/activity/live",
    "/t/{tenant}/integrations/connection/live",
    "/t/{tenant}/operations/live",
    "/t/{tenant}/operations/replays/{job}/live",
    "/t/{tenant}/operations/subscribers/live",
    "/t/{tenant}/people/export.csv",
    "/t/{tenant}/people/live",
    "/t/{tenant}/people/{employee}/moment",
    "/t/{tenant}/requests/live",
    // Seen before anybody is signed in.
    "/sign-in",
    "/sign-in/link/{secret}",
    // Seen as a page that there is not.
    "/t/{tenant}/{*rest}",
];

/// Where the links of a page lead that stay here.
const LINKS: &str = "
    return [...document.links].filter((one) => one.origin === location.origin && !one.download)
        .map((one) => one.pathname);
";

/// The commands that a page names, with something for what its reader puts in.
const COMMANDS: &str = r#"
    return [...document.querySelectorAll("code")].flatMap((one) => one.textContent.split("\n"))
        .filter((line) => line.startsWith("rollcall "))
        .map((line) => line.replace("rollcall ", "").replace(/"[^"]*"/g, "WORD"))
        .map((line) => line.replace(/\b(ID|PERSON)\b/g, "01890000-0000-7000-8000-000000000001").trim());
"#;

#[tokio::test]
async fn everybody_can_use_every_page_and_links_lead_to_all_of_them() {
    let (mut world, axe) = tokio::join!(World::new(), axe());
    let peopled = peopled(&mut world).await;
    let company = &peopled.company;
    let counts = company.ask("employees/counts").await.answered(200).body;
    assert_eq!((&counts["held"], &counts["former"]), (&json!(4), &json!(2)), "{counts}");
    browse("every-page", View::default(), async |page| {
        // One is asked for that there is not.
        page.expects("404");
        let mut wrong = before_sign_in(page, &world, &axe).await;
        sign_in(page, &world, company, "owner").await;
        let mut commands = BTreeSet::new();
        let mut here: VecDeque<String> = starts(&peopled).into();
        let mut reached: BTreeSet<&str> = here.iter().filter_map(|path| route(path)).collect();
        while let Some(path) = here.pop_front() {
            page.goto(&format!("{}{path}", world.url())).await;
            let title = page.web().title().await.expect("a page has a title");
            if title.starts_with("Not found") != path.ends_with("/nothing") {
                wrong.push(format!("{path} is not there"));
            }
            wrong.extend(wrongs(page, &axe).await);
            commands.extend(texts(page, COMMANDS).await);
            for link in texts(page, LINKS).await {
                if route(&link).is_some_and(|route| reached.insert(route)) {
                    here.push_back(link);
                }
            }
        }
        for command in &commands {
            // Whether there is such a verb with such options; nothing is done.
            let verb = world.verb(&format!("{command} --help")).await;
            if !verb.succeeded() {
                wrong.push(format!("no such command: {verb:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let pages = listed().into_iter().filter(|route| route.method == "GET");
        let missed = |path: &&str| !reached.contains(path) && !NO_PAGES.contains(path);
        let missed: Vec<_> = pages.map(|route| route.path).filter(missed).collect();
        assert!(missed.is_empty(), "no link leads to {missed:?}");
        if std::env::var_os("UPDATE").is_some() {
            take_pictures(page, &world, &peopled).await;
        }
    })
    .await;
}

/// What is wrong with the pages by which one signs in.
async fn before_sign_in(page: &Page, world: &World, axe: &Path) -> Vec<String> {
    let invite = "admin invite edith@contoso.example --role viewer --tenant contoso";
    let link = world.result(invite).await["sign_in_url"].as_str().expect("a link").to_owned();
    let mut wrong = Vec::new();
    for address in [format!("{}/sign-in", world.url()), link] {
        page.goto(&address).await;
        wrong.extend(wrongs(page, axe).await);
    }
    wrong
}

/// Where one begins, and pages that look otherwise for somebody with a fate.
fn starts(peopled: &Peopled) -> Vec<String> {
    let Peopled { member, leaver, decided, held, parked, replays, subscriber, .. } = peopled;
    let of_tenant = [
        String::new(),
        "/nothing".to_owned(),
        format!("/people/{member}"),
        format!("/people/{leaver}"),
        format!("/people/{held}"),
        format!("/people/{parked}"),
        format!("/leavers/{leaver}"),
        format!("/leavers/{decided}"),
        format!("/operations/replays/{}", replays[0]),
        format!("/operations/replays/{}", replays[1]),
        // A link leads there where the integration is for Benefits.
        "/integrations/clients".to_owned(),
        // A link leads there once something was given up.
        format!("/operations/subscribers/{subscriber}/dead-letters"),
    ];
    let of_tenant = of_tenant.map(|path| format!("/t/contoso{path}"));
    std::iter::once("/".to_owned()).chain(of_tenant).collect()
}

/// What a script finds on the page.
async fn texts(page: &Page, script: &str) -> Vec<String> {
    let found = page.web().execute(script, Vec::new()).await.expect("a script can be run");
    let found = found.as_array().cloned().unwrap_or_default();
    found.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The route of a page that answers at a path: the one with the most words of it.
fn route(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    let words = |route: &str| route.split('/').filter(|part| !part.starts_with('{')).count();
    let fits = |route: &&str| {
        let named: Vec<&str> = route.split('/').collect();
        named.len() == parts.len()
            && named.iter().zip(&parts).all(|(name, part)| name.starts_with('{') || name == part)
    };
    let pages = listed().into_iter().filter(|route| route.method == "GET").map(|route| route.path);
    let pages = pages.filter(|route| !NO_PAGES.contains(route));
    pages.filter(fits).max_by_key(|route| words(route))
}

/// Takes the pictures of the documentation.
async fn take_pictures(page: &Page, world: &World, peopled: &Peopled) {
    let person = format!("people/{}", peopled.member);
    let leaver = format!("leavers/{}", peopled.decided);
    let laptop = View::default().size;
    let wide = (1920, 1080);
    let pictures = [
        ("overview", "", laptop, Appearance::Light),
        ("person", &person, laptop, Appearance::Light),
        ("person-phone-dark", &person, PHONE, Appearance::Dark),
        ("leavers", "leavers", laptop, Appearance::Light),
        ("leaver-dark", &leaver, laptop, Appearance::Dark),
        ("guide-phone", "integrations/guide", PHONE, Appearance::Light),
        ("operations-wide", "operations", wide, Appearance::Light),
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../portal/screenshots");
    std::fs::create_dir_all(folder).expect("make a directory");
    for (name, path, size, appearance) in pictures {
        page.resize(size).await;
        page.appear(appearance).await;
        let address = at(world, &peopled.company, path);
        page.goto(address.trim_end_matches('/')).await;
        let file = PathBuf::from(folder).join(format!("{name}.png"));
        page.photograph(&file).await;
        let bytes = file.metadata().expect("the picture").len();
        assert!(bytes < 150_000, "{name} has {bytes} bytes");
    }
}
