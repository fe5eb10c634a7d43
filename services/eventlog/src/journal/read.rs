//! Reading the journal as far as it goes.

use async_nats::jetstream::consumer::DeliverPolicy;
use events::Seq;
use tokio::time::Instant;

use super::{Journal, JournalRecord};
use crate::connection::{Connection, Purpose, REQUEST_TIMEOUT};
use crate::entry::Entry;
use crate::ephemeral_consumer::{EphemeralConsumer, FetchSize};
use crate::error::{Break, ReadError, unavailable};
use crate::{looked_up, tail};

/// More records than these are not asked for one by one.
const FEW: u64 = 32;

impl Journal {
    /// The position of the last record; 0 if there is none, or no journal.
    pub async fn end(&self) -> Result<u64, ReadError> {
        tail::end(&self.log, &self.name).await
    }

    /// The record at `seq`, as the stream's leader knows it.
    pub async fn get(&self, seq: u64) -> Result<Option<JournalRecord>, ReadError> {
        self.ask_connected()?;
        let stream = self.log.main.jetstream.get_stream_no_info(self.name.as_str()).await;
        let stream = stream.map_err(unavailable)?;
        match looked_up::message(stream.get_raw_message(seq).await) {
            Ok(found) => Ok(found.map(|message| JournalRecord { seq, body: message.payload })),
            Err(ReadError::Broken(Break::NoStream)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All records behind `after` that there are now.
    pub async fn read_after(&self, after: u64) -> Result<Vec<JournalRecord>, ReadError> {
        let mut records = Vec::new();
        let mut next = after + 1;
        // Most often there is none, or one: two questions.
        while let Some(record) = self.get(next).await? {
            records.push(record);
            next += 1;
            if next - after > FEW {
                records.extend(self.read_many_after(next - 1).await?);
                break;
            }
        }
        Ok(records)
    }

    async fn read_many_after(&self, after: u64) -> Result<Vec<JournalRecord>, ReadError> {
        let record = |entry: Entry| JournalRecord { seq: entry.seq.0, body: entry.body_bytes() };
        Ok(self.entries_after(after).await?.into_iter().map(record).collect())
    }

    /// All messages behind `after` that there are now, as they are in the stream. A journal that ends
    /// before `after` is another one.
    pub(crate) async fn entries_after(&self, after: u64) -> Result<Vec<Entry>, ReadError> {
        let end = self.end().await?;
        let mut records = Vec::new();
        if end < after {
            return Err(Break::Short { read: Seq(after), end: Seq(end) }.into());
        }
        if end == after {
            return Ok(records);
        }
        let connection = self.connect_reader().await?;
        let mut consumer = self.consumer(&connection, after).await?;
        while records.len() < usize::try_from(end - after).map_err(unavailable)? {
            let next = tokio::time::timeout(REQUEST_TIMEOUT, consumer.next());
            records.push(next.await.map_err(unavailable)?.map_err(unavailable)?);
        }
        Ok(records)
    }

    async fn connect_reader(&self) -> Result<Connection, ReadError> {
        let made = Connection::open(&self.log.server, Purpose::Reading, Instant::now()).await;
        made.map_err(unavailable)
    }

    async fn consumer(
        &self,
        connection: &Connection,
        after: u64,
    ) -> Result<EphemeralConsumer, ReadError> {
        let from = DeliverPolicy::ByStartSequence { start_sequence: after + 1 };
        let size = FetchSize::SMALL;
        let made = EphemeralConsumer::create(connection, &self.name, None, from, size).await;
        made.map_err(unavailable)
    }

    /// The client would hold a question back until it times out.
    fn ask_connected(&self) -> Result<(), ReadError> {
        if self.log.is_connected() {
            return Ok(());
        }
        Err(unavailable("there is no connection to NATS"))
    }
}
