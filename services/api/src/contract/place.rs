//! Where the contract is.

/// Where the contract is served.
pub(crate) const PATH: &str = "/api/v1/contract";
