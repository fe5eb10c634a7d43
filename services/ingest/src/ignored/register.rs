//! Attributes that clients send and that are not kept, counted beside the log, so that
//! `rollcall status` shows them whichever gateway received them, and a restart forgets nothing.

use std::collections::BTreeMap;

use access::{IgnoredAttribute, note_ignored_attributes};
use eventlog::{Log, ReadError};
use events::Tenant;
use jiff::{SignedDuration, Timestamp};

use super::names::Names;

/// The most names of a tenant.
pub(super) const MAX_NAMES_PER_TENANT: usize = 32;

/// The most names of all tenants together, so that they fit into one message.
const MAX_NAMES: usize = 2048;

/// An attribute that was not sent for so long is removed.
const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Adds what was sent since the last time.
pub(super) async fn add(
    log: &Log,
    news: &[IgnoredAttribute],
    now: Timestamp,
) -> Result<(), ReadError> {
    note_ignored_attributes(log, |known| merged(&known, news, now)).await
}

/// What is noted when this comes to what was known.
fn merged(
    known: &[IgnoredAttribute],
    news: &[IgnoredAttribute],
    now: Timestamp,
) -> Vec<IgnoredAttribute> {
    let is_recent = |one: &&IgnoredAttribute| now.duration_since(one.last_sent_at) < RETENTION;
    let mut noted: BTreeMap<&Tenant, Names<(u64, Timestamp)>> = BTreeMap::new();
    for one in known.iter().filter(is_recent) {
        let names = noted.entry(&one.tenant).or_default();
        names.entry(&one.attribute, usize::MAX, (one.times, one.last_sent_at));
    }
    for one in news {
        let in_all: usize = noted.values().map(Names::len).sum();
        let most = if in_all < MAX_NAMES { MAX_NAMES_PER_TENANT } else { 0 };
        let names = noted.entry(&one.tenant).or_default();
        let (times, last) = names.entry(&one.attribute, most, (0, one.last_sent_at));
        *times = times.saturating_add(one.times);
        *last = (*last).max(one.last_sent_at);
    }
    let of_tenant = |(tenant, names): (&Tenant, Names<_>)| {
        let tenant = tenant.clone();
        names.into_values().map(move |(attribute, (times, last_sent_at))| IgnoredAttribute {
            tenant: tenant.clone(),
            attribute,
            times,
            last_sent_at,
        })
    };
    noted.into_iter().flat_map(of_tenant).collect()
}

#[cfg(test)]
mod tests {
    use super::super::names::OTHER;
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn sent(tenant: &str, attribute: &str, times: u64, hours: i64) -> IgnoredAttribute {
        IgnoredAttribute {
            tenant: tenant.parse().unwrap(),
            attribute: attribute.to_owned(),
            times,
            last_sent_at: at(hours),
        }
    }

    #[test]
    fn what_comes_again_is_added_whatever_its_letter_case() {
        let known = vec![sent("acme", "shoeSize", 3, 1)];
        let news = [sent("acme", "SHOESIZE", 2, 4), sent("other", "shoeSize", 1, 2)];
        let expected = [sent("acme", "shoeSize", 5, 4), sent("other", "shoeSize", 1, 2)];
        assert_eq!(merged(&known, &news, at(5)), expected);
    }

    #[test]
    fn what_nobody_sends_any_longer_is_forgotten() {
        let known = vec![sent("acme", "old", 9, 0), sent("acme", "new", 9, 100)];
        let now = at(30 * 24);
        assert_eq!(merged(&known, &[], now), [sent("acme", "new", 9, 100)]);
    }

    #[test]
    fn a_tenant_has_so_many_names_and_one_for_all_others() {
        let many: Vec<IgnoredAttribute> =
            (0..200).map(|n| sent("acme", &format!("a{n:03}"), 1, 1)).collect();
        let told = merged(&[sent("other", "x", 1, 1)], &many, at(1));
        let others = sent("acme", OTHER, 200 - MAX_NAMES_PER_TENANT as u64, 1);
        assert_eq!(told.len(), 1 + MAX_NAMES_PER_TENANT + 1);
        assert_eq!(told.iter().find(|one| one.attribute == OTHER), Some(&others));
        assert_eq!(merged(&told, &[sent("acme", "b", 1, 1)], at(1)).len(), told.len());
    }
}
