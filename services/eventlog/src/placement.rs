//! Which stream holds a tenant, where several logs of one account share the tenants between them.
//!
//! It is one value beside the default log, since all of it is needed at every request, and since it
//! changes only when a tenant is made. A tenant is never taken away from its stream.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_nats::jetstream::kv::Store;
use events::Tenant;
use serde::{Deserialize, Serialize};

use crate::bucket;
use crate::error::{Cause, ReadError, unavailable};
use crate::log::Log;
use crate::shared_value::update;
use crate::stream_name::StreamName;

/// Under which key of the default log's bucket it stands.
const KEY: &str = "placement";
/// How often it is looked whether others have placed tenants.
const LOOK: Duration = Duration::from_secs(1);

/// The tenants of each stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Placed {
    tenants: BTreeMap<Tenant, StreamName>,
}

/// Why it cannot be known who is placed where.
#[derive(Debug, thiserror::Error)]
pub enum PlacementError {
    /// The log that was there first has not said whom it holds.
    #[error(
        "nobody has said yet which tenants the stream {first} holds; start its gateways with --placement first, and \
         see to it that the NATS user of this one may read and write `placement` in the bucket ROLLCALL_MARK"
    )]
    NotBegun {
        /// The default stream.
        first: StreamName,
    },
    /// It cannot be read or written.
    #[error(transparent)]
    Unavailable(#[from] ReadError),
}

/// The placement, as a process of one stream knows it: that of the default log, which is alone, if nothing
/// else is said. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    own: StreamName,
    /// None, if the stream shares with no other.
    shared: Option<Arc<Shared>>,
}

/// Where it is kept, and what of it is known.
#[derive(Debug)]
struct Shared {
    bucket: Store,
    known: RwLock<Placed>,
}

impl Placement {
    /// That of a log that holds whatever tenants are made: nothing is asked, and nothing is kept.
    pub fn alone(log: &Log) -> Self {
        Self { own: log.name.clone(), shared: None }
    }

    /// That of a log beside others, for who writes to it: `tenants`, which it holds, are placed on its
    /// stream, unless they are on another one. With those that are: this log has no say over them.
    pub async fn join(
        log: &Log,
        tenants: impl Iterator<Item = Tenant>,
    ) -> Result<(Self, Vec<Tenant>), PlacementError> {
        let own: Vec<Tenant> = tenants.collect();
        if log.name == StreamName::default() {
            log.bucket().await.map_err(unavailable)?;
        }
        let joined = Self::of(log).await?;
        let stream = joined.own.clone();
        let placed = joined.place(&own).await?;
        let foreign = own.into_iter().filter(|tenant| placed.tenants.get(tenant) != Some(&stream));
        Ok((joined, foreign.collect()))
    }

    /// The same, for who only reads.
    pub async fn of(log: &Log) -> Result<Self, PlacementError> {
        let first = StreamName::default();
        let bucket = first.bucket(bucket::BUCKET);
        let not_begun = || PlacementError::NotBegun { first: first.clone() };
        let bucket = log.main.jetstream.get_key_value(bucket).await.map_err(|_| not_begun())?;
        let known = read(&bucket).await.map_err(unavailable)?;
        if known.is_none() && log.name != first {
            return Err(not_begun());
        }
        let shared = Shared { bucket, known: RwLock::new(known.unwrap_or_default()) };
        Ok(Self { own: log.name.clone(), shared: Some(Arc::new(shared)) })
    }

    /// Whether the stream shares with no other.
    pub fn is_alone(&self) -> bool {
        self.shared.is_none()
    }

    /// The stream that this process works for.
    pub fn stream(&self) -> &StreamName {
        &self.own
    }

    /// The stream of its feed.
    pub fn feed(&self) -> StreamName {
        self.own.beside(crate::feed::BASE)
    }

    /// The other stream that holds a tenant, as far as that is known by now.
    pub fn elsewhere(&self, tenant: &Tenant) -> Option<StreamName> {
        let known = self.shared.as_ref()?.known.read().unwrap_or_else(PoisonError::into_inner);
        known.other_than(&self.own, tenant)
    }

