//! How much a service may be asked, and how often.

use super::Bounds;

/// What requests may be at most, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests of one tenant in a second; 0 means as many as it likes.
    pub rate: u32,
    /// Wrong tokens in a minute, from one address or for one tenant, that are still answered 401;
    /// 0 means all.
    pub guesses: u32,
    /// What holds of any request and of connections.
    pub bounds: Bounds,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rate: 100, guesses: 30, bounds: Bounds::default() }
    }
}
