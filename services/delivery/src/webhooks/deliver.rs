//! One subscriber's loop: reads the feed, posts, keeps how far it has come.
//!
//! What it does is decided by the dispatcher. It has nothing in common with other subscribers but the
//! reader of the feed and the writer of progress, and waits for neither when it can send.

mod answered;
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
    /// Something is to be kept.
    is_changed: bool,
    unsaved: usize,
    given_up: Vec<GivenUp>,
    resent: Vec<u64>,
    failures: Failures,
    accepted_at: Option<Timestamp>,
    last_failure: Option<String>,
    over: Option<Reason>,
    state: &'static str,
}

/// A dead letter that is sent again.
pub(super) type Again = (u64, Lane);

impl Loop {
    pub(super) fn new(
        shared: Arc<Shared>,
        subscription: Arc<Subscription>,
        loaded: Loaded,
    ) -> Self {
        let Loaded { kept, failing_since } = loaded;
        let dispatcher = Dispatcher::new(LIMITS, shared.schedule, kept, failing_since);
        Self {
            shared,
            subscription,
            dispatcher,
            under_way: FuturesUnordered::new(),
            is_reading: false,
            is_saving: false,
            may_have_more: true,
            // What is kept of it shows that it has begun.
            is_changed: true,
            unsaved: 0,
            given_up: vec![],
            resent: vec![],
            failures: Failures::default(),
            accepted_at: None,
            last_failure: None,
            over: None,
            state: "",
        }
    }

    /// Delivers until it is asked to stop, or the subscriber is to be disabled.
    pub(super) async fn run(
        mut self,
        mut subscription: watch::Receiver<Arc<Subscription>>,
        mut again: mpsc::UnboundedReceiver<Again>,
        stop: CancellationToken,
    ) -> Ended {
        let mut news = self.shared.source.news(&self.subscription.tenant);
        let mut idle = Instant::now() + IDLE_SAVE;
        while self.over.is_none() {
            let now = clock::now();
            self.read();
            self.send(now);
            self.stand(self.dispatcher.state(now));
            self.save(now);
            let wake = self.dispatcher.wake_at(now).map(|at| instant(at, now));
            tokio::select! {
                () = stop.cancelled() => break,
                Some(happened) = self.under_way.next() => self.happened(happened),
                // Who hears no more news any more is about to be stopped.
                Ok(()) = news.changed(), if !self.may_have_more => self.may_have_more = true,
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

    fn stand(&mut self, state: &'static str) {
        if self.state != state {
            self.shared.metrics.stands(Some(self.state), Some(state));
            (self.state, self.is_changed) = (state, true);
        }
    }

    /// Lets what is under way come to an end, and keeps the last of it.
    async fn end(mut self) -> Ended {
        let until = Instant::now() + FAREWELL;
        let over = self.over;
        while let Ok(Some(happened)) = tokio::time::timeout_at(until, self.under_way.next()).await {
            self.happened(happened);
            self.over = over;
        }
        self.shared.metrics.stands(Some(self.state), None);
        if over.is_some() {
            self.state = "disabled";
        }
        if !self.is_saving {
            self.is_changed = true;
            self.save(clock::now());
            // What is not kept in time is sent once more.
            let _ = tokio::time::timeout(FAREWELL, self.under_way.next()).await;
        }
        over.map_or(Ended::Stopped, Ended::Disable)
    }

    fn read(&mut self) {
        let wants_more = self.may_have_more && self.unsaved < UNSAVED;
        if self.is_reading || !wants_more || !self.dispatcher.may_read() {
            return;
        }
        self.is_reading = true;
        self.may_have_more = false;
        let source = Arc::clone(&self.shared.source);
        let tenant = self.subscription.tenant.clone();
        let after = self.dispatcher.lanes().read();
        self.under_way.push(Box::pin(async move {
            Happened::Read(source.read(&tenant, after, STRETCH).await)
        }));
    }

    fn send(&mut self, now: Timestamp) {
        while let Some(taken) = self.dispatcher.next(now) {
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
            subscriber: self.subscription.id().0,
            changes: self.dispatcher.changes(),
            given_up: std::mem::take(&mut self.given_up),
            resent: std::mem::take(&mut self.resent),
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

    fn took_in(&mut self, read: under_way::Read) {
        self.is_reading = false;
        let Ok(stretch) = read else {
            // The reader has said why, and news come when it reads again.
            return;
        };
        self.may_have_more |= stretch.events.len() == STRETCH;
        for (position, item) in stretch.events {
            if !self.dispatcher.may_read() {
                self.may_have_more = true;
                return;
            }
            let lanes = self.dispatcher.lanes();
            if self.subscription.wants(&item.entity, &item.fact) {
                self.unsaved += 1;
                lanes.take_in(position, item.lane.clone(), item);
            } else {
                lanes.pass_to(position);
            }
        }
        self.dispatcher.lanes().pass_to(stretch.through);
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
