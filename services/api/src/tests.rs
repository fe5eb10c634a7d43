//! Questions over HTTP, answered from a real Postgres that the projections have filled from a real
//! log.

mod bookings;
mod contract;
mod freshness;
mod history;
mod lists;
mod robustness;
mod routes;
mod rows;
mod slots;
mod stale;
mod tenancy;
mod tokens;
mod world;
