//! What applications are told: the feed.
//!
//! The log says what happened, in the words of its rules; the feed says what that came to. Each
//! [`FeedEvent`] is about one person, team, booking or alert, and has its whole effective state
//! after the event, what changed, and what it was before: whoever keeps the last state of each has
//! a right table, and needs none of our rules.
//!
//! An event is a CloudEvents 1.0 message on the subject `feed.<tenant>.<entity>.<id>.<fact>`.

#![warn(missing_docs)]

#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod alert;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod booking;
mod cloud_event;
mod difference;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod employee;
mod event;
mod fact;
mod headers;
mod note;
mod pattern;
mod published;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod receipt;
pub mod schema;
mod source;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod subscriber;
#[expect(missing_docs, reason = "a comment here is a description in schema/: see README.md")]
mod team;

pub use alert::{Alert, AlertEvent, AlertOutcome};
pub use booking::{Booking, BookingEvent, Cancellation};
pub use cloud_event::{NotAnEvent, cloud_event};
pub use difference::{Change, change};
pub use employee::{Employee, EmployeeEvent, ErasedEmployee, Membership, Origin, Rank};
pub use event::{FeedEvent, FeedId};
pub use fact::{Body, Entity, Fact};
pub use headers::{Provenance, header};
pub use pattern::{BadPattern, Pattern};
pub use published::{ASYNCAPI, PUBLISHED, Published};
pub use receipt::{Receipt, ReceiptEvent};
pub use source::{BadSource, Source};
pub use subscriber::{Subscriber, TestEvent};
pub use team::{Team, TeamEvent};
