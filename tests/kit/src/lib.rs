//! What tests share. No crate that runs may stand on it.

#![warn(missing_docs)]
#![expect(
    clippy::return_self_not_must_use,
    reason = "a check hands on what it has checked, and often nobody needs it any more"
)]

pub mod alarms;
pub mod company;
pub mod entra;
pub mod fault_proxy;
pub mod fetched;
pub mod file_bytes;
pub mod http;
pub mod log_writer;
pub mod positions;
pub mod program;
pub mod projection;
pub mod python;
pub mod rebuild;
pub mod receiver;
pub mod refusals;
pub mod servers;
pub mod service;
pub mod skip;
pub mod stalls;
pub mod tables;
pub mod visitor;
pub mod wait;
pub mod world;
