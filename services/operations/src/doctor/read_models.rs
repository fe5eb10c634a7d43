//! Read models: whether they are there, kept by somebody, up to date, and of this release's rules.

use eventlog::{Log, sentence};
use events::{Seq, header};
use jiff::{SignedDuration, Timestamp};
use projector::database::WaitError;
use projector::{Database, ReadModel, SlotPeek, Slots};

use super::check::{Check, Verdict};

/// From how much lag on somebody should look, and from how much on it is an outage.
const BEHIND: SignedDuration = SignedDuration::from_secs(60);
const FAR_BEHIND: SignedDuration = SignedDuration::from_mins(10);

/// A projection, its slots, and how long its oldest event has waited that is not in the live one.
struct Looked {
    name: &'static str,
    made_by: events::Digest,
    slots: Slots,
    waiting: Option<SignedDuration>,
}

pub(super) async fn checks(
    log: &Log,
    database: &Database,
    projections: &'static [ReadModel],
    now: Timestamp,
) -> Vec<Check> {
    match look(log, database, projections, now).await {
        Ok(all) => {
            let mut checks = vec![
                there(&all),
                attended(&all),
                up_to_date(&all),
                standing(&all),
                of_these_rules(&all),
            ];
            checks.push(tenants_apart(database, projections).await);
            checks
        }
        Err(error) => vec![Check::unreachable("read-models", &error)],
    }
}

async fn look(
    log: &Log,
    database: &Database,
    projections: &'static [ReadModel],
    now: Timestamp,
) -> Result<Vec<Looked>, WaitError> {
    let mut all = Vec::new();
    for projection in projections {
        let slots = projector::slots(database.pool(), projection.name).await?;
        let waiting = match &slots.live {
            Some(live) => waiting(log, live.position, now).await,
            None => None,
        };
        all.push(Looked { name: projection.name, made_by: projection.made_by(), slots, waiting });
    }
    Ok(all)
}

/// How long the event behind this position has waited; none, if there is none.
async fn waiting(log: &Log, position: Seq, now: Timestamp) -> Option<SignedDuration> {
    let next = log.get(position.next()).await.ok()??;
    let at: Timestamp = next.header(header::TIME)?.parse().ok()?;
    Some(now.duration_since(at))
}

/// A check of all live slots: `wrong` tells what is wrong with one, and how bad that is.
fn of_all(
    name: &str,
    all: &[Looked],
    well: &str,
    remedy: &str,
    wrong: impl Fn(&Looked, &SlotPeek) -> Option<(Verdict, String)>,
) -> Check {
    let live = all.iter().filter_map(|looked| Some((looked, looked.slots.live.as_ref()?)));
    let wrong: Vec<(Verdict, String)> = live
        .filter_map(|(looked, live)| {
            let (verdict, what) = wrong(looked, live)?;
            Some((verdict, format!("{}: {what}", looked.name)))
        })
        .collect();
    let found: Vec<&str> = wrong.iter().map(|(_, what)| what.as_str()).collect();
    match wrong.iter().map(|(verdict, _)| *verdict).max() {
        None | Some(Verdict::Ok) => Check::ok(name, well),
        Some(Verdict::Warn) => Check::warn(name, found.join("; "), remedy),
        Some(Verdict::Fail) => Check::fail(name, found.join("; "), remedy),
    }
}

fn there(all: &[Looked]) -> Check {
    let missing: Vec<&str> = all
        .iter()
        .filter(|looked| looked.slots.live.as_ref().is_none_or(|live| !live.whole))
        .map(|looked| looked.name)
        .collect();
    if missing.is_empty() {
        return Check::ok("read-models.there", "every read model is there with all its tables");
    }
    let found = format!("missing, or without a table: {}", missing.join(", "));
    let remedy =
        "start `rollcall project NAME` (or `up`) for each: it builds what is missing from the log";
    Check::fail("read-models.there", found, remedy)
}

fn attended(all: &[Looked]) -> Check {
    let remedy = "start `rollcall project NAME` for each, or see why it ended: until then reads get older and older";
    of_all("read-models.kept", all, "every read model is kept by a projector", remedy, |_, live| {
        let silent = match live.lease_age {
            Some(_) if live.attended() => return None,
            Some(age) => format!("no projector was heard of for {} s", age.as_secs()),
            None => "no projector keeps it".to_owned(),
        };
        Some((Verdict::Fail, silent))
    })
}

fn up_to_date(all: &[Looked]) -> Check {
    let remedy = "see read-models.kept and read-models.standing; `rollcall status` shows the rate";
    of_all("read-models.lag", all, "no event waits for long", remedy, |looked, live| {
        let waiting = looked.waiting.filter(|waiting| *waiting > BEHIND)?;
        let verdict = if waiting > FAR_BEHIND { Verdict::Fail } else { Verdict::Warn };
        let next = live.position.next();
        Some((verdict, format!("event {next} has waited for {} s", waiting.as_secs())))
    })
}

fn standing(all: &[Looked]) -> Check {
    let remedy = "if an event cannot be read or applied, `rollcall log verify` and `rollcall parked list` say more; if somebody paused it, resume it";
    of_all("read-models.standing", all, "none stands still", remedy, |_, live| {
        Some((Verdict::Fail, live.halted.clone()?))
    })
}

fn of_these_rules(all: &[Looked]) -> Check {
    let remedy = "wait for the candidate and let it cut over (`rollcall status`), or start the release that made what is live";
    let well = "every read model was made by this release's rules";
    of_all("read-models.rules", all, well, remedy, |looked, live| {
        let other = live.made_by != looked.made_by;
        let candidate = if looked.slots.candidate.is_some() {
            "one is being built"
        } else {
            "none is being built"
        };
        other.then(|| {
            (
                Verdict::Warn,
                format!("other rules than this release's made it; {candidate} by these"),
            )
        })
    })
}

/// Whether row-level security is on wherever rows of tenants are.
async fn tenants_apart(database: &Database, projections: &[ReadModel]) -> Check {
    let name = "read-models.row-security";
    let schemas: Vec<&str> = projections.iter().map(|projection| projection.name).collect();
    let asked = async {
        let client = database.pool().get().await.map_err(|error| sentence(&error))?;
        let question = include_str!("../../sql/unprotected_tables.sql");
        let rows = client.query(question, &[&schemas]).await.map_err(|error| sentence(&error))?;
        rows.iter().map(|row| row.try_get(0).map_err(|error| sentence(&error))).collect()
    };
    let asked: Result<Vec<String>, String> = asked.await;
    match asked {
        Ok(open) if open.is_empty() => {
            Check::ok(name, "who reads for one tenant sees no other's rows")
        }
        Ok(open) => Check::fail(
            name,
            format!("row-level security is off on {}", open.join(", ")),
            "ALTER TABLE … ENABLE ROW LEVEL SECURITY on each, or rebuild the read model; and find out who turned it off",
        ),
        // The role is missing: postgres.reader-role says what to do.
        Err(why) => {
            Check::warn(name, format!("it cannot be seen: {why}"), "see postgres.reader-role")
        }
    }
}
