//! The main path, measured: `cargo bench -p rollcall --bench main_path`. With `-- --quick` it takes
//! a quarter of a minute; with `-- --dir PATH` it measures another disk.
//!
//! Every figure stands beside a limit that is measured in the same run on the same machine, and is
//! to be read as a ratio to it. Client, server, nats-server and Postgres share the machine's cores.
//! Nothing here passes or fails by the clock.

mod bare;
mod client;
mod company;
mod load;
mod program;
mod replay;
mod row;
mod table;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chassis::{Log, LogOptions};
use embedded::{Nats, Postgres};
use events::Recorded;

use bare::BareLog;
use client::Target;
use company::{Company, Work};
use load::{Figure, per_second, percentile};
use program::{Place, Up};
use table::{milliseconds, say};

const IN_FLIGHT: [usize; 3] = [1, 8, 32];

/// How long to measure.
struct Patience {
    /// How often each figure is taken, at different moments.
    rounds: usize,
    /// One stretch of load on the server, and of each limit.
    load: Duration,
    limit: Duration,
    /// Of the writes whose rows are waited for.
    steady: Duration,
}

impl Patience {
    fn of_arguments() -> Self {
        if std::env::args().any(|argument| argument == "--quick") {
            let (load, limit) = (Duration::from_millis(200), Duration::from_millis(100));
            Self { rounds: 1, load, limit, steady: Duration::from_secs(3) }
        } else {
            let (load, limit) = (Duration::from_millis(700), Duration::from_millis(300));
            Self { rounds: 3, load, limit, steady: Duration::from_secs(20) }
        }
    }
}

fn argument_after(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let patience = Patience::of_arguments();
    // Beside what was built: a temporary directory may live in memory, where a sync is free.
    let disk = argument_after("--dir").unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").to_owned());
    let dir = tempfile::tempdir_in(disk)?;
    let data_dir = dir.path().join("up");
    let up = Up::start(&data_dir).await?;
    let integration = program::integration(&data_dir).await?;
    let target = Target::new(up.url(), &integration.secret_token);
    let mut company = Company::new(&integration);
    let mut limits = Limits {
        written: Log::open(&up.place.nats_url, LogOptions::default()).await?,
        bare_log: BareLog::start(&dir.path().join("bare")).await?,
    };

    table::headings();
    for work in Work::ALL {
        let rates = limits.measure(&target, &company, work, &patience).await?;
        if work == Work::Create {
            let ratio = rates[2] / rates[0];
            say(&format!(
                "→ creates at 32 in flight run at {ratio:.1} × the rate of one at a time"
            ));
            company.settle(&mut target.connect().await?).await?;
        }
    }
    until_row(&target, &company, &up.place, &integration.tenant, &patience).await?;
    replayed(&up.place).await?;
    drop(limits);
    ready_again(up, &data_dir).await
}

/// What the server's figures are held against.
struct Limits {
    /// The server's own log, from which the limit's events are copied.
    written: Log,
    bare_log: BareLog,
}

impl Limits {
    /// Measures one kind of work and its limits; returns the rates.
    async fn measure(
        &mut self,
        target: &Target,
        company: &Company,
        work: Work,
        patience: &Patience,
    ) -> anyhow::Result<[f64; 3]> {
        let sample = company.ask(work);
        let status = sample.right;
        let answer = target.connect().await?.say(sample).await?;
        let event = self.last_event().await?;
        let bare_http = bare::http(status, answer)?;
        let mut figures: [[Figure; 3]; 3] = Default::default();
        for _ in 0..patience.rounds {
            for (in_flight, [ours, http, log]) in IN_FLIGHT.into_iter().zip(&mut figures) {
                let next = || company.ask(work);
                ours.add_load(target, in_flight, patience.load, next).await?;
                http.add_load(&bare_http, in_flight, patience.limit, next).await?;
                if work.writes() {
                    self.bare_log.add_load(log, &event, in_flight, patience.limit).await?;
                }
            }
        }
        for (in_flight, [ours, http, log]) in IN_FLIGHT.into_iter().zip(&figures) {
            table::row(work.name(), in_flight, ours, http, work.writes().then_some(log));
        }
        Ok(figures.map(|[ours, ..]| ours.rate()))
    }

    async fn last_event(&self) -> anyhow::Result<Recorded> {
        Ok(self.written.last().await?.context("an event in the log")?.read()?)
    }
}

async fn until_row(
    target: &Target,
    company: &Company,
    place: &Place,
    tenant: &str,
    patience: &Patience,
) -> anyhow::Result<()> {
    let url = &place.database_url;
    let delays = row::delays(target, company, url, tenant, patience.steady).await?;
    let bare = bare::upsert(url, tenant, delays.somebody, 500).await?;
    say(&format!(
        "→ at 100 creates a second: 2xx after {}; from there to the row p50 {}, p99 {}; limit: a bare upsert takes {}",
        milliseconds(percentile(delays.until_answered, 50)),
        milliseconds(percentile(delays.until_row.clone(), 50)),
        milliseconds(percentile(delays.until_row, 99)),
        milliseconds(bare),
    ));
    Ok(())
}

async fn replayed(place: &Place) -> anyhow::Result<()> {
    let replays = replay::replays(place).await?;
    let events = usize::try_from(replays.events)?;
    let rate = |took: Duration| per_second(events, took);
    let limit = rate(replays.reading);
    for (projection, took) in replays.building {
        say(&format!(
            "→ {projection} from nothing, {} events: {:.0}/s; limit: reading them, {limit:.0}/s",
            replays.events,
            rate(took),
        ));
    }
    Ok(())
}

/// Starts all once more, with everything that was written.
async fn ready_again(up: Up, data_dir: &Path) -> anyhow::Result<()> {
    up.stop().await?;
    let asked = Instant::now();
    let nats = Nats::start(&data_dir.join("nats"))?;
    let postgres = Postgres::start(&data_dir.join("postgres"))?;
    let bare = asked.elapsed();
    postgres.stop();
    nats.stop();
    let up = Up::start(data_dir).await?;
    say(&format!(
        "→ started again, ready after {}; limit: its nats-server and Postgres alone, one after the other, {}",
        milliseconds(up.ready_after),
        milliseconds(bare),
    ));
    up.stop().await
}
