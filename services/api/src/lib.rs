//! The JSON API, both ways: who works here, in which teams, and what leavers have left behind; and
//! the commands that change it.
//!
//! Reads go to the projections' tables, by the projections' own queries; commands go through the
//! writer. The routes and their part of the `OpenAPI` document are one and the same thing: see
//! [`with_document`].
#![warn(missing_docs)]

mod commands;
mod contract;
mod document;
mod leaver_policy;
mod reads;
#[cfg(test)]
mod tests;

pub use commands::routes as commands;
pub use document::{PATH, document, with_document};
pub use reads::log_end::LogEnd;
pub use reads::read_api::ReadApi;
pub use reads::revocations::{Cause, Revocations};
pub use reads::routes as reads;
