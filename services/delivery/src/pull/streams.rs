//! How many streams are open at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderValue, StatusCode, header};
use events::Tenant;
use web::Problem;

/// Counts streams, in all and by tenant.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    most: usize,
    most_of_a_tenant: usize,
    open: Arc<Mutex<HashMap<Tenant, usize>>>,
}

/// One open stream, until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenStream {
    streams: Streams,
    tenant: Tenant,
}

/// There are as many already as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooMany {
    #[error("{0} streams are open in this process, and that is the most; try again in a moment")]
    InAll(usize),
    #[error(
        "{0} streams of this tenant are open, and that is the most; close one, or ask without `Accept: text/event-stream`"
    )]
    OfYours(usize),
}

impl Streams {
    pub(crate) fn new(most: usize, most_of_a_tenant: usize) -> Self {
        Self { most, most_of_a_tenant, open: Arc::default() }
    }

    /// Counts one more of a tenant, if there may be one.
    pub(crate) fn open(&self, tenant: &Tenant) -> Result<OpenStream, TooMany> {
        let mut open = self.counts();
        let of_tenant = open.get(tenant).copied().unwrap_or_default();
        if of_tenant >= self.most_of_a_tenant {
            return Err(TooMany::OfYours(self.most_of_a_tenant));
        }
        if open.values().sum::<usize>() >= self.most {
            return Err(TooMany::InAll(self.most));
        }
        open.insert(tenant.clone(), of_tenant + 1);
        Ok(OpenStream { streams: self.clone(), tenant: tenant.clone() })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Tenant, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.counts();
        if let Some(count) = open.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.tenant);
            }
        }
    }
}

impl From<TooMany> for Problem {
    fn from(why: TooMany) -> Self {
        let status = match why {
            TooMany::InAll(_) => StatusCode::SERVICE_UNAVAILABLE,
            TooMany::OfYours(_) => StatusCode::TOO_MANY_REQUESTS,
        };
        Self::new(status, why.to_string())
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("5"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_that_has_its_streams_leaves_the_rest_to_others() {
        let (acme, globex) = ("acme".parse().unwrap(), "globex".parse().unwrap());
        let streams = Streams::new(3, 2);
        let held = [streams.open(&acme).unwrap(), streams.open(&acme).unwrap()];
        assert_eq!(streams.open(&acme).unwrap_err(), TooMany::OfYours(2));
        let _other = streams.open(&globex).unwrap();
        assert_eq!(streams.open(&globex).unwrap_err(), TooMany::InAll(3));
        drop(held);
        streams.open(&acme).unwrap();
        assert_eq!(streams.counts().len(), 1, "nothing is kept of who has none");
    }
}
