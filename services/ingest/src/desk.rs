//! The clerk's desk: decides for each who comes, and appends what comes of it as durable batches.
//!
//! While one batch is on its way to the disk, the next is decided, on the roster that the first
//! leads to. Nobody is answered before all that the answer rests on is durable. Should a batch not
//! be taken, all who were decided since are decided again.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chassis::log::{Entry, Log, ReadError};
use events::{Event, Position, Recorded};
use futures_util::{FutureExt, StreamExt};
use roster::{Roster, evolve};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::costs::Costs;
use crate::decided::{Decided, Decision};
use crate::errand::Errand;
use crate::fold::{News, read};
use crate::outage::Outage;
use crate::pen::{Appended, Page, Pen};
use crate::races::Races;

/// How many wait for the disk at most.
const BATCH: usize = Log::MAX_BATCH;

/// How long to wait for the events of another writer who got in first, and for how long others may
/// get in first.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often to look whether an outage is over while nobody wants to write.
const LOOK: Duration = Duration::from_secs(1);

/// Those who stand before the desk.
type Line = mpsc::Receiver<Box<dyn Errand>>;

pub(crate) struct Desk {
    pen: Arc<Pen>,
    /// All that is durable.
    roster: Roster,
    /// Where readers find it.
    shared: Arc<ArcSwap<Roster>>,
    position: watch::Sender<Position>,
    /// What is not.
    decided: Decided,
    /// Who was here before, and has to be decided again.
    again: VecDeque<Box<dyn Errand>>,
    /// Part of a foreign batch whose end has not come yet.
    unfinished: Vec<Recorded>,
    costs: Costs,
    /// How many waited when the last were answered, and they themselves.
    expected: usize,
    races: Races,
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
            pen: Arc::new(Pen::new(log, health)),
            roster,
            shared,
            position,
            decided: Decided::default(),
            again: VecDeque::new(),
            unfinished: Vec::new(),
            costs: Costs::default(),
            expected: 0,
            races: Races::default(),
        }
    }

    pub(crate) async fn serve(mut self, mut line: Line, mut news: News, stop: CancellationToken) {
        loop {
            if stop.is_cancelled() {
                // Those in line are still served; nobody new gets in.
                line.close();
            }
            if !self.decided.is_empty() || !self.again.is_empty() {
                self.round(&mut line, &mut news).await;
                continue;
            }
            tokio::select! {
                () = stop.cancelled(), if !line.is_closed() => {}
                errand = line.recv() => match errand {
                    Some(errand) => self.decide(errand),
                    None => return,
                },
                Some(entry) = news.next() => self.hear(entry),
                () = tokio::time::sleep(LOOK), if self.pen.is_kept_off() => self.pen.look().await,
            }
        }
    }

    /// Decides for one more, after all who were decided before.
    fn decide(&mut self, errand: Box<dyn Errand>) {
        let roster = self.decided.roster().unwrap_or(&self.roster);
        let decision = Decision::on(roster, errand);
        if self.pen.takes(&decision.sealed) {
            self.decided.push(decision);
        } else {
            // One who asks too much must not spoil the others' batch.
            decision.errand.answer(Err(Outage::TooLarge));
        }
    }

    /// Makes durable what the first decisions led to, and answers them.
    async fn round(&mut self, line: &mut Line, news: &mut News) {
        self.gather(line).await;
        let most = self.races.most();
        let together =
            self.decided.need_a_batch() || self.costs.choose_batch(self.decided.len().min(most));
        let most = if together { most } else { 1 };
        let (count, page) = self.decided.next_page(self.roster.position(), most);
        let appended = match (self.pen.check_whole(), page) {
            (Err(outage), _) => Appended::Unclear(outage),
            (Ok(()), Some(page)) => self.append(&page, line).await,
            (Ok(()), None) => Appended::Durably,
        };
        let again = match appended {
            Appended::Durably => {
                self.races.won();
                self.answer(count);
                self.listen(news);
                Ok(())
            }
            Appended::AfterSomebodyElse => self.catch_up(news).await,
            Appended::Unclear(outage) => Err(outage),
        };
        if let Err(outage) = again {
            // Whoever waits behind them would fare no better, only later.
            self.races = Races::default();
            let all = self.decided.errands().chain(self.again.drain(..));
            all.for_each(|errand| errand.answer(Err(outage)));
        }
    }

    /// Takes in who else is in line. Those who were answered together come back about together, as
    /// clients do who send one request after the other: a batch waits for them, for a moment.
    async fn gather(&mut self, line: &mut Line) {
        let most = self.races.most();
        while self.decided.len() < most
            && let Some(errand) = self.again.pop_front().or_else(|| line.try_recv().ok())
        {
            self.decide(errand);
        }
        let expected = self.expected.min(most);
        if !self.costs.favour_batch(expected) {
            return;
        }
        let moment = self.costs.moment();
        let all = async {
            while self.decided.len() < expected
                && let Some(errand) = line.recv().await
            {
                self.decide(errand);
            }
        };
        // Who does not come in time comes with the next batch.
        let _: Result<(), _> = tokio::time::timeout(moment, all).await;
    }

    /// Appends a page, and meanwhile decides for those who come.
    async fn append(&mut self, page: &Page, line: &mut Line) -> Appended {
        let (pen, asked) = (Arc::clone(&self.pen), Instant::now());
        let mut appending = pin!(pen.append(page));
        let appended = loop {
            tokio::select! {
                biased;
                appended = &mut appending => break appended,
                Some(errand) = next(&mut self.again, line), if self.decided.len() < BATCH => {
                    self.decide(errand);
                }
            }
        };
        if let Appended::Durably = appended {
            self.costs.saw(page.sealed.len(), asked.elapsed());
        }
        appended
    }

    /// Answers the first so many of those who were decided: all that they led to is durable.
    fn answer(&mut self, count: usize) {
        let mut errands = Vec::with_capacity(count);
        for decision in self.decided.take(count) {
            self.roster = decision.roster;
            errands.push(decision.errand);
        }
        self.expected = count + self.decided.len();
        self.publish();
        let position = self.roster.position();
        for errand in errands {
            errand.answer(Ok(position));
        }
    }

    /// Hears what has come by now: mostly our own events.
    fn listen(&mut self, news: &mut News) {
        let before = self.roster.position();
        while let Some(Some(entry)) = news.next().now_or_never() {
            self.hear(entry);
        }
        if self.roster.position() != before {
            self.decide_again();
        }
    }

    /// Waits for the next foreign decision, and takes in all others that have come by then: with
    /// one at a time, a replica that has fallen behind a busy one would lose every race. All who
    /// were decided have to be decided again.
    async fn catch_up(&mut self, news: &mut News) -> Result<(), Outage> {
        if self.races.lost() > PATIENCE {
            return Err(Outage::Outrun);
        }
        let before = self.roster.position();
        let deadline = Instant::now() + PATIENCE;
        while self.roster.position() == before {
            self.pen.check_whole()?;
            let next = tokio::time::timeout_at(deadline, news.next()).await;
            let Ok(Some(entry)) = next else {
                self.pen.down(Outage::LogAway);
                return Err(Outage::LogAway);
            };
            self.hear(entry);
        }
        self.decide_again();
        self.listen(news);
        Ok(())
    }

    /// What was decided rests on what never came to be.
    fn decide_again(&mut self) {
        let before = self.decided.errands().collect::<VecDeque<_>>();
        let behind = std::mem::replace(&mut self.again, before);
        self.again.extend(behind);
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
                self.pen.lay_down();
            }
        }
    }

    fn take_in(&mut self, recorded: Recorded) {
        if let Event::Unknown { name } = &recorded.event {
            tracing::error!(seq = %recorded.seq, name, "another release wrote an unknown event");
            self.pen.lay_down();
            return;
        }
        let ends = recorded.commit;
        self.unfinished.push(recorded);
        if ends {
            for recorded in self.unfinished.drain(..) {
                evolve(&mut self.roster, &recorded);
            }
            self.publish();
        }
    }

    fn publish(&self) {
        self.shared.store(Arc::new(self.roster.clone()));
        self.position.send_replace(self.roster.position());
    }
}

/// Who is decided next, while others are on their way to the disk.
async fn next(again: &mut VecDeque<Box<dyn Errand>>, line: &mut Line) -> Option<Box<dyn Errand>> {
    match again.pop_front() {
        Some(errand) => Some(errand),
        None => line.recv().await,
    }
}
