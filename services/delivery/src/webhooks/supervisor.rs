//! Follows who is a subscriber, and keeps a loop for each.

mod disabling;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use cipher::Cipher;
use eventlog::sentence;
use events::{Seq, SubscriberId, Tenant};
use projector::Database;
use roster::{Roster, Subscriber};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use writer::Writer;

use super::deliver::{Again, Ended, Loop, Shared};
use super::lanes::Kept;
use super::progress::{Loaded, ProgressError, forget_all_but, forgive, load, resends};
use super::subscription::Subscription;
use crate::source::SourceError;
use disabling::Disabling;

/// How often the roster is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// After how many looks it is asked what shall be sent again.
const LOOKS_FOR_RESENDS: u32 = 4;

/// Keeps a loop for each subscriber with the door webhook.
pub(super) struct Supervisor {
    shared: Arc<Shared>,
    writer: Writer,
    cipher: Cipher,
    database: Database,
    running: HashMap<SubscriberId, Running>,
    loops: JoinSet<(SubscriberId, Ended)>,
    disabling: Disabling,
    /// Who is or was disabled, and begins its tries anew.
    forgiven: HashSet<SubscriberId>,
    /// Whose secrets cannot be read, as they were then.
    unreadable: HashMap<SubscriberId, Subscriber>,
    seen: Option<Seq>,
}

struct Running {
    subscription: watch::Sender<Arc<Subscription>>,
    again: mpsc::UnboundedSender<Again>,
    stop: CancellationToken,
}

/// Why a subscriber cannot be begun with.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(transparent)]
    Progress(#[from] ProgressError),
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl Supervisor {
    pub(super) fn new(shared: Shared, writer: Writer, cipher: Cipher, database: Database) -> Self {
        Self {
            shared: Arc::new(shared),
            writer,
            cipher,
            database,
            running: HashMap::new(),
            loops: JoinSet::new(),
            disabling: Disabling::default(),
            forgiven: HashSet::new(),
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
        self.disabling.go_on(&self.writer);
        let position = roster.position().seq;
        if self.seen == Some(position) && self.disabling.is_idle() {
            return Ok(());
        }
        let wanted = wanted(&roster);
        let is_first = self.seen.is_none();
        let mut is_smaller = false;
        for (id, running) in &self.running {
            let stays = wanted.get(id).is_some_and(|(_, one)| one.disabled.is_none());
            if !stays {
                running.stop.cancel();
                is_smaller = true;
            }
        }
        let mut is_complete = true;
        for (tenant, subscriber) in wanted.values() {
            is_complete &= self.follow(tenant, subscriber).await?;
        }
        if is_first || is_smaller {
            let stay = wanted.keys().map(|id| id.0).collect();
            forget_all_but(self.database.pool(), &stay).await?;
        }
        self.seen = is_complete.then_some(position);
        Ok(())
    }

    /// Brings the loop of a subscriber into line. Returns whether that is done.
    async fn follow(
        &mut self,
        tenant: &Tenant,
        subscriber: &Subscriber,
    ) -> Result<bool, ProgressError> {
        let id = subscriber.id;
        if subscriber.disabled.is_some() {
            self.forgiven.insert(id);
            return Ok(true);
        }
        if self.disabling.concerns(id) {
            return Ok(true);
        }
        if let Some(running) = self.running.get(&id) {
            // One that is coming to an end is begun with again when it has.
            let is_same = running.subscription.borrow().is_of(subscriber);
            if !is_same && let Some(changed) = self.subscription(tenant, subscriber) {
                self.running[&id].subscription.send_replace(changed);
            }
            return Ok(!self.running[&id].stop.is_cancelled());
        }
        let Some(subscription) = self.subscription(tenant, subscriber) else { return Ok(true) };
        if self.forgiven.contains(&id) {
            forgive(self.database.pool(), id.0).await?;
        }
        match self.loaded(&subscription, subscriber.after).await {
            Ok(loaded) => {
                self.forgiven.remove(&id);
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

    fn subscription(
        &mut self,
        tenant: &Tenant,
        subscriber: &Subscriber,
    ) -> Option<Arc<Subscription>> {
        match Subscription::of(tenant, subscriber, &self.cipher, &self.shared.client) {
            Ok(subscription) => subscription.map(Arc::new),
            Err(error) => {
                let known = self.unreadable.insert(subscriber.id, subscriber.clone());
                if known.as_ref() != Some(subscriber) {
                    let error = sentence(&error);
                    tracing::error!(subscriber = %subscriber.id, error, "it gets nothing");
                }
                None
            }
        }
    }

    async fn loaded(&self, subscription: &Subscription, after: u64) -> Result<Loaded, StartError> {
        if let Some(loaded) = load(self.database.pool(), subscription.id().0).await? {
            return Ok(loaded);
        }
        let settled = self.shared.source.place_of(&subscription.tenant, after).await?;
        Ok(Loaded { kept: Kept { settled, ..Kept::default() }, failing_since: None })
    }

    fn start(&mut self, subscription: Arc<Subscription>, loaded: Loaded) {
        let id = subscription.id();
        let (settings, changes) = watch::channel(Arc::clone(&subscription));
        let (again, asked_again) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let one = Loop::new(Arc::clone(&self.shared), subscription, loaded);
        let running = one.run(changes, asked_again, stop.clone());
        self.loops.spawn(async move { (id, running.await) });
        self.running.insert(id, Running { subscription: settings, again, stop });
    }

    fn ended(&mut self, ended: Option<(SubscriberId, Ended)>) {
        let Some((id, ended)) = ended else {
            // A panic is logged where it happens; the loop that had it is begun with anew.
            self.forget_finished();
            return;
        };
        let running = self.running.remove(&id);
        self.seen = None;
        if let (Some(running), Ended::Disable(reason)) = (running, ended) {
            let tenant = running.subscription.borrow().tenant.clone();
            self.disabling.begin(id, tenant, reason);
            self.forgiven.insert(id);
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
            if let Some(running) = self.running.get(&SubscriberId(asked.subscriber)) {
                // A loop that is at an end leaves it for the next one.
                let _ = running.again.send((asked.position, asked.lane));
            }
        }
        Ok(())
    }
}

/// All subscribers with the door webhook.
fn wanted(roster: &Roster) -> HashMap<SubscriberId, (Tenant, Subscriber)> {
    let of_all = roster.tenants().flat_map(|(tenant, roster)| {
        roster.subscribers().iter().map(move |subscriber| (tenant, subscriber))
    });
    of_all
        .filter(|(_, subscriber)| Subscription::is_one(subscriber))
        .map(|(tenant, subscriber)| (subscriber.id, (tenant.clone(), subscriber.clone())))
        .collect()
}
