//! A log in memory, writers that share it, and callers.

use std::time::Duration;

use eventlog::Sealed;
use events::{Actor, Envelope, Event, OwnTeam, Position, Recorded, Seq, TeamId, Tenant};
use roster::{Intent, Refusal, Roster, evolve};
use tokio::sync::oneshot;
use tokio::time::Instant;
use uuid::Uuid;

use crate::command::{Command, Committed, PendingCommand};
use crate::drafts::{AppendBatch, Source};
use crate::engine::Engine;
use crate::outage::Outage;
use crate::provenance::{Access, Denied, Provenance};
use crate::queue::QueueBounds;
use crate::step::{Appended, Setup, Step};

/// Why a caller did not get what they wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    Refused(Refusal),
    Outage(Outage),
    Denied(Denied),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Outage> for Failed {
    fn from(outage: Outage) -> Self {
        Self::Outage(outage)
    }
}

impl From<Denied> for Failed {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

pub(super) type Outcome = Result<Committed, Failed>;

/// Somebody who waits for an answer.
pub(super) struct Caller(oneshot::Receiver<Outcome>);

impl Caller {
    /// The answer, if it is there.
    pub(super) fn answer(&mut self) -> Option<Outcome> {
        self.0.try_recv().ok()
    }

    /// Whether there is none yet.
    #[track_caller]
    pub(super) fn waits(&mut self) {
        let answer = self.answer();
        assert!(answer.is_none(), "was answered already: {answer:?}");
    }

    /// The answer, which must be there.
    #[track_caller]
    pub(super) fn answered(&mut self) -> Outcome {
        self.answer().expect("an answer is there")
    }
}

/// The log.
#[derive(Default)]
pub(super) struct Log {
    pub(super) events: Vec<Recorded>,
    /// The roster after each of them.
    rosters: Vec<Roster>,
}

impl Log {
    pub(super) fn end(&self) -> Position {
        self.events.last().map_or(Position::START, Recorded::position)
    }

    /// What the log held up to a position.
    pub(super) fn fold(&self, to: Seq) -> Roster {
        let before = usize::try_from(to.0).expect("a short log").checked_sub(1);
        before.map_or_else(Roster::default, |last| self.rosters[last].clone())
    }

    fn push(&mut self, recorded: Recorded) {
        let mut roster = self.fold(self.end().seq);
        evolve(&mut roster, &recorded);
        self.rosters.push(roster);
        self.events.push(recorded);
    }

    /// Appends a batch if the log ends where it must.
    pub(super) fn append(&mut self, batch: &AppendBatch) -> bool {
        if batch.after.seq != self.end().seq {
            return false;
        }
        assert_eq!(batch.after, self.end(), "a batch goes on from a log that never was");
        let last = batch.sealed.len() - 1;
        for (index, sealed) in batch.sealed.iter().enumerate() {
            let recorded = read(self.end().seq.next(), index == last, sealed);
            let chain = self.end().chain.then(recorded.digest);
            assert_eq!(recorded.chain, chain, "an event does not follow the one before it");
            self.push(recorded);
        }
        true
    }

    /// Somebody else writes an event.
    pub(super) fn foreign(&mut self, tenant: &Tenant, event: Event) {
        let envelope = Envelope {
            id: events::EventId(Uuid::now_v7()),
            tenant: tenant.clone(),
            time: jiff::Timestamp::UNIX_EPOCH,
            actor: Actor::operator(),
            request: None,
            trace_parent: None,
        };
        let sealed = eventlog::seal(self.end(), true, envelope, event);
        self.push(sealed.expect("a known event").1);
    }
}

fn read(seq: Seq, commit: bool, sealed: &Sealed) -> Recorded {
    let header = |name: &str| {
        let found = sealed.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    };
    Recorded::decode(seq, commit, &sealed.subject, header, &sealed.body).expect("what we sealed")
}

/// A writer, and how far it has heard the log.
pub(super) struct Writer {
    pub(super) engine: Engine,
    pub(super) now: Instant,
    /// How long each decision takes.
    pub(super) cost: Duration,
    heard: Seq,
}

pub(super) fn setup() -> Setup {
    Setup {
        bounds: QueueBounds::default(),
        source: Source { now: || jiff::Timestamp::UNIX_EPOCH, new_id: Uuid::now_v7 },
        accepts: Box::new(|sealed| sealed.len() <= 1000),
        confirm: false,
    }
}

impl Writer {
    pub(super) fn new(log: &Log) -> Self {
        Self::with(log, setup())
    }

