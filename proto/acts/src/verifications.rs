//! Verifications of live read models: which there were, and what came of them.

use std::collections::BTreeMap;

use events::Tenant;
use jiff::Timestamp;

use crate::act::Act;
use crate::by::By;
use crate::record::Acted;
use crate::verify_report::{VerifyEnded, VerifyOutcome, VerifyStarted};

/// How many verifications are remembered, beside the last one of each projection.
const REMEMBERED: usize = 200;

/// A verification, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// What names it: the position of its start in the journal.
    pub id: u64,
    /// Which read model.
    pub projection: String,
    /// Whose rows; none: everybody's.
    pub tenant: Option<Tenant>,
    /// When it began.
    pub started_at: Timestamp,
    /// Who asked for it.
    pub by: By,
    /// When it ended, and what was found.
    pub ended: Option<(Timestamp, VerifyOutcome)>,
}

/// The last verifications.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verifications(BTreeMap<u64, Verification>);

impl Verifications {
    pub(crate) fn apply(&mut self, acted: &Acted) {
        if let Act::VerifyStarted(VerifyStarted { projection, tenant }) = &acted.act {
            let verification = Verification {
                id: acted.seq,
                projection: projection.clone(),
                tenant: tenant.clone(),
                started_at: acted.at,
                by: acted.by.clone(),
                ended: None,
            };
            self.0.insert(acted.seq, verification);
            self.forget();
        }
        if let Act::VerifyEnded(VerifyEnded { verification, outcome }) = &acted.act
            && let Some(verification) = self.0.get_mut(verification)
        {
            verification.ended.get_or_insert((acted.at, outcome.clone()));
        }
    }

    /// The one that began at this position of the journal.
    pub fn get(&self, id: u64) -> Option<&Verification> {
        self.0.get(&id)
    }

    /// All that are remembered, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Verification> {
        self.0.values()
    }

    /// The last one of a projection that ended.
    pub fn last_of(&self, projection: &str) -> Option<&Verification> {
        self.iter().rev().find(|it| it.projection == projection && it.ended.is_some())
    }

    /// Those that found differences, unless a later one looked at the same rows: what that found counts.
    pub fn unrepaired(&self) -> impl Iterator<Item = &Verification> {
        let found = move |it: &Verification| match &it.ended {
            Some((_, VerifyOutcome::Sound { .. } | VerifyOutcome::Differs(_))) => true,
            None | Some((_, VerifyOutcome::Failed { .. })) => false,
        };
        let covers = move |later: &Verification, it: &Verification| {
            later.id > it.id
                && later.projection == it.projection
                && (later.tenant.is_none() || later.tenant == it.tenant)
                && found(later)
        };
        self.iter().filter(move |it| {
            let differs = matches!(it.ended, Some((_, VerifyOutcome::Differs(_))));
            differs && !self.iter().any(|later| covers(later, it))
        })
    }

    /// Forgets the oldest one of which a later one is known.
    fn forget(&mut self) {
        if self.0.len() <= REMEMBERED {
            return;
        }
        let last = |it: &Verification| self.last_of(&it.projection).map(|last| last.id);
        let oldest = self.iter().find(|it| last(it) != Some(it.id)).map(|it| it.id);
        if let Some(oldest) = oldest {
            self.0.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use events::Seq;

    use super::*;
    use crate::verify_report::VerifyReport;

    fn acted(seq: u64, act: Act) -> Acted {
        Acted { seq, at: Timestamp::UNIX_EPOCH, by: By::Program, act }
    }

    fn started(projection: &str) -> Act {
        Act::VerifyStarted(VerifyStarted { projection: projection.to_owned(), tenant: None })
    }

    fn ended(verification: u64, outcome: VerifyOutcome) -> Act {
        Act::VerifyEnded(VerifyEnded { verification, outcome })
    }

    const SOUND: VerifyOutcome = VerifyOutcome::Sound { position: Seq(9), rows: 4 };

    #[test]
    fn a_verification_is_under_way_until_it_is_said_what_was_found() {
        let mut known = Verifications::default();
        known.apply(&acted(3, started("teams")));
        assert_eq!(known.get(3).map(|it| it.ended.is_some()), Some(false));
        assert_eq!(known.last_of("teams"), None);
        known.apply(&acted(5, ended(3, SOUND)));
        let failed = VerifyOutcome::Failed { why: "no".to_owned() };
        known.apply(&acted(6, ended(3, failed)));
        let last = known.last_of("teams").expect("it ended");
        assert_eq!(last.ended.as_ref().map(|(_, outcome)| outcome), Some(&SOUND));
        assert_eq!(known.last_of("directory"), None);
    }

    #[test]
    fn what_a_verification_found_counts_until_the_same_rows_are_looked_at_again() {
        let mut known = Verifications::default();
        let of = |tenant: Option<&str>| {
            let tenant = tenant.map(|slug| slug.parse().expect("a slug"));
            Act::VerifyStarted(VerifyStarted { projection: "teams".to_owned(), tenant })
        };
        let differs = VerifyOutcome::Differs(Box::new(VerifyReport {
            position: Seq(9),
            tables: vec![],
            hand_made: vec![],
            people_changed: 1,
            people: vec![],
            causes: vec![],
            repair: None,
        }));
        let failed = VerifyOutcome::Failed { why: "no".to_owned() };
        let mut looked = |seq, tenant, outcome: &VerifyOutcome| {
            known.apply(&acted(seq, of(tenant)));
            known.apply(&acted(seq + 1, ended(seq, outcome.clone())));
            known.unrepaired().map(|it| it.id).collect::<Vec<_>>()
        };
        assert_eq!(looked(1, None, &differs), [1]);
        assert_eq!(looked(3, Some("acme"), &differs), [1, 3]);
        assert_eq!(looked(5, Some("acme"), &failed), [1, 3]);
        assert_eq!(looked(7, Some("acme"), &SOUND), [1], "of all it says nothing");
        assert_eq!(looked(9, None, &SOUND), [0u64; 0]);
    }

    #[test]
    fn of_many_verifications_the_last_of_each_projection_is_remembered() {
        let mut known = Verifications::default();
        known.apply(&acted(1, started("teams")));
        known.apply(&acted(2, ended(1, SOUND)));
        for seq in 3..1000 {
            known.apply(&acted(seq, started("directory")));
        }
        assert_eq!(known.iter().count(), REMEMBERED);
        assert_eq!(known.last_of("teams").map(|it| it.id), Some(1));
        assert!(known.get(999).is_some() && known.get(3).is_none());
    }
}
