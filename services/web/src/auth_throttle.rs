//! Limits how often wrong tokens are tried, by address and by tenant.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasher as _, DefaultHasher, Hash, Hasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::ClientAddress;

/// Too many wrong tokens came from one address, or for one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong tokens; wait {wait} s, then send the right one")]
pub struct TooManyGuesses {
    /// Whole seconds, for a `Retry-After` header.
    pub wait: u64,
}

/// How many failures are counted apart. A table of this size never grows, however many addresses
/// guess; two that share a bucket are slowed down together.
const BUCKETS: usize = 4096;

/// Addresses whose attempts at the operators' API are counted. Each has an entry of its own, since
/// whoever is over the limit there is refused even with the right token.
const MAX_OPERATOR_ADDRESSES: usize = 4096;

const WINDOW: Duration = Duration::from_mins(1);

/// Counts failed attempts in each minute, by address and by tenant.
///
/// A minute is any minute: a failure counts for 60 seconds from when it happened, so that nobody
/// gets twice as many around the turn of one. At the tenants' endpoints only failures are refused, and
/// the right token is always accepted. At the operators' API an address that failed too often is refused
/// whatever it sends.
#[derive(Clone, Debug)]
pub(super) struct AuthThrottle {
    most: usize,
    start: Instant,
    /// Nobody outside can tell who shares a bucket with whom.
    seed: u64,
    buckets: Arc<[Mutex<Failures>]>,
    operators: Arc<Mutex<ByAddress>>,
}

/// When the failures of the last minute were, in milliseconds from the start; no more of them than
/// are answered.
#[derive(Debug, Default)]
struct Failures(VecDeque<u64>);

impl Failures {
    /// How long the next attempt has to wait.
    fn wait(&self, most: usize, now: u64) -> Result<(), TooManyGuesses> {
        let free = self.0.front().map_or(0, |first| first + milliseconds(WINDOW));
        if self.0.len() < most || free <= now {
            return Ok(());
        }
        Err(TooManyGuesses { wait: (free - now).div_ceil(1000) })
    }

    /// Counts a failure, unless there are too many already.
    fn count(&mut self, most: usize, now: u64) -> Result<(), TooManyGuesses> {
        self.wait(most, now)?;
        while self.0.front().is_some_and(|first| first + milliseconds(WINDOW) <= now) {
            self.0.pop_front();
        }
        self.0.push_back(now);
        if self.0.len() == most {
            tracing::warn!("somebody guesses at tokens; more of it is answered 429");
        }
        Ok(())
    }
}

impl AuthThrottle {
    /// `most` failures a minute are answered as what they are; 0 means all.
    pub(super) fn new(most: u32) -> Self {
        let buckets = std::iter::repeat_with(Mutex::default).take(BUCKETS).collect();
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            start: Instant::now(),
            seed: RandomState::new().hash_one(0),
            buckets,
            operators: Arc::default(),
        }
    }

    /// Counts an attempt that failed, at an endpoint (named by a tenant's slug, say), from an address
    /// if known.
    pub(super) fn failed(
        &self,
        endpoint: &str,
        address: Option<ClientAddress>,
        now: Instant,
    ) -> Result<(), TooManyGuesses> {
        if self.most == 0 {
            return Ok(());
        }
        let now = self.elapsed(now);
        let at_endpoint = self.bucket(("endpoint", endpoint)).count(self.most, now);
        let from_address = address.map_or(Ok(()), |address| {
            self.bucket(("from", address.network())).count(self.most, now)
        });
        at_endpoint.and(from_address)
    }

    /// Refuses an attempt that would be refused if it failed, and counts nothing.
    pub(super) fn may_fail(
        &self,
        endpoint: &str,
        address: Option<ClientAddress>,
        now: Instant,
    ) -> Result<(), TooManyGuesses> {
        if self.most == 0 {
            return Ok(());
        }
        let now = self.elapsed(now);
        self.bucket(("endpoint", endpoint)).wait(self.most, now)?;
        let Some(network) = address.map(ClientAddress::network) else { return Ok(()) };
        self.bucket(("from", network)).wait(self.most, now)?;
        self.bucket(("unsure", network)).wait(self.most, now)
    }

    /// Counts an attempt of which nobody knows whether it failed. It is held against no tenant, and
    /// makes no wrong token of the same address wait.
    pub(super) fn unsure(
        &self,
        address: Option<ClientAddress>,
        now: Instant,
    ) -> Result<(), TooManyGuesses> {
        let Some(network) = address.map(ClientAddress::network).filter(|_| self.most > 0) else {
            return Ok(());
        };
        self.bucket(("unsure", network)).count(self.most, self.elapsed(now))
    }

    /// Whether somebody at the operators' API `is_right`, which is not even looked at when too
    /// many attempts from their address failed: neither the answer nor its time tells then.
    pub(super) fn operator(
        &self,
        address: Option<ClientAddress>,
        now: Instant,
        is_right: impl FnOnce() -> bool,
    ) -> Result<bool, TooManyGuesses> {
        let Some(network) = address.map(ClientAddress::network).filter(|_| self.most > 0) else {
            return Ok(is_right());
        };
        let now = self.elapsed(now);
        // Locked until the attempt is counted, so that many at once are not let in together.
        let mut failed = locked(&self.operators);
        if let Some(failures) = failed.failures.get(&network) {
            failures.wait(self.most, now)?;
        }
        let is_right = is_right();
        if !is_right {
            failed.count(network, self.most, now)?;
        }
        Ok(is_right)
    }

    /// Refuses an attempt from an address that guesses too much, and counts nothing.
    pub(super) fn may_try_operator(
        &self,
        address: Option<ClientAddress>,
        now: Instant,
    ) -> Result<(), TooManyGuesses> {
        let Some(network) = address.map(ClientAddress::network).filter(|_| self.most > 0) else {
            return Ok(());
        };
        let now = self.elapsed(now);
        match locked(&self.operators).failures.get(&network) {
            Some(failures) => failures.wait(self.most, now),
            None => Ok(()),
        }
    }

    fn elapsed(&self, now: Instant) -> u64 {
        milliseconds(now.saturating_duration_since(self.start))
    }

    fn bucket(&self, who: impl Hash) -> MutexGuard<'_, Failures> {
        let mut hasher = DefaultHasher::new();
        (self.seed, who).hash(&mut hasher);
        let bucket = usize::try_from(hasher.finish() % BUCKETS as u64).expect("places are few");
        locked(&self.buckets[bucket])
    }
}

/// The failures at the operators' API, by address.
#[derive(Debug, Default)]
struct ByAddress {
    failures: HashMap<IpAddr, Failures>,
    /// The same addresses, by when they failed last.
    last: BTreeSet<(u64, IpAddr)>,
}

impl ByAddress {
    /// Counts a failure. If there are too many addresses, the one that failed least lately is
    /// forgotten.
    fn count(&mut self, network: IpAddr, most: usize, now: u64) -> Result<(), TooManyGuesses> {
        let failures = self.failures.entry(network).or_default();
        if let Some(before) = failures.0.back() {
            self.last.remove(&(*before, network));
        }
        let counted = failures.count(most, now);
        if let Some(last) = failures.0.back() {
            self.last.insert((*last, network));
        }
        if self.failures.len() > MAX_OPERATOR_ADDRESSES
            && let Some((_, oldest)) = self.last.pop_first()
        {
            self.failures.remove(&oldest);
        }
        counted
    }
}

/// What a panic left behind is a count like any other.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests;
