//! The log: every event there ever was, in one order, on one JetStream stream.
//!
//! No other crate knows JetStream. Time, ids and secrets come from [`clock`] and [`ids`] alone.

#![warn(missing_docs)]

mod access;
mod append;
mod backup;
mod backwards;
mod bucket;
pub mod clock;
mod connection;
mod consumer;
pub mod continuity;
mod continuity_check;
mod count;
mod direct_get;
mod entry;
mod ephemeral_consumer;
mod erase;
mod erasures;
mod error;
mod error_chain;
mod examine;
mod feed;
mod follow;
mod gaps;
mod high_water_mark;
pub mod ids;
mod journal;
mod log;
mod looked_up;
mod lookup;
mod monitor;
mod nats_door;
mod newest;
mod open;
mod person_events;
mod placement;
mod publish;
mod read_at;
mod request_log;
mod restore;
mod seal;
mod select;
mod shared_key;
mod shared_value;
mod stream;
mod stream_name;
mod subject_pattern;
mod subscriber_name;
mod tail;
mod tombstones;
mod verify;
mod write_probe;

pub use access::{Access, without_password};
pub use append::AppendError;
pub use backup::{BackedUp, BackupError, BackupStep};
pub use consumer::{Consumer, ConsumerError};
pub use continuity::{Discrepancy, Evidence, Loss};
pub use entry::Entry;
pub use erase::EraseError;
pub use error::{Break, Cause, LogError, ReadError};
pub use error_chain::sentence;
pub use examine::{AccountFacts, Examination, StreamFacts, UserFacts};
pub use feed::{Feed, FeedEnd, FeedMessage, FeedPage};
pub use gaps::Gap;
pub use journal::{Journal, JournalError, JournalRecord};
pub use log::Log;
pub use monitor::Continuity;
pub use nats_door::{
    AcknowledgedFloor, Admitted, BadIssuer, Decision, Issuer, KeptConsumer, Login,
    SubscriberConnection, SubscriberConsumer,
};
pub use open::{LogOptions, LostEvents};
pub use person_events::PersonEvents;
pub use placement::{Placement, PlacementError};
pub use read_at::AtPosition;
pub use request_log::{RequestLog, RequestMessage, RequestRetention};
pub use restore::{ClosedLog, RestoreError, RestoreStep, Restored, restore};
pub use seal::{Sealed, seal};
pub use select::{Selection, Since};
pub use shared_key::KeyError;
pub use stream_name::{BadStreamName, StreamName};
pub use subscriber_name::{SUBSCRIBER_API_PREFIX, replay_consumer, subscriber_user};
pub use verify::{Pace, Verification, Verified};
