//! The tables of a slot, as the catalog tells them.

use tokio_postgres::{Error, GenericClient};

use crate::database::quoted;

/// The tables that the projector itself keeps in each slot.
const OF_PROJECTOR: [&str; 5] =
    ["checkpoint", "digests", "changed_by_hand", "parked", "parked_keys"];

/// A table with rows of tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlotTable {
    pub(crate) name: String,
    /// The columns of its primary key.
    pub(crate) key: Vec<String>,
    pub(crate) columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    kind: String,
}

impl SlotTable {
    /// A row `r` as it is hashed and compared: see `sql/digests.sql`.
    pub(crate) fn hashed_row(&self) -> String {
        let columns = self.columns.iter().map(|column| {
            let name = quoted(&column.name);
            if column.kind == "json" { format!("r.{name}::text") } else { format!("r.{name}") }
        });
        format!("ROW({})", columns.collect::<Vec<_>>().join(", "))
    }

    /// The columns that hold positions of events.
    pub(crate) fn positions(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter().filter(|column| column.kind == "bigint");
        columns.map(|column| column.name.as_str()).filter(|name| name.ends_with("seq"))
    }

    /// The same with the columns that `other` has too.
    pub(crate) fn in_common_with(&self, other: &Self) -> Self {
        let shared = |column: &&Column| other.columns.contains(column);
        Self { columns: self.columns.iter().filter(shared).cloned().collect(), ..self.clone() }
    }
}

/// The tables in schema `slot` that hold rows of tenants.
pub(crate) async fn slot_tables(
    client: &impl GenericClient,
    slot: &str,
) -> Result<Vec<SlotTable>, Error> {
    let question = include_str!("../sql/slot_tables.sql");
    let rows = client.query(question, &[&quoted(slot), &OF_PROJECTOR.as_slice()]).await?;
    let table = |row: &tokio_postgres::Row| {
        let (names, kinds): (Vec<String>, Vec<String>) =
            (row.try_get("columns")?, row.try_get("types")?);
        let columns = names.into_iter().zip(kinds);
        Ok(SlotTable {
            name: row.try_get("name")?,
            key: row.try_get("key")?,
            columns: columns.map(|(name, kind)| Column { name, kind }).collect(),
        })
    };
    rows.iter().map(table).collect()
}

/// Columns as SQL names them, each with `before` in front.
pub(crate) fn list(before: &str, columns: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let columns = columns.into_iter().map(|column| format!("{before}{}", quoted(column.as_ref())));
    columns.collect::<Vec<_>>().join(", ")
}
