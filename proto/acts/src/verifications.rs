//! Verifications of live read models: which there were, and what came of them.

use std::collections::BTreeMap;

use events::Tenant;
use jiff::Timestamp;

use crate::act::Act;
use crate::by::By;
use crate::job::{Job, Stage};
use crate::record::Acted;
use crate::scope::Scope;
use crate::state::State;
use crate::verify_report::{VerifyEnded, VerifyOutcome, VerifyReport, VerifyStarted};

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

impl Verification {
    /// What it found, and when, if rows differ.
    pub fn differs(&self) -> Option<(Timestamp, &VerifyReport)> {
        match &self.ended {
            Some((at, VerifyOutcome::Differs(report))) => Some((*at, report)),
            Some((_, VerifyOutcome::Sound { .. } | VerifyOutcome::Failed { .. })) | None => None,
        }
    }

    /// The tenants whose rows differ; none, if all may.
    fn whose(&self) -> Option<Vec<&str>> {
        let (_, report) = self.differs()?;
        match &self.tenant {
            _ if !report.altered.is_empty() => None,
            Some(tenant) => Some(vec![tenant.as_str()]),
            None if report.tenants.is_empty() => None,
            None => Some(report.tenants.iter().map(String::as_str).collect()),
        }
    }
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

    /// Those that found differences, unless later ones looked at the same rows: what those found counts. Of a
    /// tenant's rows it is enough to look at these.
    pub fn unrepaired(&self) -> impl Iterator<Item = &Verification> {
        self.iter().filter(|it| {
            it.differs().is_some()
                && match it.whose() {
                    None => !self.is_looked_at_since(it, None),
                    Some(tenants) => {
                        !tenants.iter().all(|tenant| self.is_looked_at_since(it, Some(tenant)))
                    }
                }
        })
    }

    /// Whether a later one found out how a tenant's rows, or all, are.
    fn is_looked_at_since(&self, it: &Verification, tenant: Option<&str>) -> bool {
        let found = |later: &Verification| match &later.ended {
            Some((_, VerifyOutcome::Sound { .. } | VerifyOutcome::Differs(_))) => true,
            None | Some((_, VerifyOutcome::Failed { .. })) => false,
        };
        self.0.range(it.id + 1..).any(|(_, later)| {
            let of = later.tenant.as_ref().map(Tenant::as_str);
            later.projection == it.projection && (of.is_none() || of == tenant) && found(later)
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

impl State {
    /// The job by which rows of which a verification found that they differ were replaced since: what it
    /// found is then about rows that readers see no more. Whether these are right, nobody has looked.
    pub fn replaced_since(&self, found: &Verification) -> Option<&Job> {
        let (at, report) = found.differs()?;
        let done: Vec<&Job> = self
            .jobs
            .all()
            .into_iter()
            .filter(|job| matches!(job.stage, Stage::CutOver { .. }) && job.since > at)
            .filter(|job| job.plan.projection == found.projection)
            .collect();
        let whole = done.iter().rfind(|job| job.plan.scope == Scope::Whole);
        if let Some(job) = whole {
            return Some(job);
        }
        let of = |job: &&&Job, tenant: &str| match &job.plan.scope {
            Scope::Whole => true,
            Scope::Tenant { tenant: of } => of.as_str() == tenant,
            Scope::Person { tenant: of, person } => {
                let only = report.people_changed == 1 && report.people[0].person == *person;
                let own = report.repair.as_ref().is_some_and(|it| it.contains("--person "));
                of.as_str() == tenant && only && own
            }
        };
        let mut last = None;
        for tenant in found.whose()? {
            last = Some(*done.iter().rfind(|job| of(job, tenant))?);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use events::Seq;

    use super::*;

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
        let differs = differs(&[]);
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
    fn what_was_found_of_some_tenants_counts_until_each_of_them_was_looked_at_again() {
        let mut known = Verifications::default();
        let mut looked = |seq, tenant: Option<&str>, outcome: VerifyOutcome| {
            let tenant = tenant.map(|slug| slug.parse().expect("a slug"));
            let start = VerifyStarted { projection: "teams".to_owned(), tenant };
            known.apply(&acted(seq, Act::VerifyStarted(start)));
            known.apply(&acted(seq + 1, ended(seq, outcome)));
            known.unrepaired().map(|it| it.id).collect::<Vec<_>>()
        };
        assert_eq!(looked(1, None, differs(&["acme", "zeta"])), [1]);
        assert_eq!(looked(3, Some("acme"), SOUND), [1]);
        assert_eq!(looked(5, Some("other"), SOUND), [1]);
        assert_eq!(looked(7, Some("zeta"), SOUND), [0u64; 0]);
    }

    fn differs(tenants: &[&str]) -> VerifyOutcome {
        VerifyOutcome::Differs(Box::new(VerifyReport {
            position: Seq(9),
            slot: None,
            altered: vec![],
            tenants: tenants.iter().map(|tenant| (*tenant).to_owned()).collect(),
            people_unknown: false,
            tables: vec![],
            hand_made: vec![],
            people_changed: 1,
            people: vec![],
            causes: vec![],
            repair: None,
        }))
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
