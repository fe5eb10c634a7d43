//! The connection to NATS, which is never given up.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event};
use percent_encoding::percent_decode_str;
use tokio::sync::watch;
use tokio::time::Instant;

use super::LogError;

/// The server is asked this often whether it still lives; two silences end the connection.
const PING: Duration = Duration::from_secs(2);

/// Connects, trying until `deadline`. Later outages are mended in the background and counted.
pub(super) async fn open(
    url: &str,
    deadline: Instant,
) -> Result<(Client, watch::Receiver<u64>), LogError> {
    let (outages, counted) = watch::channel(0);
    loop {
        let outages = outages.clone();
        let options = ConnectOptions::new()
            .name("rollcall")
            .ping_interval(PING)
            .connection_timeout(super::ANSWER)
            .max_reconnects(None)
            .reconnect_delay_callback(delay)
            .event_callback(move |event| {
                note(&outages, &event);
                std::future::ready(())
            });
        let options = match credentials(url) {
            Some((user, password)) => options.user_and_password(user, password),
            None => options,
        };
        let servers: Vec<&str> = url.split(',').map(str::trim).collect();
        match options.connect(servers.as_slice()).await {
            Ok(client) => return Ok((client, counted)),
            Err(_) if Instant::now() < deadline => tokio::time::sleep(delay(1)).await,
            Err(error) => {
                return Err(LogError::Connect { url: without_secret(url), source: error.into() });
            }
        }
    }
}

/// User and password, as the first server's URL tells them: the client does not look there.
fn credentials(url: &str) -> Option<(String, String)> {
    let server: async_nats::ServerAddr = url.split(',').next()?.trim().parse().ok()?;
    let decoded = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    Some((decoded(server.username()?)?, decoded(server.password()?)?))
}

fn delay(attempts: usize) -> Duration {
    Duration::from_millis(match attempts {
        0 => 0,
        1..=10 => 100,
        11.. => 1000,
    })
}

fn note(outages: &watch::Sender<u64>, event: &Event) {
    // Nobody holds the log any more: we are the ones who leave.
    if outages.is_closed() {
        return;
    }
    match event {
        Event::Disconnected | Event::Closed => {
            outages.send_modify(|count| *count += 1);
            tracing::warn!("lost the connection to NATS; trying until it is back");
        }
        Event::Connected if *outages.borrow() == 0 => tracing::debug!("connected to NATS"),
        Event::Connected => tracing::info!("connected to NATS again"),
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
    fn an_error_shows_where_but_not_the_password() {
        assert_eq!(without_secret("nats://ada:s3cret@db:4222"), "nats://db:4222");
        assert_eq!(without_secret("nats://a:b@x:1, y:2"), "nats://x:1,y:2");
    }
}
