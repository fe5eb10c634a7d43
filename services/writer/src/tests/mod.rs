//! The engine without servers: the log is a list, and time is a number.

mod access;
mod batches;
mod conflicts;
mod laws;
mod loads;
mod queue;
mod rules;
mod world;
