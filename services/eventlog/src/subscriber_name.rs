//! What a subscriber of the feed is called on NATS.

use events::{SubscriberName, Tenant};

/// The prefix of the JetStream API for subscribers: their requests cross a border between accounts
/// under this name.
pub const SUBSCRIBER_API_PREFIX: &str = "ROLLCALL.API";

/// The user as which a subscriber comes in; also the name of its consumer, and, behind `_INBOX_`, how
/// its inboxes begin. Neither a tenant nor a name has a `_`, so that no two subscribers have one user.
pub fn subscriber_user(tenant: &Tenant, name: &SubscriberName) -> String {
    format!("{tenant}_{name}")
}

/// The consumer of a subscriber through which it gets a part of the feed once more, while it does.
pub fn replay_consumer(user: &str) -> String {
    format!("{user}_replay")
}
