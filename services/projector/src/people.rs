//! What the tables of a projection have to do with people: by this a read model is compared, and
//! one person's rows are replaced.

use tokio_postgres::{Error, GenericClient};

use crate::slot_tables::slot_tables;

/// The tables in schema `slot` whose rows are no person's own, so that a person's scope does not hold them.
pub async fn nobodys_tables(
    client: &impl GenericClient,
    people: &People,
    slot: &str,
) -> Result<Vec<String>, Error> {
    let tables = slot_tables(client, slot).await?.into_iter().map(|table| table.name);
    let nobodys = |name: &String| people.of(name).is_none_or(|rows| rows.of_person.is_none());
    Ok(tables.filter(nobodys).collect())
}

/// How a projection's tables are about people.
#[derive(Clone, Copy, Debug)]
pub struct People {
    /// The tables whose rows are about people.
    pub rows: &'static [RowsOfPeople],
    /// Asks what readers see of employees `$2` (an array) of tenant `$1`: rows of `employee`,
    /// `field` (a name for it), `value` (a text) and `personal` (whether the value is kept from
    /// operators). Of two slots that answer the same, readers see the same.
    pub seen: &'static str,
}

/// The rows of one table.
#[derive(Clone, Copy, Debug)]
pub struct RowsOfPeople {
    /// The table.
    pub table: &'static str,
    /// Asks for the employees whom its row `r` concerns.
    pub people: &'static str,
    /// The condition by which a row is one of employee `$2` of tenant `$1`; none for rows that
    /// are nobody's own.
    pub of_person: Option<&'static str>,
}

impl People {
    /// A projection that knows no people.
    pub const NONE: Self = Self {
        rows: &[],
        seen: "SELECT NULL::uuid AS employee, '' AS field, '' AS value, false AS personal
               WHERE $1 = '' AND cardinality($2::uuid[]) < 0",
    };

    /// What is said of `table`.
    pub(crate) fn of(&self, table: &str) -> Option<&'static RowsOfPeople> {
        self.rows.iter().find(|rows| rows.table == table)
    }
}

impl RowsOfPeople {
    /// A table each of whose rows is one employee's, by its column `employee`.
    pub const fn by_employee(table: &'static str) -> Self {
        Self {
            table,
            people: "SELECT r.employee",
            of_person: Some("r.tenant = $1 AND r.employee = $2"),
        }
    }
}
