//! The role `portal`: pages for administrators, over a writer and reads of its own.

use std::net::SocketAddr;

use ::portal::OidcSettings;
use axum::Router;
use clap::Args;
use eventlog::Log;
use operations::Operations;
use projector::Database;
use web::Problem;

use super::serving::{self, Serving};
use super::writer_args::WriterArgs;
use super::{API_CONNECTIONS, DatabaseArgs, writing};
use crate::exit::ExitStatus;
use crate::oidc_args::OidcArgs;
use crate::write_side::{WriteSettings, WriteSide};
use crate::{acts, portal_pages, projections, readiness, revocations};

/// Connections that the pages may open to Postgres.
const CONNECTIONS: usize = API_CONNECTIONS + portal_pages::CONNECTIONS;

#[derive(Debug, Args)]
pub(crate) struct PortalOptions {
    #[command(flatten)]
    writer: WriterArgs,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8084")]
    listen: SocketAddr,
    #[command(flatten)]
    oidc: OidcArgs,
}

pub(crate) async fn portal(options: PortalOptions) -> anyhow::Result<ExitStatus> {
    let told = &options.writer;
    let operator = told.operator()?;
    let limits = told.limits.limits(0);
    let mut door = told.door(options.listen, limits).await?;
    let gateway = door.url.clone();
    door.url = told.portal_url.clone().map_or_else(|| door.own_url(), Ok)?;
    let start = async |serving: &Serving| {
        let database = Database::connect(&options.database.database_url, CONNECTIONS).await?;
        let log = told.open_log().await?;
        let acts = acts::open(&log, &serving.stop).await?;
        let all = &projections::ALL;
        let (of_log, of_tables) = (log.clone(), database.clone());
        let ops = Operations::new(of_log, of_tables, acts.clone(), all, operator, limits);
        // Gateways write too, and an administrator shall see what they wrote.
        let settings = told.settings(&gateway, operator, acts, (true, limits));
        let settings = WriteSettings { portal_url: serving.url.clone(), ..settings };
        let writes = told.writes(&log, settings, serving).await?;
        let oidc = options.oidc.settings(&log).await?;
        Ok(Started { log, database, ops: operations::ops_routes(ops), writes, oidc })
    };
    let work = async |serving: &Serving, started: Started| {
        let Started { log, database, ops, writes, oidc } = started;
        let (positions, now) = (writes.positions.clone(), eventlog::clock::now);
        let read_api = api::ReadApi::new(database.clone(), positions, now, limits)
            .with_revocations(revocations::of_writes(&writes.access))
            .with_log_end(revocations::end_of_writes(&writes.access));
        let ready = readiness::of_postgres(Serving::ready(&log, &writes), read_api.probe());
        let registry = serving.registry(&writes);
        // Only the pages ask these: they are served by roles of their own.
        let apis = api::reads(read_api).merge(writes.routes()).merge(ops);
        let of = (&writes, &serving.stop);
        let router = portal_pages::pages(of, database, oidc, apis).await?;
        serving.open_over(&writes, router.fallback(Problem::no_such_path), (ready, registry));
        writing(writes.run(), &serving.stop).await
    };
    serving::run(door, "connecting to Postgres and NATS", start, work).await
}

/// What the pages are over.
struct Started {
    log: Log,
    database: Database,
    ops: Router,
    writes: WriteSide,
    oidc: Option<OidcSettings>,
}
