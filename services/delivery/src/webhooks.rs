//! The door "webhook": feed events are posted to a receiver's URL, signed as Standard Webhooks 1.0 says.

mod addresses;
mod breaker;
mod client;
mod deliver;
mod dispatcher;
mod failures;
mod lanes;
mod metrics;
mod outcome;
mod pace;
mod progress;
mod receiver_url;
mod resolver;
mod saver;
mod schedule;
mod sender;
mod subscription;
mod supervisor;
mod testing;

pub use client::Client;
pub(crate) use lanes::Lane;
pub use metrics::WebhookMetrics;
pub use progress::{
    DeadLetter, ProgressError, SentTest, Troubles, WebhookState, dead_letters, resend, sent_test,
    states, troubles,
};
pub use receiver_url::{BadReceiverUrl, Reach, ReceiverUrl};
pub use schedule::Schedule;
pub use sender::Webhooks;
