//! Whether the slot that readers are to see holds what the projection wrote, in the tables that it made.

use deadpool_postgres::{Pool, Transaction};
use tokio_postgres::IsolationLevel;

use crate::database::WaitError;
use crate::digests::{HandMade, hand_made};
use crate::marks::changed_by_hand;
use crate::schema::exists;
use crate::slot::SlotRole;
use crate::structure::altered;

/// Why a slot is not shown, if anything speaks against it.
#[derive(Debug, Default)]
pub(crate) struct Unfit {
    /// What of its tables is not as it was made, in words.
    pub(super) altered: Vec<String>,
    /// Where rows are not those that were written.
    pub(super) changed: Vec<String>,
}

/// Looks whether somebody altered a slot, and, unless that will do, changed rows of it: of a tenant, or all.
///
/// All of them are counted, since who turns triggers off leaves no mark. That takes half a second for a
/// million rows, and is done before anybody is held for the switch; within that, the marks tell what came
/// since.
pub(crate) async fn unfit(
    pool: &Pool,
    projection: &str,
    role: SlotRole,
    tenant: Option<&str>,
    even_if_changed: bool,
) -> Result<Unfit, WaitError> {
    let slot = role.schema(projection);
    let mut client = pool.get().await?;
    let moment = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
    let tx = moment.read_only(true).start().await?;
    tx.batch_execute("SET LOCAL statement_timeout = 0").await?;
    let mut unfit = Unfit { altered: altered(&*tx, &slot).await?, ..Unfit::default() };
    if unfit.altered.is_empty() && !even_if_changed && exists(&*tx, &slot, "digests").await? {
        unfit.changed = places(hand_made(&*tx, &slot, tenant).await?);
    }
    tx.rollback().await?;
    Ok(unfit)
}

/// Where rows are not what the projection wrote: of a tenant, or at all. Where nobody has written by
/// hand, to find that out takes no time.
pub(crate) async fn changed_places(
    tx: &Transaction<'_>,
    projection: &str,
    role: SlotRole,
    tenant: Option<&str>,
) -> Result<Vec<String>, tokio_postgres::Error> {
    Ok(places(changed_by_hand(&**tx, &role.schema(projection), tenant).await?))
}

fn places(changed: Vec<HandMade>) -> Vec<String> {
    changed.into_iter().map(|rows| format!("{} of {}", rows.table, rows.tenant)).collect()
}
