//! The operators' verbs. They find a running `up` by its data directory, or are told where things
//! are by URLs.

pub(crate) mod alerts;
pub(crate) mod consumer;
pub(crate) mod events;
pub(crate) mod extension;
pub(crate) mod guard;
pub(crate) mod integration;
pub(crate) mod log;
pub(crate) mod operator;
pub(crate) mod place;
pub(crate) mod progress;
pub(crate) mod simulate;
pub(crate) mod status;
pub(crate) mod tenant;
pub(crate) mod token;
pub(crate) mod trust;
