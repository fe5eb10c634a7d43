//! Chaos: real servers and real processes are killed, filled up, cut off and misled under load, and
//! a checker proves from what was asked, answered and recorded that nobody was told anything false.
//!
//! Each test ends in the same way (`final_checks.rs`): every acknowledged write is in the log, once; every
//! answer agrees with the log in real time; the chain holds; the read models equal a fresh replay;
//! the simulated Entra reads no difference. `CHAOS_ROUNDS` says how often each fault comes.

mod deployment;
mod final_checks;
mod history;
mod linearizability;
mod load;
mod log_model;
mod narrow_disk;
mod rounds;
mod writer;

mod clock;
mod cluster;
mod disk;
mod gateways;
mod network;
mod projectors;
mod servers;
