//! Cutting over to a candidate of one tenant or one person, and going back: the rows of the two slots
//! are exchanged in one transaction, and the schemas stay where they are, apart from the candidate,
//! which then is the previous slot and holds what was live.

use std::time::Duration;

use deadpool_postgres::{Client, Pool, Transaction};
use events::{Position, Tenant};
use tokio::time::Instant;

use crate::database::{WaitError, quoted};
use crate::discard::{gone, sweep};
use crate::exchange::{ExchangeError, exchange_rows};
use crate::people::People;
use crate::read_model::ReadModel;
use crate::schema::{TABLE, lock_structure};
use crate::scope::Scope;
use crate::slot::SlotRole;
use crate::slots::{SlotPeek, Slots, look, slots};
use crate::switch::{
    Attempt, BETWEEN, KEPT, PATIENCE, RollBackBy, SwitchError, SwitchRefusal, Switched,
    WRITER_WAIT, as_written, busy, changed_places, cut_over, presentable, roll_back, unfit,
    unmoved,
};

/// How long one slot is held for the other to be as far.
const MEET: Duration = Duration::from_millis(200);
/// Between two looks whether it is.
const MEET_CHECK: Duration = Duration::from_millis(1);

impl ReadModel {
    /// Gives readers what the candidate holds, which must be of this job, or of none: the whole
    /// slot, or the rows of the tenant or the person whom it is about.
    pub async fn cut_over(self, pool: &Pool, job: Option<&str>) -> Result<Switched, SwitchError> {
        let found = slots(pool, self.name).await?;
        match found.candidate {
            Some(candidate) if candidate.scope != Scope::Whole => {
                switch_narrow(pool, self.name, &self.people, Narrow::CutOver { job }).await
            }
            Some(_) | None => cut_over(pool, self.name, job).await,
        }
    }

    /// Gives readers again what they saw before the last cut-over. Refused, if the slots were switched
    /// since they were `seen`: going back twice would be to stay.
    pub async fn roll_back(
        self,
        pool: &Pool,
        by: RollBackBy,
        seen: &Slots,
    ) -> Result<Switched, SwitchError> {
        match &seen.previous {
            Some(previous) if previous.scope != Scope::Whole => {
                switch_narrow(pool, self.name, &self.people, Narrow::RollBack(by, seen)).await
            }
            Some(_) | None => roll_back(pool, self.name, by, seen).await,
        }
    }
}

/// Whose rows the live slot is given.
#[derive(Clone, Copy)]
enum Narrow<'s> {
    /// Those of the candidate, of this job if of any.
    CutOver { job: Option<&'s str> },
    /// Those of the previous slot, as long as the slots are as somebody saw them.
    RollBack(RollBackBy, &'s Slots),
}

impl Narrow<'_> {
    fn role(self) -> SlotRole {
        match self {
            Self::CutOver { .. } => SlotRole::Candidate,
            Self::RollBack(..) => SlotRole::Previous,
        }
    }

    /// Whether rows that were changed by hand will do.
    fn even_if_changed(self) -> bool {
        matches!(self, Self::RollBack(by, _) if by.is_content_with_changed())
    }
}

/// Gives the live slot the rows of the candidate, or of the previous slot, whose scope is narrow.
async fn switch_narrow(
    pool: &Pool,
    projection: &str,
    people: &People,
    switch: Narrow<'_>,
) -> Result<Switched, SwitchError> {
    let begun = Instant::now();
    let found = slots(pool, projection).await?;
    if let Narrow::RollBack(_, seen) = switch {
        unmoved(&found, seen)?;
    }
    if let Some(other) = found.get(switch.role()) {
        let tenant = other.scope.tenant().map(Tenant::as_str);
        let even_if_changed = switch.even_if_changed();
        let unfit_other = unfit(pool, projection, other.role, tenant, even_if_changed).await?;
        presentable(other.role, unfit_other)?;
        // Rows come and go between both, column by column; what readers see now may be wrong.
        presentable(SlotRole::Live, unfit(pool, projection, SlotRole::Live, None, true).await?)?;
    }
    let mut live_first = true;
    loop {
        let mut client = pool.get().await.map_err(WaitError::from)?;
        let attempted = attempt(&mut client, projection, people, switch, live_first).await?;
        match attempted {
            Attempt::Done(switched) => {
                sweep(pool, projection).await;
                tracing::info!(
                    projection,
                    position = switched.position.0,
                    held_ms = switched.writer_held.as_millis(),
                    "exchanged the rows of a tenant or a person with the live slot"
                );
                return Ok(switched);
            }
            Attempt::Again(why) if begun.elapsed() > PATIENCE => return Err(why.into()),
            Attempt::Again(_) => {
                // The other one is held next: whoever was ahead waits for the one behind.
                live_first = !live_first;
                tokio::time::sleep(BETWEEN / 4).await;
            }
        }
    }
}

