//! Attacks: what one client could do to all the others with few requests, tried on the real program.
//!
//! Each test starts the program on servers of its own, lets another tenant read and write at a
//! steady pace (`neighbour.rs`), attacks from other addresses, and holds two rules
//! (`service_level.rs`): the other tenant is served as well as before, and the memory stays within
//! 512 MiB of what it was.
//!
//! Every attack is bounded in requests and in time. `ATTACKS_SCALE` says how large it is: 1 is what
//! `just attacks` tries with the release build; a debug build, which is slow, tries a part of it.
//! `ATTACKS_PROGRAM` names another build of the program, say of the commit before.

mod client;
mod memory;
mod neighbour;
mod scale;
mod service_level;
mod tally;
mod target;

mod setup;

mod amplification;
mod conversations;
mod guesses;
mod half_open;
mod imports;
mod pages;
mod quadratic;
mod replicas;
mod revoked;
mod shared_values;
mod waits;