    /// Places a tenant on this stream, unless it is on another one, which is returned then.
    pub async fn claim(&self, tenant: &Tenant) -> Result<Option<StreamName>, ReadError> {
        Ok(self.place(std::slice::from_ref(tenant)).await?.other_than(&self.own, tenant))
    }

    /// Looks again and again whom others have placed. While that cannot be seen, what was known counts; and
    /// where it was lost, as with a bucket that was restored, what is known is put back.
    pub async fn follow(&self) {
        let Some(shared) = &self.shared else { return };
        loop {
            tokio::time::sleep(LOOK).await;
            let Ok(read) = read(&shared.bucket).await else { continue };
            let (read, known) = (read.unwrap_or_default(), shared.known());
            if read.has_all_of(&known) {
                shared.now_known(read);
                continue;
            }
            let change = |placed: Option<Placed>| placed.unwrap_or_default().and(&known);
            if let Ok(placed) = update(&shared.bucket, KEY, change).await {
                shared.now_known(placed);
            }
        }
    }

    async fn place(&self, tenants: &[Tenant]) -> Result<Placed, ReadError> {
        let Some(shared) = &self.shared else { return Ok(Placed::default()) };
        // What cannot be understood must not be overwritten.
        read(&shared.bucket).await.map_err(unavailable)?;
        let change = |placed: Option<Placed>| placed.unwrap_or_default().with(tenants, &self.own);
        let placed: Placed = update(&shared.bucket, KEY, change).await.map_err(unavailable)?;
        shared.now_known(placed.clone());
        Ok(placed)
    }
}

impl Shared {
    fn known(&self) -> Placed {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn now_known(&self, placed: Placed) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = placed;
    }
}

impl Placed {
    /// With these on a stream, unless they are on one.
    fn with(mut self, tenants: &[Tenant], stream: &StreamName) -> Self {
        for tenant in tenants {
            self.tenants.entry(tenant.clone()).or_insert_with(|| stream.clone());
        }
        self
    }

    /// The stream that has a tenant, if it is another one.
    fn other_than(&self, own: &StreamName, tenant: &Tenant) -> Option<StreamName> {
        self.tenants.get(tenant).filter(|stream| *stream != own).cloned()
    }

    /// With those of another picture that are not in this one.
    fn and(mut self, other: &Self) -> Self {
        for (tenant, stream) in &other.tenants {
            self.tenants.entry(tenant.clone()).or_insert_with(|| stream.clone());
        }
        self
    }

    fn has_all_of(&self, other: &Self) -> bool {
        other.tenants.keys().all(|tenant| self.tenants.contains_key(tenant))
    }
}

async fn read(bucket: &Store) -> Result<Option<Placed>, Cause> {
    let Some(text) = bucket.get(KEY).await? else { return Ok(None) };
    Ok(Some(serde_json::from_slice(&text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_stays_on_the_stream_that_had_it_first() {
        let tenant = |slug: &str| slug.parse::<Tenant>().unwrap();
        let (first, other) = (StreamName::default(), "EAST".parse::<StreamName>().unwrap());
        let placed = Placed::default().with(&[tenant("acme")], &first);
        let placed = placed.with(&[tenant("acme"), tenant("globex")], &other);
        assert_eq!(placed.tenants[&tenant("acme")], first);
        assert_eq!(placed.tenants[&tenant("globex")], other);
        let lost = Placed::default().with(&[tenant("acme")], &other);
        assert!(placed.has_all_of(&lost) && !lost.has_all_of(&placed));
        assert_eq!(lost.and(&placed).tenants[&tenant("acme")], other, "who is read is believed");
        let text = serde_json::to_string(&placed).unwrap();
        assert_eq!(text, r#"{"tenants":{"acme":"PROVISIONING","globex":"EAST"}}"#);
        assert_eq!(serde_json::from_str::<Placed>(&text).unwrap(), placed);
        assert!(serde_json::from_str::<Placed>(r#"{"tenants":{"acme":"a.b"}}"#).is_err());
    }
}
