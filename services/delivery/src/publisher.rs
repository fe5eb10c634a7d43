//! The loop that tells applications what the log comes to.
//!
//! What is told is known from the feed itself: its last message says how far in the log it is. So a
//! publisher that was killed goes on where it was, and of two publishers the one that comes late is
//! refused, reads on, and finds that it was told.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use eventlog::{AppendError, Entry, Feed, FeedMessage, Log, ReadError};
use events::{Event, Position, Recorded, Seq, Tenant};
use futures_util::StreamExt as _;
use roster::Roster;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::derive::derive;
use crate::erasing;
use crate::groups::Groups;
use crate::interrupted::Interrupted;
use crate::messages::{Part, Sequences, sequence};
use crate::picture::{Phase, Picture, Shown};
use crate::start::{LastTold, NoStart, last_told};

/// How many events of the log are looked at before what follows from them is told.
const EVENTS_AT_ONCE: usize = 500;
/// The most bytes that are told at once, but for the last message.
const MAX_BATCH_BYTES: usize = 4 << 20;
/// Until another attempt, when somebody else tells or the stream is away.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Tells applications what the log comes to.
#[derive(Clone, Debug)]
pub struct Publisher {
    pub(crate) log: Log,
    pub(crate) feed: Feed,
    shown: Arc<Shown>,
    /// Whether applications are to be told what is not so any more, if the log lost events.
    pub(crate) accept_lost: bool,
    /// The roster as of the last message, for the snapshot.
    told: Arc<ArcSwap<Roster>>,
}

/// Where a publisher is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) roster: Roster,
    pub(crate) end: u64,
    pub(crate) sequences: Sequences,
    /// The roster as of the last message that follows from it, told or waiting; none if there is none
    /// since the start.
    at_last: Option<Roster>,
}

impl Place {
    fn of(picture: &Picture) -> Self {
        let Picture { roster, end } = picture;
        Self { roster: roster.clone(), end: *end, ..Self::default() }
    }
}

impl Publisher {
    /// A publisher that has told nothing yet. If the log is not the one any more from which applications were
    /// told, it tells them what is not so, if it is to `accept_lost` events; else it stops.
    pub fn new(log: Log, feed: Feed, accept_lost: bool) -> Self {
        let told = Arc::new(ArcSwap::default());
        Self { log, feed, shown: Arc::default(), accept_lost, told }
    }

    /// What is told, as it grows.
    pub fn shown(&self) -> &Arc<Shown> {
        &self.shown
    }

    /// Tells until `stop`; waits out outages. The roster is kept at `snapshot`, if anywhere, so that
    /// the next start need not read the whole log.
    pub async fn run(&self, snapshot: Option<PathBuf>, stop: CancellationToken) {
        let restored = async {
            match &snapshot {
                Some(path) => self.restored(path.clone()).await,
                None => Place::default(),
            }
        };
        let Some(place) = stop.run_until_cancelled(restored).await else { return };
        let saved = place.roster.position().seq;
        let (position, reached) = watch::channel(place.roster.position());
        // With the telling goes the sender, and with that the keeping, which saves once more.
        let telling = stop.run_until_cancelled(Box::pin(self.tell(place, position)));
        let keeping = async {
            if let Some(path) = snapshot {
                writer::keep_roster(path, Arc::clone(&self.told), reached, saved).await;
            }
        };
        tokio::join!(telling, keeping);
    }

    async fn restored(&self, path: PathBuf) -> Place {
        let restored = async {
            let roster = writer::restored(&self.log, &path).await.ok()?;
            let last = last_told(&self.feed).await.ok()?;
            let told = last.source.map_or(Seq(0), |source| source.position.seq);
            // A roster that is ahead of the feed would leave out what is not told.
            (roster.position().seq <= told).then_some(roster)
        };
        let roster: Roster = restored.await.unwrap_or_default();
        if roster.position() == Position::START {
            // It would be held against the log at each start until it is saved anew.
            let _gone_or_never_there = tokio::fs::remove_file(&path).await;
        }
        Place { roster, ..Place::default() }
    }

    /// Tells from `known` on, and after each interruption from where it is known to be.
    async fn tell(&self, mut known: Place, position: watch::Sender<Position>) {
        let mut failing = false;
        loop {
            let Err(interrupted) = Box::pin(self.tell_on(known.clone(), &position)).await;
            let picture = self.shown.picture();
            if picture.roster.position().seq > known.roster.position().seq {
                known = Place::of(&picture);
                failing = false;
            }
            if interrupted.is_final() {
                let error = &interrupted as &dyn std::error::Error;
                tracing::error!(error, "applications are told nothing any more");
                self.shown.tell(Phase::Stuck(eventlog::sentence(error)));
                return;
            }
            interrupted.report(&mut failing);
            tokio::time::sleep(RETRY_DELAY).await;
        }
    }

