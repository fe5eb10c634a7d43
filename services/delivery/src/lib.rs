//! What applications are told, and how it reaches them: the feed and its doors.

#![warn(missing_docs)]

pub mod correct;
mod correction;
mod decide;
mod delivery;
pub mod derive;
mod erasing;
mod facts;
mod feed_watch;
mod groups;
mod interrupted;
mod messages;
mod nats;
mod optional_rows;
pub mod part;
mod picture;
mod places;
mod publisher;
pub mod pull;
pub mod readers;
pub mod receipts;
mod recent;
mod source;
mod start;
pub mod state;
pub mod webhooks;

pub use delivery::Delivery;
pub use feed_watch::{FeedWatch, TenantWatch};
pub use nats::NatsDoor;
pub use picture::{Phase, Picture, Shown};
pub use publisher::Publisher;
