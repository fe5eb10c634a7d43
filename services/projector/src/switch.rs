//! Which slot is live: cutting over to the candidate, and going back to the previous one.
//!
//! One transaction renames the schemas. It holds the live slot's writer until the other slot has seen
//! as much, and readers for as long as three renames take: a reader holds a lock on the live
//! checkpoint throughout its transaction, and so sees the old slot or the new, and never neither.

mod as_written;
mod refusal;
mod renames;

use std::time::Duration;

use deadpool_postgres::{Client, Pool, Transaction};
use events::Seq;
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use crate::database::{WaitError, quoted, seq_of};
use crate::discard::sweep;
use crate::schema::{TABLE, lock_structure};
use crate::slot::{SlotRole, check_slot};
use crate::slots::{SlotPeek, Slots, look, slots};
pub(crate) use as_written::{changed_places, unfit};
use refusal::checked;
pub use refusal::{SwitchError, SwitchRefusal};
pub(crate) use refusal::{as_written, busy, presentable, unmoved};
use renames::{renames, superseded};

/// How long readers that are at work may keep a switch from its lock, and those who come may wait
/// for the switch, before it lets them pass and tries again. Where each read takes longer, and there
/// is always one, its turn would never come: it waits for a twentieth of the time that was in vain.
const READERS_WAIT: Duration = Duration::from_millis(50);
const OF_THE_TIME_IN_VAIN: u32 = 20;
/// Readers do not wait for the disk: should a crash of Postgres take the switch back, then as a whole.
const COMMIT_AT_ONCE: &str = "SET LOCAL synchronous_commit = off";
/// How long the transaction of the writer that is at work may take.
pub(crate) const WRITER_WAIT: &str = "SET LOCAL lock_timeout = '2s'";
/// How long the writer of the live slot is held for the other slot to catch up.
const CATCH_UP: Duration = Duration::from_millis(500);
/// Between two looks whether it has.
const CATCH_UP_CHECK: Duration = Duration::from_millis(1);
/// How long it is tried, and how long readers and writers get in between.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const BETWEEN: Duration = Duration::from_millis(60);
/// How long a slot that was live is kept, as Postgres says it.
pub(crate) const KEPT: &str = "72 hours";

/// What came of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switched {
    /// The slot that is live now.
    pub live: Uuid,
    /// How far it was.
    pub position: Seq,
    /// How long readers may have waited.
    pub held: Duration,
    /// How long the writer of the live slot waited.
    pub writer_held: Duration,
    /// Until when the slot that was live is kept.
    pub kept_until: Option<Timestamp>,
}

/// Why one goes back to the previous slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollBackBy {
    /// An operator says so; nobody leaves the slot by himself then.
    Operator {
        /// Whether it is enough that the slot is there, though it has not seen what the live one has.
        even_if_behind: bool,
        /// Whether readers are to see rows again that were changed by hand.
        even_if_changed: bool,
    },
    /// An operator cuts over again to what was gone back from.
    CutOverAgain,
    /// The release that made it is back, and nobody keeps what is live: the slot is taken as it is.
    Release,
}

/// What is to be live.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Switch<'j> {
    /// The candidate, of this job if of any.
    CutOver { job: Option<&'j str> },
    /// The previous slot, unless the slots were switched since somebody saw them.
    RollBack(RollBackBy, &'j Slots),
}

impl Switch<'_> {
    /// Whether it is enough that the other slot is there.
    fn even_if_behind(self) -> bool {
        matches!(self, Self::RollBack(RollBackBy::Operator { even_if_behind: true, .. }, _))
    }

    /// Whether rows that were changed by hand will do.
    fn even_if_changed(self) -> bool {
        matches!(self, Self::RollBack(by, _) if by.is_content_with_changed())
    }

    /// Whether the slot is taken as it is.
    fn as_it_is(self) -> bool {
        matches!(self, Self::RollBack(RollBackBy::Release, _))
    }
}

