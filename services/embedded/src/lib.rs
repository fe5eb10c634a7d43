//! A private nats-server and a private Postgres, for a laptop or a test.
//!
//! Neither Docker nor root is needed: the programs are found on the machine, or fetched once into
//! a cache ([`Search`]). Each server lives in a directory of its own and ends when we do, even
//! when we are killed (see `supervisor.rs`).
//!
//! Everything here blocks: a start takes a tenth of a second, the first one on a fresh machine
//! some seconds. From async code, call it inside `tokio::task::spawn_blocking`.

#![warn(missing_docs)]

mod error;
mod fetch;
mod lockfile;
mod nats;
mod postgres;
mod ramdisk;
mod scratch;
mod search;
mod supervisor;
mod testing;

pub use error::EmbeddedError;
pub use nats::Nats;
pub use postgres::{Durability, Postgres};
pub use search::Search;
pub use testing::{Servers, for_tests};
