//! What a comparison of two slots found.

use std::collections::BTreeMap;

use events::Seq;
use uuid::Uuid;

/// How two slots differ, as of one position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Each table that both have.
    pub tables: Vec<TableDifference>,
    /// Tables that only the first has.
    pub only_here: Vec<String>,
    /// Tables that only the second has.
    pub only_there: Vec<String>,
    /// The tenants of the rows that differ.
    pub tenants: Vec<String>,
    /// Whether all rows that differ are, or were, the own rows of one person.
    pub of_one_person: bool,
    /// People of whom readers would see something else; none if one of the slots has not the tables
    /// by which this release could say so.
    pub people: Option<PeopleDifference>,
    /// The first rows that differ and are nobody's own: teams, alerts, credentials and so on.
    pub things: Vec<RowDifference>,
}

impl Comparison {
    /// Whether there is no difference at all.
    pub fn is_none(&self) -> bool {
        self.only_here.is_empty()
            && self.only_there.is_empty()
            && self.tables.iter().all(TableDifference::is_none)
    }
}

/// How many rows of a table differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableDifference {
    /// Its name.
    pub table: String,
    /// Rows that are the same.
    pub same: i64,
    /// Rows of the same key that are not the same.
    pub changed: i64,
    /// Rows that only the first slot has.
    pub only_here: i64,
    /// Rows that only the second has.
    pub only_there: i64,
}

impl TableDifference {
    /// Whether all rows are the same.
    pub fn is_none(&self) -> bool {
        (self.changed, self.only_here, self.only_there) == (0, 0, 0)
    }
}

/// Of whom readers would see something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleDifference {
    /// How many they are.
    pub changed: u64,
    /// How often which field differs; of a field that is one of many, the word in front.
    pub fields: BTreeMap<String, u64>,
    /// The first of them, in the order of tenants and ids.
    pub first: Vec<PersonDifference>,
}

/// What readers would see of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDifference {
    /// Whose.
    pub tenant: String,
    /// Who.
    pub employee: Uuid,
    /// What differs.
    pub fields: Vec<FieldDifference>,
    /// The events that the rows name which differ.
    pub events: Vec<Seq>,
}

/// One field of which readers would see something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDifference {
    /// Its name.
    pub field: String,
    /// What the first slot says; none if it says nothing.
    pub here: Option<String>,
    /// What the second says.
    pub there: Option<String>,
}

/// A row that differs and is no person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDifference {
    /// Its table.
    pub table: String,
    /// Its key, as JSON.
    pub key: String,
    /// Whether the first slot has it.
    pub in_here: bool,
    /// Whether the second has it.
    pub in_there: bool,
    /// The events that it names.
    pub events: Vec<Seq>,
}