impl RollBackBy {
    /// Whether rows that were changed by hand will do.
    pub(crate) fn is_content_with_changed(self) -> bool {
        matches!(self, Self::Release | Self::Operator { even_if_changed: true, .. })
    }
}

/// Makes the candidate live, which must be of this job, or of none. The live slot is then the
/// previous one, and the one that was that is dropped.
pub async fn cut_over(
    pool: &Pool,
    projection: &str,
    job: Option<&str>,
) -> Result<Switched, SwitchError> {
    let switched = switch(pool, projection, Switch::CutOver { job }).await?;
    tracing::info!(
        projection,
        position = switched.position.0,
        held_ms = switched.held.as_millis(),
        "cut over to the candidate"
    );
    Ok(switched)
}

/// Makes the previous slot live again, and the live one previous. Where two decide that at once, on
/// what they have `seen`, one does it: the second would undo the first.
pub async fn roll_back(
    pool: &Pool,
    projection: &str,
    by: RollBackBy,
    seen: &Slots,
) -> Result<Switched, SwitchError> {
    let switched = switch(pool, projection, Switch::RollBack(by, seen)).await?;
    tracing::info!(
        projection,
        position = switched.position.0,
        held_ms = switched.held.as_millis(),
        "went back to the previous slot"
    );
    Ok(switched)
}

/// How an attempt ended.
pub(crate) enum Attempt {
    Done(Switched),
    /// Somebody was at work: later perhaps.
    Again(SwitchRefusal),
}

async fn switch(
    pool: &Pool,
    projection: &str,
    switch: Switch<'_>,
) -> Result<Switched, SwitchError> {
    check_slot(projection).map_err(|_| SwitchRefusal::NoLive)?;
    let begun = Instant::now();
    let found = slots(pool, projection).await?;
    let (_, other) = checked(&found, switch)?;
    let wanted = other.slot_id;
    if !switch.as_it_is() {
        let found = unfit(pool, projection, other.role, None, switch.even_if_changed()).await?;
        presentable(other.role, found)?;
    }
    loop {
        let mut client = pool.get().await.map_err(WaitError::from)?;
        let readers_wait = READERS_WAIT.max(begun.elapsed() / OF_THE_TIME_IN_VAIN);
        match attempt(&mut client, projection, switch, readers_wait).await {
            Ok(Attempt::Done(switched)) => {
                sweep(pool, projection).await;
                return Ok(switched);
            }
            Ok(Attempt::Again(why)) if begun.elapsed() > PATIENCE => return Err(why.into()),
            Ok(Attempt::Again(_)) => tokio::time::sleep(BETWEEN).await,
            // Who was refused switched nothing, though somebody else may have come to the same.
            Err(refused @ SwitchError::Refused(_)) => return Err(refused),
            // Whether a commit whose answer was lost took place is seen in the slots.
            Err(error) => {
                drop(client);
                let Ok(Slots { live, previous, .. }) = slots(pool, projection).await else {
                    return Err(error);
                };
                return match live.filter(|live| wanted.is_some() && live.slot_id == wanted) {
                    Some(live) => Ok(Switched {
                        live: live.slot_id.unwrap_or_default(),
                        position: live.position,
                        held: begun.elapsed(),
                        writer_held: begun.elapsed(),
                        kept_until: previous.and_then(|slot| slot.kept_until),
                    }),
                    None => Err(error),
                };
            }
        }
    }
}

