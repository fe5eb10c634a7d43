//! What was asked of the gateways, and what they answered.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::log_model::Claim;
use crate::writer::REQUEST_TIMEOUT;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Its `X-Request-Id`: the events that come of it carry the same.
    pub(crate) request: String,
    /// What it was, for whoever reads what the checker found.
    pub(crate) what: String,
    pub(crate) writes: bool,
    /// Since the history began, like every time here.
    pub(crate) asked: Duration,
    /// The status of the answer, if there was any.
    pub(crate) status: Option<u16>,
    /// None if there was no answer, or one that leaves open what happened.
    pub(crate) answer: Option<Answer>,
}

/// An answer that says how things are.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) at: Duration,
    /// False for a refusal, which must have changed nothing.
    pub(crate) done: bool,
    /// The `Rollcall-Position` that it named; 0 if none.
    pub(crate) position: u64,
    /// What must have been true at one moment between question and answer.
    pub(crate) claims: Vec<Claim>,
}

/// All calls so far.
#[derive(Debug)]
pub(crate) struct History {
    began: Instant,
    calls: Mutex<Vec<Call>>,
}

impl History {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), calls: Mutex::default() }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn note(&self, call: Call) {
        self.locked().push(call);
    }

    /// How many writes have been acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.locked().iter().filter(|call| call.is_acknowledged_write()).count()
    }

    /// How many calls have been answered with 503 or 507: the log is away or full.
    pub(crate) fn put_off(&self) -> usize {
        self.locked().iter().filter(|call| call.answer.is_none() && call.status.is_some()).count()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().expect("nobody panics with a history in hand")
    }
}

impl Call {
    pub(crate) fn is_acknowledged_write(&self) -> bool {
        self.writes && self.answer.as_ref().is_some_and(|answer| answer.done)
    }
}

/// Who got no answer while so many others did was left out.
const MANY: usize = 200;

/// Calls without an answer that must have had one: while they waited, many writes were
/// acknowledged to others. Where nobody gets an answer, the machine may just stand still.
pub(crate) fn left_out(calls: &[Call]) -> Vec<&Call> {
    let acknowledged = calls.iter().filter(|call| call.is_acknowledged_write());
    let acknowledged: Vec<Duration> =
        acknowledged.filter_map(|call| Some(call.answer.as_ref()?.at)).collect();
    let others = |call: &Call| {
        let waited = call.asked..call.asked + REQUEST_TIMEOUT;
        acknowledged.iter().filter(|at| waited.contains(*at)).count()
    };
    calls.iter().filter(|call| call.answer.is_none() && others(call) >= MANY).collect()
}

/// How a history went, in figures.
pub(crate) fn summary(calls: &[Call]) -> String {
    let (mut acknowledged, mut refused, mut unknown, mut reads) = (0, 0, 0, 0);
    let mut at = Vec::new();
    for call in calls {
        match &call.answer {
            None => unknown += 1,
            Some(answer) if !answer.done => refused += 1,
            Some(_) if !call.writes => reads += 1,
            Some(answer) => {
                acknowledged += 1;
                at.push(answer.at);
            }
        }
    }
    at.sort_unstable();
    let longest =
        at.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or_default();
    format!(
        "{acknowledged} writes acknowledged, {refused} refused, {unknown} unknown, {reads} reads; \
         no write was acknowledged for at most {longest:.1?}"
    )
}
