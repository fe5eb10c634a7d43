//! One subscriber's loop: reads the feed, posts, keeps how far it has come.
//!
//! What it does is decided by the dispatcher. It has nothing in common with other subscribers but the
//! reader of the feed and the writer of progress, and waits for neither when it can send.

mod answered;
mod reading;
mod standing;
mod under_way;

use std::sync::Arc;
use std::time::Duration;

use eventlog::clock;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::dispatcher::{Dispatcher, Reason};
use super::failures::Failures;
use super::lanes::{Lane, Limits};
use super::metrics::WebhookMetrics;
use super::pace::Pace;
use super::progress::{GivenUp, Loaded, Save};
use super::saver::Saver;
use super::schedule::Schedule;
use super::subscription::Subscription;
use crate::source::{Item, Source};
use under_way::Happened;

/// What one subscriber may take up.
pub(super) const LIMITS: Limits = Limits { in_flight: 8, held: 256, behind: 4096 };
/// How many events are read at once.
const STRETCH: usize = 64;
/// How many may be taken in beyond what is kept: so many come twice after a crash.
const UNSAVED: usize = 1024;
/// How often a subscriber that gets nothing keeps how far the feed has been looked through.
const IDLE_SAVE: Duration = Duration::from_mins(1);
/// After how long it is kept that events were passed over which it does not want.
const PASSED_SAVE: Duration = Duration::from_secs(3);
/// How long an end waits for what is under way.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long to wait after the feed could not be read.
const READ_PAUSE: Duration = Duration::from_secs(1);

/// What all loops share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) source: Arc<Source>,
    pub(super) client: Client,
    pub(super) saver: Saver,
    pub(super) schedule: Schedule,
    pub(super) metrics: WebhookMetrics,
}

/// Why a loop has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was asked to.
    Stopped,
    /// The subscriber is to be disabled.
    Disable(Reason),
    /// It is paused, and of what was begun nothing is under way.
    Drained,
    /// The replay is at its end.
    Replayed,
}

/// One subscriber's loop.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Loop {
    shared: Arc<Shared>,
    subscription: Arc<Subscription>,
    dispatcher: Dispatcher<Arc<Item>>,
    under_way: FuturesUnordered<BoxFuture<'static, Happened>>,
    is_reading: bool,
    is_saving: bool,
    /// The feed may have more than was read.
    may_have_more: bool,
    /// Events were passed over that are not wanted, which is to be kept some time.
    has_passed: bool,
    /// Something is to be kept.
    is_changed: bool,
    unsaved: usize,
    given_up: Vec<GivenUp>,
    resent: Vec<u64>,
    /// Departures that were accepted, and when.
    departures: Vec<(u64, Timestamp)>,
    failures: Failures,
    accepted_at: Option<Timestamp>,
    /// Why the last try failed, if it did.
    last_failure: Option<String>,
    over: Option<Ended>,
    state: &'static str,
    /// How many events were accepted.
    accepted: u64,
    /// The place of the last event of a replay.
    until: Option<u64>,
    /// How fast a replay goes.
    pace: Option<Pace>,
}

/// A dead letter that is sent again.
pub(super) type Again = (u64, Lane);

impl Loop {
    pub(super) fn new(
        shared: Arc<Shared>,
        subscription: Arc<Subscription>,
        loaded: Loaded,
    ) -> Self {
        let Loaded { kept, failing_since, accepted, until } = loaded;
        let pace = subscription.course.replay.as_ref().map(|replay| Pace::of(replay.rate));
        let dispatcher = Dispatcher::new(LIMITS, shared.schedule, kept, failing_since);
        Self {
            shared,
            subscription,
            dispatcher,
            under_way: FuturesUnordered::new(),
            is_reading: false,
            is_saving: false,
            may_have_more: true,
            has_passed: false,
            // What is kept of it shows that it has begun.
            is_changed: true,
            unsaved: 0,
            given_up: vec![],
            resent: vec![],
            departures: vec![],
            failures: Failures::default(),
            accepted_at: None,
            last_failure: None,
            over: None,
            state: "",
            accepted,
            until,
            pace,
        }
    }

