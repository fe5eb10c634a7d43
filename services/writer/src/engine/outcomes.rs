//! What becomes of decisions: appends succeed or do not, the log brings news, callers are answered.

use events::{Event, Recorded, Seq};
use roster::evolve;
use tokio::time::Instant;

use super::{CATCH_UP_TIMEOUT, CONTENTION_TIMEOUT, CatchingUp, Engine, UnderWay, Waiting};
use crate::contention::Contention;
use crate::drafts::Draft;
use crate::outage::Outage;
use crate::step::{Answer, Appended};

impl Engine {
    /// Takes note of what became of the append that was under way.
    pub(crate) fn appended(&mut self, appended: Appended, now: Instant) {
        let Some(UnderWay { drafts, events }) = self.under_way.take() else { return };
        match appended {
            Appended::Durably { took } => {
                self.policy.saw(events, took);
                self.contention.won();
                self.reachable();
                self.answer(drafts);
            }
            Appended::Conflict if self.contention.lost(now) > CONTENTION_TIMEOUT => {
                self.reject_tried(Outage::Outrun);
            }
            Appended::Conflict => {
                self.catch_up(self.durable.position().seq.next(), now);
            }
            Appended::Unclear(outage) => self.fail(outage),
        }
    }

    /// Takes note of where the log ended, having been asked since the first drafts came.
    pub(crate) fn confirmed(&mut self, end: Result<Seq, Outage>, now: Instant) {
        let Some(UnderWay { drafts, .. }) = self.under_way.take() else { return };
        match end {
            Ok(end) if end <= self.durable.position().seq => self.answer(drafts),
            Ok(end) => {
                // The drafts are decided again on a roster that goes that far, which confirms them.
                self.drafts.confirm(drafts);
                self.catch_up(end, now);
            }
            Err(outage) => self.fail(outage),
        }
    }

    /// Waits until all up to `to` was heard, and has everything decided again.
    fn catch_up(&mut self, to: Seq, now: Instant) {
        self.catching_up = Some(CatchingUp { to, until: now + CATCH_UP_TIMEOUT });
    }

    /// Takes in what the log says. Our own events come round here too, and are known already.
    pub(crate) fn observe(&mut self, recorded: Recorded) {
        debug_assert!(self.may_observe(), "an event was heard while an append was under way");
        if recorded.seq <= self.durable.position().seq || self.over().is_some() {
            return;
        }
        if matches!(recorded.event, Event::Unknown { .. }) {
            // Deciding without it would be wrong.
            self.broken();
            return;
        }
        let ends = recorded.commit;
        self.incomplete.push(recorded);
        if !ends {
            return;
        }
        for recorded in self.incomplete.drain(..) {
            evolve(&mut self.durable, &recorded);
        }
        self.decide_again();
    }

    /// The log does not agree with itself: nothing can be written any more.
    pub(crate) fn broken(&mut self) {
        self.health = Err(Outage::LogBroken);
        self.catching_up = None;
    }

    /// The log has lost events that this process has read: nothing can be written any more.
    pub(crate) fn lost(&mut self) {
        self.health = Err(Outage::LogLost);
        self.catching_up = None;
    }

    /// Why nothing can be written any more, if that is so.
    pub(super) fn over(&self) -> Option<Outage> {
        match self.health {
            Err(outage @ (Outage::LogBroken | Outage::LogLost)) => Some(outage),
            Ok(()) | Err(_) => None,
        }
    }

    /// What was decided rests on what never came to be: it is decided again, first of all.
    fn decide_again(&mut self) {
        self.catching_up.take_if(|target| self.durable.position().seq >= target.to);
        self.linger_until = None;
        for Draft { command, confirmed, .. } in self.drafts.take_all().into_iter().rev() {
            let (tenant, bytes) = (command.provenance().tenant.clone(), command.bytes());
            self.queue.put_back(&tenant, bytes, Waiting { command, tried: true, confirmed });
        }
    }

    /// Answers the first so many drafts: all that they led to is durable.
    pub(super) fn answer(&mut self, count: usize) {
        let answered = self.drafts.take(count);
        if let Some(last) = answered.last() {
            self.durable = last.roster.clone();
        }
        self.expected = count + self.drafts.len();
        let position = self.durable.position();
        for Draft { command, roster, .. } in answered {
            self.answers.push(Answer { command, outcome: Ok((roster, position)) });
        }
    }

    /// Notes an outage, and turns away those who have met it.
    pub(super) fn fail(&mut self, outage: Outage) {
        let lasts = matches!(outage, Outage::LogAway | Outage::LogFull);
        if lasts && self.over().is_none() {
            self.health = Err(outage);
        }
        self.reject_tried(outage);
    }

    /// Turns away all who were decided: whoever waits behind them would fare no better, only later.
    fn reject_tried(&mut self, outage: Outage) {
        self.contention = Contention::default();
        self.linger_until = None;
        let drafts = self.drafts.take_all().into_iter().map(|draft| draft.command);
        let tried = self.queue.remove_where(|waiting| waiting.tried);
        let commands = drafts.chain(tried.into_iter().map(|waiting| waiting.command));
        self.answers.extend(commands.map(|command| Answer { command, outcome: Err(outage) }));
    }

    /// Turns away all who are here.
    pub(super) fn reject_all(&mut self, outage: Outage) {
        self.reject_tried(outage);
        let waiting = self.queue.remove_where(|_| true).into_iter();
        let answers =
            waiting.map(|Waiting { command, .. }| Answer { command, outcome: Err(outage) });
        self.answers.extend(answers);
    }

    /// Takes note that the log answers again.
    pub(crate) fn reachable(&mut self) {
        if self.over().is_none() {
            self.health = Ok(());
        }
    }
}
