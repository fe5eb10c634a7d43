//! What to measure, how large, and for how long.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures the main path beside its limits
#[derive(Debug, Parser)]
#[command(name = "main_path")]
pub(crate) struct Options {
    /// Everything once, and small: a smoke test, whose figures mean little
    #[arg(long)]
    quick: bool,
    /// The disk to measure; a temporary directory may live in memory, where a sync is free
    #[arg(long, default_value = env!("CARGO_TARGET_TMPDIR"))]
    pub(crate) dir: PathBuf,
    /// One part alone
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Events that are replayed
    #[arg(long)]
    events: Option<usize>,
    /// What cargo says to every benchmark
    #[arg(long = "bench", hide = true)]
    _bench: bool,
}

/// What is measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    Gateway,
    Groups,
    Row,
    Replay,
    Start,
    Operations,
    /// A part of `operations`.
    Rebuild,
    Recording,
    Pages,
    Delivery,
}

/// How much of everything.
pub(crate) struct Extent {
    /// How often each figure is taken, at different moments.
    pub(crate) rounds: usize,
    /// One stretch of load on the server, and of each limit.
    pub(crate) load: Duration,
    pub(crate) limit: Duration,
    /// How many people the gateway knows.
    pub(crate) people: [usize; 3],
    /// How many members the groups have, and how many get one more.
    pub(crate) members: [usize; 3],
    pub(crate) additions: usize,
    /// How many groups are there to be deleted in each stretch of load.
    pub(crate) groups: usize,
    /// Of the writes whose rows are waited for.
    pub(crate) steady: Duration,
    /// In the log that is replayed.
    pub(crate) events: usize,
    /// How often each page of the portal is asked for.
    pub(crate) looks: usize,
}

impl Options {
    pub(crate) fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }

    pub(crate) fn extent(&self) -> Extent {
        let extent = if self.quick { Extent::quick() } else { Extent::full() };
        Extent { events: self.events.unwrap_or(extent.events), ..extent }
    }
}

impl Extent {
    fn quick() -> Self {
        Self {
            rounds: 1,
            load: Duration::from_millis(100),
            limit: Duration::from_millis(50),
            people: [100, 1000, 5000],
            members: [10, 100, 1000],
            additions: 40,
            groups: 200,
            steady: Duration::from_secs(1),
            events: 20_000,
            looks: 5,
        }
    }

    fn full() -> Self {
        Self {
            rounds: 3,
            load: Duration::from_millis(700),
            limit: Duration::from_millis(300),
            people: [1000, 10_000, 100_000],
            members: [10, 1000, 10_000],
            additions: 500,
            groups: 4000,
            steady: Duration::from_secs(10),
            events: 1_000_000,
            looks: 60,
        }
    }
}
