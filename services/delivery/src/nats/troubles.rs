//! Telling of what fails again and again, once, and only if it does not pass by itself.

use std::time::Duration;

use eventlog::Cause;
use tokio::time::Instant;

/// For so long an outage is the business of whoever tells of outages.
const PASSING: Duration = Duration::from_secs(10);

/// What has failed since it last went well.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    since: Option<Instant>,
    is_told: bool,
}

impl Troubles {
    pub(super) fn note(&mut self, looked: Result<(), Cause>) {
        let Err(error) = looked else {
            if self.is_told {
                tracing::info!("subscribers on NATS are kept again");
            }
            *self = Self::default();
            return;
        };
        let since = *self.since.get_or_insert_with(Instant::now);
        if !self.is_told && since.elapsed() >= PASSING {
            self.is_told = true;
            let error = &*error as &dyn std::error::Error;
            tracing::warn!(
                error,
                "subscribers on NATS are not kept: a withdrawn secret may still read"
            );
        }
    }
}
