//! Marks of what anybody but the projection has written into a slot (`sql/digests.sql`): they say at
//! once where the digests have to be counted to see whether the rows are those that it wrote.

use std::collections::BTreeSet;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::{Error, GenericClient};

use crate::database::{WaitError, quoted};
use crate::digests::{HandMade, count, kept_digests};
use crate::schema::{exists, slots_with};
use crate::slot::SlotRole;
use crate::slot_tables::slot_tables;

/// Where the marks are; a slot that a release before marks has made has none.
const TABLE: &str = "changed_by_hand";

/// A tenant's rows in a table of a slot, into which somebody else than the projection has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which slot.
    pub slot: SlotRole,
    /// Whose rows.
    pub tenant: String,
    /// In which table.
    pub table: String,
    /// When somebody did that first.
    pub at: Timestamp,
}

/// The marks in the slots of a projection, as many as `most`. Those of a slot that a release before
/// marks has made are not known.
pub async fn marks(pool: &Pool, projection: &str, most: u32) -> Result<Vec<Mark>, WaitError> {
    let client = pool.get().await?;
    let mut found = Vec::new();
    for (role, schema) in slots_with(&**client, projection, TABLE).await? {
        let question = format!(
            "SELECT tenant, table_name, min(at) AS at FROM {}.{TABLE}
             GROUP BY tenant, table_name ORDER BY min(at), tenant, table_name LIMIT $1",
            quoted(&schema)
        );
        for row in client.query(&question, &[&i64::from(most)]).await? {
            found.push(Mark {
                slot: role,
                tenant: row.try_get("tenant")?,
                table: row.try_get("table_name")?,
                at: row.try_get("at")?,
            });
        }
    }
    Ok(found)
}

/// What is marked in schema `slot` and is not what the projection wrote there. Where nothing is
/// marked, no row is looked at.
pub(crate) async fn changed_by_hand(
    client: &impl GenericClient,
    slot: &str,
    tenant: Option<&str>,
) -> Result<Vec<HandMade>, Error> {
    if !exists(client, slot, TABLE).await? {
        return Ok(vec![]);
    }
    let question = format!(
        "SELECT DISTINCT tenant, table_name FROM {}.{TABLE}
         WHERE $1::text IS NULL OR tenant = $1",
        quoted(slot)
    );
    let mut places = BTreeSet::new();
    for row in client.query(&question, &[&tenant]).await? {
        let place: (String, String) = (row.try_get("tenant")?, row.try_get("table_name")?);
        places.insert(place);
    }
    let Some((first, _)) = places.first() else { return Ok(vec![]) };
    // Of one tenant only its rows are counted.
    let of_one = places.iter().all(|(tenant, _)| tenant == first).then_some(first.as_str());
    let kept = kept_digests(client, slot, of_one).await?;
    let mut found = Vec::new();
    for table in slot_tables(client, slot).await? {
        if !places.iter().any(|(_, marked)| *marked == table.name) {
            continue;
        }
        let counted = count(client, slot, &table, of_one).await?;
        for place in places.iter().filter(|(_, marked)| *marked == table.name) {
            let [kept, found_there] =
                [&kept, &counted].map(|of| of.get(place).copied().unwrap_or_default());
            if kept != found_there {
                let (tenant, table) = place.clone();
                found.push(HandMade { tenant, table, kept, found: found_there });
            }
        }
    }
    Ok(found)
}

/// Says of a tenant's rows in a table that they were changed by hand, the first time at `at`, if that is
/// known; or that they were not.
pub(crate) async fn mark(
    client: &impl GenericClient,
    slot: &str,
    (tenant, table): &(String, String),
    changed: bool,
    at: Option<Timestamp>,
) -> Result<(), Error> {
    let marks = format!("{}.{TABLE}", quoted(slot));
    if !changed {
        let clear = format!("DELETE FROM {marks} WHERE tenant = $1 AND table_name = $2");
        client.execute(&clear, &[tenant, table]).await?;
        return Ok(());
    }
    let set = format!(
        "INSERT INTO {marks} (tenant, table_name, at) SELECT $1, $2, coalesce($3, clock_timestamp())
         WHERE NOT EXISTS (SELECT FROM {marks} WHERE tenant = $1 AND table_name = $2)"
    );
    client.execute(&set, &[tenant, table, &at]).await?;
    Ok(())
}

/// When a tenant's rows in a table were changed by hand first, if a mark tells.
pub(crate) async fn marked_at(
    client: &impl GenericClient,
    slot: &str,
    (tenant, table): &(String, String),
) -> Result<Option<Timestamp>, Error> {
    let question = format!(
        "SELECT min(at) FROM {}.{TABLE} WHERE tenant = $1 AND table_name = $2",
        quoted(slot)
    );
    client.query_one(&question, &[tenant, table]).await?.try_get(0)
}
