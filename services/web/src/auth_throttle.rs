//! Who guesses at tokens.

use std::hash::{BuildHasher as _, DefaultHasher, Hash, Hasher as _, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Too many wrong tokens came from one address, or for one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong tokens; wait {wait} s, then send the right one")]
pub struct TooManyGuesses {
    /// Whole seconds, for a `Retry-After` header.
    pub wait: u64,
}

/// How many failures are counted apart. A table of this size never grows, however many addresses
/// guess; two that share a place are slowed down together.
const PLACES: usize = 4096;

const WINDOW: Duration = Duration::from_mins(1);

/// Counts failed attempts in each minute, by address and by tenant.
///
/// Only failures are counted, and only failures are refused: the right token always opens, however
/// many others guess.
#[derive(Clone, Debug)]
pub(super) struct AuthThrottle {
    most: u32,
    start: Instant,
    /// Nobody outside can tell who shares a place with whom.
    seed: u64,
    /// The minute in the upper half, the failures in it in the lower.
    places: Arc<[AtomicU64]>,
}

impl AuthThrottle {
    /// `most` failures a minute are answered as what they are; 0 means all.
    pub(super) fn new(most: u32) -> Self {
        let places = std::iter::repeat_with(AtomicU64::default).take(PLACES).collect();
        Self { most, start: Instant::now(), seed: RandomState::new().hash_one(0), places }
    }

    /// Counts an attempt that failed, at a door (a tenant's slug, say), from an address if known.
    pub(super) fn failed(
        &self,
        door: &str,
        address: Option<IpAddr>,
        now: Instant,
    ) -> Result<(), TooManyGuesses> {
        if self.most == 0 {
            return Ok(());
        }
        let elapsed = now.saturating_duration_since(self.start).as_secs();
        let minute = elapsed / WINDOW.as_secs();
        let at_door = self.count(("door", door), minute);
        let from_address =
            address.map_or(0, |address| self.count(("from", neighbourhood(address)), minute));
        let worst = at_door.max(from_address);
        if worst == self.most + 1 {
            tracing::warn!("somebody guesses at tokens; more of it is answered 429");
        }
        if worst > self.most {
            return Err(TooManyGuesses { wait: WINDOW.as_secs() - elapsed % WINDOW.as_secs() });
        }
        Ok(())
    }

    /// The failures of this minute at one place, with this one.
    fn count(&self, who: impl Hash, minute: u64) -> u32 {
        let minute = minute & u64::from(u32::MAX);
        let mut hasher = DefaultHasher::new();
        (self.seed, who).hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % PLACES as u64).expect("places are few");
        let next = |before: u64| {
            let same = before >> 32 == minute;
            let failures = if same { before & u64::from(u32::MAX) } else { 0 };
            // Stops short of the half above it.
            (minute << 32) | (failures + 1).min(u64::from(u32::MAX))
        };
        let noted = &self.places[place];
        let before = noted
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| Some(next(before)))
            .unwrap_or_else(|before| before);
        u32::try_from(next(before) & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }
}

/// Who has one IPv6 address has 2^64 of them.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Always the same ones share a place.
    fn guesses(most: u32) -> AuthThrottle {
        AuthThrottle { seed: 0, ..AuthThrottle::new(most) }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn beyond_so_many_wrong_tokens_a_minute_the_next_have_to_wait() {
        let guesses = guesses(2);
        let now = guesses.start + Duration::from_secs(50);
        let home = Some(address("192.0.2.1"));
        assert_eq!(guesses.failed("acme", home, now), Ok(()));
        assert_eq!(guesses.failed("acme", home, now), Ok(()));
        let refused = guesses.failed("acme", home, now);
        assert_eq!(refused, Err(TooManyGuesses { wait: 10 }));
        assert_eq!(guesses.failed("acme", home, now + Duration::from_secs(10)), Ok(()));
    }

    #[test]
    fn who_guesses_at_many_tenants_is_known_by_their_address() {
        let guesses = guesses(2);
        let refused = |door: &str, from| guesses.failed(door, Some(from), guesses.start).is_err();
        assert!(!refused("one", address("2001:db8::1")));
        assert!(!refused("two", address("2001:db8::2")));
        assert!(refused("three", address("2001:db8::3")), "one network is one guesser");
    }

    #[test]
    fn who_guesses_from_many_addresses_is_known_by_the_tenant() {
        let guesses = guesses(2);
        let refused = |from| guesses.failed("acme", Some(from), guesses.start).is_err();
        assert!(!refused(address("192.0.2.1")));
        assert!(!refused(address("192.0.2.2")));
        assert!(refused(address("192.0.2.3")));
    }

    #[test]
    fn nothing_grows_however_many_guess() {
        let guesses = guesses(2);
        for guess in 0..100_000_u32 {
            let from = Some(IpAddr::from(guess.to_be_bytes()));
            guesses.failed(&guess.to_string(), from, guesses.start).ok();
        }
        assert_eq!(guesses.places.len(), PLACES);
    }
}
