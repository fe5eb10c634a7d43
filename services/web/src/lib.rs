//! What every HTTP door shares: what stands between the network and a service.
//!
//! [`serve`] takes connections, with TLS or without; [`RequestLimits`] rejects requests that are too
//! much, before anybody looks at what they say; [`Counts`] knows who asks too often and who guesses
//! at tokens. Locks are held for a few steps, and nothing grows with what strangers
//! send.

mod admission;
mod auth_throttle;
pub mod bearer;
mod body;
mod body_drain;
mod bounds;
mod client_address;
mod connections;
mod counts;
mod exchange;
pub mod health;
mod host;
mod loggable;
mod matched_route;
mod memory;
pub mod metrics;
mod outgoing;
mod panics;
pub mod position;
mod problem;
mod rates;
mod rejection;
pub mod request_id;
mod request_limits;
mod sending;
mod serve;
mod server_metrics;
mod shares;
mod tls;
mod trace;
pub mod workers;

pub use auth_throttle::TooManyGuesses;
pub use bounds::Bounds;
pub use client_address::{BadProxyNetwork, ClientAddress, ProxyNetwork, TrustedProxies};
pub use counts::Counts;
pub use matched_route::{note_route, note_routes};
pub use memory::{Held, Memory};
pub use position::Position;
pub use problem::Problem;
pub use rates::TooOften;
pub use rejection::Rejection;
pub use request_id::RequestId;
pub use request_limits::{Dialect, RequestLimits};
pub use serve::{Door, serve};
pub use server_metrics::ServerMetrics;
pub use shares::NoPlace;
pub use tls::{BadCertificate, Certificate, CertificateFiles};
pub use trace::KnownTenants;
