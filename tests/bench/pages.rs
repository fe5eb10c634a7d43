//! Every page of the portal, for a tenant with so many people: how large it is, and how soon it is there.

use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use bytes::Bytes;
use hyper::{Method, StatusCode};
use kit::visitor::Visitor;
use kit::wait::found;

use crate::bare;
use crate::client::{Ask, Target};
use crate::company::{Company, Work};
use crate::facts;
use crate::load::Figure;
use crate::options::Extent;
use crate::past::Past;
use crate::program::{self, TENANT, Up};
use crate::table::{heading, line, milliseconds, number};
use crate::targets::Targets;
use crate::writer::Writer;

/// Of so many people one has left, with two bookings to come.
const ONE_LEAVER_OF: usize = 20;
/// Requests of Entra that are recorded before anybody looks.
const REQUESTS: usize = 300;
const MOST_BYTES: usize = 100_000;

/// What is the whole of something, and no page.
const NO_PAGE: [&str; 1] = ["/t/{tenant}/people/export.csv"];

/// A place, and what it is of.
type Place = (String, &'static str);

/// Pages that look otherwise when they are asked for more.
const MORE: [(&str, &str); 6] = [
    ("people?q=Renamed%2099", "people who are searched for"),
    ("people?standing=former", "people who have left"),
    ("leavers?list=all", "all leavers"),
    ("requests?errors=yes", "requests that failed"),
    ("activity?entity=user", "what happened to people"),
    ("people/{employee}?at=2020-01-01T00:00:00Z", "a person before there was anybody"),
];

pub(crate) async fn measure(
    dir: &Path,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    let people = extent.people[1];
    let past = Past::write(&dir.join("nats"), people * 10).await?;
    let leavers: Vec<_> = past.people.iter().step_by(ONE_LEAVER_OF).collect();
    let mut writer = Writer::open(&past.nats.url(), TENANT).await?;
    let booked = leavers.iter().enumerate().flat_map(|(nth, person)| {
        [0, 1].map(|one| facts::booked_ahead(person, past.events() + 2 * nth + one))
    });
    writer.write(booked).await?;
    writer.write(leavers.iter().map(|person| facts::left(person))).await?;
    let more = vec![("NATS_URL", past.nats.url())];
    let up = Up::with(&dir.join("up"), &more).await?;
    let integration = program::activate(up.settings()).await?;
    let company = Company::new(&integration, past.people.clone());
    let mut entra = Target::new(up.url(), &integration.secret_token).connect().await?;
    for nth in 0..REQUESTS {
        let work = if nth % 3 == 0 { Work::Rename } else { Work::Create };
        entra.say(company.ask(work)).await?;
    }
    let nowhere = "http://127.0.0.1:9/hook";
    program::webhook(up.settings(), TENANT, "crm", nowhere).await?;
    let job = program::planned(up.settings(), "teams").await?;
    let browser = signed_in(&up).await?;
    let leaver = leavers.first().context("a leaver")?.id.to_string();
    let person = past.people.last().context("a person")?.id.to_string();
    let team = past.groups.first().context("a team")?.to_string();
    let fill = |path: &str| {
        let whose = if path.contains("/leavers/") { &leaver } else { &person };
        path.replace("{tenant}", TENANT)
            .replace("{employee}", whose)
            .replace("{team}", &team)
            .replace("{job}", &job)
            .replace("{name}", "crm")
            .replace("{request}", "1")
    };
    heading(&format!("Pages of the portal, with {} people", number(people)));
    let mut slowest = (0.0, String::new());
    let mut largest = (0, String::new());
    for (path, what) in places(fill) {
        let Some((bytes, figure)) = look(&browser, &path, extent).await? else { continue };
        let limit = of_bare(&bytes, extent).await?;
        line(
            &format!("{} {what}", short(&path)),
            &format!(
                "{} B, p50 {}, p95 {}",
                number(bytes.len()),
                milliseconds(figure.percentile(50)),
                milliseconds(figure.percentile(95))
            ),
            &format!("the same from a bare server {}", milliseconds(limit.percentile(50))),
        );
        let late = figure.percentile(95).as_secs_f64();
        if late > slowest.0 {
            slowest = (late, format!("{} ({})", milliseconds(figure.percentile(95)), short(&path)));
        }
        if bytes.len() > largest.0 {
            largest = (bytes.len(), format!("{} B ({})", number(bytes.len()), short(&path)));
        }
    }
    let of = format!("pages of the portal at {} people", number(people));
    targets.measured(&format!("the slowest of the {of}, p95"), "≤ 200 ms", &slowest.1);
    let wanted = format!("≤ {} B", number(MOST_BYTES));
    targets.measured(&format!("the largest of the {of}"), &wanted, &largest.1);
    up.stop().await
}

/// Every page that there is, and some that look otherwise.
fn places(fill: impl Fn(&str) -> String) -> Vec<Place> {
    let pages = portal::listed().into_iter().filter(|route| {
        let is_live = route.path.ends_with("/live");
        route.method == "GET" && !is_live && !NO_PAGE.contains(&route.path)
    });
    let pages = pages.map(|route| (fill(route.path), ""));
    // What is not named by now there is none of.
    let pages = pages.filter(|(path, _)| !path.contains('{'));
    let more = MORE.map(|(path, what)| (fill(&format!("/t/{{tenant}}/{path}")), what));
    pages.chain(more).collect()
}

/// A browser of an administrator with every role.
async fn signed_in(up: &Up) -> anyhow::Result<Target> {
    let link = program::owner(up.settings()).await?;
    let mut visitor = Visitor::default();
    visitor.send_form(&link, &[]).await.answered(200);
    let cookie = visitor.session(up.url());
    let people = format!("{}/t/{TENANT}/people", up.url());
    found("the read models are there", async || {
        let mut visitor = Visitor::default();
        let value = cookie.trim_start_matches("rollcall=");
        visitor.set_cookie(up.url(), "rollcall", value);
        let page = visitor.open(&people).await;
        page.html.contains("Person").then_some(())
    })
    .await;
    Ok(Target::new(up.url(), "none").of_browser(cookie))
}

/// A page, and how soon it came each time; none if there is no such page here.
async fn look(
    browser: &Target,
    path: &str,
    extent: &Extent,
) -> anyhow::Result<Option<(Bytes, Figure)>> {
    let mut connection = browser.connect().await?;
    let ask = || Ask {
        method: Method::GET,
        path: path.to_owned(),
        body: Bytes::new(),
        right: StatusCode::OK,
    };
    let Ok(page) = connection.say(ask()).await else { return Ok(None) };
    let (began, mut latencies) = (Instant::now(), Vec::new());
    for _ in 0..extent.looks {
        let asked = Instant::now();
        connection.say(ask()).await?;
        latencies.push(asked.elapsed());
    }
    let mut figure = Figure::default();
    figure.add(began.elapsed(), latencies);
    Ok(Some((page, figure)))
}

/// The limit: as many bytes from a server that has them ready.
async fn of_bare(page: &Bytes, extent: &Extent) -> anyhow::Result<Figure> {
    let target = bare::http(StatusCode::OK, page.clone())?;
    let (_, figure) = look(&target, "/", extent).await?.context("a bare answer")?;
    Ok(figure)
}

/// A path without what is the same in all.
fn short(path: &str) -> String {
    path.replace(&format!("/t/{TENANT}"), "…").chars().take(44).collect()
}
