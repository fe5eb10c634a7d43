//! The log on a real nats-server.

mod appending;
mod connections;
mod continuity;
mod following;
mod opening;
mod outages;
mod selecting;
mod verifying;
