//! What waits for somebody: jobs, held leavers, parked events, erasures, the next backup.

use acts::{ErasureStage, Stage, State};
use eventlog::sentence;
use events::Seq;
use jiff::{SignedDuration, Timestamp};
use projector::parked::{self, ParkedError, Which};
use projector::{Database, ReadModel};

use super::check::Check;
use crate::status::MAX_PARKED;

/// A job that has stood in one place for so long is forgotten.
const JOB_FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);
/// A hold waits for so long before it counts as forgotten.
const HOLD_FORGOTTEN: SignedDuration = SignedDuration::from_mins(30);

/// Backups are made every day, with some hours for one that takes long.
const BACKUP_OLD: SignedDuration = SignedDuration::from_hours(26);
/// An erasure takes seconds; one that is said to run for longer was left by whoever ran it.
const ERASURE_LEFT: SignedDuration = SignedDuration::from_mins(5);

pub(super) async fn checks(
    database: &Database,
    projections: &[ReadModel],
    state: &State,
    now: Timestamp,
) -> Vec<Check> {
    let parked = match oldest_parked(database, projections).await {
        Ok((count, oldest)) => parked_events(count, oldest, now),
        Err(error) => Check::unreachable("parked", &error),
    };
    let mut checks =
        vec![jobs(state, now), holds(database, now).await, parked, erasures(state, now)];
    checks.extend(state.backups.last_made.map(|(made, position)| backup(made, position, now)));
    checks
}

/// Asked only where backups are made by us: of others the journal knows nothing.
fn backup(made: Timestamp, position: Seq, now: Timestamp) -> Check {
    let age = now.duration_since(made);
    let found = format!("the last one was made {} h ago, up to event {position}", age.as_hours());
    if age <= BACKUP_OLD {
        return Check::ok("backup", found);
    }
    let remedy =
        "`rollcall backup` makes one, which reads only what is new; see why nobody made it";
    Check::warn("backup", found, remedy)
}

/// How many events of live slots failed and wait, apart from those behind them, and since when the
/// oldest has.
async fn oldest_parked(
    database: &Database,
    projections: &[ReadModel],
) -> Result<(usize, Option<Timestamp>), ParkedError> {
    let (mut count, mut oldest) = (0, None);
    for ReadModel { name, .. } in projections {
        let found = parked::list(database.pool(), name, &Which::default(), MAX_PARKED).await?;
        count += found.len();
        oldest = found.iter().map(|event| event.failed_at).chain(oldest).min();
    }
    Ok((count, oldest))
}

fn parked_events(count: usize, oldest: Option<Timestamp>, now: Timestamp) -> Check {
    let Some(oldest) = oldest else { return Check::ok("parked", "no event is parked") };
    let minutes = now.duration_since(oldest).as_mins();
    let found = format!("{count} events cannot be applied, the oldest for {minutes} min");
    let remedy = "`rollcall parked list` shows them: mend the cause and retry, or skip each; until then whom they are about is shown as before";
    Check::warn("parked", found, remedy)
}

fn erasures(state: &State, now: Timestamp) -> Check {
    let left: Vec<String> = state
        .erasures
        .incomplete()
        .filter_map(|erasure| {
            let id = &erasure.plan.erasure;
            match &erasure.stage {
                ErasureStage::Incomplete { step, .. } => Some(format!("{id} failed at: {step}")),
                ErasureStage::Running => {
                    let age = now.duration_since(erasure.since);
                    let minutes = age.as_mins();
                    (age > ERASURE_LEFT).then(|| format!("{id} was begun {minutes} min ago"))
                }
                ErasureStage::Planned
                | ErasureStage::Completed(_)
                | ErasureStage::CarriedOver(_) => None,
            }
        })
        .collect();
    if left.is_empty() {
        return Check::ok("erasures", "no erasure was left incomplete");
    }
    let remedy = "`rollcall erase show ID` says why; mend that, and `rollcall erase run ID --confirm TENANT` completes it";
    Check::warn("erasures", left.join("; "), remedy)
}

fn jobs(state: &State, now: Timestamp) -> Check {
    let name = "jobs";
    let open = |stage: &Stage| matches!(stage, Stage::Running | Stage::Paused);
    let all = state.jobs.all();
    let old: Vec<String> = all
        .iter()
        .filter(|job| open(&job.stage) && now.duration_since(job.since) > JOB_FORGOTTEN)
        .map(|job| {
            let hours = now.duration_since(job.since).as_hours();
            format!("{} of {}, {} for {hours} h", job.id, job.plan.projection, job.stage.as_str())
        })
        .collect();
    if old.is_empty() {
        let open = all.iter().filter(|job| open(&job.stage)).count();
        return Check::ok(name, format!("{open} jobs are open, none for long"));
    }
    let remedy = "`rollcall replay list` shows them: cut over, resume or cancel each";
    Check::warn(name, old.join("; "), remedy)
}

/// People who left and count as Active until somebody decides.
async fn holds(database: &Database, now: Timestamp) -> Check {
    let name = "holds";
    let question =
        "SELECT count(*), min(raised_at) FROM directory.alerts WHERE held AND decision IS NULL";
    let asked = async {
        let client = database.pool().get().await.map_err(|error| sentence(&error))?;
        let row = client.query_one(question, &[]).await.map_err(|error| sentence(&error))?;
        let count = row.try_get(0).map_err(|error| sentence(&error))?;
        Ok((count, row.try_get(1).map_err(|error| sentence(&error))?))
    };
    let asked: Result<(i64, Option<Timestamp>), String> = asked.await;
    match asked {
        Ok((count, oldest)) => held(count, oldest, now),
        Err(why) => {
            Check::warn(name, format!("they cannot be counted: {why}"), "see read-models.there")
        }
    }
}

fn held(count: i64, oldest: Option<Timestamp>, now: Timestamp) -> Check {
    let Some(oldest) = oldest else { return Check::ok("holds", "nobody is held") };
    let age = now.duration_since(oldest);
    let found = format!("{count} holds are open, the oldest for {} min", age.as_mins());
    if age < HOLD_FORGOTTEN {
        return Check::ok("holds", found);
    }
    let remedy = "`rollcall alerts list --tenant T` shows them; release or reverse each: until then leavers keep their access";
    Check::warn("holds", found, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_hold_that_nobody_decides_warns() {
        let now: Timestamp = "2026-11-29T12:00:00Z".parse().expect("a time");
        let since = |minutes| held(1, Some(now - SignedDuration::from_mins(minutes)), now).verdict;
        assert_eq!(held(0, None, now).verdict, Verdict::Ok);
        assert_eq!((since(29), since(31)), (Verdict::Ok, Verdict::Warn));
    }
    #[test]
    fn an_event_that_is_parked_warns() {
        let now: Timestamp = "2026-11-29T12:00:00Z".parse().expect("a time");
        assert_eq!(parked_events(0, None, now).verdict, Verdict::Ok);
        let since = now - SignedDuration::from_mins(7);
        let check = parked_events(3, Some(since), now);
        assert_eq!(check.verdict, Verdict::Warn);
        assert_eq!(check.found, "3 events cannot be applied, the oldest for 7 min");
    }
    #[test]
    fn a_backup_that_was_missed_warns() {
        let now: Timestamp = "2026-11-29T12:00:00Z".parse().expect("a time");
        let made = |hours| backup(now - SignedDuration::from_hours(hours), Seq(9), now).verdict;
        assert_eq!((made(26), made(27)), (Verdict::Ok, Verdict::Warn));
    }
}
