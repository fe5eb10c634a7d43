//! Follows who is a subscriber, and keeps a loop for each course of one through the feed.

mod deciding;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use cipher::Cipher;
use eventlog::sentence;
use events::Seq;
use projector::Database;
use roster::Subscriber;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use writer::Writer;

use super::deliver::{Again, Ended, Loop, Shared};
use super::progress::{Loaded, ProgressError, begin_anew, forget_all_but, forgive, load, resends};
use super::subscription::{Course, Subscription, courses};
use super::testing::{Testing, test};
use crate::source::SourceError;
use deciding::Deciding;

/// How often the roster is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// After how many looks it is asked what shall be sent again.
const LOOKS_FOR_RESENDS: u32 = 4;

/// Keeps a loop for each course of subscribers with the door webhook.
pub(super) struct Supervisor {
    shared: Arc<Shared>,
    writer: Writer,
    cipher: Cipher,
    database: Database,
    /// What this process's writes bear.
    token: i64,
    /// By the key of the course.
    running: HashMap<Uuid, Running>,
    loops: JoinSet<(Uuid, Ended)>,
    deciding: Deciding,
    testing: Testing,
    /// Which courses are or were held, and begin their tries anew.
    forgiven: HashSet<Uuid>,
    /// Which courses have finished what was begun, and are paused.
    drained: HashSet<Uuid>,
    /// Whose secrets cannot be read, as they were then.
    unreadable: HashMap<Uuid, Subscriber>,
    seen: Option<Seq>,
}

struct Running {
    begun: Seq,
    subscription: watch::Sender<Arc<Subscription>>,
    again: mpsc::UnboundedSender<Again>,
    stop: CancellationToken,
}