    /// Delivers until it is asked to stop, or the subscriber is to be disabled.
    pub(super) async fn run(
        mut self,
        mut subscription: watch::Receiver<Arc<Subscription>>,
        mut again: mpsc::UnboundedReceiver<Again>,
        stop: CancellationToken,
    ) -> Ended {
        let mut news = self.shared.source.watch(self.subscription.tenant());
        let mut idle = Instant::now() + IDLE_SAVE;
        loop {
            let now = clock::now();
            self.read();
            self.send(now);
            self.over = self.over.or_else(|| self.finished(now));
            if self.over.is_some() {
                break;
            }
            self.stand(self.dispatcher.state(now));
            self.save(now);
            if std::mem::take(&mut self.has_passed) {
                idle = idle.min(Instant::now() + PASSED_SAVE);
            }
            let wake = self.wake_at(now).map(|at| instant(at, now));
            tokio::select! {
                () = stop.cancelled() => break,
                Some(happened) = self.under_way.next() => self.happened(happened),
                () = news.changed(), if !self.may_have_more => self.may_have_more = true,
                Ok(()) = subscription.changed() => {
                    self.subscription = Arc::clone(&subscription.borrow_and_update());
                }
                Some((position, lane)) = again.recv() => self.again(position, &lane),
                () = sleep_until(wake.unwrap_or(idle)), if wake.is_some() => {}
                () = sleep_until(idle) => {
                    idle = Instant::now() + IDLE_SAVE;
                    (self.may_have_more, self.is_changed) = (true, true);
                }
            }
        }
        self.end().await
    }

    /// Lets what is under way come to an end, and keeps the last of it.
    async fn end(mut self) -> Ended {
        let until = Instant::now() + FAREWELL;
        let over = self.over;
        while let Ok(Some(happened)) = tokio::time::timeout_at(until, self.under_way.next()).await {
            self.happened(happened);
            self.over = over;
        }
        self.count_as(None);
        match over {
            None | Some(Ended::Stopped) => {}
            Some(Ended::Disable(_)) => self.state = "disabled",
            Some(Ended::Drained) if self.dispatcher.lanes().is_idle() => self.state = "drained",
            // What was begun and is not accepted waits until it is resumed.
            Some(Ended::Drained) => self.state = "interrupted",
            Some(Ended::Replayed) => self.state = "done",
        }
        if !self.is_saving {
            self.is_changed = true;
            self.save(clock::now());
            // What is not kept in time is sent once more.
            let _ = tokio::time::timeout(FAREWELL, self.under_way.next()).await;
        }
        over.unwrap_or(Ended::Stopped)
    }

    fn send(&mut self, now: Timestamp) {
        while self.pace.is_none_or(|pace| pace.permits(now)) {
            let Some(taken) = self.dispatcher.next(now) else { return };
            if let Some(pace) = &mut self.pace {
                pace.goes(now);
            }
            let (shared, subscription) = (Arc::clone(&self.shared), Arc::clone(&self.subscription));
            self.under_way.push(Box::pin(async move {
                let sent = under_way::send(&shared, &subscription, &taken).await;
                Happened::Sent(taken, sent)
            }));
        }
    }

    fn save(&mut self, now: Timestamp) {
        if self.is_saving || !self.is_changed {
            return;
        }
        (self.is_saving, self.is_changed, self.unsaved) = (true, false, 0);
        let save = Save {
            key: self.subscription.course.key(),
            subscriber: self.subscription.id().0,
            begun: self.subscription.course.begun(),
            accepted: self.accepted,
            changes: self.dispatcher.changes(),
            given_up: std::mem::take(&mut self.given_up),
            resent: std::mem::take(&mut self.resent),
            departures: std::mem::take(&mut self.departures),
            state: self.state,
            failing_since: self.dispatcher.failing_since(),
            accepted_at: self.accepted_at,
            oldest_at: self.dispatcher.lanes().oldest(|item| item.at),
            failed: self.failures.within_an_hour(now),
            last_failure: self.last_failure.clone(),
        };
        let saver = self.shared.saver.clone();
        self.under_way.push(Box::pin(async move {
            saver.keep(save).await;
            Happened::Saved
        }));
    }

    fn happened(&mut self, happened: Happened) {
        match happened {
            Happened::Saved => self.is_saving = false,
            Happened::Read(read) => self.took_in(read),
            Happened::Sent(taken, sent) => self.sent(&taken, sent),
        }
    }

    fn again(&mut self, position: u64, lane: &Lane) {
        self.dispatcher.lanes().resend(position, lane, clock::now());
        self.resent.push(position);
        self.is_changed = true;
    }
}

fn instant(at: Timestamp, now: Timestamp) -> Instant {
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    // A clock that rounds down would wake us a moment too early, again and again.
    Instant::now() + wait + Duration::from_millis(1)
}
