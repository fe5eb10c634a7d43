//! Counts of attributes that clients send and nobody keeps: by name, never by value.
//!
//! Names come from clients. [`scim::IgnoredAttributes`] tells what looks like one and is short; of those, so many
//! are told of a tenant, and of all tenants in the figures of this process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use eventlog::clock;
use eventlog::unkept::{MOST, OTHER};
use eventlog::{Log, Unkept as Told};
use events::Tenant;
use jiff::Timestamp;
use scim::IgnoredAttributes;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// The most names in the figures of this process.
const MOST_FIGURES: usize = 128;

/// From one note in the log's bucket to the next.
const EVERY: Duration = Duration::from_secs(10);

/// How long a note may take. It is no loss if the next one says more.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was sent to this process and not kept.
#[derive(Debug, Default)]
pub(crate) struct UnkeptCounts {
    counts: Mutex<Counts>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    /// Of all tenants, since the start.
    figures: Names<u64>,
    /// Tenant by tenant, since the last note.
    untold: BTreeMap<Tenant, Names<(u64, Timestamp)>>,
}

/// Something of each name, by its folded spelling: its first spelling, and what is known.
#[derive(Debug)]
struct Names<T>(BTreeMap<String, (String, T)>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Names<T> {
    /// What is known of a name; of all others if there are too many.
    fn of(&mut self, name: &str, most: usize, new: T) -> &mut T {
        let key = name.to_ascii_lowercase();
        let is_told = self.0.len() < most || self.0.contains_key(&key);
        let (key, name) = if is_told { (key, name) } else { (OTHER.to_owned(), OTHER) };
        &mut self.0.entry(key).or_insert_with(|| (name.to_owned(), new)).1
    }
}

impl UnkeptCounts {
    /// Counts what was passed over in one request.
    pub(crate) fn count(&self, tenant: &Tenant, unkept: &IgnoredAttributes) {
        if unkept.is_empty() {
            return;
        }
        let now = clock::now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Counts { figures, untold } = &mut *counts;
        let untold = untold.entry(tenant.clone()).or_default();
        for name in unkept.names().chain(unkept.has_others().then_some(OTHER)) {
            *figures.of(name, MOST_FIGURES, 0) += 1;
            let (times, last) = untold.of(name, MOST, (0, now));
            (*times, *last) = (*times + 1, now);
        }
        drop(counts);
        self.news.notify_one();
    }

    /// How often each name was sent to this process, whoever sent it.
    pub(crate) fn figures(&self) -> Vec<(String, u64)> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.figures.0.values().cloned().collect()
    }

    /// Notes beside the log what was sent, until `stop`.
    pub(crate) async fn keep_telling(&self, log: &Log, stop: &CancellationToken) {
        loop {
            stop.run_until_cancelled(self.news.notified()).await;
            self.tell(log).await;
            if stop.is_cancelled() {
                return;
            }
            stop.run_until_cancelled(sleep(EVERY)).await;
        }
    }

    async fn tell(&self, log: &Log) {
        let news = self.take_untold();
        if news.is_empty() {
            return;
        }
        match timeout(PATIENCE, log.add_unkept(&news, clock::now())).await {
            Ok(Ok(())) => {}
            // It may have been written after all: rather told too little than twice.
            Ok(Err(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "cannot note which attributes nobody keeps");
            }
            Err(_) => tracing::warn!("cannot note in time which attributes nobody keeps"),
        }
    }

    fn take_untold(&self) -> Vec<Told> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told = Vec::new();
        for (tenant, names) in std::mem::take(&mut counts.untold) {
            told.extend(names.0.into_values().map(|(attribute, (times, last_sent_at))| Told {
                tenant: tenant.clone(),
                attribute,
                times,
                last_sent_at,
            }));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use scim::{Budget, ResourceType, patch};
    use serde_json::{Value, json};

    use super::*;

    fn passed_over(names: &[String]) -> IgnoredAttributes {
        let value: Value = names.iter().map(|name| (name.clone(), json!("secret"))).collect();
        let body = json!({ "Operations": [{ "op": "add", "value": value }] });
        let (budget, mut unkept) = (Budget::for_change(1 << 20), IgnoredAttributes::default());
        patch::parse_reporting(body, ResourceType::User, 9, &[], &budget, &mut unkept).unwrap();
        unkept
    }

    #[test]
    fn names_are_counted_for_each_tenant_and_for_the_process() {
        let counts = UnkeptCounts::default();
        let [acme, other] = ["acme", "other"].map(|slug| slug.parse::<Tenant>().unwrap());
        counts.count(&acme, &passed_over(&["shoeSize".into(), "a b".into()]));
        counts.count(&acme, &passed_over(&["SHOESIZE".into()]));
        counts.count(&other, &passed_over(&["shoeSize".into()]));
        counts.count(&other, &passed_over(&[]));
        let figures = [(OTHER.to_owned(), 1), ("shoeSize".to_owned(), 3)];
        assert_eq!(counts.figures(), figures);
        let told = counts.take_untold();
        let told: Vec<_> =
            told.iter().map(|one| (one.tenant.as_str(), &*one.attribute, one.times)).collect();
        assert_eq!(told, [("acme", OTHER, 1), ("acme", "shoeSize", 2), ("other", "shoeSize", 1)]);
        assert!(counts.take_untold().is_empty(), "each is told once");
        assert_eq!(counts.figures(), figures, "figures go on");
    }

    #[test]
    fn a_client_that_makes_up_names_fills_neither_memory_nor_figures() {
        let counts = UnkeptCounts::default();
        let acme: Tenant = "acme".parse().unwrap();
        for first in 0..1000 {
            let names: Vec<String> = (0..9).map(|n| format!("made-up-{first}-{n}")).collect();
            counts.count(&acme, &passed_over(&names));
        }
        assert_eq!(counts.figures().len(), MOST_FIGURES + 1);
        let told = counts.take_untold();
        assert_eq!(told.len(), MOST + 1);
        assert_eq!(told.iter().map(|one| one.times).sum::<u64>(), 9000);
    }
}
