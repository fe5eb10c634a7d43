//! The digests of a slot's rows, by tenant and table: kept by triggers in the transaction that writes
//! the rows (`sql/digests.sql`), and counted from the rows.

use std::collections::BTreeMap;

use tokio_postgres::{Error, GenericClient, Row};

use crate::database::quoted;
use crate::slot_tables::{SlotTable, slot_tables};

/// Makes the table of digests, and the triggers on the tables that are in the schema already.
pub const MAKE: &str = include_str!("../sql/digests.sql");

/// Says that what this session writes is the projection's own work.
pub const KEEP: &str = "SET rollcall.writer = 'on'";

/// What the rows of a tenant in a table are, whatever their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowsDigest {
    /// How many.
    pub rows: i64,
    a: i64,
    b: i64,
}

impl RowsDigest {
    #[cfg(test)]
    pub(crate) fn of_rows(rows: i64) -> Self {
        Self { rows, ..Self::default() }
    }

    /// The two hashes, as the table has them.
    pub(crate) fn halves(self) -> (i64, i64) {
        (self.a, self.b)
    }
}

impl std::fmt::Display for RowsDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}{:016x}", self.a, self.b)
    }
}

/// Digests by tenant and table; who has no rows is not there.
pub type Digests = BTreeMap<(String, String), RowsDigest>;

/// A tenant's rows in a table that are not those that the projection wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandMade {
    /// Whose they are.
    pub tenant: String,
    /// Where they are.
    pub table: String,
    /// What the projection wrote.
    pub kept: RowsDigest,
    /// What is there.
    pub found: RowsDigest,
}

/// The digests that the triggers kept in schema `slot`: of `tenant`, or of all.
pub async fn kept_digests(
    client: &impl GenericClient,
    slot: &str,
    tenant: Option<&str>,
) -> Result<Digests, Error> {
    let question = format!(
        "SELECT tenant, table_name, row_count, digest_a, digest_b FROM {}.digests
         WHERE $1::text IS NULL OR tenant = $1",
        quoted(slot)
    );
    let rows = client.query(&question, &[&tenant]).await?;
    let digests = rows.iter().map(|row| entry(row, row.try_get("table_name")?));
    Ok(some(digests.collect::<Result<Vec<_>, Error>>()?))
}

/// The digests of the rows that are in schema `slot`: of `tenant`, or of all.
pub async fn counted_digests(
    client: &impl GenericClient,
    slot: &str,
    tenant: Option<&str>,
) -> Result<Digests, Error> {
    let mut all = Digests::new();
    for table in slot_tables(client, slot).await? {
        all.extend(count(client, slot, &table, tenant).await?);
    }
    Ok(all)
}

/// The digests of the rows in one table of schema `slot`.
pub(crate) async fn count(
    client: &impl GenericClient,
    slot: &str,
    table: &SlotTable,
    tenant: Option<&str>,
) -> Result<Digests, Error> {
    let row = table.hashed_row();
    let question = format!(
        "SELECT r.tenant, count(*) AS row_count,
            bit_xor(hash_record_extended({row}, 1)) AS digest_a,
            bit_xor(hash_record_extended({row}, 2)) AS digest_b
         FROM {}.{} r
         WHERE $1::text IS NULL OR r.tenant = $1
         GROUP BY r.tenant",
        quoted(slot),
        quoted(&table.name)
    );
    let rows = client.query(&question, &[&tenant]).await?;
    let digests = rows.iter().map(|row| entry(row, table.name.clone()));
    Ok(some(digests.collect::<Result<Vec<_>, Error>>()?))
}

/// What in schema `slot` is not what the projection wrote there: as of one moment, if this is within
/// a transaction that sees one.
pub async fn hand_made(
    client: &impl GenericClient,
    slot: &str,
    tenant: Option<&str>,
) -> Result<Vec<HandMade>, Error> {
    let kept = kept_digests(client, slot, tenant).await?;
    let found = counted_digests(client, slot, tenant).await?;
    let differ = differing(&kept, &found).into_iter().map(|place| {
        let [kept, found] = [&kept, &found].map(|of| of.get(&place).copied().unwrap_or_default());
        let (tenant, table) = place;
        HandMade { tenant, table, kept, found }
    });
    Ok(differ.collect())
}

/// Where two differ: tenants and tables.
pub(crate) fn differing(one: &Digests, other: &Digests) -> Vec<(String, String)> {
    let mut places: Vec<_> = one
        .iter()
        .filter(|(place, digest)| other.get(*place) != Some(*digest))
        .map(|(place, _)| place.clone())
        .chain(other.keys().filter(|place| !one.contains_key(*place)).cloned())
        .collect();
    places.sort();
    places
}

type Entry = ((String, String), RowsDigest);

fn entry(row: &Row, table: String) -> Result<Entry, Error> {
    let digest = RowsDigest {
        rows: row.try_get("row_count")?,
        a: row.try_get("digest_a")?,
        b: row.try_get("digest_b")?,
    };
    Ok(((row.try_get("tenant")?, table), digest))
}

fn some(entries: Vec<Entry>) -> Digests {
    entries.into_iter().filter(|(_, digest)| *digest != RowsDigest::default()).collect()
}

/// A tenant who has rows in schema `slot`; another one for another `salt`, and none if nobody has.
pub async fn some_tenant(
    client: &impl GenericClient,
    slot: &str,
    salt: &str,
) -> Result<Option<String>, Error> {
    let question = format!(
        "SELECT tenant FROM {}.digests WHERE row_count > 0
         GROUP BY tenant ORDER BY md5(tenant || $1::text) LIMIT 1",
        quoted(slot)
    );
    client.query_opt(&question, &[&salt]).await?.map(|row| row.try_get(0)).transpose()
}