async fn attempt(
    client: &mut Client,
    projection: &str,
    people: &People,
    switch: Narrow<'_>,
    live_first: bool,
) -> Result<Attempt, SwitchError> {
    let role = switch.role();
    let tx = client.transaction().await?;
    tx.batch_execute("SET LOCAL statement_timeout = 0").await?;
    tx.batch_execute(WRITER_WAIT).await?;
    if let Some(busy) = busy(lock_structure(&tx, projection).await)? {
        return Ok(Attempt::Again(busy));
    }
    let found = look(&*tx, projection).await?;
    let live = found.live.as_ref().ok_or(SwitchRefusal::NoLive)?;
    let missing = match role {
        SlotRole::Live | SlotRole::Candidate => SwitchRefusal::NoCandidate,
        SlotRole::Previous => SwitchRefusal::NoPrevious,
    };
    let other = found.get(role).ok_or(missing)?;
    if let Narrow::RollBack(_, seen) = switch {
        unmoved(&found, seen)?;
    }
    may_exchange(live, other, switch)?;
    let Some(tenant) = other.scope.tenant() else {
        return Err(SwitchRefusal::Narrow(other.role).into());
    };
    let schemas = [live.role.schema(projection), other.role.schema(projection)];
    let writer_held = Instant::now();
    let order = if live_first { [0, 1] } else { [1, 0] };
    for (step, index) in order.into_iter().enumerate() {
        // What the writer of this slot has begun is finished; then it waits.
        let hold = format!("LOCK TABLE {}.{TABLE} IN EXCLUSIVE MODE", quoted(&schemas[index]));
        if let Some(busy) = busy(tx.batch_execute(&hold).await)? {
            return Ok(Attempt::Again(busy));
        }
        if step == 0 {
            wait_until_level(&tx, &schemas[index], &schemas[1 - index]).await?;
        }
    }
    let [here, there] = [at(&tx, &schemas[0]).await?, at(&tx, &schemas[1]).await?];
    if here != there {
        let by = here.seq.0.abs_diff(there.seq.0);
        return Ok(Attempt::Again(SwitchRefusal::Apart { role: other.role, by }));
    }
    if !switch.even_if_changed() {
        let places = changed_places(&tx, projection, role, Some(tenant.as_str())).await?;
        as_written(role, places)?;
    }
    let exchanged = exchange_rows(
        &*tx,
        people,
        &schemas[0],
        &schemas[1],
        tenant.as_str(),
        other.scope.person(),
    );
    let exchanged = match exchanged.await {
        Ok(exchanged) => exchanged,
        Err(ExchangeError::Parked) => return Err(SwitchRefusal::Parked.into()),
        Err(ExchangeError::Database(error)) => return Err(error.into()),
    };
    if exchanged.parked {
        // Who keeps the live slot remembers what was parked in it: it opens the slot anew.
        let anew = format!("UPDATE {}.{TABLE} SET token = token + 1", quoted(&schemas[0]));
        tx.batch_execute(&anew).await?;
    }
    let previous = SlotRole::Previous.schema(projection);
    if role != SlotRole::Previous {
        if found.previous.is_some() {
            let gone = format!("{}{}", gone(projection), eventlog::ids::uuid_v7().simple());
            rename(&tx, &previous, &gone).await?;
        }
        rename(&tx, &schemas[1], &previous).await?;
    }
    let keep = format!(
        "UPDATE {}.{TABLE} SET kept_until = clock_timestamp() + interval '{KEPT}'
         RETURNING kept_until",
        quoted(&previous)
    );
    let kept_until = tx.query_one(&keep, &[]).await?.try_get(0)?;
    tx.commit().await?;
    Ok(Attempt::Done(Switched {
        live: live.slot_id.unwrap_or_default(),
        position: here.seq,
        // Readers saw the one or the other, and waited for nothing.
        held: Duration::ZERO,
        writer_held: writer_held.elapsed(),
        kept_until,
    }))
}

async fn rename(tx: &Transaction<'_>, from: &str, to: &str) -> Result<(), tokio_postgres::Error> {
    tx.batch_execute(&format!("ALTER SCHEMA {} RENAME TO {}", quoted(from), quoted(to))).await
}

/// Refuses slots whose rows may not stand in one table.
fn may_exchange(
    live: &SlotPeek,
    other: &SlotPeek,
    switch: Narrow<'_>,
) -> Result<(), SwitchRefusal> {
    let role = other.role;
    if let Narrow::CutOver { job } = switch
        && other.job.as_deref() != job
    {
        return Err(SwitchRefusal::OtherJob(other.job.clone()));
    }
    if live.scope != Scope::Whole || !live.whole || !other.whole {
        return Err(SwitchRefusal::Incomplete(role));
    }
    if live.made_by != other.made_by || live.slot_id.is_none() {
        return Err(SwitchRefusal::OtherRules(role));
    }
    if other.building() {
        let (position, goal) = (other.position, other.goal);
        return Err(SwitchRefusal::Building { role, position, goal });
    }
    Ok(())
}

/// Waits for a while until `other` is as far as the slot that is held.
async fn wait_until_level(
    tx: &Transaction<'_>,
    held: &str,
    other: &str,
) -> Result<(), tokio_postgres::Error> {
    let held = at(tx, held).await?;
    let until = Instant::now() + MEET;
    while at(tx, other).await?.seq < held.seq && Instant::now() < until {
        tokio::time::sleep(MEET_CHECK).await;
    }
    Ok(())
}

async fn at(tx: &Transaction<'_>, slot: &str) -> Result<Position, tokio_postgres::Error> {
    crate::meeting::read_position(&**tx, slot).await
}
