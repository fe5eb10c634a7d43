//! What tests share. No crate that runs may stand on it.

pub mod log_writer;
pub mod rebuild;
pub mod servers;
