//! Takes a batch apart until the events are found that cannot be applied.

use std::collections::{HashMap, HashSet};

use deadpool_postgres::Transaction;

use super::cause::Cause;
use super::item::Item;
use super::keys::Keys;
use crate::contract::Projection;
use crate::error::ProjectorError;

/// How many keys may fail for one cause within a minute. Beyond that it is not about those people
/// and groups, and nobody is parked for it.
const MAX_KEYS_OF_A_CAUSE: usize = 20;

/// What became of the events of a batch.
#[derive(Debug, Default)]
pub(crate) struct Outcome<'i, 'e> {
    /// Those that are in the tables.
    pub(crate) applied: Vec<&'i Item<'e>>,
    /// Those that cannot be applied, and why.
    pub(crate) failed: Vec<(&'i Item<'e>, Cause)>,
    /// Those that share a key with one that waits.
    pub(crate) behind: Vec<&'i Item<'e>>,
    /// The keys of all that wait from now on, apart from those that waited already.
    pub(crate) waiting: Keys,
}

/// Whose events failed lately, by cause.
pub(crate) type Recent = HashMap<String, HashSet<String>>;

/// Applies `items` in their order, as far as they can be applied: what cannot waits, and so does all
/// that shares a key with what waits, or with `blocked`. Of a thousand events of which one fails, some
/// ten more statements are needed.
///
/// Fails for whatever says nothing of one event, and when too many fail for one cause, with `recent`
/// ones counted in; then nothing of the transaction may stay.
pub(crate) async fn apply<'i, 'e, P: Projection>(
    tx: &mut Transaction<'_>,
    items: &'i [Item<'e>],
    blocked: &Keys,
    mut recent: Option<Recent>,
) -> Result<Outcome<'i, 'e>, ProjectorError> {
    let mut outcome = Outcome::default();
    // What is still to do, the first on top.
    let mut stack: Vec<Vec<&Item<'_>>> = vec![items.iter().collect()];
    while let Some(part) = stack.pop() {
        let mut free = Vec::with_capacity(part.len());
        for item in part {
            if blocked.meet(&item.keys) || outcome.waiting.meet(&item.keys) {
                outcome.waiting.extend(item.keys.iter().cloned());
                outcome.behind.push(item);
            } else {
                free.push(item);
            }
        }
        let Err(cause) = attempt::<P>(tx, &free).await? else {
            outcome.applied.append(&mut free);
            continue;
        };
        if let [item] = free[..] {
            if let Some(recent) = &mut recent {
                count(recent, item, &cause)?;
            }
            outcome.waiting.extend(item.keys.iter().cloned());
            outcome.failed.push((item, cause));
        } else {
            let second = free.split_off(free.len() / 2);
            stack.extend([second, free]);
        }
    }
    Ok(outcome)
}

/// Writes the changes of all of `items`, or of none, and says why not.
async fn attempt<P: Projection>(
    tx: &mut Transaction<'_>,
    items: &[&Item<'_>],
) -> Result<Result<(), Cause>, ProjectorError> {
    let mut changes = Vec::new();
    for item in items {
        match &item.event {
            Ok(event) => changes.extend(P::project(event)),
            Err(cause) => return Ok(Err(cause.clone())),
        }
    }
    if changes.is_empty() {
        return Ok(Ok(()));
    }
    let savepoint = tx.savepoint("attempt").await?;
    let written = P::write(&savepoint, changes).await.map_err(ProjectorError::from);
    match written {
        Ok(()) => {
            savepoint.commit().await?;
            Ok(Ok(()))
        }
        Err(error) => {
            let cause = Cause::of(&error).ok_or(error)?;
            savepoint.rollback().await?;
            Ok(Err(cause))
        }
    }
}

/// Counts one more that failed.
fn count(recent: &mut Recent, item: &Item<'_>, cause: &Cause) -> Result<(), ProjectorError> {
    let failing = recent.entry(cause.class.clone()).or_default();
    failing.insert(item.first_key().unwrap_or_else(|| item.seq.to_string()));
    if failing.len() > MAX_KEYS_OF_A_CAUSE {
        return Err(ProjectorError::ManyFail {
            limit: MAX_KEYS_OF_A_CAUSE,
            message: cause.message.clone(),
        });
    }
    Ok(())
}
