//! The clerk's desk: takes all who wait, decides for each in turn, and appends what comes of it
//! as one durable batch.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chassis::fresh;
use chassis::log::{AppendError, Entry, Log, ReadError, Sealed};
use events::{Event, EventId, Position, Recorded};
use futures_util::{FutureExt, StreamExt};
use roster::{Roster, evolve};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::costs::Costs;
use crate::errand::Errand;
use crate::fold::{News, read};
use crate::outage::Outage;
use crate::round::{Round, Served};

/// The most events that one atomic batch holds (a limit of JetStream).
const BATCH: usize = 1000;

/// How long to wait for the events of another writer who got in first, and for how long an append
/// that was not taken is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a round is decided anew, because somebody else was first or an answer was lost.
const ATTEMPTS: usize = 100;

pub(crate) struct Desk {
    log: Log,
    /// All that is durable.
    roster: Roster,
    /// Where readers find it.
    shared: Arc<ArcSwap<Roster>>,
    position: watch::Sender<Position>,
    health: watch::Sender<Result<(), Outage>>,
    /// Part of a foreign batch whose end has not come yet.
    unfinished: Vec<Recorded>,
    costs: Costs,
    /// How many the last round served.
    served_together: usize,
}

/// What became of a round.
enum Appended {
    Durably,
    /// Another writer got in first: see what they wrote, and decide again.
    AfterSomebodyElse,
    /// Nobody can tell for now. Should it have been written after all, we will hear of it.
    Unclear(Outage),
}

/// What became of one attempt to append a round.
enum Attempt {
    Ended(Appended),
    /// There was no answer, and the round is not in the log, so far.
    Lost,
}

impl Desk {
    pub(crate) fn new(
        log: Log,
        roster: Roster,
        shared: Arc<ArcSwap<Roster>>,
        position: watch::Sender<Position>,
        health: watch::Sender<Result<(), Outage>>,
    ) -> Self {
        Self {
            log,
            roster,
            shared,
            position,
            health,
            unfinished: Vec::new(),
            costs: Costs::default(),
            served_together: 0,
        }
    }

    pub(crate) async fn serve(
        mut self,
        mut line: mpsc::Receiver<Box<dyn Errand>>,
        mut news: News,
        stop: CancellationToken,
    ) {
        let mut waiting = VecDeque::new();
        loop {
            tokio::select! {
                // Once asked to stop, those in line are still served; nobody new gets in.
                () = stop.cancelled(), if !line.is_closed() => line.close(),
                errand = line.recv() => match errand {
                    Some(errand) => {
                        waiting.push_back(errand);
                        while !waiting.is_empty() {
                            self.gather(&mut waiting, &mut line).await;
                            self.round(&mut waiting, &mut news).await;
                        }
                    }
                    None => return,
                },
                Some(entry) = news.next() => self.hear(entry),
            }
        }
    }

    /// Takes in who else is in line. Those who were served together come back about together, as
    /// clients do who send one request after the other: a batch waits for them, for a moment.
    async fn gather(
        &self,
        waiting: &mut VecDeque<Box<dyn Errand>>,
        line: &mut mpsc::Receiver<Box<dyn Errand>>,
    ) {
        while waiting.len() < BATCH
            && let Ok(next) = line.try_recv()
        {
            waiting.push_back(next);
        }
        if !self.costs.favour_batch(self.served_together) {
            return;
        }
        let all = async {
            while waiting.len() < self.served_together
                && let Some(next) = line.recv().await
            {
                waiting.push_back(next);
            }
        };
        // Who does not come in time comes with the next batch.
        let _: Result<(), _> = tokio::time::timeout(self.costs.moment(), all).await;
    }

