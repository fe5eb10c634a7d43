//! The checker, in the manner of Jepsen's: holds a history of calls against the log.
//!
//! The log puts all writes in one order, so that the question "is there an order in which all these
//! answers are true?" needs no search: a write happened at its event, and every other answer must be
//! true at some position that real time allows. Taking the earliest such position for each, in the
//! order in which they were asked, leaves the most room for those who come after; if that fails,
//! no order exists. That is strict serializability, over all registers at once.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};
use std::time::Duration;

use crate::history::{Answer, Call};
use crate::log_model::{Fact, LogModel};

/// Everything that cannot be, in sentences; nothing, if every answer was true.
pub(crate) fn faults(calls: &[Call], log_model: &LogModel) -> Vec<String> {
    let doubles = log_model
        .doubles()
        .map(|(position, bearers)| format!("at {position}, one login was borne by {bearers:?}"));
    let mut faults: Vec<String> = doubles.collect();
    faults.extend(strangers(calls, log_model));
    faults.extend(repetitions(log_model));
    faults.extend(out_of_order(calls, log_model));
    faults
}

/// Events that nobody asked for, or that came of a read or of a refused write.
fn strangers(calls: &[Call], log_model: &LogModel) -> Vec<String> {
    let refused = |call: &Call| call.answer.as_ref().is_some_and(|answer| !answer.done);
    let allowed = calls.iter().filter(|call| call.writes && !refused(call));
    let allowed: HashSet<&str> = allowed.map(|call| call.request.as_str()).collect();
    let strange = log_model.requests().filter(|(request, _)| !allowed.contains(request.as_str()));
    strange
        .map(|(request, facts)| match calls.iter().find(|call| call.request == *request) {
            Some(call) => format!("{} wrote {facts:?}, though it must write nothing", call.what),
            None => format!("nobody asked for {facts:?} (request {request:?})"),
        })
        .collect()
}

/// Requests that were carried out more than once: a decision is in one piece, and says nothing twice.
fn repetitions(log_model: &LogModel) -> Vec<String> {
    let once = |facts: &[Fact]| {
        let names: BTreeSet<&str> = facts.iter().map(|fact| fact.name.as_str()).collect();
        let in_one_piece = facts.windows(2).all(|two| two[1].position == two[0].position + 1);
        names.len() == facts.len() && in_one_piece
    };
    let repeated = log_model.requests().filter(|(_, facts)| !once(facts));
    repeated
        .map(|(request, facts)| format!("request {request} was done again: {facts:?}"))
        .collect()
}

/// Answers that are true at no position that real time allows.
fn out_of_order(calls: &[Call], log_model: &LogModel) -> Vec<String> {
    let mut by_question: Vec<&Call> = calls.iter().collect();
    by_question.sort_by_key(|call| call.asked);
    let ahead = Ahead::of(&by_question, log_model);
    let mut answered = BinaryHeap::new();
    // Whatever has been answered is at or below this position.
    let mut floor = 0;
    let mut faults = Vec::new();
    for call in by_question {
        while let Some(Reverse((at, position))) = answered.peek()
            && *at < call.asked
        {
            floor = floor.max(*position);
            answered.pop();
        }
        match placed(call, log_model, floor, &ahead) {
            Ok(Some(position)) => {
                let settled =
                    call.answer.as_ref().map(|a| Reverse((a.at, position.max(a.position))));
                answered.extend(settled);
            }
            Ok(None) => {}
            Err(fault) => faults.push(format!("{}: {fault}; {:?}", call.what, call.answer)),
        }
    }
    faults
}

/// The position at which a call took effect, if it is known to have done so.
fn placed(
    call: &Call,
    log_model: &LogModel,
    floor: u64,
    ahead: &Ahead,
) -> Result<Option<u64>, String> {
    let facts = log_model.written_by(&call.request);
    let (Some(first), Some(last)) = (facts.first(), facts.last()) else {
        let Some(Answer { at, claims, .. }) = &call.answer else { return Ok(None) };
        let ceiling = ahead.after(*at);
        let position = log_model.earliest(claims, floor, ceiling);
        let held = || -> Vec<_> {
            claims.iter().map(|claim| log_model.at(&claim.register, floor)).collect()
        };
        return position.map(Some).ok_or_else(|| {
            format!("true nowhere between {floor}, where it was {:?}, and {ceiling}", held())
        });
    };
    if first.position <= floor {
        return Err(format!("was written at {}, though {floor} was known before", first.position));
    }
    let Some(Answer { position, claims, .. }) = &call.answer else {
        return Ok(Some(last.position));
    };
    if *position < last.position {
        return Err(format!("was written at {}, beyond what it was told", last.position));
    }
    if !log_model.agrees(claims, last.position) {
        return Err(format!("was written at {} with another effect", last.position));
    }
    Ok(Some(last.position))
}

/// For any moment, the first event that was asked for later: nobody can have seen it yet.
struct Ahead(Vec<(Duration, u64)>);

impl Ahead {
    fn of(by_question: &[&Call], log_model: &LogModel) -> Self {
        let mut firsts: Vec<(Duration, u64)> = by_question
            .iter()
            .filter_map(|call| {
                Some((call.asked, log_model.written_by(&call.request).first()?.position))
            })
            .collect();
        let mut least = u64::MAX;
        for (_, first) in firsts.iter_mut().rev() {
            least = least.min(*first);
            *first = least;
        }
        Self(firsts)
    }

    /// The last position that an answer at `moment` may know of.
    fn after(&self, moment: Duration) -> u64 {
        let later = self.0.partition_point(|(asked, _)| *asked <= moment);
        self.0.get(later).map_or(u64::MAX, |(_, first)| first - 1)
    }
}

#[cfg(test)]
mod tests;
