//! Writes messages to exactly the positions that they are for.

use std::collections::VecDeque;

use async_nats::header::HeaderMap;
use async_nats::jetstream::context::PublishAckFuture;
use bytes::Bytes;
use events::Seq;

use super::positions::Message;
use crate::error::Cause;
use crate::log::Log;

/// So many answers are waited for at a time. Nobody else writes to a stream that is being restored,
/// and each answer tells the position, so that they need not come one by one.
const IN_FLIGHT: usize = 128;

/// The subject of a placeholder: no reader's filter matches it.
const PLACEHOLDER: &str = "prov.placeholder";

pub(super) struct Publisher<'l> {
    log: &'l Log,
    answers: VecDeque<(Seq, PublishAckFuture)>,
}

impl<'l> Publisher<'l> {
    pub(super) fn new(log: &'l Log) -> Self {
        Self { log, answers: VecDeque::new() }
    }

    pub(super) async fn publish(&mut self, message: Message) -> Result<(), Cause> {
        match message {
            Message::Event(entry) => {
                let (subject, headers) = (entry.subject(), entry.headers().clone());
                self.send(entry.seq, subject, headers, entry.body_bytes(), entry.commit).await
            }
            Message::Hole { seq, headers, commit } => {
                self.send(seq, PLACEHOLDER, headers, Bytes::new(), commit).await
            }
        }
    }

    /// Only the last message of a batch is answered.
    async fn send(
        &mut self,
        seq: Seq,
        subject: &str,
        headers: HeaderMap,
        body: Bytes,
        answered: bool,
    ) -> Result<(), Cause> {
        let subject = self.log.name.stored(subject);
        if !answered {
            return Ok(self.log.main.client.publish_with_headers(subject, headers, body).await?);
        }
        let answer = self.log.main.jetstream.publish_with_headers(subject, headers, body).await?;
        self.answers.push_back((seq, answer));
        if self.answers.len() >= IN_FLIGHT { self.take_answer().await } else { Ok(()) }
    }

    async fn take_answer(&mut self) -> Result<(), Cause> {
        let Some((expected, answer)) = self.answers.pop_front() else { return Ok(()) };
        let found = Seq(answer.await?.sequence);
        if found == expected {
            return Ok(());
        }
        Err(format!("event {expected} came to position {found}").into())
    }

    /// Waits until all is on the disk.
    pub(super) async fn finish(mut self) -> Result<(), Cause> {
        while !self.answers.is_empty() {
            self.take_answer().await?;
        }
        Ok(())
    }
}
