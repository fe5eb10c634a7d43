//! The role `deliver`: tells applications what the log comes to, and serves the doors to the feed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use delivery::Delivery;
use delivery::pull::{self, PullDoor};
use eventlog::Log;

use super::serving::{self, Serving};
use super::writer_args::WriterArgs;
use super::writing;
use crate::delivery_database::{self, DeliveryDatabase};
use crate::exit::ExitStatus;
use crate::nats_door::IssuerArgs;
use crate::pull_args::PullArgs;
use crate::receipt_args::ReceiptArgs;
use crate::webhook_args::WebhookArgs;
use crate::write_side::WriteSide;
use crate::{acts, metrics, nats_door, readiness};

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
    let limits = args.limits.limits(0);
    let start = async |serving: &Serving| {
        let Serving { stop, url, .. } = serving;
        let database = delivery_database::connect(database_url, stop);
        let log = args.open_log().await?;
        let acts = acts::open(&log, stop).await?;
        // Gateways write too, and a credential that was just made or revoked shall count.
        let settings = args.settings(url, operator, acts, (true, limits));
        let writes = args.writes(&log, settings, serving).await?;
        let delivery = Delivery::open(&log, args.log.accepts_lost_events()).await?;
        let of = (&log, &delivery);
        let door = streams.door(of, &writes, &database, limits.bounds, stop).await?;
        Ok(Started { log, database, writes, delivery, door })
    };
    let work = async |serving: &Serving, started: Started| {
        let Started { log, database, writes, delivery, door } = started;
        let stop = &serving.stop;
        let ready = readiness::of_delivery(Serving::ready(&log, &writes), &delivery);
        let mut registry = serving.registry(&writes);
        metrics::of_delivery(&mut registry, &delivery);
        let of = (&log, &writes, &delivery);
        let reach = args.reach.reach();
        let sending = webhooks.begin(of, reach, database.clone(), &mut registry, stop.clone())?;
        let of = (&writes, &delivery);
        let receipts = receipts.begin(of, database, &mut registry, stop.clone());
        let keeping = door.clone();
        let doors = api::with_document(pull::routes(door), [pull::openapi()]);
        let router = writes.operator_routes().merge(doors);
        serving.open_over(&writes, router, (ready, registry));
        let telling = delivery.run(told, stop.clone());
        let door = nats_door::keep(&log, &writes, &delivery, issuer, stop);
        let (written, (), (), (), sent, kept) = tokio::join!(
            writing(writes.run(), stop),
            telling,
            door,
            keeping.keep_places(),
            Box::pin(sending),
            Box::pin(receipts)
        );
        written.and(sent).and(kept)
    };
    let door = args.door(listen, limits).await?;
    serving::run(door, "connecting to NATS", start, work).await
}

/// What applications are told from, and read through.
struct Started {
    log: Log,
    database: DeliveryDatabase,
    writes: WriteSide,
    delivery: Delivery,
    door: PullDoor,
}
