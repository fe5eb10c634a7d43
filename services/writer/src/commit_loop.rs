//! The commit loop: does for the engine what it cannot do itself, which is I/O.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use eventlog::{Continuity, Entry, ReadError};
use events::{Event, Position, Seq};
use futures_util::{FutureExt, StreamExt};
use roster::Roster;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::appender::Appender;
use crate::command::Decidable;
use crate::engine::Engine;
use crate::outage::Outage;
use crate::recovery::{LogStream, read};
use crate::step::{Appended, Step};

/// How often to look whether an outage is over while no command waits.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// Commands on their way to the engine.
pub(crate) type Commands = mpsc::Receiver<Box<dyn Decidable>>;

/// What the log is asked.
type Question = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// What it says.
#[derive(Clone, Copy, Debug)]
enum Reply {
    Appended(Appended),
    /// The position of the last event.
    LogEnd(Result<Seq, Outage>),
}

/// What the rest of the process sees of the engine.
#[derive(Clone)]
pub(crate) struct Published {
    /// The roster as of the last decision that is durable.
    pub(crate) roster: Arc<ArcSwap<Roster>>,
    /// Where that is.
    pub(crate) position: watch::Sender<Position>,
    pub(crate) health: watch::Sender<Result<(), Outage>>,
}

/// Whether the log has lost events, as whoever watches over it says.
type Watched = watch::Receiver<Continuity>;

pub(crate) struct CommitLoop {
    engine: Engine,
    appender: Appender,
    log_stream: LogStream,
    commands: Commands,
    published: Published,
    question: Option<Question>,
    continuity: Watched,
}

impl CommitLoop {
    pub(crate) fn new(
        engine: Engine,
        appender: Appender,
        log_stream: LogStream,
        commands: Commands,
        published: Published,
        continuity: Watched,
    ) -> Self {
        Self { engine, appender, log_stream, commands, published, question: None, continuity }
    }

    /// Carries out commands until `stop`, and then those that wait already.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            if stop.is_cancelled() {
                self.commands.close();
            }
            if matches!(*self.continuity.borrow_and_update(), Continuity::Lost(_)) {
                self.engine.lost();
            }
            self.receive_commands();
            let what = self.engine.next(Instant::now());
            self.publish();
            match what {
                Step::Decide => {
                    let started = Instant::now();
                    self.engine.decide();
                    let cost = started.elapsed();
                    // Commands that came meanwhile waited for this decision, which it is charged for.
                    self.receive_commands();
                    self.engine.charge(cost);
                    self.poll_reply();
                    tokio::task::coop::consume_budget().await;
                }
                Step::Append(batch) => {
                    let appender = self.appender.clone();
                    self.ask(async move { Reply::Appended(appender.append(&batch).await) });
                }
                Step::Confirm => {
                    let appender = self.appender.clone();
                    self.ask(async move { Reply::LogEnd(appender.end().await) });
                }
                Step::Wait(until) => self.wait(until, &stop).await,
                Step::Stop => return,
            }
        }
    }

    /// Takes in all commands that have come by now.
    fn receive_commands(&mut self) {
        loop {
            match self.commands.try_recv() {
                Ok(command) => self.engine.submit(command),
                Err(mpsc::error::TryRecvError::Empty) => return,
                Err(mpsc::error::TryRecvError::Disconnected) => return self.engine.close(),
            }
        }
    }

    /// Asks the log something; the next decisions are made while the answer is awaited.
    fn ask(&mut self, question: impl Future<Output = Reply> + Send + 'static) {
        self.question = Some(Box::pin(question));
        // The question is sent only when it is polled.
        self.poll_reply();
    }

    fn poll_reply(&mut self) {
        if let Some(reply) = self.question.as_mut().and_then(FutureExt::now_or_never) {
            self.receive_reply(reply);
        }
    }

    fn receive_reply(&mut self, reply: Reply) {
        self.question = None;
        match reply {
            Reply::Appended(appended) => self.engine.appended(appended, Instant::now()),
            Reply::LogEnd(end) => self.engine.confirmed(end, Instant::now()),
        }
        // Mostly our own events.
        self.observe_available();
    }

    /// Waits until something happens, or for `until`.
    async fn wait(&mut self, until: Option<Instant>, stop: &CancellationToken) {
        let reply = async {
            match &mut self.question {
                Some(question) => question.await,
                None => std::future::pending().await,
            }
        };
        let in_time = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let kept_off = matches!(self.engine.health(), Err(Outage::LogAway | Outage::LogFull));
        tokio::select! {
            reply = reply => self.receive_reply(reply),
            () = stop.cancelled(), if !self.commands.is_closed() => {}
            command = self.commands.recv(), if !self.engine.is_closed() => match command {
                Some(command) => self.engine.submit(command),
                None => self.engine.close(),
            },
            Some(entry) = self.log_stream.next(), if self.engine.may_observe() => {
                self.observe(entry);
                self.observe_available();
            }
            () = in_time => {}
            Ok(()) = self.continuity.changed() => {}
            () = tokio::time::sleep(PROBE_INTERVAL), if kept_off && self.engine.may_observe() => {
                if self.appender.can_write().await {
                    self.engine.reachable();
                }
            }
        }
    }

    /// Hears all that the log has said by now.
    fn observe_available(&mut self) {
        while let Some(Some(entry)) = self.log_stream.next().now_or_never() {
            self.observe(entry);
        }
    }

    fn observe(&mut self, entry: Result<Entry, ReadError>) {
        let recorded = match entry {
            // Our own, mostly.
            Ok(entry) if entry.seq <= self.engine.roster().position().seq => return,
            Ok(entry) => read(&entry),
            Err(error) => Err(error),
        };
        match recorded {
            Ok(recorded) => {
                if let Event::Unknown { name } = &recorded.event {
                    let seq = recorded.seq;
                    tracing::error!(%seq, name, "another release wrote an unknown event");
                }
                self.engine.observe(recorded);
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot follow the log");
                self.engine.broken();
            }
        }
    }

    /// Shows readers what is durable, and then answers those who wait for it.
    fn publish(&mut self) {
        let (roster, health) = (self.engine.roster(), self.engine.health());
        if roster.position() != *self.published.position.borrow() {
            self.published.roster.store(Arc::new(roster.clone()));
            self.published.position.send_replace(roster.position());
        }
        let known = *self.published.health.borrow();
        if health != known {
            match health {
                Ok(()) => tracing::info!("the log can be reached again"),
                Err(outage) => tracing::error!(%outage, "cannot write to the log"),
            }
            self.published.health.send_modify(|known| *known = health);
        }
        for answer in self.engine.take_answers() {
            answer.deliver();
        }
    }
}
