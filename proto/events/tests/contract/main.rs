//! The contract with everyone downstream: `museum/`, `schema/` and `asyncapi.yaml`.

#![expect(clippy::unwrap_used, reason = "clippy takes only `#[test]` functions for tests")]

mod asyncapi;
mod kept;
mod museum;
mod schema;
mod specimen;
