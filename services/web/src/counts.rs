//! Who has asked how much, and who has guessed how often.

use std::time::Instant;

use axum::http::Extensions;
use events::Tenant;

use super::auth_throttle::AuthThrottle;
use super::rates::Rates;
use super::{Peer, Rejection};

/// What a service counts about those who call it.
#[derive(Clone, Debug)]
pub struct Counts {
    rates: Rates,
    guesses: AuthThrottle,
}

impl Counts {
    /// Lets each tenant send `rate` requests a second, and everybody make `guesses` at tokens in a
    /// minute; 0 means as many as they like.
    pub fn new(rate: u32, guesses: u32) -> Self {
        Self { rates: Rates::new(rate), guesses: AuthThrottle::new(guesses) }
    }

    /// Counts a request of a tenant, whose caller has shown who they are.
    pub fn request(&self, tenant: &Tenant) -> Result<(), Rejection> {
        Ok(self.rates.take(tenant, Instant::now())?)
    }

    /// Counts what a request asks for besides, if it is many requests in one. Refuses it while the
    /// tenant still pays for another such one.
    pub fn more(&self, tenant: &Tenant, requests: usize) -> Result<(), Rejection> {
        Ok(self.rates.charge(tenant, requests, Instant::now())?)
    }

    /// Counts a wrong token at a door, by what is known `about` the request. A right token never
    /// comes here, however many wrong ones did.
    pub fn failure(&self, door: &str, about: &Extensions) -> Result<(), Rejection> {
        let address = about.get().map(|Peer(address)| *address);
        Ok(self.guesses.failed(door, address, Instant::now())?)
    }
}
