//! When a candidate stands still so that others get on.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::time::Duration;

use deadpool_postgres::Pool;
use events::Seq;
use tokio::time::Instant;

use crate::database::WaitError;
use crate::slots::Slots;

/// From how much lag of the live slot on a candidate stands still, and below how much it goes on.
const MAX_LIVE_LAG: Duration = Duration::from_secs(5);
const SMALL_LIVE_LAG: Duration = Duration::from_secs(1);
/// How often the database's size is asked for.
const SIZE_INTERVAL: Duration = Duration::from_secs(5);
/// How much of the database's size stays free of candidates, as a part of it.
const SPARE: u64 = 20;

/// Watches the live slot and the disk while a candidate is built.
#[derive(Debug, Default)]
pub(super) struct Yielding {
    lag: LiveLag,
    paused_by_lag: bool,
    size: Option<(Instant, u64)>,
}

impl Yielding {
    /// Why the candidate stands still, if it does; the log ends at `end`.
    pub(super) async fn reason(
        &mut self,
        pool: &Pool,
        slots: &Slots,
        end: Seq,
        max_size: Option<NonZeroU64>,
    ) -> Result<Option<String>, WaitError> {
        // Nobody waits for a live slot that nobody keeps.
        let live = slots.live.as_ref().filter(|live| live.attended());
        let lag = live.map_or(Duration::ZERO, |live| self.lag.of(live.position, end));
        let bound = if self.paused_by_lag { SMALL_LIVE_LAG } else { MAX_LIVE_LAG };
        self.paused_by_lag = lag > bound;
        if self.paused_by_lag {
            return Ok(Some(format!("the live slot is {} s behind", lag.as_secs())));
        }
        let Some(max_size) = max_size else { return Ok(None) };
        let size = self.size(pool).await?;
        let bound = max_size.get() - max_size.get() / SPARE;
        Ok((size >= bound).then(|| {
            format!("the database has {size} of {max_size} bytes; candidates stop at {bound}")
        }))
    }

    /// How large the database is, or was a moment ago.
    async fn size(&mut self, pool: &Pool) -> Result<u64, WaitError> {
        if let Some((asked, size)) = self.size
            && asked.elapsed() < SIZE_INTERVAL
        {
            return Ok(size);
        }
        let question = "SELECT pg_database_size(current_database())";
        let size: i64 = pool.get().await?.query_one(question, &[]).await?.try_get(0)?;
        let size = u64::try_from(size).unwrap_or_default();
        self.size = Some((Instant::now(), size));
        Ok(size)
    }
}

/// How long ago the log ended beyond what the live slot has seen, by the clock of this process alone.
#[derive(Debug, Default)]
struct LiveLag {
    /// Where the log ended when, as far as the live slot has not seen it.
    ends: VecDeque<(Instant, Seq)>,
}

impl LiveLag {
    /// More is not remembered: the first counts.
    const MAX_ENDS: usize = 1000;

    fn of(&mut self, position: Seq, end: Seq) -> Duration {
        if self.ends.back().is_none_or(|(_, last)| *last < end) && self.ends.len() < Self::MAX_ENDS
        {
            self.ends.push_back((Instant::now(), end));
        }
        while self.ends.front().is_some_and(|(_, end)| *end <= position) {
            self.ends.pop_front();
        }
        self.ends.front().map_or(Duration::ZERO, |(since, _)| since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_lag_is_the_age_of_the_oldest_end_that_the_live_slot_has_not_seen() {
        let mut lag = LiveLag::default();
        assert_eq!(lag.of(Seq(5), Seq(5)), Duration::ZERO);
        assert_eq!(lag.of(Seq(5), Seq(6)), Duration::ZERO);
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(lag.of(Seq(5), Seq(9)), Duration::from_secs(3));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(lag.of(Seq(6), Seq(9)), Duration::from_secs(1), "it has seen the older one");
        assert_eq!(lag.of(Seq(9), Seq(9)), Duration::ZERO);
    }
}
