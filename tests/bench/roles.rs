//! Every role as a process of its own, over one log and one Postgres, as a deployment runs them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use embedded::Postgres;
use eventlog::{Log, LogOptions};
use events::{Seq, Tenant};
use projector::Database;
use rollcall::projections::NAMES;
use tokio::process::Child;
use web::PositionCipher;

use crate::client::Target;
use crate::company::Company;
use crate::past::Past;
use crate::program::{self, Ingest, Operate};

/// Between two looks whether a read model is there.
const LOOK: Duration = Duration::from_millis(50);

pub(crate) struct Roles {
    pub(crate) ingest: Ingest,
    pub(crate) operate: Operate,
    projections: Vec<(&'static str, Child)>,
    api: (Child, String),
    /// Who writes, and what opens the JSON API.
    pub(crate) secret_token: String,
    pub(crate) api_token: String,
    positions: PositionCipher,
    tenant: Tenant,
    pub(crate) database_url: String,
    pub(crate) database: Database,
    // Last, so that it goes after those who talk to it.
    _postgres: Postgres,
}

impl Roles {
    /// Starts them on a log, waits until every read model is there, and returns who writes.
    pub(crate) async fn start(past: &Past, dir: &Path) -> anyhow::Result<(Self, Company)> {
        std::fs::create_dir_all(dir)?;
        let nats_url = past.nats.url();
        let postgres = Postgres::start(&dir.join("postgres"))?;
        let database_url = postgres.create_database("roles")?;
        let database = Database::connect(&database_url, 2).await?;
        let start = |name| anyhow::Ok((name, program::project(name, &nats_url, &database_url)?));
        let mut projections = NAMES.into_iter().map(start).collect::<Result<Vec<_>, _>>()?;
        let ingest = Ingest::start(&nats_url, None).await?;
        let integration = program::activate(&ingest.settings()).await?;
        let api_token = program::api_token(&ingest.settings()).await?;
        let mut company = Company::new(&integration, past.people.clone());
        let target = Target::new(&ingest.url, &integration.secret_token);
        company.settle(&mut target.connect().await?).await?;
        let log = Log::open(&nats_url, LogOptions::default()).await?;
        let (end, key) = (log.end().await?, log.shared_key(PositionCipher::KEY).await?);
        for (name, process) in &mut projections {
            caught_up(&database, name, end, process).await?;
        }
        let operate = Operate::start(&nats_url, &database_url).await?;
        operate.ready().await?;
        let api = program::serve(
            "api",
            &vec![("DATABASE_URL", database_url.clone()), ("NATS_URL", nats_url.clone())],
        )
        .await?;
        program::ready(&api.1).await?;
        let secret_token = integration.secret_token;
        let roles = Self {
            ingest,
            operate,
            projections,
            api,
            secret_token,
            positions: PositionCipher::new(&key),
            tenant: program::TENANT.parse()?,
            api_token,
            database_url,
            database,
            _postgres: postgres,
        };
        Ok((roles, company))
    }

    /// Where Entra writes.
    pub(crate) fn scim(&self) -> Target {
        let target = Target::new(&self.ingest.url, &self.secret_token);
        target.of_tenant(self.positions.clone(), self.tenant.clone())
    }

    /// Where applications read.
    pub(crate) fn reads(&self) -> Target {
        Target::new(&self.api.1, &self.api_token)
    }

    /// The process that keeps a read model.
    pub(crate) fn projector(&self, name: &str) -> anyhow::Result<&Child> {
        let found = self.projections.iter().find(|(its, _)| *its == name);
        Ok(&found.with_context(|| format!("a projection {name}"))?.1)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        program::stop(self.api.0).await?;
        self.operate.stop().await?;
        for (_, process) in self.projections {
            program::stop(process).await?;
        }
        self.ingest.stop().await
    }
}

/// Waits until the read model in schema `slot` has seen all up to `end`.
async fn caught_up(
    database: &Database,
    slot: &str,
    end: Seq,
    process: &mut Child,
) -> anyhow::Result<()> {
    loop {
        let checkpoint = projector::peek_checkpoint(database.pool(), slot).await?;
        if checkpoint.is_some_and(|checkpoint| checkpoint.position >= end) {
            return Ok(());
        }
        ensure!(process.try_wait()?.is_none(), "rollcall project {slot} has ended by itself");
        tokio::time::sleep(LOOK).await;
    }
}
