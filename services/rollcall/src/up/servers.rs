//! The private nats-server and Postgres of an `up`, unless the operator has their own.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use embedded::{Durability, Postgres, Search};
use eventlog::Issuer;

use super::options::UpOptions;
use super::private_nats::PrivateNats;
use crate::data_dir::DataDir;
use crate::output;

/// The servers that are ours to start and to stop.
#[derive(Debug)]
pub(super) struct PrivateServers {
    nats: Option<PrivateNats>,
    postgres: Option<Postgres>,
}

impl PrivateServers {
    /// Starts what is not given; returns where to find both.
    pub(super) async fn start(
        data_dir: &DataDir,
        options: &UpOptions,
    ) -> anyhow::Result<(Self, String, String)> {
        let nats = async {
            match &options.nats.nats_url {
                Some(_) => Ok(None),
                None => PrivateNats::start(data_dir, options.nats.nats_listen).await.map(Some),
            }
        };
        let postgres_dir = options.database_url.is_none().then(|| data_dir.join("postgres"));
        let postgres = tokio::task::spawn_blocking(move || {
            let Some(dir) = postgres_dir else { return Ok(None) };
            let search = Search::from_env();
            let news = |news: &str| output::note(news);
            let postgres = Postgres::start_with(&search, &dir, Durability::Kept, news)?;
            let url = postgres.create_database("rollcall")?;
            Ok::<_, embedded::EmbeddedError>(Some((postgres, url)))
        });
        // Each start takes a while; they do not depend on each other.
        let (nats, postgres) = tokio::join!(nats, postgres);
        let nats = nats?;
        let postgres = postgres?.context("start a private Postgres")?;
        let nats_url = options.nats.nats_url.clone().or(nats.as_ref().map(PrivateNats::url));
        let (postgres, private_url) = postgres.unzip();
        let database_url = options.database_url.clone().or(private_url);
        Ok((
            Self { nats, postgres },
            nats_url.context("no NATS")?,
            database_url.context("no Postgres")?,
        ))
    }

    /// The key that vouches for subscribers on the private nats-server.
    pub(super) fn issuer(&self) -> anyhow::Result<Option<Arc<Issuer>>> {
        self.nats.as_ref().map(PrivateNats::issuer).transpose()
    }

    /// Waits until one of them ends that should not; tells which.
    pub(super) async fn one_ended(&mut self) -> &'static str {
        let mut look = tokio::time::interval(Duration::from_millis(500));
        loop {
            look.tick().await;
            if self.nats.as_mut().is_some_and(|nats| nats.server.has_ended()) {
                return "nats-server (see nats/nats.log in the data directory)";
            }
            if self.postgres.as_mut().is_some_and(Postgres::has_ended) {
                return "Postgres (see postgres/postgres.log in the data directory)";
            }
        }
    }

    pub(super) async fn stop(self) {
        let stopped = tokio::task::spawn_blocking(|| {
            if let Some(nats) = self.nats {
                nats.server.stop();
            }
            if let Some(postgres) = self.postgres {
                postgres.stop();
            }
        });
        drop(stopped.await);
    }
}
