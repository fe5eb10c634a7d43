//! What every HTTP door shares: what stands between the network and a service.
//!
//! [`serve`] takes connections, with TLS or without; [`RequestLimits`] rejects requests that are too
//! much, before anybody looks at what they say; [`Counts`] knows who asks too often and who guesses
//! at tokens. Nothing here waits for a lock, and nothing grows with what strangers
//! send.

mod auth_throttle;
pub mod bearer;
mod body;
mod body_drain;
mod counts;
pub mod health;
pub mod metrics;
mod rates;
mod rejection;
mod request_limits;
mod serve;
mod tls;
pub mod workers;

use std::time::Duration;

pub use auth_throttle::TooManyGuesses;
pub use counts::Counts;
pub use rates::TooOften;
pub use rejection::Rejection;
pub use request_limits::{Dialect, RequestLimits};
pub use serve::{Peer, ServeError, serve};
pub use tls::{BadCertificate, Certificate, CertificateFiles};

/// What connections and requests may be at most, whatever they say.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections at a time; the next wait until one ends.
    pub connections: usize,
    /// Requests that are being answered at a time.
    pub in_flight: usize,
    /// Bytes of a request's headers, names and values together.
    pub header_bytes: usize,
    /// Bytes of a request's URL.
    pub url_bytes: usize,
    /// How long a client may take to send the headers of its next request, and so how long a
    /// connection may idle.
    pub header_time: Duration,
    /// How long a client may take over a body.
    pub body_time: Duration,
    /// How long an answer may take.
    pub answer_time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 4096,
            in_flight: 1024,
            header_bytes: 16 << 10,
            // A filter has 8 KiB at most, which percent-encoded are 24.
            url_bytes: 32 << 10,
            header_time: Duration::from_secs(30),
            body_time: Duration::from_secs(30),
            answer_time: Duration::from_mins(1),
        }
    }
}