    /// Tells what follows from the log from `place` on, until something comes between.
    async fn tell_on(
        &self,
        mut place: Place,
        reached: &watch::Sender<Position>,
    ) -> Result<std::convert::Infallible, Interrupted> {
        let mut last = last_told(&self.feed).await?;
        place.end = last.end;
        if let Some(goal) = self.to_be_corrected(&last).await? {
            last = self.correct(&mut place, &last, goal).await?;
        }
        // What is told in part is derived once more.
        if let Some(source) = last.source.filter(|source| source.is_complete()) {
            self.read_up_to(&mut place, source.position.seq).await?;
            place.at_last = Some(place.roster.clone());
            self.show(&mut place, last, reached);
        }
        let mut groups = Groups::default();
        let entries = self.log.follow(place.roster.position());
        let mut entries = std::pin::pin!(entries.ready_chunks(EVENTS_AT_ONCE));
        while let Some(chunk) = entries.next().await {
            let mut waiting = Vec::new();
            for entry in chunk {
                for group in groups.take(read(&entry?)?) {
                    self.take(&mut place, last, &group, &mut waiting).await?;
                }
            }
            self.flush(&mut place, &mut waiting).await?;
            self.show(&mut place, last, reached);
        }
        Err(ReadError::Unavailable("the log ended".into()).into())
    }

    /// Derives what follows from a group, and puts what was not told yet behind what waits.
    async fn take(
        &self,
        place: &mut Place,
        last: LastTold,
        group: &[Recorded],
        waiting: &mut Vec<FeedMessage>,
    ) -> Result<(), Interrupted> {
        let Some(end) = group.last() else { return Ok(()) };
        let tenant = end.tenant();
        let mut derived = derive(&mut place.roster, group);
        let told = last.told_of(end.seq, derived.len());
        let erased = erasing::whom_they_erase(group);
        if !derived.is_empty() && told < derived.len() {
            self.learn_sequence(place, tenant).await?;
            if !erased.is_empty() {
                // What waits may be about the person.
                self.flush(place, waiting).await?;
                erasing::name_numbers(&self.feed, tenant, &mut derived, &erased).await?;
            }
            let part = Part { events: group, position: end.position(), told };
            waiting.extend(part.messages(&derived, &mut place.sequences));
            place.at_last = Some(place.roster.clone());
        }
        if !erased.is_empty() {
            self.flush(place, waiting).await?;
            erasing::delete(&self.feed, tenant, &erased).await?;
        }
        Ok(())
    }

    /// Makes sure that the last number of a tenant's events is known.
    pub(crate) async fn learn_sequence(
        &self,
        place: &mut Place,
        tenant: &Tenant,
    ) -> Result<(), Interrupted> {
        if !place.sequences.knows(tenant) {
            let known = self.feed.last(Some(tenant)).await.map_err(NoStart::from)?;
            let known = known.as_ref().and_then(sequence).unwrap_or_default();
            place.sequences.note(tenant, known);
        }
        Ok(())
    }

    /// Appends what waits.
    pub(crate) async fn flush(
        &self,
        place: &mut Place,
        waiting: &mut Vec<FeedMessage>,
    ) -> Result<(), Interrupted> {
        let mut untold = std::mem::take(waiting).into_iter().peekable();
        while untold.peek().is_some() {
            let mut bytes = 0;
            let mut batch = Vec::new();
            while bytes < MAX_BATCH_BYTES
                && batch.len() < Log::MAX_BATCH
                && let Some(message) = untold.next()
            {
                bytes += message.body.len();
                batch.push(message);
            }
            self.feed.append(place.end, &batch).await.map_err(|error| match error {
                AppendError::Conflict | AppendError::Unknown(_) => Interrupted::Elsewhere(error),
                AppendError::Unavailable(_)
                | AppendError::Full(_)
                | AppendError::TooLarge { .. }
                | AppendError::TooMany(_) => Interrupted::Unwritable(error),
            })?;
            place.end += batch.len() as u64;
        }
        Ok(())
    }

    /// Shows what is told now. The snapshot is never ahead of the feed's last message, so that what a
    /// feed lost is told again.
    fn show(&self, place: &mut Place, last: LastTold, reached: &watch::Sender<Position>) {
        let position = place.roster.position();
        if last.source.is_some_and(|source| position.seq < source.position.seq) {
            return;
        }
        if let Some(roster) = place.at_last.take() {
            let position = roster.position();
            self.told.store(Arc::new(roster));
            reached.send_replace(position);
        }
        self.shown.show(Picture { roster: place.roster.clone(), end: place.end });
        self.shown.tell(Phase::Telling);
    }
}

pub(crate) fn read(entry: &Entry) -> Result<Recorded, Interrupted> {
    let recorded =
        entry.read().map_err(|source| ReadError::Undecodable { seq: entry.seq, source })?;
    match &recorded.event {
        Event::Unknown { name } => {
            Err(Interrupted::UnknownEvent { seq: recorded.seq, name: name.clone() })
        }
        _ => Ok(recorded),
    }
}
