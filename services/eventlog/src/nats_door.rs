//! How subscribers of the feed get into NATS: nats-server asks us about each of them (auth callout), and
//! who may come in can use one durable consumer and nothing else.

mod admission;
mod callout;
mod connections;
mod consumers;
mod jwt;

pub use admission::{Admitted, Decision, Login};
pub use connections::SubscriberConnection;
pub use consumers::{AcknowledgedFloor, KeptConsumer, SubscriberConsumer};
pub use jwt::{BadIssuer, Issuer};
