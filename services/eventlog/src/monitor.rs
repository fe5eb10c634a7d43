//! Monitoring the log's continuity while it is written to.

use std::sync::Arc;
use std::time::Duration;

use events::Position;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::continuity::{Discrepancy, Evidence, Loss};
use crate::error::ReadError;
use crate::error_chain::sentence;
use crate::log::Log;

/// How often the log is checked, and the mark moved if there are new events.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// Every so many checks, what others know of the log is read as well.
const EVIDENCE_EVERY: u32 = 5;
/// So many checks in a row may fail before the log counts as silent.
const MAX_FAILURES: u32 = 3;
/// How long the last move of the mark may take, when the process stops.
const LAST_MARK_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether the log still is the one that this process has read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Continuity {
    /// It is, as far as is known.
    #[default]
    Agrees,
    /// JetStream gives no answer, so it is not known.
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
    /// Checks about once a second whether the log still holds what this process knows, whose last
    /// event is at `position`, and what others know; shows it, and moves the mark.
    ///
    /// Ends when nobody moves the position any more, or when the log has lost events.
    pub async fn monitor_continuity(
        &self,
        mut position: watch::Receiver<Position>,
        shown: &watch::Sender<Continuity>,
    ) {
        let mut outages = self.main.outages.clone();
        let mut monitor = Monitor {
            log: self,
            created: None,
            marked: Position::START,
            checks: 0,
            failures: 0,
            complained: false,
        };
        loop {
            let known = *position.borrow_and_update();
            if self.is_connected() {
                let seen = monitor.check(known).await;
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
                () = tokio::time::sleep(CHECK_INTERVAL) => {}
                _ = outages.changed() => {}
                () = ended => break,
            }
        }
        let last = *position.borrow();
        // Without it, the mark is a second old.
        let _: Result<(), _> =
            tokio::time::timeout(LAST_MARK_TIMEOUT, monitor.move_mark(last)).await;
    }
}

struct Monitor<'l> {
    log: &'l Log,
    /// When the stream was made.
    created: Option<Timestamp>,
    /// Where the mark is.
    marked: Position,
    checks: u32,
    /// How many checks in a row have failed.
    failures: u32,
    /// Whether it was said that the mark cannot be moved.
    complained: bool,
}

impl Monitor<'_> {
    async fn check(&mut self, known: Position) -> Continuity {
        match self.discrepancies(known).await {
            Ok(lost) if lost.is_empty() => {
                self.failures = 0;
                self.move_mark(known).await;
                Continuity::Agrees
            }
            Ok(lost) => Continuity::Lost(Arc::new(Loss(lost))),
            Err(_) if self.failures < MAX_FAILURES => {
                self.failures += 1;
                Continuity::Agrees
            }
            Err(error) => Continuity::Silent(sentence(&error)),
        }
    }

    /// What is missing, once it is certain.
    async fn discrepancies(&mut self, known: Position) -> Result<Vec<Discrepancy>, ReadError> {
        let witness = "this process".to_owned();
        let mut evidence = vec![Evidence { witness, position: known, created: self.created }];
        if self.checks.is_multiple_of(EVIDENCE_EVERY) {
            evidence.extend(self.log.recorded_evidence().await?);
        }
        self.checks = self.checks.wrapping_add(1);
        let (extent, found) = self.log.check_with_extent(&evidence).await?;
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
        Ok(self.log.confirm_continuity(&evidence).await?.err().map_or_else(Vec::new, |loss| loss.0))
    }

    async fn move_mark(&mut self, known: Position) {
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
