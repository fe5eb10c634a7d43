//! The contract with applications: `museum/`, `schema/` and `asyncapi.yaml`.

#![expect(clippy::unwrap_used, reason = "clippy takes only `#[test]` functions for tests")]

mod asyncapi;
mod museum;
mod schema;

/// What this crate publishes.
const KEPT: contract::Kept =
    contract::Kept { directory: env!("CARGO_MANIFEST_DIR"), package: env!("CARGO_PKG_NAME") };
