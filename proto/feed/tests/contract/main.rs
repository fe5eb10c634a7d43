//! The contract with applications: `museum/`, `schema/` and `asyncapi.yaml`.

#![expect(clippy::unwrap_used, reason = "clippy takes only `#[test]` functions for tests")]
#![expect(clippy::disallowed_methods, reason = "the crate is pure; the contract is in files")]

mod asyncapi;
mod kept;
mod museum;
mod schema;
