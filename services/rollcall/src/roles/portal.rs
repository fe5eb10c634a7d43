//! The role `portal`: pages for administrators, over a writer and reads of its own.

use std::net::SocketAddr;

use clap::Args;
use operations::Operations;
use projector::Database;
use tokio_util::sync::CancellationToken;
use web::Problem;
use web::health::{self, Readiness};

use super::writer_args::WriterArgs;
use super::{API_CONNECTIONS, DatabaseArgs, writing};
use crate::exit::ExitStatus;
use crate::oidc_args::OidcArgs;
use crate::startup::Startup;
use crate::write_side::{WriteSettings, WriteSide};
use crate::{
    acts, lifecycle, metrics, placement, portal_pages, position, projections, readiness,
    revocations, tenants,
};

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
    let serve = async |stop: CancellationToken| {
        let (certificate, listener, url) = told.bind(options.listen).await?;
        let address = listener.local_addr()?;
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let own = told.portal_url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
        let startup = Startup::new("connecting to Postgres and NATS", address);
        let limits = told.limits.limits(0);
        let start = Box::pin(async {
            let database = Database::connect(&options.database.database_url, CONNECTIONS).await?;
            let log = told.open_log().await?;
            let acts = acts::open(&log, &stop).await?;
            let all = &projections::ALL;
            let (of_log, of_tables) = (log.clone(), database.clone());
            let ops = Operations::new(of_log, of_tables, acts.clone(), all, operator, limits);
            startup.step("reading the log");
            // Gateways write too, and an administrator shall see what they wrote.
            let settings = told.settings(&url, operator, acts, (true, limits));
            let settings = WriteSettings { portal_url: own.clone(), ..settings };
            let writes = WriteSide::start(&log, settings, &startup.progress, &stop).await?;
            let writes = told.placement.of_writes(&log, writes).await?;
            let oidc = options.oidc.settings(&log).await?;
            anyhow::Ok((log, database, operations::ops_routes(ops), writes, oidc))
        });
        let working = Box::pin(async {
            let Some(started) = stop.run_until_cancelled(start).await else { return Ok(()) };
            let (log, database, ops, writes, oidc) = started.inspect_err(|_| stop.cancel())?;
            let (positions, now) = (writes.positions.clone(), eventlog::clock::now);
            let read_api = api::ReadApi::new(database.clone(), positions, now, limits)
                .with_revocations(revocations::of_writes(&writes.access))
                .with_log_end(revocations::end_of_writes(&writes.access));
            let ready = readiness::of_log(Readiness::default(), &log);
            let ready = readiness::of_writer(ready, writes.access.writer());
            let ready = readiness::of_postgres(ready, read_api.probe());
            let mut registry = startup.registry();
            metrics::of_writes(&mut registry, &writes);
            // Only the pages ask these: they are served by roles of their own.
            let apis = api::reads(read_api).merge(writes.routes()).merge(ops);
            let router = portal_pages::pages((&writes, &stop), database, oidc, apis).await?;
            let router = router.merge(health::routes(ready)).merge(web::metrics::routes(registry));
            let router = router.fallback(Problem::no_such_path);
            startup.learn(tenants::of_writes(&writes.access));
            let router = placement::guard(router, &writes.placement);
            startup.done(router, position::of_writes(&writes));
            tracing::info!(%address, url = own, "listening");
            writing(writes.run(), &stop).await
        });
        let answering = async {
            let server = startup.server_options(limits.bounds, certificate, told.proxies.proxies());
            web::serve(listener, startup.routes(), server, stop.clone()).await;
            stop.cancel();
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(ExitStatus::Success)
}
