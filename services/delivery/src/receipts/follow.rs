//! Follows the feed, and opens a receipt for each departure.

use std::sync::Arc;

use eventlog::{ReadError, clock};
use events::{Seq, Tenant};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use roster::{Roster, Subscriber};
use tokio::sync::Notify;

use super::departures::{Said, What, said};
use super::rows::{self, Opened};
use super::{Receipts, ReceiptsError};

/// How many messages are looked at together.
const AT_ONCE: usize = 256;
/// After so many that concern nobody, the place is kept all the same.
const UNSAVED: usize = 1_000;

impl Receipts {
    pub(super) async fn follow(
        &self,
        feed: i64,
        after: u64,
        news: &Arc<Notify>,
    ) -> Result<std::convert::Infallible, ReceiptsError> {
        let mut entries = std::pin::pin!(self.feed.follow(after).ready_chunks(AT_ONCE));
        let mut unsaved = 0;
        while let Some(chunk) = entries.next().await {
            let entries = chunk.into_iter().collect::<Result<Vec<_>, _>>()?;
            let Some(last) = entries.last().map(|entry| entry.seq.0) else { continue };
            unsaved += entries.len();
            let said: Vec<Said> = entries.iter().filter_map(said).collect();
            if said.is_empty() && unsaved < UNSAVED {
                continue;
            }
            let (mut opened, mut late) = (Vec::new(), 0);
            for one in &said {
                let opening = self.opening(one).await?;
                late += u64::from(matches!(opening, Opening::Late));
                opened.push(opening.opened());
            }
            rows::take_in(self.database.pool(), feed, &said, &opened, last, clock::now()).await?;
            if late > 0 {
                self.metrics.late(late);
                tracing::info!(
                    departures = late,
                    "departures were due before the feed told of them; no receipts of them are opened"
                );
            }
            unsaved = 0;
            if !said.is_empty() {
                news.notify_one();
            }
        }
        Err(ReadError::Unavailable("the feed ended".into()).into())
    }

    /// Whether a receipt is to be opened: where what is said is a departure that somebody wants to be told.
    async fn opening(&self, said: &Said) -> Result<Opening, ReceiptsError> {
        let What::Left { at, log } = said.what else { return Ok(Opening::Nothing) };
        let due_at = due(at, self.due_after);
        let mut roster = self.writer.roster();
        if roster.position().seq < Seq(log) {
            roster = self.writer.consistent_roster().await?;
        }
        if is_closed(&roster, said, log) {
            return Ok(Opening::Nothing);
        }
        let subscribers = wanting(&roster, &said.tenant, Seq(log));
        if subscribers.is_empty() {
            return Ok(Opening::Nothing);
        }
        if due_at > clock::now() {
            return Ok(Opening::Receipt(Opened { log, left_at: at, due_at, subscribers }));
        }
        // A feed that is told anew tells of departures whose receipts are there.
        let is_there = rows::is_there(self.database.pool(), said, log).await?;
        Ok(if is_there { Opening::Nothing } else { Opening::Late })
    }
}

/// What becomes of what is said.
enum Opening {
    /// It is no departure, nobody is waited for, or the receipt is there or was closed.
    Nothing,
    Receipt(Opened),
    /// It was due before it was told: all that could be said of it is that nobody was asked in time.
    Late,
}

impl Opening {
    fn opened(self) -> Option<Opened> {
        match self {
            Self::Receipt(opened) => Some(opened),
            Self::Nothing | Self::Late => None,
        }
    }
}

fn due(left_at: Timestamp, after: std::time::Duration) -> Timestamp {
    left_at.checked_add(after).unwrap_or(Timestamp::MAX)
}

fn is_closed(roster: &Roster, said: &Said, log: u64) -> bool {
    let closed = roster.tenant(&said.tenant).and_then(|it| it.closed_receipt(said.employee));
    closed >= Some(Seq(log))
}

/// Who wants to be told of departures, is enabled, and was there before this one.
fn wanting(roster: &Roster, tenant: &Tenant, before: Seq) -> Vec<Subscriber> {
    let all = roster.tenant(tenant).into_iter().flat_map(|tenant| tenant.subscribers().iter());
    let wants = |one: &&Subscriber| {
        one.disabled.is_none() && one.added < before && one.wants("employee", "left")
    };
    all.filter(wants).cloned().collect()
}
