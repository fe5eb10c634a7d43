//! The gateway beside the log, and nothing else: no projection, no Postgres.

use std::path::Path;

use embedded::Nats;
use eventlog::{Log, LogOptions};
use events::Event;

use crate::client::Target;
use crate::program::{self, Ingest, Integration, Settings};
use crate::writer::Writer;

pub(crate) struct Alone {
    pub(crate) integration: Integration,
    pub(crate) ingest: Ingest,
    pub(crate) log: Log,
    // Last, so that it goes after those who talk to it.
    _nats: Nats,
}

impl Alone {
    /// A freshly started gateway whose log tells these events.
    pub(crate) async fn with(
        events: impl IntoIterator<Item = Event>,
        dir: &Path,
    ) -> anyhow::Result<Self> {
        Self::set(events, dir, &Settings::new()).await
    }

    /// One whose environment says more.
    pub(crate) async fn set(
        events: impl IntoIterator<Item = Event>,
        dir: &Path,
        more: &Settings,
    ) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let nats = Nats::start(&dir.join("nats"))?;
        let snapshot = dir.join("roster.snapshot");
        let ingest = Ingest::start(&nats.url(), Some(&snapshot)).await?;
        let integration = program::integration(&ingest.settings()).await?;
        ingest.stop().await?;
        Writer::open(&nats.url(), &integration.tenant).await?.write(events).await?;
        let ingest = Ingest::with(&nats.url(), Some(&snapshot), more).await?;
        let log = Log::open(&nats.url(), LogOptions::default()).await?;
        Ok(Self { integration, ingest, log, _nats: nats })
    }

    pub(crate) fn target(&self) -> Target {
        Target::new(&self.ingest.url, &self.integration.secret_token)
    }
}