    /// Serves as many of those who wait as fit one batch, or only the first if that is faster.
    async fn round(&mut self, waiting: &mut VecDeque<Box<dyn Errand>>, news: &mut News) {
        if let Err(outage) = *self.health.borrow()
            && outage == Outage::LogBroken
        {
            return waiting.drain(..).for_each(|errand| errand.answer(Err(outage)));
        }
        for _ in 0..ATTEMPTS {
            let most = if self.costs.favour_batch(waiting.len()) { BATCH } else { 1 };
            let round = self.decide(waiting, most);
            if round.sealed.is_empty() {
                let position = self.roster.position();
                return round.served.into_iter().for_each(|mut served| {
                    served.look();
                    served.errand.answer(Ok(position));
                });
            }
            let Round { roster, sealed, ids, mut served, .. } = round;
            let asked = tokio::time::Instant::now();
            // The answers are made while the disk is at work.
            let appending = self.append(&sealed, &ids);
            let looking = async { served.iter_mut().for_each(Served::look) };
            let (appended, ()) = tokio::join!(appending, looking);
            let again = match appended {
                Appended::Durably => {
                    self.costs.saw(sealed.len(), asked.elapsed());
                    self.served_together = served.len();
                    self.publish(roster);
                    let position = self.roster.position();
                    return served
                        .into_iter()
                        .for_each(|served| served.errand.answer(Ok(position)));
                }
                Appended::AfterSomebodyElse => self.catch_up(news).await,
                Appended::Unclear(outage) => Err(outage),
            };
            if let Err(outage) = again {
                // Whoever waits behind them would fare no better, only later.
                let served = served.into_iter().map(|served| served.errand);
                let all = served.chain(waiting.drain(..));
                return all.for_each(|errand| errand.answer(Err(outage)));
            }
            *waiting =
                served.into_iter().map(|served| served.errand).chain(waiting.drain(..)).collect();
        }
        let outage = Outage::LogAway;
        self.down(outage);
        waiting.drain(..).for_each(|errand| errand.answer(Err(outage)));
    }

    /// Decides for each in turn, for `most` at most, on a copy on which the earlier decisions have
    /// happened already.
    fn decide(&self, waiting: &mut VecDeque<Box<dyn Errand>>, most: usize) -> Round {
        let mut round = Round::new(self.roster.clone(), fresh::now());
        while round.served.len() < most
            && let Some(mut errand) = waiting.pop_front()
        {
            let before = round.mark();
            let events = errand.decide(&round.roster);
            round.record(&before, errand.signature(), events);
            let own = round.since(&before);
            // One who asks too much must not spoil the others' batch.
            if own.len() > BATCH || !own.iter().all(|sealed| self.log.takes(sealed)) {
                round.back_to(before);
                errand.answer(Err(Outage::TooLarge));
                continue;
            }
            if round.sealed.len() > BATCH {
                round.back_to(before);
                waiting.push_front(errand);
                break;
            }
            let roster = round.roster.clone();
            round.served.push_back(Served { errand, roster });
        }
        round
    }

    /// Appends a round. When no answer came and the round is not in the log, the same events are
    /// sent again: should the first ones arrive late, only one of the two finds the log as it
    /// expects it, and the ids tell that either is ours.
    async fn append(&self, sealed: &[Sealed], ids: &[EventId]) -> Appended {
        let first = *ids.first().expect("a round that is appended has a first event");
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut again = false;
        loop {
            match self.append_once(sealed, first).await {
                Attempt::Lost if tokio::time::Instant::now() < deadline => again = true,
                // A server that never answers, as one whose disk was full, is as good as none.
                Attempt::Lost => return self.down(Outage::LogAway),
                Attempt::Ended(Appended::AfterSomebodyElse) if again => {
                    return match self.log.was_appended(self.roster.position(), first).await {
                        Ok(true) => self.recovered(),
                        Ok(false) => Appended::AfterSomebodyElse,
                        Err(_) => self.down(Outage::LogAway),
                    };
                }
                Attempt::Ended(appended) => return appended,
            }
        }
    }