/// Switches, unless somebody is at work for too long.
async fn attempt(
    client: &mut Client,
    projection: &str,
    switch: Switch<'_>,
    readers_wait: Duration,
) -> Result<Attempt, SwitchError> {
    let tx = client.transaction().await?;
    tx.batch_execute(WRITER_WAIT).await?;
    if let Some(busy) = busy(lock_structure(&tx, projection).await)? {
        return Ok(Attempt::Again(busy));
    }
    let found = look(&*tx, projection).await?;
    let (live, other) = checked(&found, switch)?;
    let checkpoint = |slot: &SlotPeek| format!("{}.{TABLE}", quoted(&slot.role.schema(projection)));
    let (live_checkpoint, other_checkpoint) = (checkpoint(live), checkpoint(other));
    // From here on the live slot does not move. Its readers read on.
    let lock = format!("LOCK TABLE {live_checkpoint} IN EXCLUSIVE MODE");
    if let Some(busy) = busy(tx.batch_execute(&lock).await)? {
        return Ok(Attempt::Again(busy));
    }
    let writer_held = Instant::now();
    if !switch.even_if_behind()
        && let Some(by) = catch_up(&tx, &live_checkpoint, &other_checkpoint).await?
    {
        return Ok(Attempt::Again(SwitchRefusal::Behind { role: other.role, by }));
    }
    // Nor does the other one: what its writer has begun is finished, or is refused.
    let lock = format!("LOCK TABLE {other_checkpoint} IN EXCLUSIVE MODE");
    if let Some(busy) = busy(tx.batch_execute(&lock).await)? {
        return Ok(Attempt::Again(busy));
    }
    if !switch.even_if_changed() {
        as_written(other.role, changed_places(&tx, projection, other.role, None).await?)?;
    }
    let readers_wait = readers_wait.as_millis();
    tx.batch_execute(&format!("SET LOCAL lock_timeout = '{readers_wait}ms'")).await?;
    tx.batch_execute(COMMIT_AT_ONCE).await?;
    let held = Instant::now();
    let lock = format!("LOCK TABLE {live_checkpoint} IN ACCESS EXCLUSIVE MODE");
    if let Some(busy) = busy(tx.batch_execute(&lock).await)? {
        return Ok(Attempt::Again(busy));
    }
    tx.batch_execute(&renames(projection, live, other).join(";\n")).await?;
    let superseded = superseded(live, other);
    let superseded: Vec<&[u8]> = superseded.iter().map(<[u8; 32]>::as_slice).collect();
    let new = quoted(projection);
    let pinned = matches!(switch, Switch::RollBack(RollBackBy::Operator { .. }, _))
        && live.made_by != other.made_by;
    let position = if other.slot_id.is_some() {
        let update = format!(
            "UPDATE {new}.{TABLE} SET kept_until = NULL, superseded = $1, pinned = $2 RETURNING seq"
        );
        tx.query_one(&update, &[&superseded, &pinned]).await?.try_get(0)?
    } else {
        let update = format!("UPDATE {new}.{TABLE} SET kept_until = NULL RETURNING seq");
        tx.query_one(&update, &[]).await?.try_get(0)?
    };
    let old = quoted(&SlotRole::Previous.schema(projection));
    let keep = format!(
        "UPDATE {old}.{TABLE} SET kept_until = clock_timestamp() + interval '{KEPT}'
         RETURNING kept_until"
    );
    let kept_until = tx.query_one(&keep, &[]).await?.try_get(0)?;
    tx.commit().await?;
    let (held, writer_held) = (held.elapsed(), writer_held.elapsed());
    // What waits for the disk holds nobody. It is told only when both are on disk.
    client.batch_execute(&format!("UPDATE {old}.{TABLE} SET kept_until = kept_until")).await?;
    Ok(Attempt::Done(Switched {
        live: other.slot_id.unwrap_or_default(),
        position: seq_of(position),
        held,
        writer_held,
        kept_until,
    }))
}

/// Waits until the other slot has seen all that the live one has; how much is missing, if that takes
/// too long.
async fn catch_up(
    tx: &Transaction<'_>,
    live: &str,
    other: &str,
) -> Result<Option<u64>, tokio_postgres::Error> {
    let begun = Instant::now();
    let question = format!("SELECT (SELECT seq FROM {live}) - (SELECT seq FROM {other})");
    let question = tx.prepare(&question).await?;
    loop {
        let behind: i64 = tx.query_one(&question, &[]).await?.try_get(0)?;
        match u64::try_from(behind) {
            Err(_) | Ok(0) => return Ok(None),
            Ok(by) if begun.elapsed() > CATCH_UP => return Ok(Some(by)),
            Ok(_) => tokio::time::sleep(CATCH_UP_CHECK).await,
        }
    }
}
