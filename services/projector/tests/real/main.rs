//! The projector on a real nats-server and a real Postgres.

mod altered;
mod breaking;
mod by_hand;
mod indexes;
mod parking;
mod process;
mod projecting;
mod releases;
mod roll;
#[path = "../../rules.rs"]
#[expect(dead_code, reason = "the build script of projections, whose main is theirs")]
mod rules;
mod rules_of_rows;
mod scopes;
mod sql_errors;
mod standby;
mod statistics;
mod switching;
mod tally;
mod tls;
mod worker;
