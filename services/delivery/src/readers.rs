//! How far subscribers that ask over HTTP have acknowledged: kept in Postgres, never backwards.
//!
//! What is acknowledged within a moment is kept in one statement. Who is killed before that reads the last
//! moments again, with the same ids.

mod kept;
mod rows;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eventlog::sentence;
use events::SubscriberId;
use jiff::Timestamp;
use projector::Database;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

pub(crate) use kept::ReadersError;
pub use rows::{ReaderState, states};

/// How long acknowledgements are gathered.
const GATHERING: Duration = Duration::from_millis(50);
/// How long until it is tried again to keep them.
const PAUSE: Duration = Duration::from_secs(1);
/// How long somebody waits who wants to know that theirs is kept.
const PATIENCE: Duration = Duration::from_secs(10);

/// A place that was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) position: u64,
    pub(crate) at: Timestamp,
}

/// How far subscribers that ask over HTTP have acknowledged. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Readers(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    /// When the feed's stream was made, in nanoseconds: places in another one are others.
    feed: i64,
    database: watch::Receiver<Option<Database>>,
    places: Mutex<Places>,
    news: Notify,
    /// Changes whenever something was kept.
    kept: watch::Sender<()>,
}

/// What this process knows.
#[derive(Debug, Default)]
struct Places {
    acknowledged: HashMap<SubscriberId, Acknowledged>,
    kept: HashMap<SubscriberId, u64>,
}

impl Places {
    /// Notes a place, unless it is behind the one that is known.
    fn note(&mut self, subscriber: SubscriberId, place: Acknowledged) -> bool {
        let known = self.acknowledged.get(&subscriber);
        let is_new = known.is_none_or(|known| known.position < place.position);
        if is_new {
            self.acknowledged.insert(subscriber, place);
        }
        is_new
    }

    fn is_kept(&self, subscriber: SubscriberId, position: u64) -> bool {
        self.kept.get(&subscriber).is_some_and(|kept| *kept >= position)
    }

    fn to_be_kept(&self) -> Vec<(SubscriberId, Acknowledged)> {
        let all = self.acknowledged.iter().map(|(id, place)| (*id, *place));
        all.filter(|(id, place)| !self.is_kept(*id, place.position)).collect()
    }
}

impl Readers {
    /// Of a feed whose stream was made then; kept in the database, once that is connected to.
    pub(crate) fn new(made: Timestamp, database: watch::Receiver<Option<Database>>) -> Self {
        let feed = i64::try_from(made.as_nanosecond()).unwrap_or(i64::MAX);
        Self(Arc::new(Parts {
            feed,
            database,
            places: Mutex::default(),
            news: Notify::new(),
            kept: watch::Sender::default(),
        }))
    }

    /// A subscriber has acknowledged all up to here; it is kept soon.
    pub(crate) fn note(&self, subscriber: SubscriberId, place: Acknowledged) {
        if self.places().note(subscriber, place) {
            self.0.news.notify_one();
        }
    }

    /// A subscriber has acknowledged all up to here; done when that is kept.
    pub(crate) async fn keep(
        &self,
        subscriber: SubscriberId,
        place: Acknowledged,
    ) -> Result<(), ReadersError> {
        self.database()?;
        let mut kept = self.0.kept.subscribe();
        self.note(subscriber, place);
        let is_kept = async {
            while !self.places().is_kept(subscriber, place.position) {
                if kept.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, is_kept).await;
        in_time.map_err(|_| ReadersError::TooLate)
    }

    /// Up to where a subscriber has acknowledged, if it ever did.
    pub(crate) async fn place(
        &self,
        subscriber: SubscriberId,
    ) -> Result<Option<u64>, ReadersError> {
        let stored = rows::place(self.database()?.pool(), subscriber, self.0.feed).await?;
        let known = self.places().acknowledged.get(&subscriber).map(|place| place.position);
        Ok(stored.max(known))
    }

    /// Keeps what is acknowledged, until `stop`. Of others than `subscribers` nothing is left.
    pub(crate) async fn run(
        &self,
        subscribers: impl Fn() -> Vec<SubscriberId>,
        stop: CancellationToken,
    ) {
        let mut is_made = false;
        loop {
            let is_stopping = stop.run_until_cancelled(self.0.news.notified()).await.is_none();
            if !is_stopping {
                tokio::time::sleep(GATHERING).await;
            }
            let mut is_failing = false;
            while let Err(error) = self.save(&mut is_made, &subscribers).await {
                if stop.is_cancelled() {
                    return;
                }
                if !std::mem::replace(&mut is_failing, true) {
                    let error = sentence(&error);
                    tracing::warn!(error, "acknowledgements are kept as soon as Postgres can");
                }
                tokio::time::sleep(PAUSE).await;
            }
            if is_stopping {
                return;
            }
        }
    }

    async fn save(
        &self,
        is_made: &mut bool,
        subscribers: impl Fn() -> Vec<SubscriberId>,
    ) -> Result<(), ReadersError> {
        let places = self.places().to_be_kept();
        if places.is_empty() {
            return Ok(());
        }
        let database = self.database()?;
        if !*is_made {
            rows::make(database.pool(), &subscribers()).await?;
        }
        // A table that somebody dropped is made again.
        *is_made = false;
        rows::save(database.pool(), self.0.feed, &places).await?;
        *is_made = true;
        let kept = places.iter().map(|(id, place)| (*id, place.position));
        self.places().kept.extend(kept);
        self.0.kept.send_replace(());
        Ok(())
    }

    pub(crate) fn database(&self) -> Result<Database, ReadersError> {
        kept::connected(&self.0.database)
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn at(position: u64) -> Acknowledged {
        Acknowledged { position, at: Timestamp::UNIX_EPOCH }
    }

    proptest! {
        #[test]
        fn a_place_never_goes_back_and_only_what_is_new_is_kept(
            acknowledged in proptest::collection::vec((0..3_u128, 0..20_u64, any::<bool>()), 0..40),
        ) {
            let mut places = Places::default();
            let mut furthest: HashMap<SubscriberId, u64> = HashMap::new();
            for (subscriber, position, is_saved) in acknowledged {
                let subscriber = SubscriberId(Uuid::from_u128(subscriber));
                places.note(subscriber, at(position));
                let known = furthest.entry(subscriber).or_insert(position);
                *known = position.max(*known);
                prop_assert_eq!(places.acknowledged[&subscriber].position, *known);
                if is_saved {
                    let saved: Vec<_> = places.to_be_kept();
                    places.kept.extend(saved.iter().map(|(id, place)| (*id, place.position)));
                    prop_assert!(places.to_be_kept().is_empty());
                }
                prop_assert_eq!(places.is_kept(subscriber, *known), places.to_be_kept().iter().all(|(id, _)| *id != subscriber));
            }
        }
    }
}
