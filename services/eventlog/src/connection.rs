//! Connections to NATS, which are never given up.
//!
//! nats-server cuts a connection for which more than 64 MiB wait to be read. So every reader of the
//! log has a connection of its own, and what it asks for at a time stays far below; the connection
//! that appends carries answers only.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, jetstream};
use percent_encoding::percent_decode_str;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::{ANSWER, LogError};

/// The server is asked this often whether it still lives; two silences end the connection.
const PING: Duration = Duration::from_secs(2);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Appends and questions. It tells the operator when it is lost.
    Appending,
    /// One reader of events, which tells by itself what an outage means for it.
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
    /// Counts how often the connection was lost, so that a reader notices at once. Goes before the
    /// client: a connection that ends when nobody listens any more was not lost.
    pub(crate) outages: watch::Receiver<u64>,
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
}

impl Connection {
    /// Connects, trying until `deadline`. Later outages are mended in the background and counted.
    pub(crate) async fn open(
        url: &str,
        purpose: Purpose,
        deadline: Instant,
    ) -> Result<Self, LogError> {
        let (outages, counted) = watch::channel(0);
        loop {
            let outages = outages.clone();
            let options = ConnectOptions::new()
                .name(purpose.name())
                .ping_interval(PING)
                .connection_timeout(ANSWER)
                .max_reconnects(None)
                .reconnect_delay_callback(delay)
                .event_callback(move |event| {
                    note(purpose, &outages, &event);
                    std::future::ready(())
                });
            let options = match credentials(url) {
                Some((user, password)) => options
                    .custom_inbox_prefix(inbox_prefix(&user))
                    .user_and_password(user, password),
                None => options,
            };
            let servers: Vec<&str> = url.split(',').map(str::trim).collect();
            match options.connect(servers.as_slice()).await {
                Ok(client) => {
                    let jetstream = jetstream::context::ContextBuilder::new()
                        .timeout(ANSWER)
                        .build(client.clone());
                    return Ok(Self { outages: counted, client, jetstream });
                }
                Err(_) if Instant::now() < deadline => tokio::time::sleep(delay(1)).await,
                Err(error) => {
                    return Err(LogError::Connect {
                        url: without_secret(url),
                        source: error.into(),
                    });
                }
            }
        }
    }

    /// Whether the connection stands at this moment.
    pub(crate) fn is_up(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}

/// User and password, as the first server's URL tells them: the client does not look there.
fn credentials(url: &str) -> Option<(String, String)> {
    let server: async_nats::ServerAddr = url.split(',').next()?.trim().parse().ok()?;
    let decoded = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    Some((decoded(server.username()?)?, decoded(server.password()?)?))
}

/// Where answers come in: a place of the user's own, so that the server can keep users from reading
/// each other's.
fn inbox_prefix(user: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !user.is_empty() && user.chars().all(plain) {
        format!("_INBOX_{user}")
    } else {
        "_INBOX".to_owned()
    }
}

fn delay(attempts: usize) -> Duration {
    Duration::from_millis(match attempts {
        0 => 0,
        1..=10 => 100,
        11.. => 1000,
    })
}

fn note(purpose: Purpose, outages: &watch::Sender<u64>, event: &Event) {
    // Nobody holds the connection any more: we are the ones who leave.
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

/// The URL without user and password, fit to be shown.
fn without_secret(url: &str) -> String {
    let shown = |server: &str| match server.rsplit_once('@') {
        Some((front, host)) => {
            let scheme = front.split_once("://").map(|(scheme, _)| format!("{scheme}://"));
            format!("{}{host}", scheme.unwrap_or_default())
        }
        None => server.to_owned(),
    };
    url.split(',').map(|server| shown(server.trim())).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_may_carry_user_and_password() {
        let both = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(credentials("nats://ada:s%2F3@db:4222, nats://b:1"), both("ada", "s/3"));
        assert_eq!(credentials("nats://db:4222"), None);
    }

    #[test]
    fn answers_come_in_where_no_other_user_listens() {
        assert_eq!(inbox_prefix("ingest"), "_INBOX_ingest");
        for odd in ["", "a.b", "a>", "a b", "*"] {
            assert_eq!(inbox_prefix(odd), "_INBOX", "{odd:?} is no part of a subject");
        }
    }

    #[test]
    fn an_error_shows_where_but_not_the_password() {
        assert_eq!(without_secret("nats://ada:s3cret@db:4222"), "nats://db:4222");
        assert_eq!(without_secret("nats://a:b@x:1, y:2"), "nats://x:1,y:2");
    }
}
