//! Looks who has acknowledged, as long as somebody is waited for.

use std::sync::Arc;
use std::time::Duration;

use eventlog::{clock, subscriber_user};
use jiff::Timestamp;
use projector::sql::column;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use tokio_postgres::Row;

use super::rows::{self, Watched};
use super::{Receipts, ReceiptsError};

/// Between two looks, by how long ago the last departure was.
const YOUNG: (Duration, Duration) = (Duration::from_secs(10), Duration::from_millis(200));
const GROWN: (Duration, Duration) = (Duration::from_mins(10), Duration::from_secs(1));
const OLD: Duration = Duration::from_secs(5);
/// When nobody is waited for, it is looked all the same: another process may have opened a receipt.
const IDLE: Duration = Duration::from_secs(30);
/// Between two rounds in which what is old is forgotten.
const TIDYING: Duration = Duration::from_hours(1);
/// For how long closed receipts are kept; the log has them for good.
const KEPT: Duration = Duration::from_hours(90 * 24);
/// For how long it is kept what webhooks accepted.
const ACCEPTED: Duration = Duration::from_hours(24);

impl Receipts {
    pub(super) async fn settle(
        &self,
        feed: i64,
        news: &Arc<Notify>,
    ) -> Result<std::convert::Infallible, ReceiptsError> {
        let mut tidy_at = Instant::now();
        loop {
            if Instant::now() >= tidy_at {
                let before =
                    |age: Duration| clock::now().checked_sub(age).unwrap_or(Timestamp::MIN);
                rows::tidy(self.database.pool(), before(KEPT), before(ACCEPTED)).await?;
                tidy_at = Instant::now() + TIDYING;
            }
            let mut watched = rows::watched(self.database.pool()).await?;
            if watched.open + watched.overdue > 0 {
                self.look(feed).await?;
                self.close_what_is_over().await?;
                watched = rows::watched(self.database.pool()).await?;
            }
            self.metrics.watched(watched.open, watched.overdue);
            // Elapsed or woken, it is looked again.
            let _ = timeout(pause(watched, clock::now()), news.notified()).await;
        }
    }

    /// Notes who has acknowledged, and who is not waited for any more.
    async fn look(&self, feed: i64) -> Result<(), ReceiptsError> {
        let roster = self.writer.roster();
        let subscribers = roster.tenants().flat_map(|(_, tenant)| tenant.subscribers().iter());
        let subscribers: Vec<_> = subscribers.map(|subscriber| subscriber.id.0).collect();
        let pool = self.database.pool();
        rows::removed(pool, &subscribers, roster.position().seq, clock::now()).await?;
        let mut floors = Vec::new();
        for one in rows::fetching(pool, feed).await? {
            let user = subscriber_user(&one.tenant, &one.name);
            let floor = self.feed.acknowledged(&user, one.subscriber).await;
            let floor = floor.map_err(ReceiptsError::Consumer)?;
            floors.extend(floor.map(|floor| (one.subscriber.0, floor)));
        }
        let client = pool.get().await?;
        let sql = include_str!("../../sql/receipts/accepted.sql");
        self.count(&client.query(sql, &[&feed]).await?)?;
        let sql = include_str!("../../sql/receipts/read.sql");
        self.count(&client.query(sql, &[&feed]).await?)?;
        if !floors.is_empty() {
            let sql = include_str!("../../sql/receipts/fetched.sql");
            let subscribers = column(&floors, |(subscriber, _)| *subscriber);
            let firsts = column(&floors, |(_, floor)| floor.first.cast_signed());
            let positions = column(&floors, |(_, floor)| floor.position.cast_signed());
            let times = column(&floors, |(_, floor)| floor.at.unwrap_or_else(clock::now));
            let told =
                client.query(sql, &[&feed, &subscribers, &firsts, &positions, &times]).await?;
            self.count(&told)?;
        }
        Ok(())
    }

    fn count(&self, acknowledged: &[Row]) -> Result<(), ReceiptsError> {
        for row in acknowledged {
            self.metrics.acknowledged(row.try_get(0)?);
        }
        Ok(())
    }
}

fn pause(watched: Watched, now: Timestamp) -> Duration {
    if watched.open + watched.overdue == 0 {
        return IDLE;
    }
    let age = watched.last_left.map(|at| Duration::try_from(now.duration_since(at)));
    // One who leaves in the future left just now, by a clock of another machine.
    let age = age.map_or(Duration::MAX, Result::unwrap_or_default);
    let fits = [YOUNG, GROWN].into_iter().find(|(younger_than, _)| age < *younger_than);
    fits.map_or(OLD, |(_, pause)| pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_looked_often_while_a_departure_is_young_and_not_at_all_while_nobody_is_waited_for() {
        let now = Timestamp::from_second(10_000).unwrap();
        let after = |seconds: i64| {
            let last_left = Timestamp::from_second(10_000 - seconds).ok();
            pause(Watched { open: 1, overdue: 0, last_left }, now)
        };
        assert_eq!([after(-5), after(1), after(60), after(7200)], [YOUNG.1, YOUNG.1, GROWN.1, OLD]);
        assert_eq!(pause(Watched::default(), now), IDLE);
    }
}
