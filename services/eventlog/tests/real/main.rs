//! The log on a real nats-server.

mod access;
mod appending;
mod backing_up;
mod bookings;
mod connections;
mod continuity;
mod erased_bytes;
mod erasing;
mod feed;
mod following;
mod journal;
mod opening;
mod outages;
mod request_log;
mod selecting;
mod streams;
mod verifying;
