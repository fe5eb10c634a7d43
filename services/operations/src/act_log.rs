//! The journal with its acts understood, and what follows from them.

use std::sync::Arc;

use acts::{Act, Acted, BadRecord, By, Record, State};
use eventlog::{Journal, JournalError, JournalRecord, ReadError, clock, ids};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often other processes may be first before an act is given up.
const ATTEMPTS: usize = 20;

/// The journal, and the fold of it. All clones know the same. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ActLog {
    journal: Journal,
    state: watch::Sender<Arc<State>>,
}

/// What a verification of a live slot found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastVerified {
    /// When it ended.
    pub at: Timestamp,
    /// Whether rows were not what they should be.
    pub differs: bool,
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// It cannot be read.
    #[error("read the journal of operations")]
    Read(#[from] ReadError),
    /// It cannot be written to.
    #[error("write to the journal of operations")]
    Write(#[from] JournalError),
    /// It holds something else.
    #[error(transparent)]
    Bad(#[from] BadRecord),
}

impl ActLog {
    /// The journal, as far as it goes now.
    pub async fn open(journal: Journal) -> Result<Self, ActError> {
        let acts = Self::new(journal);
        acts.catch_up().await?;
        Ok(acts)
    }

    /// The journal, of which nothing was read yet.
    pub fn new(journal: Journal) -> Self {
        Self { journal, state: watch::Sender::default() }
    }

    /// What follows from the acts that this process knows.
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.borrow())
    }

    /// What the last verification of a projection's live slot found, as far as this process knows.
    pub fn last_verified(&self, projection: &str) -> Option<LastVerified> {
        let state = self.state();
        let (at, _) = state.verifications.last_of(projection)?.ended.as_ref()?;
        // Who looked at one tenant since has said nothing of the others.
        let differs = state
            .verifications
            .unrepaired()
            .any(|found| found.projection == projection && state.replaced_since(found).is_none());
        Some(LastVerified { at: *at, differs })
    }

    /// What follows from all acts there are.
    pub async fn current(&self) -> Result<Arc<State>, ActError> {
        self.catch_up().await?;
        Ok(self.state())
    }

    /// What follows from the acts, whenever there is another one.
    pub fn watch(&self) -> watch::Receiver<Arc<State>> {
        self.state.subscribe()
    }

    /// The acts behind `after`.
    pub async fn read_after(&self, after: u64) -> Result<Vec<Acted>, ActError> {
        let records = self.journal.read_after(after).await?;
        Ok(records.iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn catch_up(&self) -> Result<(), ActError> {
        let after = self.state.borrow().seq;
        for acted in self.read_after(after).await? {
            self.take_in(&acted);
        }
        Ok(())
    }

    /// Takes in an act, unless it was taken in before.
    fn take_in(&self, acted: &Acted) {
        self.state.send_if_modified(|state| {
            let is_next = acted.seq == state.seq + 1;
            if is_next {
                Arc::make_mut(state).apply(acted);
            }
            is_next
        });
    }

    /// Decides on an act by all acts before it, and writes it down; decides again when another
    /// process was first. `None`, if `decide` finds that nothing is to be done.
    ///
    /// When this returns, the act is on disk.
    pub async fn act<E: From<ActError>>(
        &self,
        by: &By,
        decide: impl Fn(&State) -> Result<Option<Act>, E>,
    ) -> Result<Option<Acted>, E> {
        let id = ids::uuid_v7().to_string();
        for _ in 0..ATTEMPTS {
            let state = self.current().await?;
            let Some(act) = decide(&state)? else { return Ok(None) };
            let at = clock::now();
            let record = Record::new(id.clone(), at, by.clone(), &act);
            match self.journal.append(state.seq, act.name(), record.body()).await {
                Ok(seq) => {
                    let acted = Acted { seq, at, by: by.clone(), act };
                    self.take_in(&acted);
                    return Ok(Some(acted));
                }
                Err(JournalError::Conflict) => {}
                Err(error) => return Err(ActError::from(error).into()),
            }
        }
        Err(ActError::from(JournalError::Conflict).into())
    }

    /// Writes down an act that depends on no other.
    pub async fn note(&self, by: &By, act: Act) -> Result<(), ActError> {
        self.act(by, |_| Ok(Some(act.clone()))).await.map(|_| ())
    }

    /// Takes in what other processes write, until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        let following = async {
            let after = self.state.borrow().seq;
            let mut records = std::pin::pin!(self.journal.follow(after));
            while let Some(next) = records.next().await {
                match next.map_err(ActError::from).and_then(|record| Ok(read(&record)?)) {
                    Ok(acted) => self.take_in(&acted),
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(error, "the journal of operations is followed no more");
                        return;
                    }
                }
            }
        };
        stop.run_until_cancelled(Box::pin(following)).await;
    }
}

fn read(record: &JournalRecord) -> Result<Acted, BadRecord> {
    Record::read(record.seq, &record.body)
}
