//! Watching over the log while it is written to.

use std::sync::Arc;
use std::time::Duration;

use events::Position;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::continuity::{Discrepancy, Evidence, Loss};
use crate::{Log, ReadError};

/// How often the log is looked at, and the mark moved if the log has.
const LOOK: Duration = Duration::from_secs(1);
/// Every so many looks, what others know of the log is asked for as well.
const ROUND: u32 = 5;
/// So many looks in a row may fail before the log counts as silent.
const FAILURES: u32 = 3;
/// How long the last move of the mark may take, when the process stops.
const LAST: Duration = Duration::from_secs(2);

/// Whether the log still is the one that this process has read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Continuity {
    #[default]
    Agrees,
    /// JetStream gives no answer; nobody can tell.
    Silent(String),
    /// For good: it takes an operator, and a new start.
    Lost(Arc<Loss>),
}

impl Continuity {
    /// What keeps the log from being written to, if anything does.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Agrees => Ok(()),
            Self::Silent(why) => Err(why.clone()),
            Self::Lost(loss) => Err(loss.to_string()),
        }
    }
}

impl Log {
    /// Looks about once a second whether the log still holds what this process knows, whose last
    /// event is at `position`, and what others know; shows it, and moves the mark.
    ///
    /// Ends when nobody moves the position any more, or when the log has lost events.
    pub async fn watch_over(
        &self,
        mut position: watch::Receiver<Position>,
        shown: &watch::Sender<Continuity>,
    ) {
        let mut outages = self.main.outages.clone();
        let mut watcher = Watcher {
            log: self,
            created: None,
            marked: Position::START,
            looks: 0,
            failures: 0,
            complained: false,
        };
        loop {
            let known = *position.borrow_and_update();
            if self.is_connected() {
                let seen = watcher.look(known).await;
                let lost = matches!(seen, Continuity::Lost(_));
                if lost {
                    tracing::error!(reason = ?seen.check().err(), "writing to the log has stopped");
                }
                shown.send_if_modified(|now| std::mem::replace(now, seen.clone()) != seen);
                if lost {
                    return;
                }
            }
            let ended = async { while position.changed().await.is_ok() {} };
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = outages.changed() => {}
                () = ended => break,
            }
        }
        let last = *position.borrow();
        // Without it, the mark is a second old.
        let _: Result<(), _> = tokio::time::timeout(LAST, watcher.mark(last)).await;
    }
}

struct Watcher<'l> {
    log: &'l Log,
    /// When the stream was made.
    created: Option<Timestamp>,
    /// Where the mark is.
    marked: Position,
    looks: u32,
    /// How many looks in a row have failed.
    failures: u32,
    /// Whether it was said that the mark cannot be moved.
    complained: bool,
}

impl Watcher<'_> {
    async fn look(&mut self, known: Position) -> Continuity {
        match self.examine(known).await {
            Ok(lost) if lost.is_empty() => {
                self.failures = 0;
                self.mark(known).await;
                Continuity::Agrees
            }
            Ok(lost) => Continuity::Lost(Arc::new(Loss(lost))),
            Err(_) if self.failures < FAILURES => {
                self.failures += 1;
                Continuity::Agrees
            }
            Err(error) => Continuity::Silent(crate::sentence(&error)),
        }
    }

    /// What is missing, once it is certain.
    async fn examine(&mut self, known: Position) -> Result<Vec<Discrepancy>, ReadError> {
        let witness = "this process".to_owned();
        let mut evidence = vec![Evidence { witness, position: known, created: self.created }];
        if self.looks.is_multiple_of(ROUND) {
            evidence.extend(self.log.marks().await?);
        }
        self.looks = self.looks.wrapping_add(1);
        let (extent, found) = self.log.examined(&evidence).await?;
        if found.is_empty() {
            self.created = extent.map(|extent| extent.created);
            return Ok(vec![]);
        }
        // A new leader may show less than there is; but it shows no holes.
        let certain =
            found.iter().any(|discrepancy| matches!(discrepancy, Discrepancy::Holes { .. }));
        if certain {
            return Ok(found);
        }
        Ok(self.log.insist(&evidence).await?.err().map_or_else(Vec::new, |loss| loss.0))
    }

    async fn mark(&mut self, known: Position) {
        let Some(created) = self.created else { return };
        if known == self.marked || known == Position::START {
            return;
        }
        match self.log.set_mark(created, known).await {
            Ok(()) => (self.marked, self.complained) = (known, false),
            Err(error) => {
                if !self.complained {
                    let error = &*error as &dyn std::error::Error;
                    tracing::warn!(error, "cannot move the mark beside the log");
                }
                self.complained = true;
            }
        }
    }
}
