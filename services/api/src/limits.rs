//! How much may be asked, and how often.

use std::time::Instant;

use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use chassis::edge::{Bounds, Guesses, Peer, Rates, TurnedAway};
use events::Tenant;

use crate::failure::Failure;

/// What requests may be at most, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests of one tenant in a second; 0 means as many as it likes.
    pub rate: u32,
    /// Wrong tokens in a minute, from one address or for one tenant, that are still answered 401;
    /// 0 means all.
    pub guesses: u32,
    pub bounds: Bounds,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rate: 100, guesses: 30, bounds: Bounds::default() }
    }
}

/// Who has asked how much.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    rates: Rates,
    guesses: Guesses,
}

impl Counts {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { rates: Rates::new(limits.rate), guesses: Guesses::new(limits.guesses) }
    }

    /// Counts a request of a tenant, whose caller has shown who they are.
    pub(crate) fn count(&self, tenant: &Tenant) -> Result<(), TurnedAway> {
        Ok(self.rates.take(tenant, Instant::now())?)
    }

    /// What the holder of a wrong token hears: that it is wrong, or to stop guessing. A right
    /// token never comes here, however many wrong ones did.
    pub(crate) fn wrong_token(&self, door: &str, parts: &Parts) -> Failure {
        let address = parts.extensions.get().map(|Peer(address)| *address);
        match self.guesses.failed(door, address, Instant::now()) {
            Ok(()) => Failure::BadToken,
            Err(guessing) => TurnedAway::from(guessing).into(),
        }
    }
}

/// The answer to a request that was turned away.
pub(crate) fn turned_away(_: &str, why: TurnedAway) -> Response {
    Failure::from(why).into_response()
}
