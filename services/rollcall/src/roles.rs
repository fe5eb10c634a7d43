//! The services, each as a process of its own.

mod api;
mod deliver;
mod ingest;
mod operate;
mod portal;
mod project;
mod serving;
mod writer_args;

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use writer::Died;

pub(crate) use api::{ApiOptions, CONNECTIONS as API_CONNECTIONS, api};
pub(crate) use deliver::{DeliverOptions, deliver};
pub(crate) use ingest::{IngestOptions, ingest};
pub(crate) use operate::{OperateOptions, operate};
pub(crate) use portal::{PortalOptions, portal};
pub(crate) use project::{ProjectOptions, project};

#[derive(Debug, Args)]
pub(crate) struct DatabaseArgs {
    /// Where the read models are
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
}

/// Waits until the write engine has ended, and stops the rest of the process: it cannot write
/// any more, and its readers have to go elsewhere as well. Fails if the engine died.
pub(crate) async fn writing(
    engine: impl Future<Output = Result<(), Died>>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let ended = engine.await;
    stop.cancel();
    Ok(ended?)
}

/// Takes a place to listen, and tells the URL under which clients reach it.
pub(crate) async fn listen(
    address: SocketAddr,
    public_url: Option<&str>,
    secure: bool,
) -> anyhow::Result<(TcpListener, String)> {
    let (listener, url) = bind(address, public_url, secure).await?;
    tracing::info!(address = %listener.local_addr()?, url, "listening");
    Ok((listener, url))
}

/// The same, for a process that still has to start: it says that it listens once it serves.
async fn bind(
    address: SocketAddr,
    public_url: Option<&str>,
    secure: bool,
) -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("listen on {address}; is another program there? (--listen)"))?;
    let address = listener.local_addr()?;
    let scheme = if secure { "https" } else { "http" };
    let url = match public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("{scheme}://{address}"),
    };
    Ok((listener, url))
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use super::*;
    use crate::exit::{self, ExitStatus};

    #[tokio::test]
    async fn a_write_engine_that_died_ends_the_process_with_exit_code_1() {
        let stop = CancellationToken::new();
        let ended = writing(async { Err(Died) }, &stop).await;
        assert!(stop.is_cancelled(), "the rest of the process goes on");
        assert_eq!(exit::code(ended.map(|()| ExitStatus::Success)), ExitCode::FAILURE);
    }

    #[tokio::test]
    async fn a_write_engine_that_was_stopped_ends_the_process_well() {
        let ended = writing(async { Ok(()) }, &CancellationToken::new()).await;
        assert_eq!(exit::code(ended.map(|()| ExitStatus::Success)), ExitCode::SUCCESS);
    }
}
