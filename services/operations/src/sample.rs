//! The nightly sample: of each projection, one tenant's rows are verified.

use std::time::Duration;

use acts::{By, State, VerifyOutcome};
use eventlog::clock;
use events::Tenant;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use projector::ReadModel;
use projector::digests::some_tenant;
use tokio_util::sync::CancellationToken;

use crate::operations::Operations;
use crate::ops::OpsError;
use crate::verify;

/// Of several processes, the first one does it: none begins so soon after another.
const ONCE_IN: SignedDuration = SignedDuration::from_hours(12);
/// How long a verification is waited for before the next one begins.
const MAX_WAIT: Duration = Duration::from_hours(1);

impl Operations {
    /// Verifies one tenant's rows of each projection every day at this time (UTC), until `stop`.
    pub async fn keep_sampling(self, at: Time, stop: CancellationToken) {
        let sampling = async {
            loop {
                tokio::time::sleep(until(at, clock::now())).await;
                for model in self.projections() {
                    if self.sample(*model).await.is_err() {
                        tracing::warn!(
                            projection = model.name,
                            "cannot verify tonight's sample; it is tried again tomorrow"
                        );
                    }
                }
            }
        };
        stop.run_until_cancelled(Box::pin(sampling)).await;
    }

    /// Verifies the rows of one tenant, another one each day; unless it was done just now.
    async fn sample(&self, model: ReadModel) -> Result<(), OpsError> {
        let today = clock::now().strftime("%Y-%m-%d").to_string();
        let client = self.database().pool().get().await?;
        let tenant = some_tenant(&**client, model.name, &today).await?;
        drop(client);
        // What was changed by hand may be no slug; verifying all would find it.
        let Some(Ok(tenant)) = tenant.map(|tenant| tenant.parse::<Tenant>()) else { return Ok(()) };
        let now = clock::now();
        let is_due = |state: &State| {
            let mut done = state.verifications.iter().filter(|it| it.projection == model.name);
            !done.any(|it| it.by == By::Program && now.duration_since(it.started_at) < ONCE_IN)
        };
        let begun = verify::begin(self, &By::Program, model, Some(tenant.clone()), is_due).await?;
        let Some(id) = begun else { return Ok(()) };
        let mut changes = self.acts().watch();
        let ended = changes.wait_for(|state| {
            state.verifications.get(id).is_none_or(|found| found.ended.is_some())
        });
        let Ok(Ok(state)) = tokio::time::timeout(MAX_WAIT, ended).await else { return Ok(()) };
        let found = state.verifications.get(id).and_then(|found| found.ended.as_ref());
        let projection = model.name;
        match found.map(|(_, outcome)| outcome) {
            Some(VerifyOutcome::Differs(_)) => tracing::error!(
                projection,
                %tenant,
                verification = id,
                "A LIVE READ MODEL IS NOT WHAT THE LOG MAKES: run `rollcall verify` of it"
            ),
            Some(VerifyOutcome::Failed { why }) => {
                tracing::warn!(projection, %tenant, why, "tonight's sample could not be verified");
            }
            Some(VerifyOutcome::Sound { .. }) | None => {}
        }
        Ok(())
    }
}

/// How long it is from `now` to the next time of day `at`, in UTC.
fn until(at: Time, now: Timestamp) -> Duration {
    let today = now.to_zoned(TimeZone::UTC);
    let next = today.with().time(at).build().unwrap_or_else(|_| today.clone());
    let next = if next > today { next } else { next.saturating_add(1.day()) };
    Duration::try_from(today.duration_until(&next)).unwrap_or(Duration::from_hours(24))
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn the_next_night_is_at_most_a_day_away() {
        let now: Timestamp = "2026-03-02T01:00:00Z".parse().expect("a time");
        assert_eq!(until(time(2, 30, 0, 0), now), Duration::from_mins(90));
        assert_eq!(until(time(0, 30, 0, 0), now), Duration::from_mins(23 * 60 + 30));
        assert_eq!(until(time(1, 0, 0, 0), now), Duration::from_hours(24));
    }
}
