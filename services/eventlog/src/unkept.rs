//! What clients send and nobody keeps, told in the bucket beside the log: names of attributes, never
//! values. So `rollcall status` shows it, whichever gateway heard it, and a restart forgets nothing.

use std::collections::BTreeMap;

use async_nats::jetstream::kv::UpdateErrorKind;
use events::Tenant;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Cause;
use crate::read::unavailable;
use crate::{Log, ReadError, mark};

const KEY: &str = "unkept";

/// The most names of a tenant: they are the client's to choose.
pub const MOST: usize = 32;

/// What is told of all the names that are not told.
pub const OTHER: &str = "(other)";

/// The most names of all tenants together, so that they fit into one message.
const MOST_IN_ALL: usize = 2048;

/// What nobody has sent for so long is forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How often others may be first before we give up, until the next time.
const ATTEMPTS: usize = 5;

/// An attribute that clients of a tenant send, and that nobody keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unkept {
    pub tenant: Tenant,
    /// In the spelling in which it came first; [`OTHER`] for all the names that are not told.
    pub attribute: String,
    /// In how many requests, and operations of bulk requests, it came.
    pub times: u64,
    pub last_sent_at: Timestamp,
}

impl Log {
    /// What clients send and nobody keeps, tenant by tenant.
    pub async fn unkept(&self) -> Result<Vec<Unkept>, ReadError> {
        let Some(bucket) = self.found_bucket().await.map_err(unavailable)? else {
            return Ok(vec![]);
        };
        let known = mark::read(&bucket, KEY).await.map_err(unavailable)?;
        Ok(known.unwrap_or_default())
    }

    /// Adds what was sent since the last time.
    pub async fn add_unkept(&self, news: &[Unkept], now: Timestamp) -> Result<(), ReadError> {
        self.try_to_add_unkept(news, now).await.map_err(unavailable)
    }

    async fn try_to_add_unkept(&self, news: &[Unkept], now: Timestamp) -> Result<(), Cause> {
        let bucket = self.bucket().await?;
        for _ in 0..ATTEMPTS {
            let entry = bucket.entry(KEY).await?;
            let known = entry.as_ref().and_then(|entry| serde_json::from_slice(&entry.value).ok());
            let told = merged(known.unwrap_or_default(), news, now);
            let revision = entry.map_or(0, |entry| entry.revision);
            let written = bucket.update(KEY, serde_json::to_vec(&told)?.into(), revision).await;
            match written {
                Ok(_) => return Ok(()),
                // Another gateway was first.
                Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err("other gateways write the same all the time".into())
    }
}

/// What is told when this comes to what was known.
fn merged(known: Vec<Unkept>, news: &[Unkept], now: Timestamp) -> Vec<Unkept> {
    let is_recent = |one: &Unkept| now.duration_since(one.last_sent_at) < FORGOTTEN;
    let mut told: BTreeMap<(Tenant, String), Unkept> = BTreeMap::new();
    for one in known.into_iter().filter(is_recent) {
        told.insert(key(&one.tenant, &one.attribute), one);
    }
    for one in news {
        let its = |told: &&(Tenant, String)| told.0 == one.tenant;
        let has_room = told.len() < MOST_IN_ALL && told.keys().filter(its).count() < MOST;
        let mut place = key(&one.tenant, &one.attribute);
        let mut attribute = one.attribute.as_str();
        if !has_room && !told.contains_key(&place) {
            attribute = OTHER;
            place = key(&one.tenant, OTHER);
        }
        let told = told.entry(place).or_insert_with(|| Unkept {
            attribute: attribute.to_owned(),
            times: 0,
            ..one.clone()
        });
        told.times = told.times.saturating_add(one.times);
        told.last_sent_at = told.last_sent_at.max(one.last_sent_at);
    }
    told.into_values().collect()
}

/// Letter case does not count in names (RFC 7643 §2.1).
fn key(tenant: &Tenant, attribute: &str) -> (Tenant, String) {
    (tenant.clone(), attribute.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn sent(tenant: &str, attribute: &str, times: u64, hours: i64) -> Unkept {
        Unkept {
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
        assert_eq!(merged(known, &news, at(5)), expected);
    }

    #[test]
    fn what_nobody_sends_any_longer_is_forgotten() {
        let known = vec![sent("acme", "old", 9, 0), sent("acme", "new", 9, 100)];
        let now = at(30 * 24);
        assert_eq!(merged(known, &[], now), [sent("acme", "new", 9, 100)]);
    }

    #[test]
    fn a_tenant_has_so_many_names_and_one_for_all_others() {
        let many: Vec<Unkept> = (0..200).map(|n| sent("acme", &format!("a{n:03}"), 1, 1)).collect();
        let told = merged(vec![sent("other", "x", 1, 1)], &many, at(1));
        let others = sent("acme", OTHER, 200 - MOST as u64, 1);
        assert_eq!(told.len(), 1 + MOST + 1);
        assert_eq!(told.iter().find(|one| one.attribute == OTHER), Some(&others));
        assert_eq!(merged(told.clone(), &[sent("acme", "b", 1, 1)], at(1)).len(), told.len());
    }
}
