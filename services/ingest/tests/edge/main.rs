//! The service at its edges: requests that are too large, too many, malformed or unauthenticated, and
//! every spelling that clients use.

mod answer;
mod auth_throttle;
mod bodies;
mod encodings;
mod headers;
mod large;
mod limits;
mod requests;
mod revocation;
mod robustness;
mod spellings;
mod unauthenticated;
mod world;