    async fn append_once(&self, sealed: &[Sealed], first: EventId) -> Attempt {
        let after = self.roster.position();
        let failure = match self.log.append(after, sealed).await {
            Ok(()) => return Attempt::Ended(self.recovered()),
            Err(failure) => failure,
        };
        let appended = match failure {
            AppendError::Conflict => Appended::AfterSomebodyElse,
            // The answer was lost, which says nothing about the events: look for the first.
            AppendError::Unknown(error) => {
                tracing::debug!(
                    error = &*error as &dyn std::error::Error,
                    "an append got no answer"
                );
                match self.log.was_appended(after, first).await {
                    Ok(true) => self.recovered(),
                    Ok(false) => return Attempt::Lost,
                    Err(_) => self.down(Outage::LogAway),
                }
            }
            AppendError::Full(_) => self.down(Outage::LogFull),
            AppendError::TooLarge { .. } | AppendError::TooMany(_) => {
                Appended::Unclear(Outage::TooLarge)
            }
            AppendError::Unavailable(error) => {
                tracing::debug!(error = &*error as &dyn std::error::Error, "cannot append");
                self.down(Outage::LogAway)
            }
        };
        Attempt::Ended(appended)
    }

    fn recovered(&self) -> Appended {
        if self.health.borrow().is_err() {
            tracing::info!("the log can be reached again");
            self.report(Ok(()));
        }
        Appended::Durably
    }

    fn report(&self, health: Result<(), Outage>) {
        self.health.send_modify(|known| *known = health);
    }

    /// Notes an outage, once.
    fn down(&self, outage: Outage) -> Appended {
        if *self.health.borrow() != Err(outage) {
            tracing::error!(%outage, "cannot write to the log");
            self.report(Err(outage));
        }
        Appended::Unclear(outage)
    }

    /// Waits for the next foreign decision, and takes in all others that have come by then: with
    /// one at a time, a replica that has fallen behind a busy one would lose every race.
    async fn catch_up(&mut self, news: &mut News) -> Result<(), Outage> {
        let before = self.roster.position();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.roster.position() == before {
            let Ok(Some(entry)) = tokio::time::timeout_at(deadline, news.next()).await else {
                self.down(Outage::LogAway);
                return Err(Outage::LogAway);
            };
            self.hear(entry);
            self.check_whole()?;
        }
        while let Some(Some(entry)) = news.next().now_or_never() {
            self.hear(entry);
            self.check_whole()?;
        }
        Ok(())
    }

    /// Fails once the log does not agree with itself.
    fn check_whole(&self) -> Result<(), Outage> {
        match *self.health.borrow() {
            Err(Outage::LogBroken) => Err(Outage::LogBroken),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Takes in what the log says. Our own events come round here too, and are known already.
    fn hear(&mut self, entry: Result<Entry, ReadError>) {
        let recorded = match entry {
            Ok(entry) if entry.seq <= self.roster.position().seq => return,
            Ok(entry) => read(&entry),
            Err(error) => Err(error),
        };
        match recorded {
            Ok(recorded) => self.take_in(recorded),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot follow the log");
                self.report(Err(Outage::LogBroken));
            }
        }
    }

    fn take_in(&mut self, recorded: Recorded) {
        if let Event::Unknown { name } = &recorded.event {
            tracing::error!(seq = %recorded.seq, name, "another release wrote an unknown event");
            self.report(Err(Outage::LogBroken));
            return;
        }
        let ends = recorded.commit;
        self.unfinished.push(recorded);
        if ends {
            let mut roster = self.roster.clone();
            self.unfinished.drain(..).for_each(|recorded| evolve(&mut roster, &recorded));
            self.publish(roster);
        }
    }

    fn publish(&mut self, roster: Roster) {
        self.roster = roster;
        self.shared.store(Arc::new(self.roster.clone()));
        self.position.send_replace(self.roster.position());
    }
}
