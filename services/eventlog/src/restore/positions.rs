//! Which message goes to which position, so that a stream gets the positions that another one had.
//!
//! Pure. A decision of several events is one atomic batch, which has to be written as one again,
//! since readers take from its headers where a decision ends. Positions that are empty get a
//! placeholder, which is deleted later; inside a batch it is a part of that batch.

use async_nats::header::{
    HeaderMap, NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SEQUENCE,
};
use events::Seq;

use crate::entry::Entry;

/// What is to be written to the next position.
#[derive(Debug)]
pub(super) enum Message {
    /// An event.
    Event(Entry),
    /// Something that will be deleted.
    Hole { seq: Seq, headers: HeaderMap, commit: bool },
}

/// Tells the messages in order.
#[derive(Debug, Default)]
pub(super) struct Positions {
    last: Seq,
    /// The batch that is begun and not committed.
    open: Option<Batch>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Batch {
    id: String,
    /// The position of its first message.
    first: Seq,
}

impl Positions {
    /// What comes behind the last entry, up to and with this one.
    pub(super) fn up_to(&mut self, entry: Entry) -> Vec<Message> {
        let batch = Batch::of(&entry);
        let mut messages = Vec::new();
        let mut seq = self.last.next();
        while seq < entry.seq {
            messages.push(self.hole(seq, batch.as_ref()));
            seq = seq.next();
        }
        self.last = entry.seq;
        self.open = batch.filter(|_| !entry.commit);
        messages.push(Message::Event(entry));
        messages
    }

    /// A placeholder at `seq`, before an entry of the batch `next`.
    fn hole(&mut self, seq: Seq, next: Option<&Batch>) -> Message {
        let mut headers = HeaderMap::new();
        let of_next = next.filter(|batch| batch.first <= seq);
        // The end of a batch is gone if what comes next is of another one.
        let commit = self.open.is_some() && self.open.as_ref() != of_next;
        let batch = if commit { self.open.take() } else { of_next.cloned() };
        let Some(Batch { id, first }) = batch else {
            return Message::Hole { seq, headers, commit: true };
        };
        headers.insert(NATS_BATCH_ID, id.as_str());
        headers.insert(NATS_BATCH_SEQUENCE, (seq.0 - first.0 + 1).to_string());
        if seq == first {
            headers.insert(NATS_EXPECTED_LAST_SEQUENCE, (seq.0 - 1).to_string());
        }
        if commit {
            headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
        } else {
            self.open = Some(Batch { id, first });
        }
        Message::Hole { seq, headers, commit }
    }
}

impl Batch {
    /// The batch that an entry is a part of.
    fn of(entry: &Entry) -> Option<Self> {
        let headers = entry.headers();
        let id = headers.get(NATS_BATCH_ID)?.as_str().to_owned();
        let number: u64 = headers.get(NATS_BATCH_SEQUENCE)?.as_str().parse().ok()?;
        let first = Seq((entry.seq.0 + 1).checked_sub(number)?);
        Some(Self { id, first })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn entry(seq: u64, batch: Option<(&str, u64, bool)>) -> Entry {
        let mut headers = HeaderMap::new();
        if let Some((id, number, last)) = batch {
            headers.insert(NATS_BATCH_ID, id);
            headers.insert(NATS_BATCH_SEQUENCE, number.to_string());
            if last {
                headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
            }
        }
        Entry::of_its_own_subject(Seq(seq), "prov.a.user.b.c".into(), headers, Bytes::new())
    }

    /// Each message as `position batch.number!`, `~` for a placeholder, `!` for the end of a batch.
    fn told(entries: impl IntoIterator<Item = Entry>) -> Vec<String> {
        let mut positions = Positions::default();
        let shown = |message| {
            let (mark, seq, headers) = match &message {
                Message::Event(entry) => ("", entry.seq, entry.headers()),
                Message::Hole { seq, headers, .. } => ("~", *seq, headers),
            };
            let text = |name: &str| headers.get(name).map(|value| value.as_str().to_owned());
            let end = if text("Nats-Batch-Commit").is_some() { "!" } else { "" };
            match (text("Nats-Batch-Id"), text("Nats-Batch-Sequence")) {
                (Some(id), Some(number)) => format!("{mark}{seq} {id}.{number}{end}"),
                _ => format!("{mark}{seq}"),
            }
        };
        entries.into_iter().flat_map(|entry| positions.up_to(entry)).map(shown).collect()
    }

    #[test]
    fn a_hole_outside_of_a_batch_is_a_message_of_its_own() {
        assert_eq!(told([entry(2, None), entry(4, None)]), ["~1", "2", "~3", "4"]);
    }

    #[test]
    fn a_hole_at_the_start_or_in_the_middle_of_a_batch_is_a_part_of_it() {
        let batch = [entry(3, Some(("x", 2, false))), entry(5, Some(("x", 4, true)))];
        assert_eq!(told(batch), ["~1", "~2 x.1", "3 x.2", "~4 x.3", "5 x.4!"]);
    }

    #[test]
    fn a_batch_whose_end_is_gone_is_ended_by_a_placeholder() {
        let batches = [
            entry(1, Some(("x", 1, false))),
            entry(5, Some(("y", 2, true))),
            entry(6, Some(("z", 1, false))),
            entry(8, None),
        ];
        let expected = ["1 x.1", "~2 x.2!", "~3", "~4 y.1", "5 y.2!", "6 z.1", "~7 z.2!", "8"];
        assert_eq!(told(batches), expected);
    }
}
