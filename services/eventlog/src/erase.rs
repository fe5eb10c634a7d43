//! Removing events from the log: the one way in which any go.
//!
//! A purge forgets where a message is and leaves its bytes in the block file. A secure deletion
//! overwrites subject, headers and body with random bytes before it is acknowledged.

use async_nats::jetstream::stream::{DeleteMessageErrorKind, Stream};
use events::Seq;
use tokio::time::Instant;

use crate::access::{Access, Server};
use crate::connection::{Connection, Purpose};
use crate::error::{Cause, LogError, ReadError, unavailable};
use crate::log::Log;
use crate::stream_name::StreamName;

/// Why events could not be removed.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The connection for it could not be made.
    #[error(transparent)]
    Connect(#[from] LogError),
    /// The log could not be asked.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event is to go that no erasure names: it would be a hole in the log.
    #[error("event {0} is named by no erasure, so it stays")]
    Unnamed(Seq),
    /// The server refused or did not answer.
    #[error(
        "cannot delete event {seq}; the NATS user for erasures needs $JS.API.STREAM.MSG.DELETE"
    )]
    Refused {
        /// Which event.
        seq: Seq,
        /// What the server said.
        source: Cause,
    },
    /// The stream was made so that nothing can ever be deleted from it.
    #[error(
        "the stream {0} was made with deny_delete, which can never be taken back; copy it with `backup` and `restore`"
    )]
    Denied(String),
}

/// The server's answer to a deletion in a stream with `deny_delete`.
const DELETE_NOT_PERMITTED: u64 = 10_057;

impl Log {
    /// Overwrites these events in the log's files, each of which an erasure must name, by the only
    /// user who may: `access`, if that is another than the log was opened with. Those that are gone
    /// already stay so; the number of those that were there is told.
    pub async fn erase(
        &self,
        events: &[Seq],
        url: Option<&str>,
        access: &Access,
    ) -> Result<u64, EraseError> {
        {
            let known = self.known_erasures().await?;
            if let Some(unnamed) =
                events.iter().find(|seq| known.tombstones.chain_at(**seq).is_none())
            {
                return Err(EraseError::Unnamed(*unnamed));
            }
        }
        let server = match url {
            Some(url) => Server { url: url.to_owned(), access: access.clone() },
            None => (*self.server).clone(),
        };
        let connection = Connection::open(&server, Purpose::Reading, Instant::now()).await?;
        let stream = connection.jetstream.get_stream_no_info(self.name.as_str()).await;
        let stream = stream.map_err(unavailable)?;
        let mut erased = 0;
        for seq in events {
            if self.get(*seq).await?.is_none() {
                continue;
            }
            overwrite(&stream, &self.name, *seq).await?;
            erased += 1;
        }
        Ok(erased)
    }

    /// Which of these events are still there.
    pub async fn still_there(&self, events: &[Seq]) -> Result<Vec<Seq>, ReadError> {
        let mut found = Vec::new();
        for seq in events {
            if self.get(*seq).await?.is_some() {
                found.push(*seq);
            }
        }
        Ok(found)
    }
}

/// Overwrites one message in the files of a stream.
pub(crate) async fn overwrite<I>(
    stream: &Stream<I>,
    name: &StreamName,
    seq: Seq,
) -> Result<(), EraseError> {
    match stream.delete_message(seq.0).await {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            DeleteMessageErrorKind::JetStream(e) if e.error_code().0 == DELETE_NOT_PERMITTED => {
                Err(EraseError::Denied(name.to_string()))
            }
            DeleteMessageErrorKind::JetStream(_)
            | DeleteMessageErrorKind::Request
            | DeleteMessageErrorKind::TimedOut => {
                Err(EraseError::Refused { seq, source: error.into() })
            }
        },
    }
}
