//! Conformance: what Entra asks of a SCIM server, and Microsoft's own tests of one, as ours.
//!
//! One gateway on a real nats-server is asked over HTTP, byte for byte as Entra asks; each test has
//! a tenant of its own. `cases/` holds single requests, as data: what was there before, what is
//! asked, what has to be answered and what is there afterwards. The rest are Microsoft's tests.

mod answer;
mod case;
mod compare;
mod everybody;
mod expired;
mod gateway;
mod tenant;
mod trial;

mod cases;
mod direct;
mod groups;
mod preview;
mod users;
mod values;
