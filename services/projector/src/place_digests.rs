//! The digests of one tenant's rows in one table of two slots, when one person's rows are exchanged.

use jiff::Timestamp;
use tokio_postgres::{Error, GenericClient};

use crate::database::quoted;
use crate::differing::Pair;
use crate::digests::{RowsDigest, count, kept_digests};
use crate::marks::{mark, marked_at};
use crate::slot_tables::SlotTable;

/// The digests before the exchange, of the first slot and of the second.
pub(crate) struct PlaceDigests {
    place: (String, String),
    kept: [RowsDigest; 2],
    /// Whether rows are not those that the projection wrote, in either.
    by_hand: bool,
    /// Since when, if marks tell.
    since: Option<Timestamp>,
}

impl PlaceDigests {
    pub(crate) async fn of(
        client: &impl GenericClient,
        pair: Pair<'_>,
        tenant: &str,
        table: &SlotTable,
    ) -> Result<Self, Error> {
        let place = (tenant.to_owned(), table.name.clone());
        let mut kept = [RowsDigest::default(); 2];
        let (mut by_hand, mut since) = (false, None);
        for (kept, slot) in kept.iter_mut().zip([pair.here, pair.there]) {
            let all = kept_digests(client, slot, Some(tenant)).await?;
            *kept = all.get(&place).copied().unwrap_or_default();
            by_hand |= counted(client, slot, &place, table).await? != *kept;
            since = since.into_iter().chain(marked_at(client, slot, &place).await?).min();
        }
        Ok(Self { place, kept, by_hand, since })
    }

    /// Lets the digests follow the rows, once these were exchanged.
    ///
    /// Where nobody changed anything by hand, the rows that differ were written by the projection: they
    /// are what it wrote in their new place too. Otherwise nobody can tell which of the person's rows it
    /// wrote, and the slots exchange what it wrote for the whole tenant: if the same, as it is unless it
    /// did something wrong, then damage goes where the rows go, and what is somebody else's stays. The
    /// same exchange again gives back the digests that were there.
    pub(crate) async fn exchange(
        self,
        client: &impl GenericClient,
        pair: Pair<'_>,
        table: &SlotTable,
    ) -> Result<(), Error> {
        let Self { place, kept: [here, there], by_hand, since } = self;
        for (slot, written) in [(pair.here, there), (pair.there, here)] {
            let found = counted(client, slot, &place, table).await?;
            let written = if by_hand { written } else { found };
            keep(client, slot, &place, written).await?;
            mark(client, slot, &place, written != found, since).await?;
        }
        Ok(())
    }
}

async fn counted(
    client: &impl GenericClient,
    slot: &str,
    place: &(String, String),
    table: &SlotTable,
) -> Result<RowsDigest, Error> {
    let all = count(client, slot, table, Some(&place.0)).await?;
    Ok(all.get(place).copied().unwrap_or_default())
}

async fn keep(
    client: &impl GenericClient,
    slot: &str,
    (tenant, table): &(String, String),
    digest: RowsDigest,
) -> Result<(), Error> {
    let statement = format!(
        "INSERT INTO {}.digests (tenant, table_name, row_count, digest_a, digest_b)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant, table_name) DO UPDATE SET row_count = excluded.row_count,
            digest_a = excluded.digest_a, digest_b = excluded.digest_b",
        quoted(slot)
    );
    let (a, b) = digest.halves();
    client.execute(&statement, &[tenant, table, &digest.rows, &a, &b]).await?;
    Ok(())
}
