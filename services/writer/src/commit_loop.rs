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

use crate::appender::{Appended, Appender, Batch};
use crate::batch_policy::BatchPolicy;
use crate::command::Command;
use crate::contention::Contention;
use crate::drafts::{Draft, Drafts};
use crate::outage::Outage;
use crate::recovery::{LogStream, read};

/// How many wait for the disk at most.
const BATCH: usize = Log::MAX_BATCH;

/// How long to wait for the events of another writer who got in first, and for how long others may
/// get in first.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often to look whether an outage is over while nobody wants to write.
const LOOK: Duration = Duration::from_secs(1);

/// Those who stand before the desk.
type Line = mpsc::Receiver<Box<dyn Command>>;

pub(crate) struct CommitLoop {
    appender: Arc<Appender>,
    /// All that is durable.
    roster: Roster,
    /// Where readers find it.
    shared: Arc<ArcSwap<Roster>>,
    position: watch::Sender<Position>,
    /// What is not.
    drafts: Drafts,
    /// Who was here before, and has to be decided again.
    again: VecDeque<Box<dyn Command>>,
    /// Part of a foreign batch whose end has not come yet.
    unfinished: Vec<Recorded>,
    policy: BatchPolicy,
    /// How many waited when the last were answered, and they themselves.
    expected: usize,
    contention: Contention,
}

impl CommitLoop {
    pub(crate) fn new(
        log: Log,
        roster: Roster,
        shared: Arc<ArcSwap<Roster>>,
        position: watch::Sender<Position>,
        health: watch::Sender<Result<(), Outage>>,
    ) -> Self {
        Self {
            appender: Arc::new(Appender::new(log, health)),
            roster,
            shared,
            position,
            drafts: Drafts::default(),
            again: VecDeque::new(),
            unfinished: Vec::new(),
            policy: BatchPolicy::default(),
            expected: 0,
            contention: Contention::default(),
        }
    }

    pub(crate) async fn serve(
        mut self,
        mut line: Line,
        mut news: LogStream,
        stop: CancellationToken,
    ) {
        loop {
            if stop.is_cancelled() {
                // Those in line are still served; nobody new gets in.
                line.close();
            }
            if !self.drafts.is_empty() || !self.again.is_empty() {
                self.round(&mut line, &mut news).await;
                continue;
            }
            tokio::select! {
                () = stop.cancelled(), if !line.is_closed() => {}
                command = line.recv() => match command {
                    Some(command) => self.decide(command),
                    None => return,
                },
                Some(entry) = news.next() => self.hear(entry),
                () = tokio::time::sleep(LOOK), if self.appender.is_kept_off() => self.appender.look().await,
            }
        }
    }

    /// Decides for one more, after all who were decided before.
    fn decide(&mut self, command: Box<dyn Command>) {
        let roster = self.drafts.roster().unwrap_or(&self.roster);
        let decision = Draft::on(roster, command);
        if self.appender.takes(&decision.sealed) {
            self.drafts.push(decision);
        } else {
            // One who asks too much must not spoil the others' batch.
            decision.command.answer(Err(Outage::TooLarge));
        }
    }

    /// Makes durable what the first decisions led to, and answers them.
    async fn round(&mut self, line: &mut Line, news: &mut LogStream) {
        self.gather(line).await;
        let most = self.contention.most();
        let together =
            self.drafts.need_a_batch() || self.policy.choose_batch(self.drafts.len().min(most));
        let most = if together { most } else { 1 };
        let (count, batch) = self.drafts.next_batch(self.roster.position(), most);
        let appended = match (self.appender.check_whole(), batch) {
            (Err(outage), _) => Appended::Unclear(outage),
            (Ok(()), Some(batch)) => self.append(&batch, line).await,
            (Ok(()), None) => Appended::Durably,
        };
        let again = match appended {
            Appended::Durably => {
                self.contention.won();
                self.answer(count);
                self.listen(news);
                Ok(())
            }
            Appended::AfterSomebodyElse => self.catch_up(news).await,
            Appended::Unclear(outage) => Err(outage),
        };
        if let Err(outage) = again {
            // Whoever waits behind them would fare no better, only later.
            self.contention = Contention::default();
            let all = self.drafts.commands().chain(self.again.drain(..));
            all.for_each(|command| command.answer(Err(outage)));
        }
    }

    /// Takes in who else is in line. Those who were answered together come back about together, as
    /// clients do who send one request after the other: a batch waits for them, for a linger.
    async fn gather(&mut self, line: &mut Line) {
        let most = self.contention.most();
        while self.drafts.len() < most
            && let Some(command) = self.again.pop_front().or_else(|| line.try_recv().ok())
        {
            self.decide(command);
        }
        let expected = self.expected.min(most);
        if !self.policy.favour_batch(expected) {
            return;
        }
        let linger = self.policy.linger();
        let all = async {
            while self.drafts.len() < expected
                && let Some(command) = line.recv().await
            {
                self.decide(command);
            }
        };
        // Who does not come in time comes with the next batch.
        let _: Result<(), _> = tokio::time::timeout(linger, all).await;
    }

    /// Appends a batch, and meanwhile decides for those who come.
    async fn append(&mut self, batch: &Batch, line: &mut Line) -> Appended {
        let (appender, asked) = (Arc::clone(&self.appender), Instant::now());
        let mut appending = pin!(appender.append(batch));
        let outcome = loop {
            tokio::select! {
                biased;
                outcome = &mut appending => break outcome,
                Some(command) = next(&mut self.again, line), if self.drafts.len() < BATCH => {
                    self.decide(command);
                }
            }
        };
        if let Appended::Durably = outcome {
            self.policy.saw(batch.sealed.len(), asked.elapsed());
        }
        outcome
    }

    /// Answers the first so many of those who were drafts: all that they led to is durable.
    fn answer(&mut self, count: usize) {
        let answered: Vec<Draft> = self.drafts.take(count).collect();
        if let Some(last) = answered.last() {
            self.roster = last.roster.clone();
        }
        self.expected = count + self.drafts.len();
        self.publish();
        let position = self.roster.position();
        for draft in answered {
            draft.command.answer(Ok((draft.roster, position)));
        }
    }

    /// Hears what has come by now: mostly our own events.
    fn listen(&mut self, news: &mut LogStream) {
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
    async fn catch_up(&mut self, news: &mut LogStream) -> Result<(), Outage> {
        if self.contention.lost() > PATIENCE {
            return Err(Outage::Outrun);
        }
        let before = self.roster.position();
        let deadline = Instant::now() + PATIENCE;
        while self.roster.position() == before {
            self.appender.check_whole()?;
            let next = tokio::time::timeout_at(deadline, news.next()).await;
            let Ok(Some(entry)) = next else {
                self.appender.down(Outage::LogAway);
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
        let before = self.drafts.commands().collect::<VecDeque<_>>();
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
                self.appender.stop_for_good();
            }
        }
    }

    fn take_in(&mut self, recorded: Recorded) {
        if let Event::Unknown { name } = &recorded.event {
            tracing::error!(seq = %recorded.seq, name, "another release wrote an unknown event");
            self.appender.stop_for_good();
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
async fn next(again: &mut VecDeque<Box<dyn Command>>, line: &mut Line) -> Option<Box<dyn Command>> {
    match again.pop_front() {
        Some(command) => Some(command),
        None => line.recv().await,
    }
}
