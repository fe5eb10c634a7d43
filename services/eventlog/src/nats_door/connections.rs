//! Who is connected, and cutting whoever may be no longer.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::json;

use super::admission::Admitted;
use crate::error::{ReadError, unavailable};
use crate::log::Log;
use crate::stream_name::StreamName;

/// Where each server tells of its connections: the system account lends it to ours.
const LIST: &str = "ROLLCALL.CONNZ";
/// Where a server is told to cut one.
const CUT: &str = "ROLLCALL.KICK";
/// How many connections a server tells of at a time.
const PAGE: usize = 1000;
/// Servers of a cluster answer at their own pace; after so long without one, all have.
const QUIET: Duration = Duration::from_millis(500);

/// A connection of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriberConnection {
    /// Who came in, and how.
    pub admitted: Admitted,
    server: String,
    id: u64,
}

#[derive(Deserialize)]
struct Answer {
    data: Listed,
}

#[derive(Deserialize)]
struct Listed {
    server_id: String,
    total: usize,
    connections: Vec<Connected>,
}

#[derive(Deserialize)]
struct Connected {
    cid: u64,
    #[serde(default)]
    authorized_user: String,
}

impl Log {
    /// All connections of this log's subscribers, on all servers.
    pub async fn subscriber_connections(&self) -> Result<Vec<SubscriberConnection>, ReadError> {
        let mut all = Vec::new();
        for offset in (0..).step_by(PAGE) {
            let page = self.connections_behind(offset).await?;
            let is_last = page.iter().all(|listed| listed.total <= offset + PAGE);
            all.extend(page.into_iter().flat_map(|listed| of_subscribers(listed, &self.name)));
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// Cuts a connection. One that has gone meanwhile is cut already.
    pub async fn cut(&self, connection: &SubscriberConnection) -> Result<(), ReadError> {
        let subject = format!("{CUT}.{}", connection.server);
        let asked = json!({ "cid": connection.id }).to_string();
        let answer = self.main.client.request(subject, asked.into()).await;
        answer.map(|_| ()).map_err(unavailable)
    }

    async fn connections_behind(&self, offset: usize) -> Result<Vec<Listed>, ReadError> {
        let client = &self.main.client;
        let inbox = client.new_inbox();
        let mut answers = client.subscribe(inbox.clone()).await.map_err(unavailable)?;
        let asked = json!({ "acc": "SUBSCRIBERS", "auth": true, "offset": offset, "limit": PAGE });
        let asked = asked.to_string().into();
        client.publish_with_reply(LIST, inbox, asked).await.map_err(unavailable)?;
        let mut listed = Vec::new();
        while let Ok(Some(answer)) = tokio::time::timeout(QUIET, answers.next()).await {
            if answer.status.is_some() {
                return Err(unavailable(
                    "nats-server does not tell who is connected: its settings have to lend \
                     $SYS.REQ.SERVER.PING.CONNZ",
                ));
            }
            let read: Answer = serde_json::from_slice(&answer.payload).map_err(unavailable)?;
            listed.push(read.data);
        }
        Ok(listed)
    }
}

fn of_subscribers(listed: Listed, log: &StreamName) -> impl Iterator<Item = SubscriberConnection> {
    let Listed { server_id, connections, .. } = listed;
    connections.into_iter().filter_map(move |connected| {
        let admitted = Admitted::named(&connected.authorized_user, log)?;
        Some(SubscriberConnection { admitted, server: server_id.clone(), id: connected.cid })
    })
}
