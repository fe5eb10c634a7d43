//! Connections to NATS, which reconnect for ever.
//!
//! nats-server cuts a connection for which more than 64 MiB wait to be read. So every reader of the
//! log has a connection of its own, and what it asks for at a time stays far below; the connection
//! that appends carries answers only.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, jetstream};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::access::Server;
use crate::error::LogError;

/// How long a request to JetStream may take before its answer counts as lost.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// The server is pinged this often; two pings without an answer end the connection.
const PING_INTERVAL: Duration = Duration::from_secs(2);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Appends and lookups. Its loss is logged for the operator.
    Appending,
    /// One reader of events, which logs by itself what an outage means for it.
    Reading,
}

impl Purpose {
    /// How the connection shows in nats-server's list.
    fn name(self) -> &'static str {
        match self {
            Self::Appending => "rollcall",
            Self::Reading => "rollcall reader",
        }
    }
}

/// One connection. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    /// Counts how often the connection was lost, so that a reader notices at once. Dropped before
    /// the client, so that a connection that we close ourselves does not count as lost.
    pub(crate) outages: watch::Receiver<u64>,
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
}

impl Connection {
    /// Connects, trying until `deadline`. After later outages it reconnects in the background.
    pub(crate) async fn open(
        server: &Server,
        purpose: Purpose,
        deadline: Instant,
    ) -> Result<Self, LogError> {
        let (outages, counted) = watch::channel(0);
        loop {
            let outages = outages.clone();
            let options = ConnectOptions::new()
                .name(purpose.name())
                .ping_interval(PING_INTERVAL)
                .connection_timeout(REQUEST_TIMEOUT)
                .max_reconnects(None)
                .reconnect_delay_callback(delay)
                .event_callback(move |event| {
                    log_event(purpose, &outages, &event);
                    std::future::ready(())
                });
            let options = server.authorize(options).await?;
            match options.connect(server.hosts().as_slice()).await {
                Ok(client) => {
                    let jetstream = jetstream::context::ContextBuilder::new()
                        .timeout(REQUEST_TIMEOUT)
                        .build(client.clone());
                    return Ok(Self { outages: counted, client, jetstream });
                }
                Err(_) if Instant::now() < deadline => tokio::time::sleep(delay(1)).await,
                Err(error) => {
                    return Err(LogError::Connect {
                        url: server.shown_url(),
                        source: error.into(),
                    });
                }
            }
        }
    }

    /// Whether there is a connection at this moment.
    pub(crate) fn is_up(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}

fn delay(attempts: usize) -> Duration {
    Duration::from_millis(match attempts {
        0 => 0,
        1..=10 => 100,
        11.. => 1000,
    })
}

fn log_event(purpose: Purpose, outages: &watch::Sender<u64>, event: &Event) {
    // Nobody holds the connection any more: it is closed on purpose.
    if outages.is_closed() {
        return;
    }
    if matches!(event, Event::Disconnected | Event::Closed) {
        outages.send_modify(|count| *count += 1);
    }
    let tells = purpose == Purpose::Appending;
    match event {
        Event::Disconnected | Event::Closed if tells => {
            tracing::warn!("lost the connection to NATS; trying until it is back");
        }
        Event::Connected if tells && *outages.borrow() > 0 => {
            tracing::info!("connected to NATS again");
        }
        Event::Disconnected | Event::Closed | Event::Connected => {
            tracing::debug!(%event, ?purpose, "a connection to NATS");
        }
        Event::LameDuckMode | Event::Draining => tracing::info!(%event, "NATS is going down"),
        Event::SlowConsumer(_) | Event::ServerError(_) => tracing::warn!(%event, "NATS complains"),
        Event::ClientError(_) => tracing::debug!(%event, "no connection to NATS yet"),
    }
}
