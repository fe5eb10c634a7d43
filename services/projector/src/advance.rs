//! Rows and checkpoint move in one transaction.

use deadpool_postgres::ClientWrapper;
use events::{Event, Recorded};

use crate::batch_reader::Batch;
use crate::checkpoint::Checkpoint;
use crate::contract::Projection;
use crate::error::ProjectorError;
use crate::parking::{Parking, is_of_values};

impl Checkpoint {
    /// Writes what `batch` changes, and moves the checkpoint behind it, in one transaction. What
    /// cannot be applied is parked. `None`, with nothing written, if the checkpoint is not where it
    /// was left: somebody moved it, holds the lease now, or gave the schema to another slot.
    pub(crate) async fn advance<P: Projection>(
        &self,
        client: &mut ClientWrapper,
        batch: &Batch,
        parking: &mut Parking,
    ) -> Result<Option<Self>, ProjectorError> {
        let events = &batch.events;
        let unknown = events.iter().filter(|e| matches!(e.event, Event::Unknown { .. })).count();
        let next = Self {
            position: batch.end,
            event_at: Some(batch.ended_at),
            unknown: self.unknown + unknown as u64,
            ..self.clone()
        };
        if parking.lets_pass::<P>(batch) {
            match next.write_whole::<P>(client, events, self).await {
                Err(error) if is_of_values(&error) => {}
                moved => return Ok(moved?.then_some(next)),
            }
        }
        let moved = parking.advance::<P>(client, batch, self, &next).await?;
        Ok(moved.then_some(next))
    }

    /// Writes all that `events` change, and moves the checkpoint from `before` to this one; `false`,
    /// with nothing written, if it was not at `before`.
    async fn write_whole<P: Projection>(
        &self,
        client: &mut ClientWrapper,
        events: &[Recorded],
        before: &Self,
    ) -> Result<bool, ProjectorError> {
        let changes: Vec<P::Change> = events.iter().flat_map(P::project).collect();
        let tx = client.transaction().await?;
        // Both are sent at once, which saves a round trip. The checkpoint goes first: who may not
        // move it writes nothing.
        let (moved, written) = tokio::try_join!(
            biased;
            self.replace(before, &tx),
            async { if changes.is_empty() { Ok(()) } else { P::write(&tx, changes).await } },
        )?;
        let () = written;
        if moved {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(moved)
    }
}
