//! The shell that every service shares.
//!
//! Here the pure crates meet the machines: the log on JetStream ([`log`]), read models in Postgres
//! ([`projector`], [`database`], [`tenancy`]), and what a process needs to start, stop and show how it is
//! ([`lifecycle`], [`telemetry`]). Time, ids and secrets come from [`fresh`]
//! alone. No other crate knows JetStream.

pub mod database;
pub mod fresh;
pub mod lifecycle;
pub mod log;
pub mod projector;
pub mod tables;
pub mod telemetry;
pub mod tenancy;

pub use database::{Database, Probe};
pub use log::{
    AppendError, Break, Entry, Log, LogError, LogOptions, ReadError, Sealed, Selection, Since, seal,
};
pub use projector::{Gauge, Glance, Projection, ProjectorError, bookmark, project};
pub use tokio_util::sync::CancellationToken;

/// What went wrong beneath us, whoever's error it is.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;
