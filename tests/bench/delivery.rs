//! What applications are told, and how soon.

use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use embedded::Postgres;

use crate::client::Target;
use crate::company::Company;
use crate::load::{per_second, percentile};
use crate::options::Extent;
use crate::past::Past;
use crate::program::{self, Up};
use crate::readers::{Arrivals, Readers};
use crate::row::{self, Promise};
use crate::table::{heading, line, milliseconds, number, percent};
use crate::targets::Targets;

/// Readers of one tenant's feed at a time.
const FOLLOWERS: usize = 50;
/// Subscribers who are up to date, in so many tenants.
const IDLE: usize = 1_000;
const TENANTS: usize = 10;
/// Between two looks at who was told.
const LOOK: Duration = Duration::from_millis(5);
/// Who is not told within this time will not be.
const GIVE_UP: Duration = Duration::from_mins(5);

pub(crate) async fn measure(
    dir: &Path,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir)?;
    from_nothing(dir, extent, targets).await?;
    let up = Up::start(&dir.join("up")).await?;
    let integration = program::integration(up.settings()).await?;
    let target = Target::new(up.url(), &integration.secret_token);
    let company = Company::new(&integration, Vec::new());
    let writes = Writes { target, company, time: extent.steady };
    let readers = Readers::start()?;
    heading("From the 2xx to applications, at 100 creates a second");
    webhook(&up, &writes, &readers, targets).await?;
    sleeping(&up, &writes, &readers, extent, targets).await?;
    followers(&up, &writes, &readers, targets).await?;
    idle(&up, &readers, extent, targets).await?;
    up.stop().await
}

/// A feed from nothing: what a first start of the delivery takes.
async fn from_nothing(dir: &Path, extent: &Extent, targets: &mut Targets) -> anyhow::Result<()> {
    heading("The feed from nothing");
    let past = Past::write(&dir.join("nats"), extent.events).await?;
    let postgres = Postgres::start(&dir.join("postgres"))?;
    let settings = vec![
        ("NATS_URL", past.nats.url()),
        ("DATABASE_URL", postgres.create_database("delivery")?),
    ];
    let started = Instant::now();
    let (process, url) = program::serve("deliver", &settings).await?;
    let http = kit::http::http();
    loop {
        let shown = http.get(format!("{url}/metrics")).send().await?.text().await?;
        let told = shown.lines().find_map(|line| line.strip_prefix("rollcall_feed_position "));
        if told
            .and_then(|told| told.trim().parse().ok())
            .is_some_and(|told: u64| told >= past.end.0)
        {
            break;
        }
        ensure!(started.elapsed() < 2 * GIVE_UP, "the feed is told up to {told:?}");
        tokio::time::sleep(LOOK * 10).await;
    }
    let took = started.elapsed();
    program::stop(process).await?;
    let (ours, reading) =
        (per_second(past.events(), took), per_second(past.events(), past.reading));
    line(
        &format!("{} events, with the start of the program", number(past.events())),
        &format!("{ours:.0} events/s"),
        &format!("reading alone {reading:.0} events/s ({})", percent(ours / reading)),
    );
    let what = format!("the feed of {} events from nothing", number(past.events()));
    targets.measured(&what, "-", &format!("{ours:.0}/s"));
    Ok(())
}

/// Who writes, and for how long.
struct Writes {
    target: Target,
    company: Company,
    time: Duration,
}

impl Writes {
    /// Writes, and waits until all `readers` are told of everybody. How long each write took, and how
    /// long after it the last of them was told.
    async fn told(
        &self,
        arrivals: &Arrivals,
        readers: usize,
    ) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
        let (teller, promised) = channel();
        let mut until_answered = Vec::new();
        let Self { target, company, time } = self;
        row::join_steadily(target, company, *time, &teller, &mut until_answered).await?;
        drop(teller);
        let mut until_told = Vec::new();
        let asked = Instant::now();
        for Promise { employee, answered_at } in promised {
            let told = loop {
                if let Some(told) = arrivals.by_all(employee, readers) {
                    break told;
                }
                ensure!(asked.elapsed() < GIVE_UP, "not all were told of {employee}");
                tokio::time::sleep(LOOK).await;
            };
            until_told.push(told.saturating_duration_since(answered_at));
        }
        Ok((until_answered, until_told))
    }
}

