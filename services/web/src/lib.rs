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
pub mod content_coding;
mod counts;
mod exchange;
pub mod health;
mod host;
pub mod json_body;
mod limits;
mod loggable;
mod matched_route;
mod memory;
pub mod metrics;
mod outgoing;
mod panics;
mod path_id;
pub mod position;
pub mod principal;
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
mod trace_parent;
pub mod workers;

pub use auth_throttle::TooManyGuesses;
pub use bounds::Bounds;
pub use client_address::{BadProxyNetwork, ClientAddress, ProxyNetwork, TrustedProxies};
pub use counts::Counts;
pub use limits::Limits;
pub use matched_route::{note_route, note_routes};
pub use memory::{Held, Memory};
pub use path_id::path_id;
pub use position::Position;
pub use principal::{ApiToken, Forbidden, Principal, Unauthorized};
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
pub use trace_parent::trace_parent;
