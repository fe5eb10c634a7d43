//! The feed: whether it is there, told up to the log's end, and got by its subscribers.

use delivery::webhooks::{Troubles, troubles};
use eventlog::{AtPosition, Feed, KeptConsumer, Log, ReadError};
use events::Seq;
use feed::{Source, header};
use jiff::{SignedDuration, Timestamp};
use projector::Database;

use super::check::Check;

/// From how much lag on somebody should look, and from how much on it is an outage.
const BEHIND: SignedDuration = SignedDuration::from_secs(60);
const FAR_BEHIND: SignedDuration = SignedDuration::from_mins(10);
/// How many events of the log behind the feed are looked at.
const LOOKED_AT: u64 = 256;
/// What always leads to an event of the feed.
const TOLD: [(&str, &str); 3] =
    [(".user.", ".created"), (".group.", ".created"), (".team.", ".created")];
/// So many events that wait on NATS are many.
const MANY: u64 = 1000;

pub(super) async fn checks(log: &Log, database: &Database, now: Timestamp) -> Vec<Check> {
    let feed = match Feed::find(log).await {
        Ok(Some(feed)) => feed,
        Ok(None) => {
            let remedy = "start `rollcall deliver`, or `up`, which makes it from the log, in which nothing is missing; it is well so if no application reads it";
            return vec![Check::warn(
                "feed.there",
                "there is no feed: applications are told nothing",
                remedy,
            )];
        }
        Err(error) => return vec![Check::unreachable("feed.there", &error)],
    };
    let mut checks = vec![Check::ok("feed.there", "the feed's stream is there")];
    checks.push(match waiting(log, &feed, now).await {
        Ok(waits) => told(waits),
        Err(error) => Check::unreachable("feed.told", &error),
    });
    checks.push(match feed.subscriber_consumers().await {
        Ok(consumers) => fetched(&consumers),
        Err(error) => Check::unreachable("feed.nats", &error),
    });
    checks.push(match database.pool().get().await {
        Ok(client) => match troubles(&client).await {
            Ok(troubles) => sent(&troubles),
            Err(_) => Check::warn(
                "feed.webhooks",
                "the tables of webhooks cannot be read",
                "see postgres.reachable",
            ),
        },
        Err(_) => {
            Check::warn("feed.webhooks", "Postgres cannot be reached", "see postgres.reachable")
        }
    });
    checks
}

/// For how long the oldest event has waited that is to be told, as far as is looked.
async fn waiting(
    log: &Log,
    feed: &Feed,
    now: Timestamp,
) -> Result<Option<SignedDuration>, ReadError> {
    let last = feed.last(None).await?;
    let source = last.as_ref().and_then(|entry| entry.header(header::LOG)?.parse::<Source>().ok());
    let told = source.map_or(0, |source| source.position.seq.0);
    let end = log.end().await?.0.min(told + LOOKED_AT);
    let positions: Vec<Seq> = (told + 1..=end).map(Seq).collect();
    if positions.is_empty() {
        return Ok(None);
    }
    for found in log.read_at(&positions).await? {
        let AtPosition::Event(entry) = found else { continue };
        let subject = entry.subject();
        let is_told =
            |(entity, fact): &(&str, &str)| subject.contains(entity) && subject.ends_with(fact);
        if TOLD.iter().any(is_told) {
            return Ok(entry.time().ok().map(|at| now.duration_since(at)));
        }
    }
    Ok(None)
}

fn told(waits: Option<SignedDuration>) -> Check {
    let name = "feed.told";
    let remedy = "see that `rollcall deliver`, or `up`, runs, and what it says in its log";
    match waits {
        Some(waits) if waits >= BEHIND => {
            let found =
                format!("applications are not told yet what happened {} s ago", waits.as_secs());
            if waits >= FAR_BEHIND {
                Check::fail(name, found, remedy)
            } else {
                Check::warn(name, found, remedy)
            }
        }
        Some(_) | None => Check::ok(name, "applications are told what the log holds"),
    }
}

fn fetched(consumers: &[KeptConsumer]) -> Check {
    let name = "feed.nats";
    let is_left = |one: &&KeptConsumer| one.pending >= MANY && !one.awaited && !one.paused;
    let left: Vec<&str> = consumers.iter().filter(is_left).map(|one| one.name.as_str()).collect();
    if left.is_empty() {
        return Check::ok(name, format!("{} consumers of subscribers", consumers.len()));
    }
    let found = format!("{MANY} events and more wait, and nobody fetches: {}", left.join(", "));
    Check::warn(name, found, "see that these applications run, or remove the subscribers")
}

fn sent(troubles: &Troubles) -> Check {
    let name = "feed.webhooks";
    let Troubles { disabled, away, dead_letters } = *troubles;
    if (disabled, away, dead_letters) == (0, 0, 0) {
        return Check::ok(name, "no receiver of webhooks is away, and nothing was given up");
    }
    let found = format!(
        "{disabled} subscribers disabled themselves, {away} receivers are away, {dead_letters} events were given up"
    );
    let remedy = "`rollcall subscribers --tenant T` says which and why; then `rollcall subscriber enable` and `resend`";
    Check::warn(name, found, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn who_is_told_late_is_told_of() {
        let verdict = |seconds| told(Some(SignedDuration::from_secs(seconds))).verdict;
        assert_eq!(told(None).verdict, Verdict::Ok);
        assert_eq!(
            (verdict(5), verdict(60), verdict(600)),
            (Verdict::Ok, Verdict::Warn, Verdict::Fail)
        );
    }

    #[test]
    fn what_is_given_up_is_told_of() {
        let verdict =
            |disabled, dead_letters| sent(&Troubles { disabled, away: 0, dead_letters }).verdict;
        assert_eq!(
            (verdict(0, 0), verdict(1, 0), verdict(0, 3)),
            (Verdict::Ok, Verdict::Warn, Verdict::Warn)
        );
    }
}
