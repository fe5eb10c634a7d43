//! Clients that others generate from the `OpenAPI` document, made and used here; public validators of
//! it; and what the running program really answers, held against it.
//!
//! The generators are fetched once, at the versions that `python/` and `typescript/` name, from
//! wherever pip and npm are told to look.

mod apart;
mod contract;
mod document;
mod examples;
mod feed;
mod generators;
mod history;
mod openid;
mod tools;
mod validators;
