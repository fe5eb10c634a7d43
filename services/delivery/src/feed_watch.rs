//! Who waits for a tenant's next event is woken by it, and by no other tenant's.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use eventlog::{Feed, ReadError};
use events::Tenant;
use futures_util::StreamExt as _;
use tokio::sync::watch;

/// The ends of those tenants' feeds for whom somebody waits, as the stream shows them. One reader of
/// the stream serves all who wait in a process.
#[derive(Clone, Debug, Default)]
pub struct FeedWatch(Arc<Mutex<Ends>>);

#[derive(Debug, Default)]
struct Ends {
    /// The last message of the whole feed that was seen.
    seen: u64,
    waited_for: HashMap<Tenant, watch::Sender<u64>>,
}

/// The end of one tenant's feed.
#[derive(Clone, Debug)]
pub struct TenantWatch(watch::Receiver<u64>);

impl TenantWatch {
    /// The tenant may have messages up to here: those up to its last one, or up to where the feed ended
    /// when the watching began.
    pub fn known(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits until the tenant may have a message behind `after`, and tells how far to look.
    pub async fn beyond(&mut self, after: u64) -> u64 {
        // What is waited for is taken out of its lock before anything else is awaited.
        let reached = self.0.wait_for(|known| *known > after).await.map(|known| *known);
        match reached {
            Ok(known) => known,
            // Nobody reads the stream any more: the process is about to end.
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits until the tenant has another message than when this was last asked.
    pub(crate) async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl FeedWatch {
    /// Watches over the end of a tenant's feed.
    pub fn of(&self, tenant: &Tenant) -> TenantWatch {
        let mut ends = self.lock();
        let seen = ends.seen;
        let made = || watch::Sender::new(seen);
        TenantWatch(ends.waited_for.entry(tenant.clone()).or_insert_with(made).subscribe())
    }

    /// Reads the stream from its present end on, for ever; ends with an error if it is another stream
    /// than before.
    pub async fn run(&self, feed: &Feed) -> Result<(), ReadError> {
        let end = feed.end().await?.seq;
        self.begin(end);
        let mut entries = pin!(feed.follow(end));
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            if let Some(tenant) = tenant_of(entry.subject()) {
                self.note(&tenant, entry.seq.0);
            }
        }
        Ok(())
    }

    /// Whoever waits already may have missed what came before.
    fn begin(&self, end: u64) {
        let mut ends = self.lock();
        ends.seen = end;
        for sender in ends.waited_for.values() {
            sender.send_replace(end);
        }
    }

    /// A tenant's feed has a message there.
    pub(crate) fn note(&self, tenant: &Tenant, seq: u64) {
        let mut ends = self.lock();
        ends.seen = seq;
        if let Some(sender) = ends.waited_for.get(tenant) {
            if sender.receiver_count() == 0 {
                ends.waited_for.remove(tenant);
            } else {
                sender.send_replace(seq);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose a message is: the token behind `feed`, whatever stands before it.
fn tenant_of(subject: &str) -> Option<Tenant> {
    let mut tokens = subject.split('.').skip_while(|token| *token != "feed");
    tokens.nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(slug: &str) -> Tenant {
        slug.parse().unwrap()
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_an_event_of_the_tenant_and_by_no_others() {
        let watch = FeedWatch::default();
        let (mut acme, initech) = (watch.of(&tenant("acme")), watch.of(&tenant("initech")));
        watch.note(&tenant("acme"), 7);
        assert_eq!(acme.beyond(0).await, 7);
        assert_eq!((acme.known(), initech.known()), (7, 0));
    }

    #[tokio::test]
    async fn who_waits_since_before_the_watching_began_looks_once_more() {
        let watch = FeedWatch::default();
        let mut acme = watch.of(&tenant("acme"));
        watch.begin(5);
        assert_eq!(acme.beyond(0).await, 5);
        assert_eq!(watch.of(&tenant("initech")).known(), 5);
    }

    #[tokio::test]
    async fn a_tenant_for_whom_nobody_waits_any_more_is_forgotten() {
        let watch = FeedWatch::default();
        drop(watch.of(&tenant("acme")));
        watch.note(&tenant("acme"), 7);
        assert!(watch.lock().waited_for.is_empty());
    }

    #[test]
    fn the_tenant_of_a_message_is_in_its_subject() {
        assert_eq!(tenant_of("feed.acme.team.1.created"), Some(tenant("acme")));
        assert_eq!(tenant_of("CANDIDATE.feed.feed.team.1.created"), Some(tenant("feed")));
        assert_eq!(tenant_of("prov.acme"), None);
    }
}
