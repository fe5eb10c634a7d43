//! The chassis on a real nats-server and a real Postgres.

mod appending;
mod connections;
mod continuity;
mod following;
mod machines;
mod opening;
mod outages;
mod projecting;
mod selecting;
mod sql_errors;
mod standby;
mod tally;
mod verifying;
mod writer;
