//! The log's history: whether it is all there, and when somebody last looked.

use eventlog::{Log, Verified, sentence};
use jiff::{SignedDuration, Timestamp};
use projector::{Database, ReadModel};

use super::check::Check;

/// How long ago the last verification may be: three of its rounds.
const VERIFIED_WITHIN: SignedDuration = SignedDuration::from_hours(72);

pub(super) async fn checks(
    log: &Log,
    projections: &[ReadModel],
    database: &Database,
    now: Timestamp,
) -> Vec<Check> {
    vec![continuity(log, projections, database).await, verification(log, now).await]
}

/// Whether the log holds what was read from it.
async fn continuity(log: &Log, projections: &[ReadModel], database: &Database) -> Check {
    let name = "log.continuity";
    let compared = async {
        let mut evidence = log.recorded_evidence().await?;
        for projection in projections {
            // A read model that is not there knows nothing, and one that cannot be asked is told of elsewhere.
            let known = projector::evidence(database.pool(), projection.name).await;
            evidence.extend(known.ok().flatten());
        }
        log.confirm_continuity(&evidence).await
    };
    match compared.await {
        Ok(Ok(())) => Check::ok(name, "the log holds all that was ever read from it"),
        Ok(Err(loss)) => Check::fail(
            name,
            loss.to_string(),
            "stop the writers and read \"When the log is damaged\" in deploy/README.md before anything else",
        ),
        Err(error) => Check::fail(
            name,
            format!("it cannot be found out whether events are missing: {}", sentence(&error)),
            "see that nats-server answers, then ask again",
        ),
    }
}

async fn verification(log: &Log, now: Timestamp) -> Check {
    match log.last_verification().await {
        Ok(last) => verified(last.as_ref(), now),
        Err(error) => Check::warn(
            "log.verified",
            format!("the last verification cannot be read: {}", sentence(&error)),
            "see that nats-server answers, then ask again",
        ),
    }
}

fn verified(last: Option<&Verified>, now: Timestamp) -> Check {
    let name = "log.verified";
    let verify = "run `rollcall log verify`; `ingest` and `up` verify by themselves unless --verify-rate is 0";
    let Some(Verified { position, at, damage }) = last else {
        return Check::warn(name, "the log was never verified as a whole", verify);
    };
    if let Some(damage) = damage {
        let found =
            format!("the log is damaged behind event {position}, as was found {at}: {damage}");
        let remedy = "keep a copy of the store, and read \"When the log is damaged\" in deploy/README.md before the next start";
        return Check::fail(name, found, remedy);
    }
    let age = now.duration_since(*at);
    let found = format!("sound up to event {position}, verified {at} ({} h ago)", age.as_hours());
    if age > VERIFIED_WITHIN { Check::warn(name, found, verify) } else { Check::ok(name, found) }
}

#[cfg(test)]
mod tests {
    use events::Seq;

    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn an_old_verification_warns_and_damage_fails() {
        let now: Timestamp = "2026-11-29T12:00:00Z".parse().expect("a time");
        let last = |hours: i64, damage: Option<&str>| {
            let at = now - SignedDuration::from_hours(hours);
            let last = Verified { position: Seq(7), at, damage: damage.map(str::to_owned) };
            verified(Some(&last), now)
        };
        assert_eq!(verified(None, now).verdict, Verdict::Warn);
        assert_eq!(last(1, None).verdict, Verdict::Ok);
        assert_eq!(last(100, None).verdict, Verdict::Warn);
        assert_eq!(last(1, Some("event 8 is missing")).verdict, Verdict::Fail);
    }
}
