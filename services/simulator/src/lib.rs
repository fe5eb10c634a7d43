//! Microsoft Entra in a box: a faithful provisioning client.
//!
//! From a directory in memory it provisions a tenant the way Entra does, lets the company live on
//! between the cycles, then reads everything back and says what differs. It is the demo, the
//! end-to-end test and the load generator in one.

#![warn(missing_docs)]

mod api;
mod booking;
mod churn;
mod client;
mod compare;
mod cycle;
mod dialect;
mod directory;
mod load;
mod mapping;
mod options;
mod outcome;
mod secret;
mod simulation;

use std::time::Duration;

pub use booking::{Booker, Booking, BookingSystem, bookings};
pub use churn::{Churn, DirectoryChange};
pub use client::{Answer, Client, ClientError, ListResponse, ResourceType, TransportError};
pub use compare::Difference;
pub use cycle::{Job, ProbeError};
pub use dialect::{Before, Change, Dialect, difference};
pub use directory::{BadDirectory, Directory, Group, ObjectId, Person, generate};
pub use load::{Done, Pace, Run, Work, load};
pub use mapping::{Attribute, Mapping, Matching, Path, new_group, new_user};
pub use options::{ApiTarget, Auth, Bookings, Options, Source, Target};
pub use outcome::{ActionCounts, CycleOutcome, Failure, Outcome, Progress, Stage};
pub use secret::Secret;
pub use simulation::{Simulation, SimulatorError, run};

/// How long an ill or unreachable server is asked again, unless told otherwise.
const RETRY_TIMEOUT: Duration = Duration::from_mins(1);
