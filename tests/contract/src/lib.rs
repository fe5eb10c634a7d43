//! What the tests of a published contract share.
//!
//! The events of the log (`proto/events`) and what applications are told (`proto/feed`) are
//! published in the same way: `schema/` and `asyncapi.yaml` are made from the types, and kept in
//! the repository for others to read. This crate knows neither of them.

mod asyncapi;
mod headers;
mod kept;

pub use asyncapi::{AsyncApi, Listed};
pub use headers::assert_headers_are_described;
pub use kept::Kept;