/// Why a course cannot be begun with.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(transparent)]
    Progress(#[from] ProgressError),
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl Supervisor {
    pub(super) fn new(
        shared: Shared,
        writer: Writer,
        cipher: Cipher,
        database: Database,
        token: i64,
    ) -> Self {
        Self {
            shared: Arc::new(shared),
            writer,
            cipher,
            database,
            token,
            running: HashMap::new(),
            loops: JoinSet::new(),
            deciding: Deciding::default(),
            testing: Testing::default(),
            forgiven: HashSet::new(),
            drained: HashSet::new(),
            unreadable: HashMap::new(),
            seen: None,
        }
    }

    /// Keeps the loops until `stop`, then lets them come to an end.
    pub(super) async fn run(mut self, stop: &CancellationToken) -> Result<(), ProgressError> {
        let mut looks = tokio::time::interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut count = 0_u32;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(ended) = self.loops.join_next() => self.ended(ended.ok()),
                _ = looks.tick() => {
                    self.look().await?;
                    count = count.wrapping_add(1);
                    if count.is_multiple_of(LOOKS_FOR_RESENDS) {
                        self.send_again().await?;
                    }
                }
            }
        }
        for running in self.running.values() {
            running.stop.cancel();
        }
        while self.loops.join_next().await.is_some() {}
        Ok(())
    }

    async fn look(&mut self) -> Result<(), ProgressError> {
        let roster = self.writer.roster();
        self.deciding.go_on(&self.writer);
        let position = roster.position().seq;
        if self.seen == Some(position) && self.deciding.is_idle() {
            return Ok(());
        }
        let wanted: HashMap<Uuid, Course> =
            courses(&roster).map(|course| (course.key(), course)).collect();
        let is_first = self.seen.is_none();
        let mut is_smaller = false;
        for (key, running) in &self.running {
            let stays = |course: &Course| !course.is_held() && course.begun() == running.begun;
            if !wanted.get(key).is_some_and(stays) {
                running.stop.cancel();
                is_smaller = true;
            }
        }
        let mut is_complete = true;
        for course in wanted.values() {
            self.test(course);
            is_complete &= self.follow(course).await?;
        }
        if is_first || is_smaller {
            // How a replay has ended is shown until there is another.
            let ended = wanted.values().filter_map(|course| course.subscriber.replay.as_ref());
            let stay = wanted.keys().copied().chain(ended.map(|replay| replay.id.0)).collect();
            forget_all_but(self.database.pool(), &stay).await?;
        }
        self.seen = is_complete.then_some(position);
        Ok(())
    }

    /// Sends a subscriber the test that somebody asked for, if any.
    fn test(&mut self, course: &Course) {
        let asked = course.subscriber.tested.clone().filter(|_| course.replay.is_none());
        let Some(tested) = asked else { return };
        if self.testing.is_due(course.subscriber.id, &tested)
            && let Some(subscription) = self.subscription(course)
        {
            let kept = (self.database.pool().clone(), self.token);
            tokio::spawn(test(Arc::clone(&self.shared), subscription, tested, kept));
        }
    }

    /// Brings the loop of a course into line. Returns whether that is done.
    async fn follow(&mut self, course: &Course) -> Result<bool, ProgressError> {
        let key = course.key();
        if !course.is_draining() {
            self.drained.remove(&key);
        }
        if course.is_held() {
            self.forgiven.insert(key);
            return Ok(true);
        }
        if self.drained.contains(&key) || self.deciding.concerns(course) {
            return Ok(true);
        }
        if let Some(running) = self.running.get(&key) {
            // One that is coming to an end is begun with again when it has. What it keeps until then is of the
            // course that it had.
            if running.begun != course.begun() {
                return Ok(false);
            }
            let is_same = running.subscription.borrow().course == *course;
            if !is_same && let Some(changed) = self.subscription(course) {
                self.running[&key].subscription.send_replace(changed);
            }
            return Ok(!self.running[&key].stop.is_cancelled());
        }
        let Some(subscription) = self.subscription(course) else { return Ok(true) };
        if self.forgiven.contains(&key) {
            forgive(self.database.pool(), key).await?;
        }
        match self.loaded(course).await {
            Ok(loaded) => {
                self.forgiven.remove(&key);
                self.start(subscription, loaded);
                Ok(true)
            }
            Err(StartError::Progress(error)) => Err(error),
            Err(StartError::Source(error)) => {
                tracing::debug!(error = sentence(&error), "a subscriber waits for the feed");
                Ok(false)
            }
        }
    }

    fn subscription(&mut self, course: &Course) -> Option<Arc<Subscription>> {
        match Subscription::of(course, &self.cipher, &self.shared.client) {
            Ok(subscription) => subscription.map(Arc::new),
            Err(error) => {
                let subscriber = &course.subscriber;
                let known = self.unreadable.insert(course.key(), subscriber.clone());
                if known.as_ref() != Some(subscriber) {
                    let error = sentence(&error);
                    tracing::error!(subscriber = %subscriber.id, error, "it gets nothing");
                }
                None
            }
        }
    }

    /// How far a course has come, if what is kept is of this one and not of one before a reset.
    async fn loaded(&self, course: &Course) -> Result<Loaded, StartError> {
        let (pool, key, source) = (self.database.pool(), course.key(), &self.shared.source);
        let mut loaded = match load(pool, key).await? {
            Some((loaded, begun)) if course.is_of(begun) => loaded,
            kept => {
                let place = source.place_of(&course.tenant, course.after()).await?;
                if kept.is_some() {
                    begin_anew(pool, self.token, key, (place, course.begun())).await?;
                }
                Loaded::at(place)
            }
        };
        if let Some(replay) = &course.replay {
            loaded.until = Some(source.place_of(&course.tenant, replay.through).await?);
        }
        Ok(loaded)
    }

    fn start(&mut self, subscription: Arc<Subscription>, loaded: Loaded) {
        let (key, begun) = (subscription.course.key(), subscription.course.begun());
        let (settings, changes) = watch::channel(Arc::clone(&subscription));
        let (again, asked_again) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let one = Loop::new(Arc::clone(&self.shared), subscription, loaded);
        let running = one.run(changes, asked_again, stop.clone());
        self.loops.spawn(async move { (key, running.await) });
        self.running.insert(key, Running { begun, subscription: settings, again, stop });
    }

    fn ended(&mut self, ended: Option<(Uuid, Ended)>) {
        let Some((key, ended)) = ended else {
            // A panic is logged where it happens; the loop that had it is begun with anew.
            self.forget_finished();
            return;
        };
        self.seen = None;
        let Some(running) = self.running.remove(&key) else { return };
        let course = running.subscription.borrow().course.clone();
        match ended {
            Ended::Stopped => {}
            Ended::Drained => {
                self.drained.insert(key);
            }
            Ended::Disable(reason) => {
                self.deciding.disable(&course, reason);
                self.forgiven.insert(course.subscriber.id.0);
            }
            Ended::Replayed => self.deciding.end_replay(&course),
        }
    }

    /// Forgets loops that nobody runs any more.
    fn forget_finished(&mut self) {
        self.running.retain(|_, running| !running.again.is_closed());
        self.seen = None;
    }

    /// Hands dead letters to those who shall have them again.
    async fn send_again(&self) -> Result<(), ProgressError> {
        if self.running.is_empty() {
            return Ok(());
        }
        for asked in resends(self.database.pool()).await? {
            if let Some(running) = self.running.get(&asked.subscriber) {
                // A loop that is at an end leaves it for the next one.
                let _ = running.again.send((asked.position, asked.lane));
            }
        }
        Ok(())
    }
}
