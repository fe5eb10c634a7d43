//! The role `deliver`: tells applications what the log comes to, and serves the doors to the feed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use delivery::Delivery;
use delivery::pull;
use tokio_util::sync::CancellationToken;
use web::health::{self, Readiness};

use super::writer_args::WriterArgs;
use super::writing;
use crate::exit::ExitStatus;
use crate::nats_door::{self, IssuerArgs};
use crate::pull_args::PullArgs;
use crate::receipt_args::ReceiptArgs;
use crate::startup::Startup;
use crate::webhook_args::WebhookArgs;
use crate::write_side::WriteSide;
use crate::{acts, delivery_database, lifecycle, metrics, placement, position, readiness, tenants};

#[derive(Debug, Args)]
pub(crate) struct DeliverOptions {
    #[command(flatten)]
    writer: WriterArgs,
    /// A file in which is saved what applications were told, so that the next start need not read the
    /// whole log
    #[arg(long, env = "ROLLCALL_TOLD")]
    told: Option<PathBuf>,
    #[command(flatten)]
    issuer: IssuerArgs,
    #[command(flatten)]
    webhooks: WebhookArgs,
    #[command(flatten)]
    receipts: ReceiptArgs,
    /// Where it is kept how far subscribers have come; without it, no webhooks are sent, and nobody reads
    /// by a subscriber's name
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8083")]
    listen: SocketAddr,
    #[command(flatten)]
    pull: PullArgs,
}

pub(crate) async fn deliver(options: DeliverOptions) -> anyhow::Result<ExitStatus> {
    let DeliverOptions {
        writer: args,
        told,
        issuer,
        webhooks,
        receipts,
        database_url,
        listen,
        pull: streams,
    } = options;
    let issuer = issuer.issuer()?;
    let operator = args.operator()?;
    let serve = async |stop: CancellationToken| {
        let (certificate, listener, url) = args.bind(listen).await?;
        let address = listener.local_addr()?;
        let startup = Startup::new("connecting to NATS", address);
        let limits = args.limits.limits(0);
        let database = delivery_database::connect(database_url.clone(), &stop);
        let start = Box::pin(async {
            let log = args.open_log().await?;
            let acts = acts::open(&log, &stop).await?;
            startup.step("reading the log");
            // Gateways write too, and a credential that was just made or revoked shall count.
            let settings = args.settings(&url, operator, acts, (true, limits));
            let writes = WriteSide::start(&log, settings, &startup.progress, &stop).await?;
            let writes = args.placement.of_writes(&log, writes).await?;
            let delivery = Delivery::open(&log, args.log.accepts_lost_events()).await?;
            let of = (&log, &delivery);
            let door = streams.door(of, &writes, &database, limits.bounds, &stop).await?;
            anyhow::Ok((log, writes, delivery, door))
        });
        let working = Box::pin(async {
            let Some(started) = stop.run_until_cancelled(start).await else { return Ok(()) };
            let (log, writes, delivery, door) = started.inspect_err(|_| stop.cancel())?;
            let ready = readiness::of_log(Readiness::default(), &log);
            let ready = readiness::of_writer(ready, writes.access.writer());
            let ready = readiness::of_delivery(ready, &delivery);
            let mut registry = startup.registry();
            metrics::of_writes(&mut registry, &writes);
            metrics::of_delivery(&mut registry, &delivery);
            let of = (&log, &writes, &delivery);
            let kept_in = database.clone();
            let sending = webhooks.begin(of, kept_in, &mut registry, stop.clone())?;
            let of = (&writes, &delivery);
            let receipts = receipts.begin(of, database.clone(), &mut registry, stop.clone());
            let keeping = door.clone();
            let doors = api::with_document(pull::routes(door), [pull::openapi()]);
            let router = writes.operator_routes().merge(doors);
            let router = router.merge(health::routes(ready)).merge(web::metrics::routes(registry));
            startup.learn(tenants::of_writes(&writes.access));
            let router = placement::guard(router, &writes.placement);
            startup.done(router, position::of_writes(&writes));
            tracing::info!(%address, url, "listening");
            let telling = delivery.run(told.clone(), stop.clone());
            let door = nats_door::keep(&log, &writes, &delivery, issuer.clone(), &stop);
            let keeping = keeping.keep_places();
            let (written, (), (), (), sent, kept) = tokio::join!(
                writing(writes.run(), &stop),
                telling,
                door,
                keeping,
                Box::pin(sending),
                Box::pin(receipts)
            );
            written.and(sent).and(kept)
        });
        let answering = async {
            let server = startup.server_options(limits.bounds, certificate, args.proxies.proxies());
            web::serve(listener, startup.routes(), server, stop.clone()).await;
            stop.cancel();
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(ExitStatus::Success)
}
