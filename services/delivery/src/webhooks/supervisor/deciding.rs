//! Has it decided what follows from deliveries: that a subscriber is disabled, which wants no more or has
//! been away for too long, and that a replay is at its end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventlog::sentence;
use events::{EndedReplay, ReplayOutcome, Tenant};
use roster::Intent;
use tokio::time::Instant;
use uuid::Uuid;
use writer::Writer;

use crate::decide::{DecideError, decide};
use crate::webhooks::dispatcher::Reason;
use crate::webhooks::subscription::Course;

/// How long until it is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// What is to be decided. Whom it is about gets nothing meanwhile.
#[derive(Debug, Default)]
pub(super) struct Deciding {
    /// By the subscriber's id, or the replay's.
    waiting: HashMap<Uuid, Waiting>,
    /// What is done, or was said no to: an operator may have done otherwise meanwhile.
    done: Arc<Mutex<Vec<Uuid>>>,
}

#[derive(Debug)]
struct Waiting {
    tenant: Tenant,
    intent: Intent,
    tried_at: Option<Instant>,
}

impl Deciding {
    /// Whether something is to be decided about a course.
    pub(super) fn concerns(&self, course: &Course) -> bool {
        [course.subscriber.id.0, course.key()].iter().any(|id| self.waiting.contains_key(id))
    }

    /// Whether nothing is to be decided.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The subscriber is to be disabled.
    pub(super) fn disable(&mut self, course: &Course, reason: Reason) {
        let words = match reason {
            Reason::Gone => "the receiver answered 410: it wants no more",
            Reason::Away => "the receiver accepted nothing for as long as an event is tried",
        };
        let (subscriber, reason) = (course.subscriber.id, words.to_owned());
        let intent = Intent::DisableSubscriber { subscriber, reason, by_itself: true };
        self.begin(subscriber.0, course, intent);
    }

    /// The replay is at its end.
    pub(super) fn end_replay(&mut self, course: &Course) {
        let Some(replay_id) = course.replay_id() else { return };
        let ended = EndedReplay {
            subscriber_id: course.subscriber.id,
            replay_id,
            outcome: ReplayOutcome::Done,
        };
        self.begin(replay_id.0, course, Intent::EndReplay(ended));
    }

    fn begin(&mut self, id: Uuid, course: &Course, intent: Intent) {
        let tenant = course.tenant.clone();
        self.waiting.insert(id, Waiting { tenant, intent, tried_at: None });
    }

    /// Asks for what was not asked for, and forgets what is done.
    pub(super) fn go_on(&mut self, writer: &Writer) {
        for id in std::mem::take(&mut *self.done.lock().unwrap_or_else(PoisonError::into_inner)) {
            self.waiting.remove(&id);
        }
        for (id, waiting) in &mut self.waiting {
            if waiting.tried_at.is_some_and(|at| at.elapsed() < PAUSE) {
                continue;
            }
            waiting.tried_at = Some(Instant::now());
            let (tenant, intent) = (waiting.tenant.clone(), waiting.intent.clone());
            let (id, writer, done) = (*id, writer.clone(), Arc::clone(&self.done));
            tokio::spawn(async move {
                match decide(&writer, tenant, intent.clone()).await {
                    Ok(()) => tell(id, &intent),
                    Err(DecideError::Refused(_)) => {}
                    Err(error @ (DecideError::Denied(_) | DecideError::Outage(_))) => {
                        let error = sentence(&error);
                        tracing::info!(%id, error, "not decided yet");
                        return;
                    }
                }
                done.lock().unwrap_or_else(PoisonError::into_inner).push(id);
            });
        }
    }
}

fn tell(id: Uuid, intent: &Intent) {
    if let Intent::DisableSubscriber { .. } = intent {
        tracing::warn!(
            subscriber = %id,
            "a subscriber was disabled, since its receiver wants no more or was away for too long; \
             `rollcall subscriber show` says which"
        );
    } else {
        tracing::info!(replay = %id, "a replay is at its end");
    }
}
