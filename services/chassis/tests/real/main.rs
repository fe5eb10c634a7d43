//! The chassis on a real nats-server and a real Postgres.

mod appending;
mod connections;
mod continuity;
mod following;
mod machines;
mod opening;
mod outages;
mod projecting;
#[path = "../../rules.rs"]
#[expect(dead_code, reason = "the build script of projections, whose main is theirs")]
mod rules;
mod rules_of_rows;
mod selecting;
mod sql_errors;
mod standby;
mod tally;
mod verifying;
mod writer;
