//! What is told of a verification of a live read model: what was asked for, and what was found.

use events::{EmployeeId, Seq, Tenant};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The start of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyStarted {
    /// Which read model.
    pub projection: String,
    /// Whose rows; none: everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
}

/// The end of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyEnded {
    /// The position of its start in the journal.
    pub verification: u64,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: VerifyOutcome,
}

/// What came of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum VerifyOutcome {
    /// The rows are those that were written, and those that a fresh fold of the log makes.
    Sound {
        /// The last event that is in them.
        #[schemars(with = "u64")]
        position: Seq,
        /// How many rows there are.
        rows: u64,
    },
    /// They are not.
    Differs(Box<VerifyReport>),
    /// It could not be found out.
    Failed {
        /// Why not.
        why: String,
    },
}

/// How live rows differ from what they should be. People are named by their ids, and no value of
/// theirs is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerifyReport {
    /// The last event that was in both.
    #[schemars(with = "u64")]
    pub position: Seq,
    /// The slot whose rows were looked at, by its id: what was found is of this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// What of its tables is not as it was made, in words: somebody altered them by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub altered: Vec<String>,
    /// Whose rows are not as they should be; none, where all may be, since tables were altered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenants: Vec<String>,
    /// Each table in which rows differ.
    pub tables: Vec<TableReport>,
    /// Where rows are not those that the projection wrote: somebody changed them by hand.
    pub hand_made: Vec<HandMadeRows>,
    /// Of how many people readers would see something else, if that can be told.
    pub people_changed: u64,
    /// Whether it cannot, since tables lack what tells it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub people_unknown: bool,
    /// The first of them.
    pub people: Vec<PersonReport>,
    /// What is likely to be the cause, in words.
    pub causes: Vec<String>,
    /// The narrowest repair, as a command line.
    pub repair: Option<String>,
}

/// Rows of one table that differ between the live slot and a fresh fold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableReport {
    /// Its name.
    pub table: String,
    /// Rows that both have, and that are the same.
    pub same: u64,
    /// Rows that both have, and that differ.
    pub changed: u64,
    /// Rows that only the live slot has.
    pub only_live: u64,
    /// Rows that only a fresh fold makes.
    pub only_fresh: u64,
}

/// A tenant's rows of a table that are not those that the projection wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandMadeRows {
    /// Whose.
    pub tenant: String,
    /// Where.
    pub table: String,
    /// How many the projection wrote.
    pub written: u64,
    /// How many are there.
    pub found: u64,
}

/// A person of whom readers see something else than they should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonReport {
    /// Whose.
    pub tenant: String,
    /// Who, by their employee id.
    pub person: EmployeeId,
    /// What differs.
    pub fields: Vec<String>,
    /// The positions of the events that decide it.
    pub events: Vec<u64>,
}
