//! The limits of a caller: requests of a tenant in a second, and wrong tokens in a minute.

use std::time::Instant;

use axum::http::Extensions;
use events::Tenant;

use super::admission::admit;
use super::auth_throttle::AuthThrottle;
use super::quota::Holder;
use super::rate_limit::RateLimit;
use super::{ClientAddress, Rejection};

/// The rate limit and the authentication throttle of a service. All clones count together.
#[derive(Clone, Debug)]
pub struct CallerLimits {
    rates: RateLimit,
    throttle: AuthThrottle,
}

impl CallerLimits {
    /// Lets each tenant send `rate` requests a second, and everybody make `guesses` at tokens in a
    /// minute; 0 means as many as they like.
    pub fn new(rate: u32, guesses: u32) -> Self {
        Self { rates: RateLimit::new(rate), throttle: AuthThrottle::new(guesses) }
    }

    /// Counts a request of a tenant, whose caller has shown who they are, and gives it a permit in
    /// flight, by what is known `about` it.
    pub fn request(&self, tenant: &Tenant, about: &Extensions) -> Result<(), Rejection> {
        self.rates.take(tenant, Instant::now())?;
        admit(about, Holder::Tenant(tenant.clone()))
    }

    /// Counts what a request asks for besides, if it is many requests in one. Refuses it while the
    /// tenant still pays for another such one.
    pub fn more(&self, tenant: &Tenant, requests: usize) -> Result<(), Rejection> {
        Ok(self.rates.charge(tenant, requests, Instant::now())?)
    }

    /// Whether a caller of the operators' API shows the right token; if so, their request gets a
    /// permit in flight. From an address that guesses too much, nothing is looked at.
    pub fn operator(
        &self,
        about: &Extensions,
        is_right: impl FnOnce() -> bool,
    ) -> Result<bool, Rejection> {
        let address = about.get::<ClientAddress>().copied();
        let is_right = self.throttle.operator(address, Instant::now(), is_right)?;
        if is_right {
            admit(about, Holder::Operator)?;
        }
        Ok(is_right)
    }

    /// Refuses a caller of the operators' API whose address guesses too much, before any work is done
    /// for them.
    pub fn may_try_operator(&self, about: &Extensions) -> Result<(), Rejection> {
        let address = about.get::<ClientAddress>().copied();
        Ok(self.throttle.may_try_operator(address, Instant::now())?)
    }

    /// Refuses a caller whose token is not known and whose address, or whose endpoint, has had too many
    /// wrong ones, before any more work is done for them. Counts nothing.
    pub fn may_fail(&self, endpoint: &str, about: &Extensions) -> Result<(), Rejection> {
        let address = about.get::<ClientAddress>().copied();
        Ok(self.throttle.may_fail(endpoint, address, Instant::now())?)
    }

    /// Counts a token of which nobody can say at present whether it is wrong, by address, and apart
    /// from those that are.
    pub fn unsure(&self, about: &Extensions) -> Result<(), Rejection> {
        let address = about.get::<ClientAddress>().copied();
        Ok(self.throttle.unsure(address, Instant::now())?)
    }

    /// Counts a wrong token at an endpoint, by what is known `about` the request. A right token never
    /// comes here, however many wrong ones did.
    pub fn failure(&self, endpoint: &str, about: &Extensions) -> Result<(), Rejection> {
        let address = about.get::<ClientAddress>().copied();
        Ok(self.throttle.failed(endpoint, address, Instant::now())?)
    }
}
