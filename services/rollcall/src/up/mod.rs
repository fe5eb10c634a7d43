//! `rollcall up`: everything at once, on a laptop or for a try.

mod demo;
mod listeners;
mod live_demo;
mod options;
mod private_nats;
mod sending;
mod servers;
mod services;
mod welcome;

use std::sync::Arc;

use eventlog::Issuer;
use tokio_util::sync::CancellationToken;

use crate::data_dir::{DataDir, Running};
use crate::exit::ExitStatus;
use crate::lifecycle;
use crate::output;

use listeners::Listeners;
use live_demo::LiveDemo;
pub(crate) use options::UpOptions;
pub(crate) use private_nats::PrivateNats;
use servers::PrivateServers;
use services::Services;
use welcome::Welcome;

pub(crate) async fn run(options: UpOptions) -> anyhow::Result<ExitStatus> {
    let data_dir = DataDir::claim(&options.data_dir)?;
    let quiet = options.json;
    let listeners = Listeners::open(&options).await?;
    let (mut servers, nats_url, database_url) = PrivateServers::start(&data_dir, &options).await?;
    // Servers of one's own have a key of one's own.
    let issuer = match servers.issuer()? {
        Some(private) => Some(private),
        None => options.issuer.issuer()?,
    };
    let operator_token = data_dir.operator_token()?;
    let url = listeners.url_for_verbs.clone();
    let running = Running { url, nats_url, database_url, operator_token };
    let served = lifecycle::run(async |stop: CancellationToken| {
        let serving = serve(&options, &data_dir, listeners, &running, issuer, stop.clone());
        tokio::select! {
            served = serving => served,
            // Its data is whole; but only a new start can bring it back.
            which = servers.one_ended() => {
                stop.cancel();
                Err(anyhow::anyhow!("a private server ended: {which}; start again"))
            }
        }
    });
    let served = Box::pin(served).await;
    // The services are gone; nobody needs the servers any more.
    servers.stop().await;
    served??;
    if !quiet {
        output::note("stopped; everything is kept for the next start");
    }
    Ok(ExitStatus::Success)
}

async fn serve(
    options: &UpOptions,
    data_dir: &DataDir,
    listeners: Listeners,
    running: &Running,
    issuer: Option<Arc<Issuer>>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let public_url = listeners.public_url.clone();
    let kept = (data_dir.roster(), data_dir.told(), issuer);
    let services =
        Box::pin(Services::start(listeners, options, running, kept, stop.clone())).await?;
    data_dir.announce(running)?;
    let ready = async {
        services.caught_up().await?;
        let demo = if options.demo {
            let credentials = demo::provision(running, data_dir).await?;
            let link = demo::portal_link(running).await?;
            Some((LiveDemo::of(credentials, |secret| services.opens(secret)), link))
        } else {
            None
        };
        let welcome = Welcome::new(&public_url, running, demo, &options.data_dir);
        if options.json {
            output::json_of("up", &welcome);
        } else {
            output::line(&welcome);
        }
        anyhow::Ok(())
    };
    match stop.run_until_cancelled(ready).await {
        Some(Ok(())) | None => services.ended().await,
        Some(Err(error)) => {
            stop.cancel();
            services.ended().await?;
            Err(error)
        }
    }
}
