//! The loop behind every read model, and what the tables of projections have in common.
#![warn(missing_docs)]

mod advance;
mod backoff;
mod batch_reader;
mod checkpoint;
mod checkpoint_peek;
mod compare;
mod comparison;
mod contract;
pub mod database;
mod differing;
pub mod digests;
mod error;
mod exchange;
mod lease;
mod meeting;
mod metrics;
mod narrow_switch;
mod order_key;
mod pace;
pub mod parked;
mod parking;
mod people;
mod project_loop;
mod read_model;
mod schema;
mod scope;
mod scratch;
mod slot;
mod slot_tables;
mod slots;
mod spans;
pub mod sql;
mod stale;
mod status;
mod switch;
pub mod tenancy;
mod timeouts;
mod verify;
mod wanted;
mod worker;

pub use checkpoint_peek::{CheckpointPeek, discard, evidence, peek_checkpoint};
pub use compare::{Extent, compare};
pub use comparison::{
    Comparison, FieldDifference, PeopleDifference, PersonDifference, RowDifference, TableDifference,
};
pub use contract::Projection;
pub use database::{Database, Probe};
pub use error::ProjectorError;
pub use exchange::{ExchangeError, Exchanged, exchange_rows};
pub use meeting::{MeetError, begin_at_one_position};
pub use metrics::ProjectionMetrics;
pub use order_key::{OrderKey, Ordered};
pub use parking::{PARKED_TABLES, keys_by_subject};
pub use people::{People, RowsOfPeople};
pub use project_loop::project;
pub use read_model::ReadModel;
pub use scope::Scope;
pub use slot::{SlotRole, search_in, witness};
pub use slots::{SlotPeek, Slots, slots};
pub use stale::stale;
pub use status::{ParkedStatus, Phase, ProjectionStatus, StatusHandle};
pub use switch::{RollBackBy, SwitchError, SwitchRefusal, Switched, cut_over, roll_back};
pub use verify::{Verified, VerifyError};
pub use wanted::{Wanted, WantedCandidate};
pub use worker::{OnNewRules, SlotStatuses, WorkerOptions};
