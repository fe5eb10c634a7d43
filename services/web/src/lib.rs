//! What every HTTP service shares: what stands between the network and a service.
//!
//! [`serve`] takes connections, with TLS or without; [`RequestLimits`] rejects requests that are too
//! much, before anybody looks at what they say; [`CallerLimits`] knows who asks too often and who guesses
//! at tokens. Locks are held for a few steps, and nothing grows with what strangers
//! send.

#![warn(missing_docs)]

mod admission;
mod auth_throttle;
pub mod bearer;
mod body_drain;
mod bounds;
mod caller_limits;
mod client_address;
mod connection_state;
mod connections;
pub mod content_coding;
pub mod health;
mod host_header;
pub mod json_body;
mod limits;
mod lines;
mod loggable;
mod matched_route;
mod memory_budget;
pub mod metrics;
mod panics;
mod path_id;
mod per_tenant;
pub mod position;
pub mod principal;
mod problem;
mod quota;
mod rate_limit;
mod rejection;
mod request_body;
pub mod request_id;
mod request_limits;
mod response_body;
mod serve;
mod server_metrics;
mod tls;
mod trace;
mod trace_parent;
pub mod workers;
mod write_timeout;

pub use auth_throttle::TooManyGuesses;
pub use bounds::Bounds;
pub use caller_limits::CallerLimits;
pub use client_address::{BadProxyNetwork, ClientAddress, ProxyNetwork, TrustedProxies};
pub use limits::Limits;
pub use lines::Lines;
pub use matched_route::{note_route, note_routes};
pub use memory_budget::{MemoryBudget, MemoryReservation};
pub use path_id::path_id;
pub use per_tenant::PerTenant;
pub use position::{Position, PositionCipher};
pub use principal::{
    Forbidden, OperatorIdentity, Permission, Permissions, Principal, Unauthorized,
};
pub use problem::Problem;
pub use quota::OverQuota;
pub use rate_limit::TooOften;
pub use rejection::Rejection;
pub use request_id::RequestId;
pub use request_limits::{Dialect, RequestLimits};
pub use response_body::Endless;
pub use serve::{ServerOptions, serve};
pub use server_metrics::ServerMetrics;
pub use tls::{BadCertificate, Certificate, CertificateFiles};
pub use trace::KnownTenants;
pub use trace_parent::trace_parent;
