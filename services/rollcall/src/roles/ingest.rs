//! The role `ingest`: SCIM, the token endpoint, the commands of the JSON API and the operators' API,
//! over one writer.

use std::net::SocketAddr;

use clap::Args;
use eventlog::Log;
use tokio::sync::watch;

use super::serving::{self, Serving};
use super::writer_args::WriterArgs;
use super::writing;
use crate::exit::ExitStatus;
use crate::log_args::VerifyArgs;
use crate::record_args::RecordArgs;
use crate::write_side::{WriteSettings, WriteSide};
use crate::{acts, metrics};

#[derive(Debug, Args)]
pub(crate) struct IngestOptions {
    #[command(flatten)]
    writer: WriterArgs,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Let a read wait for what other replicas acknowledged; for more than one replica
    #[arg(long)]
    consistent_reads: bool,
    /// Requests a second of one tenant; more are answered 429. 0 means no limit
    #[arg(long, env = "ROLLCALL_RATE", default_value_t = web::Limits::default().rate, help_heading = "Limits")]
    rate: u32,
    #[command(flatten)]
    verify: VerifyArgs,
    #[command(flatten)]
    record: RecordArgs,
}

pub(crate) async fn ingest(options: IngestOptions) -> anyhow::Result<ExitStatus> {
    let told = &options.writer;
    let operator = told.operator()?;
    let limits = told.limits.limits(options.rate);
    let start = async |serving: &Serving| {
        let log = told.open_log().await?;
        let acts = acts::open(&log, &serving.stop).await?;
        let reads = (options.consistent_reads, limits);
        let settings = told.settings(&serving.url, operator, acts, reads);
        let settings = WriteSettings { record: options.record.max_age(), ..settings };
        Ok((told.writes(&log, settings, serving).await?, log))
    };
    let work = async |serving: &Serving, (writes, log): (WriteSide, Log)| {
        let verified = watch::Sender::default();
        let mut registry = serving.registry(&writes);
        metrics::of_directories(&mut registry, &writes);
        metrics::of_verification(&mut registry, &verified);
        let router = api::with_document(writes.routes(), [delivery::pull::openapi()]);
        serving.open_over(&writes, router, (Serving::ready(&log, &writes), registry));
        let running = writing(writes.run(), &serving.stop);
        let verifying = options.verify.verify(&log, &verified, &serving.stop);
        let (ended, ()) = tokio::join!(running, verifying);
        ended
    };
    let door = told.door(options.listen, limits).await?;
    serving::run(door, "connecting to NATS", start, work).await
}
