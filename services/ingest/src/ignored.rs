//! Counts of attributes that clients send and that are not kept, since no schema knows them: by name,
//! never by value.
//!
//! They are kept twice: in this process, for its metrics, and beside the log, by tenant, for operators.
//! Names are whatever clients send. [`IgnoredAttributes`] passes on only what looks like a name and is short,
//! and both counts hold a bounded number of names; the rest is counted as [`OTHER`].

mod names;
mod register;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use access::IgnoredAttribute;
use eventlog::{Log, clock};
use events::Tenant;
use jiff::Timestamp;
use scim::IgnoredAttributes;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use names::{Names, OTHER};
use register::MAX_NAMES_PER_TENANT;

/// The most names in the metrics of this process.
const MAX_METRIC_NAMES: usize = 128;

/// How often new counts are added to those beside the log.
const FLUSH_INTERVAL: Duration = Duration::from_secs(10);

/// How long adding them may take.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// Attributes that clients have sent to this process and that are not kept.
#[derive(Debug, Default)]
pub(crate) struct IgnoredCounts {
    counts: Mutex<Counts>,
    /// Wakes the task that adds new counts to those beside the log.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    /// Of all tenants, since the start.
    totals: Names<u64>,
    /// Tenant by tenant, what was not added to the counts beside the log yet.
    pending: BTreeMap<Tenant, Names<(u64, Timestamp)>>,
}

impl IgnoredCounts {
    /// Counts what one request has sent.
    pub(crate) fn count(&self, tenant: &Tenant, ignored: &IgnoredAttributes) {
        if ignored.is_empty() {
            return;
        }
        let now = clock::now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Counts { totals, pending } = &mut *counts;
        let pending = pending.entry(tenant.clone()).or_default();
        for name in ignored.names().chain(ignored.has_others().then_some(OTHER)) {
            *totals.entry(name, MAX_METRIC_NAMES, 0) += 1;
            let (times, last) = pending.entry(name, MAX_NAMES_PER_TENANT, (0, now));
            (*times, *last) = (*times + 1, now);
        }
        drop(counts);
        self.changed.notify_one();
    }

    /// How often each name was sent to this process, by whatever tenant; for metrics.
    pub(crate) fn totals(&self) -> Vec<(String, u64)> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.totals.iter().cloned().collect()
    }

    /// Adds new counts to those beside the log every so often, until `stop`.
    pub(crate) async fn keep_flushing(&self, log: &Log, stop: &CancellationToken) {
        loop {
            stop.run_until_cancelled(self.changed.notified()).await;
            self.flush(log).await;
            if stop.is_cancelled() {
                return;
            }
            stop.run_until_cancelled(sleep(FLUSH_INTERVAL)).await;
        }
    }

    async fn flush(&self, log: &Log) {
        let pending = self.take_pending();
        if pending.is_empty() {
            return;
        }
        match timeout(FLUSH_TIMEOUT, register::add(log, &pending, clock::now())).await {
            Ok(Ok(())) => {}
            // It may have been written after all, so it is not tried again: rather too low than twice.
            Ok(Err(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "cannot note which attributes nobody keeps");
            }
            Err(_) => tracing::warn!("cannot note in time which attributes nobody keeps"),
        }
    }

    fn take_pending(&self) -> Vec<IgnoredAttribute> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told = Vec::new();
        for (tenant, names) in std::mem::take(&mut counts.pending) {
            told.extend(names.into_values().map(|(attribute, (times, last_sent_at))| {
                IgnoredAttribute { tenant: tenant.clone(), attribute, times, last_sent_at }
            }));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use scim::{ResourceType, WorkBudget, patch};
    use serde_json::{Value, json};

    use super::*;

    fn sent(names: &[String]) -> IgnoredAttributes {
        let value: Value = names.iter().map(|name| (name.clone(), json!("secret"))).collect();
        let body = json!({ "Operations": [{ "op": "add", "value": value }] });
        let (budget, mut ignored) = (WorkBudget::for_change(1 << 20), IgnoredAttributes::default());
        patch::parse_reporting(body, ResourceType::User, 9, &[], &budget, &mut ignored).unwrap();
        ignored
    }

    #[test]
    fn names_are_counted_for_each_tenant_and_for_the_process() {
        let counts = IgnoredCounts::default();
        let [acme, other] = ["acme", "other"].map(|slug| slug.parse::<Tenant>().unwrap());
        counts.count(&acme, &sent(&["shoeSize".into(), "a b".into()]));
        counts.count(&acme, &sent(&["SHOESIZE".into()]));
        counts.count(&other, &sent(&["shoeSize".into()]));
        counts.count(&other, &sent(&[]));
        let totals = [(OTHER.to_owned(), 1), ("shoeSize".to_owned(), 3)];
        assert_eq!(counts.totals(), totals);
        let told = counts.take_pending();
        let told: Vec<_> =
            told.iter().map(|one| (one.tenant.as_str(), &*one.attribute, one.times)).collect();
        assert_eq!(told, [("acme", OTHER, 1), ("acme", "shoeSize", 2), ("other", "shoeSize", 1)]);
        assert!(counts.take_pending().is_empty(), "each is taken once");
        assert_eq!(counts.totals(), totals, "totals go on");
    }

    #[test]
    fn a_client_that_makes_up_names_fills_neither_memory_nor_metrics() {
        let counts = IgnoredCounts::default();
        let acme: Tenant = "acme".parse().unwrap();
        for first in 0..1000 {
            let names: Vec<String> = (0..9).map(|n| format!("made-up-{first}-{n}")).collect();
            counts.count(&acme, &sent(&names));
        }
        assert_eq!(counts.totals().len(), MAX_METRIC_NAMES + 1);
        let told = counts.take_pending();
        assert_eq!(told.len(), MAX_NAMES_PER_TENANT + 1);
        assert_eq!(told.iter().map(|one| one.times).sum::<u64>(), 9000);
    }
}
