use events::Digest;

use super::*;
use crate::{BlastRadius, By, Forecast, Pace, Plan, Record, Scope, State};

const RULES: Digest = Digest([7; 32]);

fn world() -> World {
    World { rules: RULES, live: Some("s1".to_owned()), candidate: None, previous: None }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn plan(byte: u8, projection: &str) -> Plan {
    let pace = Pace::Default { events_per_second: 10.0 };
    Plan {
        id: PlanId::of(&[byte; 32]),
        projection: projection.to_owned(),
        scope: Scope::Whole,
        reason: None,
        expires_at: at(7200),
        world: world(),
        forecast: Forecast { events: 1, of_person: None, of: 1, seconds: 0.1, bytes: 0, pace },
        blast_radius: BlastRadius { tenants: 1, people: 1, teams: 0 },
        parked: 0,
    }
}

/// A journal that grows by acts, a second apart, each through its bytes.
#[derive(Default)]
struct Journal(State);

impl Journal {
    fn act(&mut self, act: &Act) -> &mut Self {
        let seq = self.0.seq + 1;
        let time = at(i64::try_from(seq).unwrap());
        let record = Record::new(seq.to_string(), time, By::Root, act);
        self.0.apply(&Record::read(seq, &record.body()).unwrap());
        self
    }

    fn started(byte: u8) -> (Self, JobId) {
        let mut journal = Self::default();
        journal.act(&Act::ReplayPlanned(Box::new(plan(byte, "teams"))));
        let id = PlanId::of(&[byte; 32]);
        let start = journal.0.jobs.start(&id, at(5), &world()).unwrap().unwrap();
        journal.act(&start);
        (journal, JobId::from(&id))
    }
}

#[test]
fn two_who_start_the_same_plan_make_one_job() {
    let (journal, job) = Journal::started(1);
    let plan = PlanId::from(&job);
    assert_eq!(journal.0.jobs.start(&plan, at(6), &world()), Ok(None));
    // However late, and whatever has happened since: it is the job that there is.
    let moved = World { live: Some("s9".to_owned()), ..world() };
    assert_eq!(journal.0.jobs.start(&plan, at(9999), &moved), Ok(None));
    assert_eq!(journal.0.jobs.all().len(), 1);
}

#[test]
fn a_job_that_ended_in_vain_is_not_said_to_run_when_it_is_started_again() {
    let (mut journal, job) = Journal::started(1);
    let cancel = journal.0.jobs.cancel(&job, None).unwrap().unwrap();
    journal.act(&cancel);
    let refused = journal.0.jobs.start(&PlanId::from(&job), at(6), &world()).unwrap_err();
    let said = refused.to_string();
    assert!(said.contains("is cancelled") && said.contains("plans it anew"), "{said}");
}

#[test]
fn a_plan_that_was_cancelled_before_it_was_started_is_started_by_nobody() {
    let mut journal = Journal::default();
    journal.act(&Act::ReplayPlanned(Box::new(plan(1, "teams"))));
    let id = PlanId::of(&[1; 32]);
    let job = JobId::from(&id);
    let cancel = journal.0.jobs.cancel(&job, None).unwrap().unwrap();
    journal.act(&cancel);
    assert_eq!(journal.0.jobs.cancel(&job, None), Ok(None), "said again, nothing happens");
    let refused = journal.0.jobs.start(&id, at(5), &world()).unwrap_err();
    assert_eq!(refused, JobRefusal::GivenUp(id));
    assert!(journal.0.jobs.all().is_empty());
}

#[test]
fn a_projection_has_one_job_at_a_time_and_the_refusal_names_it_and_whose_it_is() {
    let (mut journal, job) = Journal::started(1);
    journal.act(&Act::ReplayPlanned(Box::new(plan(2, "teams"))));
    journal.act(&Act::ReplayPlanned(Box::new(plan(3, "directory"))));
    let second = PlanId::of(&[2; 32]);
    let refused = journal.0.jobs.start(&second, at(6), &world()).unwrap_err();
    assert!(refused.to_string().contains(&job.to_string()), "{refused}");
    assert!(refused.to_string().contains("root"), "{refused}");
    let other = PlanId::of(&[3; 32]);
    assert!(journal.0.jobs.start(&other, at(6), &world()).unwrap().is_some());
    let cancel = journal.0.jobs.cancel(&job, None).unwrap().unwrap();
    journal.act(&cancel);
    assert!(journal.0.jobs.start(&second, at(6), &world()).unwrap().is_some());
}

#[test]
fn a_plan_expires_and_is_void_when_the_world_has_moved() {
    let mut journal = Journal::default();
    journal.act(&Act::ReplayPlanned(Box::new(plan(1, "teams"))));
    let id = PlanId::of(&[1; 32]);
    let late = journal.0.jobs.start(&id, at(7200), &world());
    assert!(matches!(late, Err(JobRefusal::Expired { .. })), "{late:?}");
    for moved in [
        World { rules: Digest([8; 32]), ..world() },
        World { live: Some("s2".to_owned()), ..world() },
        World { candidate: Some("s2".to_owned()), ..world() },
        World { previous: Some("s2".to_owned()), ..world() },
    ] {
        let refused = journal.0.jobs.start(&id, at(5), &moved);
        assert!(matches!(refused, Err(JobRefusal::OutOfDate { .. })), "{moved:?}: {refused:?}");
    }
    let unknown = PlanId::of(&[9; 32]);
    let refused = journal.0.jobs.start(&unknown, at(5), &world());
    assert_eq!(refused, Err(JobRefusal::NoPlan(unknown)));
}

#[test]
fn said_again_a_decision_makes_no_act() {
    let (mut journal, job) = Journal::started(1);
    let pause = journal.0.jobs.pause(&job, Some("lag".to_owned())).unwrap().unwrap();
    journal.act(&pause);
    assert_eq!(journal.0.jobs.pause(&job, None), Ok(None));
    let resume = journal.0.jobs.resume(&job, None).unwrap().unwrap();
    journal.act(&resume);
    assert_eq!(journal.0.jobs.resume(&job, None), Ok(None));
    let cancel = journal.0.jobs.cancel(&job, None).unwrap().unwrap();
    journal.act(&cancel);
    assert_eq!(journal.0.jobs.cancel(&job, None), Ok(None));
    assert!(journal.0.jobs.pause(&job, None).is_err());
    assert!(journal.0.jobs.may_cut_over(&job).is_err());
}

#[test]
fn a_pause_does_not_count_to_what_a_job_took() {
    let (mut journal, job) = Journal::started(1);
    let decision = JobDecision { job: job.clone(), reason: None };
    journal.act(&Act::ReplayPaused(decision.clone())).act(&Act::ReplayResumed(decision));
    assert_eq!(journal.0.jobs.job(&job).unwrap().paused, SignedDuration::from_secs(1));
}

#[test]
fn a_cut_over_can_be_undone_once_and_while_what_was_before_is_kept() {
    let (mut journal, job) = Journal::started(1);
    assert_eq!(journal.0.jobs.may_cut_over(&job), Ok(true));
    assert!(journal.0.jobs.may_roll_back(&job, at(5)).is_err());
    journal.act(&Act::ReplayCutOver(crate::CutOver {
        job: job.clone(),
        position: events::Seq(9),
        milliseconds: 3,
        kept_until: at(1000),
    }));
    assert_eq!(journal.0.jobs.may_cut_over(&job), Ok(false));
    assert_eq!(journal.0.jobs.may_roll_back(&job, at(999)), Ok(true));
    let late = journal.0.jobs.may_roll_back(&job, at(1000));
    assert!(matches!(late, Err(JobRefusal::NotKept { .. })), "{late:?}");
    journal.act(&Act::ReplayRolledBack(crate::RolledBack {
        job: job.clone(),
        position: events::Seq(9),
        milliseconds: 3,
        reason: None,
    }));
    assert_eq!(journal.0.jobs.may_roll_back(&job, at(999)), Ok(false));
}