async fn webhook(
    up: &Up,
    writes: &Writes,
    readers: &Readers,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    let arrivals = Arrivals::default();
    let url = readers.receive(arrivals.clone(), Duration::ZERO).await?;
    program::webhook(up.settings(), program::TENANT, "quick", &url).await?;
    // Whoever is new is looked after within a second; that is not what is measured.
    writes.told(&arrivals, 1).await?;
    let (_, until_told) = writes.told(&arrivals, 1).await?;
    let at = |percent| milliseconds(percentile(&until_told, percent));
    line("one webhook", &format!("p50 {}, p99 {}", at(50), at(99)), "-");
    targets.measured("from the 2xx to the webhook's arrival, p50", "≤ 10 ms", &at(50));
    targets.measured("from the 2xx to the webhook's arrival, p99", "≤ 100 ms", &at(99));
    Ok(())
}

/// Writes beside a receiver that sleeps, and without, in turns.
async fn sleeping(
    up: &Up,
    writes: &Writes,
    readers: &Readers,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    let url = readers.receive(Arrivals::default(), Duration::from_secs(10)).await?;
    let (mut beside, mut alone) = (Vec::new(), Vec::new());
    for round in 0..extent.rounds {
        let (teller, _promised) = channel();
        let Writes { target, company, time } = writes;
        row::join_steadily(target, company, *time, &teller, &mut alone).await?;
        let name = format!("asleep-{round}");
        program::webhook(up.settings(), program::TENANT, &name, &url).await?;
        row::join_steadily(target, company, *time, &teller, &mut beside).await?;
        program::no_webhook(up.settings(), program::TENANT, &name).await?;
    }
    let at = |times: &[Duration], percent| percentile(times, percent);
    let (with, without) = (at(&beside, 99), at(&alone, 99));
    line(
        "a create beside a receiver that sleeps, p99",
        &milliseconds(with),
        &format!("without it {}", milliseconds(without)),
    );
    let moved = with.as_secs_f64() / without.as_secs_f64() - 1.0;
    targets.measured("a sleeping receiver moves the p99 of a create by", "≤ 10 %", &percent(moved));
    Ok(())
}

async fn followers(
    up: &Up,
    writes: &Writes,
    readers: &Readers,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    let token = program::api_token(up.settings()).await?;
    let arrivals = Arrivals::default();
    let end = end_of_feed(up, &token).await?;
    let url = format!("{}/api/v1/{}/events?after={end}", up.url(), program::TENANT);
    for _ in 0..FOLLOWERS {
        readers.follow(arrivals.clone(), url.clone(), token.clone()).await?;
    }
    let (_, until_told) = writes.told(&arrivals, FOLLOWERS).await?;
    let at = |percent| milliseconds(percentile(&until_told, percent));
    let what = format!("the last of {FOLLOWERS} readers of server-sent events");
    line(&what, &format!("p50 {}, p99 {}, longest {}", at(50), at(99), at(100)), "-");
    let what = format!("{FOLLOWERS} subscribers of one tenant at 100/s are behind by");
    targets.measured(&what, "≤ 1 s", &at(100));
    Ok(())
}

/// The cursor behind all that is told now.
async fn end_of_feed(up: &Up, token: &str) -> anyhow::Result<String> {
    let http = kit::http::http();
    let url = format!("{}/api/v1/{}/snapshot", up.url(), program::TENANT);
    let answer = http.get(url).bearer_auth(token).send().await?.error_for_status()?.text().await?;
    let first: serde_json::Value =
        serde_json::from_str(answer.lines().next().context("a first line")?)?;
    Ok(first["begin"]["cursor"].as_str().context("a cursor")?.to_owned())
}

async fn idle(
    up: &Up,
    readers: &Readers,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    let settled = Duration::from_secs(5);
    let share = async |time: Duration| {
        tokio::time::sleep(settled).await;
        let (before, started) = (up.processor_time()?, Instant::now());
        tokio::time::sleep(time).await;
        let taken = up.processor_time()?.saturating_sub(before);
        anyhow::Ok(taken.as_secs_f64() / started.elapsed().as_secs_f64())
    };
    let without = share(extent.steady * 2).await?;
    let url = readers.receive(Arrivals::default(), Duration::ZERO).await?;
    for tenant in 0..TENANTS {
        let slug = format!("idle-{tenant}");
        program::tenant(up.settings(), &slug).await?;
        for subscriber in 0..IDLE / TENANTS {
            program::webhook(up.settings(), &slug, &format!("s{subscriber}"), &url).await?;
        }
    }
    let with = share(extent.steady * 2).await?;
    let what = format!("{} subscribers who are up to date, of a core", number(IDLE));
    let shown = format!("{:.1} %", 100.0 * (with - without));
    line(&what, &shown, &format!("the program without them {:.1} %", 100.0 * without));
    targets.measured(&what, "< 5 %", &shown);
    Ok(())
}
