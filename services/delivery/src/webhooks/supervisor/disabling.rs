//! Disables subscribers that want no more, or have been away for too long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventlog::sentence;
use events::{SubscriberId, Tenant};
use roster::{Intent, Refusal, Roster};
use tokio::time::Instant;
use writer::{Access, Command, Denied, Outage, Provenance, Writer};

use crate::webhooks::dispatcher::Reason;

/// How long until it is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// Who is to be disabled, and gets nothing meanwhile.
#[derive(Debug, Default)]
pub(super) struct Disabling {
    waiting: HashMap<SubscriberId, Waiting>,
    /// What is done, or was said no to: an operator may have removed it meanwhile.
    done: Arc<Mutex<Vec<SubscriberId>>>,
}

#[derive(Debug)]
struct Waiting {
    tenant: Tenant,
    reason: Reason,
    tried_at: Option<Instant>,
}

/// Why one could not be disabled.
#[derive(Debug, thiserror::Error)]
enum DisableError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl Disabling {
    /// Whether a subscriber is to be disabled.
    pub(super) fn concerns(&self, id: SubscriberId) -> bool {
        self.waiting.contains_key(&id)
    }

    /// Whether nobody is to be disabled.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    /// A subscriber is to be disabled.
    pub(super) fn begin(&mut self, id: SubscriberId, tenant: Tenant, reason: Reason) {
        self.waiting.insert(id, Waiting { tenant, reason, tried_at: None });
    }

    /// Asks for what was not asked for, and forgets what is done.
    pub(super) fn go_on(&mut self, writer: &Writer) {
        for id in std::mem::take(&mut *self.done.lock().unwrap_or_else(PoisonError::into_inner)) {
            self.waiting.remove(&id);
        }
        for (id, waiting) in &mut self.waiting {
            if waiting.tried_at.is_none_or(|at| at.elapsed() >= PAUSE) {
                waiting.tried_at = Some(Instant::now());
                let asked = disable(writer.clone(), waiting.tenant.clone(), *id, waiting.reason);
                let (id, done) = (*id, Arc::clone(&self.done));
                tokio::spawn(async move {
                    match asked.await {
                        Ok(()) => {
                            tracing::warn!(
                                subscriber = %id,
                                "a subscriber was disabled, since its receiver wants no more or was away \
                                 for too long; `rollcall subscriber show` says which"
                            );
                            done.lock().unwrap_or_else(PoisonError::into_inner).push(id);
                        }
                        Err(DisableError::Refused(_)) => {
                            done.lock().unwrap_or_else(PoisonError::into_inner).push(id);
                        }
                        Err(error @ (DisableError::Denied(_) | DisableError::Outage(_))) => {
                            let error = sentence(&error);
                            tracing::info!(subscriber = %id, error, "not disabled yet");
                        }
                    }
                });
            }
        }
    }
}

async fn disable(
    writer: Writer,
    tenant: Tenant,
    id: SubscriberId,
    reason: Reason,
) -> Result<(), DisableError> {
    let words = match reason {
        Reason::Gone => "the receiver answered 410: it wants no more",
        Reason::Away => "the receiver accepted nothing for as long as an event is tried",
    };
    let intent = move |_: &Roster| {
        let reason = words.to_owned();
        Ok(Intent::DisableSubscriber { subscriber: id, reason, by_itself: true })
    };
    let access = Access::Operator;
    let provenance = Provenance { tenant, access, request: None, trace_parent: None };
    writer.execute::<_, DisableError>(Command::new(provenance, intent)).await?;
    Ok(())
}
