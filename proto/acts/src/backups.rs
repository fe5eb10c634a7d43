//! What is known of backups, as follows from the acts.

use events::Seq;
use jiff::Timestamp;

use crate::act::Act;
use crate::record::Acted;

/// What is known of backups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backups {
    /// When the last one was made, and the last event that it holds.
    pub last_made: Option<(Timestamp, Seq)>,
}

impl Backups {
    pub(crate) fn apply(&mut self, acted: &Acted) {
        if let Act::BackupMade(made) = &acted.act {
            self.last_made = Some((acted.at, made.position));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::{BackupMade, BackupRestored};
    use crate::by::By;

    #[test]
    fn the_last_backup_counts() {
        let mut backups = Backups::default();
        let at = |seconds| Timestamp::from_second(seconds).expect("a time");
        for (seq, position) in [(1, 7), (2, 9)] {
            let made = BackupMade { position: Seq(position), events: 1, scrubbed: 0, bytes: 10 };
            let at = at(i64::try_from(seq).expect("is small"));
            backups.apply(&Acted { seq, at, by: By::Root, act: Act::BackupMade(made) });
        }
        let restored = BackupRestored { position: Seq(9), events: 9, erased: 0, erased_again: 0 };
        let act = Act::BackupRestored(restored);
        backups.apply(&Acted { seq: 3, at: at(9), by: By::Root, act });
        assert_eq!(backups.last_made, Some((at(2), Seq(9))));
    }
}
