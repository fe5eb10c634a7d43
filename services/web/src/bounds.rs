//! The limits of connections and requests, and their defaults.

use std::time::Duration;

/// What connections and requests may be at most, whatever they say.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections at a time. A new one takes the place of that which has waited longest without
    /// a request from somebody who showed who they are.
    pub connections: usize,
    /// Connections at a time from one address, unless it is a trusted proxy's.
    pub connections_per_address: usize,
    /// Requests that are being answered at a time, from those who showed who they are; until the
    /// answer was sent.
    pub in_flight: usize,
    /// The same, of one tenant; half of those in all at most.
    pub in_flight_per_tenant: usize,
    /// Requests whose body is still awaited, from those who showed who they are.
    pub arriving: usize,
    /// The same, of one tenant; half of those in all at most.
    pub arriving_per_tenant: usize,
    /// Bytes of a request's headers, names and values together.
    pub header_bytes: usize,
    /// Bytes of a request's URL.
    pub url_bytes: usize,
    /// How long a client may take from connecting to the headers of its first request, TLS
    /// included.
    pub first_header_time: Duration,
    /// How long a client may take to send the headers of its next request, and so how long a
    /// connection may idle.
    pub header_time: Duration,
    /// How long a client may take over a body.
    pub body_time: Duration,
    /// How long an answer may take until it begins.
    pub answer_time: Duration,
    /// How long a client may read nothing of an answer.
    pub stall_time: Duration,
    /// How long a client may take over reading a whole answer.
    pub send_time: Duration,
}

/// Bodies that are awaited at a time from those who have not shown who they are, as those of the
/// token endpoint.
pub(crate) const ANONYMOUS_BODIES: usize = 64;

/// The same, from one address.
pub(crate) const ANONYMOUS_BODIES_PER_ADDRESS: usize = 8;

/// How long such a body may take.
pub(crate) const ANONYMOUS_BODY_TIME: Duration = Duration::from_secs(5);

/// How many of all permits one holder may have: what was said, and half of them at most, rounded up. Whoever
/// lowers the number in all alone would else give them all to whoever comes first.
pub(crate) fn share(said: usize, in_all: usize) -> usize {
    said.min(in_all.div_ceil(2))
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_address: 1024,
            in_flight: 1024,
            in_flight_per_tenant: 256,
            arriving: 256,
            arriving_per_tenant: 64,
            header_bytes: 16 << 10,
            // A filter has 8 KiB at most, which percent-encoded are 24.
            url_bytes: 32 << 10,
            first_header_time: Duration::from_secs(10),
            header_time: Duration::from_secs(30),
            body_time: Duration::from_secs(30),
            answer_time: Duration::from_mins(1),
            stall_time: Duration::from_secs(20),
            send_time: Duration::from_mins(2),
        }
    }
}
