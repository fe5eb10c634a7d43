//! What follows from all acts so far.

use crate::backups::Backups;
use crate::erasures::Erasures;
use crate::jobs::Jobs;
use crate::operators::Operators;
use crate::record::Acted;
use crate::release::Releases;
use crate::skips::Skips;
use crate::verifications::Verifications;

/// The fold of the journal.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The last act that was folded.
    pub seq: u64,
    /// Who has which token.
    pub operators: Operators,
    /// Plans and jobs.
    pub jobs: Jobs,
    /// What was switched between releases.
    pub releases: Releases,
    /// Who is to be erased, or was.
    pub erasures: Erasures,
    /// Which events are passed over.
    pub skips: Skips,
    /// What was verified.
    pub verifications: Verifications,
    /// What is known of backups.
    pub backups: Backups,
}

impl State {
    /// Takes in the next act.
    pub fn apply(&mut self, acted: &Acted) {
        self.seq = acted.seq;
        self.operators.apply(acted);
        self.jobs.apply(acted);
        self.releases.apply(acted);
        self.erasures.apply(acted);
        self.skips.apply(acted);
        self.verifications.apply(acted);
        self.backups.apply(acted);
    }
}
