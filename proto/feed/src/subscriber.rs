//! Subscribers, as they are told of themselves.

use events::{SubscriberId, SubscriberName, TestId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An application to which the feed is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subscriber {
    pub id: SubscriberId,
    pub name: SubscriberName,
}

/// An event that means nothing. The body of `subscriber.test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestEvent {
    pub subscriber: Subscriber,
    /// Which test it is.
    pub test_id: TestId,
}