    pub(super) fn with(log: &Log, setup: Setup) -> Self {
        let heard = log.end().seq;
        let engine = Engine::new(log.fold(heard), setup);
        Self { engine, now: Instant::now(), cost: Duration::from_micros(10), heard }
    }

    pub(super) fn submit<I>(&mut self, tenant: &Tenant, intent: I) -> Caller
    where
        I: Fn(&Roster) -> Result<Intent, Failed> + Send + 'static,
    {
        self.submit_command(Command::new(operator(tenant), intent))
    }

    pub(super) fn submit_command<I>(&mut self, command: Command<I>) -> Caller
    where
        I: Fn(&Roster) -> Result<Intent, Failed> + Send + 'static,
    {
        let (request, answer) = PendingCommand::new(command);
        self.engine.submit(Box::new(request));
        self.deliver();
        Caller(answer)
    }

    /// Somebody who wants a team.
    pub(super) fn team(&mut self, tenant: &Tenant, team: TeamId, name: &str) -> Caller {
        let name = name.to_owned();
        self.submit(tenant, move |_| Ok(Intent::NewTeam { team, name: name.clone() }))
    }

    /// Goes on until something has to come from outside; time passes where a batch lingers.
    pub(super) fn go_on(&mut self) -> Step {
        loop {
            let step = self.engine.next(self.now);
            self.deliver();
            match step {
                Step::Decide => {
                    self.engine.decide();
                    self.engine.charge(self.cost);
                }
                Step::Wait(Some(until)) if until - self.now < Duration::from_secs(1) => {
                    self.now = until;
                }
                Step::Append(_) | Step::Confirm | Step::Wait(_) | Step::Stop => return step,
            }
        }
    }

    /// The batch that it wants to append.
    #[track_caller]
    pub(super) fn batch(&mut self) -> AppendBatch {
        match self.go_on() {
            Step::Append(batch) => batch,
            step => panic!("wants to {step:?}"),
        }
    }

    #[track_caller]
    pub(super) fn idles(&mut self) {
        let step = self.go_on();
        assert!(matches!(step, Step::Wait(None)), "wants to {step:?}");
    }

    pub(super) fn appended(&mut self, appended: Appended) {
        self.engine.appended(appended, self.now);
        self.deliver();
    }

    pub(super) fn confirmed(&mut self, end: Result<Seq, Outage>) {
        self.engine.confirmed(end, self.now);
        self.deliver();
    }

    /// Appends as the log has it.
    pub(super) fn append_to(&mut self, log: &mut Log, batch: &AppendBatch) {
        self.appended(if log.append(batch) { durably() } else { Appended::Conflict });
    }

    /// Hears as many events of the log as it has not heard yet.
    pub(super) fn hear(&mut self, log: &Log, most: usize) {
        let heard = self.heard;
        for recorded in log.events.iter().filter(|recorded| recorded.seq > heard).take(most) {
            self.heard = recorded.seq;
            self.engine.observe(recorded.clone());
        }
        self.deliver();
    }

    /// Serves all who wait, alone with the log.
    pub(super) fn settle(&mut self, log: &mut Log) {
        loop {
            self.hear(log, usize::MAX);
            match self.go_on() {
                Step::Append(batch) => self.append_to(log, &batch),
                Step::Confirm => self.confirmed(Ok(log.end().seq)),
                Step::Wait(_) | Step::Stop => return,
                Step::Decide => unreachable!("it was decided"),
            }
        }
    }

    fn deliver(&mut self) {
        self.engine.take_answers().into_iter().for_each(crate::step::Answer::deliver);
    }
}

pub(super) fn durably() -> Appended {
    Appended::Durably { took: Duration::from_millis(1) }
}

pub(super) fn operator(tenant: &Tenant) -> Provenance {
    let access = Access::Operator;
    Provenance { tenant: tenant.clone(), access, request: None, trace_parent: None }
}

pub(super) fn tenant(slug: &str) -> Tenant {
    slug.parse().expect("a slug")
}

pub(super) fn acme() -> Tenant {
    tenant("acme")
}

pub(super) fn team() -> TeamId {
    TeamId(Uuid::now_v7())
}

/// Another writer makes a team.
pub(super) fn foreign_team(name: &str) -> Event {
    Event::TeamCreated(OwnTeam { team_id: team(), name: name.to_owned() })
}

/// A log in which these tenants were made.
pub(super) fn log_of(slugs: &[&str]) -> Log {
    let mut log = Log::default();
    for slug in slugs {
        let (tenant, id) = (tenant(slug), events::TenantId(Uuid::now_v7()));
        let made = events::CreatedTenant { tenant_id: id, slug: tenant.clone() };
        log.foreign(&tenant, Event::TenantCreated(made));
    }
    log
}
