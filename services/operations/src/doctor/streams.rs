//! The streams: settings that may lose what was promised, room, copies; and who reads from them.

use std::path::Path;

use eventlog::{Examination, Log, StreamFacts};

use super::check::Check;
use super::surroundings::Surroundings;

/// A store is nearly full from so many per cent on.
const NEARLY_FULL: u64 = 80;
/// And full, for all that may come before somebody looks, from so many.
const FULL: u64 = 95;

pub(super) fn checks(seen: &Examination, around: &Surroundings) -> Vec<Check> {
    vec![
        settings("log.stream", "PROVISIONING", &seen.log),
        settings("journal.stream", "OPERATIONS", &seen.journal),
        copies(&seen.log),
        room(seen),
        disk(around.store.as_deref()),
    ]
}

fn settings(name: &str, stream: &str, facts: &Result<StreamFacts, String>) -> Check {
    match facts {
        Ok(facts) if facts.faults.is_empty() => {
            Check::ok(name, format!("{stream}: {} messages, all are kept", facts.messages))
        }
        Ok(facts) => Check::fail(
            name,
            format!("{stream} may lose what it holds: {}", facts.faults.join(", ")),
            "correct the stream's settings as the operator's NATS user: `nats stream edit`, with the settings that services/eventlog/README.md lists; then `rollcall log verify`",
        ),
        Err(why) => Check::fail(
            name,
            format!("{stream} cannot be looked at: {why}"),
            "see that nats-server runs with JetStream and has the stream; a gateway makes it at its first start",
        ),
    }
}

fn copies(facts: &Result<StreamFacts, String>) -> Check {
    let name = "log.copies";
    let Ok(facts) = facts else {
        return Check::warn(name, "it is not known how many copies there are", "see log.stream");
    };
    if facts.behind.is_empty() {
        return Check::ok(
            name,
            format!("{} of {} copies are current", facts.replicas, facts.replicas),
        );
    }
    Check::warn(
        name,
        format!("copies of the log that are not current: {}", facts.behind.join(", ")),
        "see that these servers run and reach each other; until then one more loss may stop writes",
    )
}

fn room(seen: &Examination) -> Check {
    let name = "log.room";
    let of_log = seen.log.as_ref().ok().and_then(|log| Some((log.bytes, log.max_bytes?)));
    let of_account = seen.account.as_ref().ok().and_then(|of| Some((of.bytes, of.max_bytes?)));
    let fullest =
        of_log.into_iter().chain(of_account).max_by_key(|(used, most)| percent(*used, *most));
    let Some((used, most)) = fullest else {
        return Check::ok(name, "neither the log nor its account is bounded");
    };
    let found = format!("{used} of {most} bytes are used ({} %)", percent(used, most));
    let remedy = "raise max_bytes of the stream, or the account's limit of JetStream, before writes are refused (507)";
    filled(name, percent(used, most), found, remedy)
}

/// The disk on which our own servers keep their data.
fn disk(store: Option<&Path>) -> Check {
    let name = "log.disk";
    let Some(store) = store else {
        return Check::ok(
            name,
            "the store is on another machine, or not known: see to its disk there",
        );
    };
    match rustix::fs::statvfs(store) {
        Ok(disk) => {
            let used = in_use(disk.f_blocks, disk.f_bfree, disk.f_bavail);
            let free = disk.f_bavail.saturating_mul(disk.f_frsize) >> 20;
            let remedy = "make room on the disk of the data directory: without any, writes are answered 503 or 507";
            filled(
                name,
                used,
                format!("{used} % of the disk are used, {free} MiB are free"),
                remedy,
            )
        }
        Err(error) => Check::unreachable(name, &std::io::Error::from(error)),
    }
}

/// How much of a disk is in use, in percent: of what anybody but root may use of it.
fn in_use(blocks: u64, free: u64, available: u64) -> u64 {
    let used = blocks.saturating_sub(free);
    percent(used, used.saturating_add(available))
}

fn filled(name: &str, percent: u64, found: String, remedy: &str) -> Check {
    if percent >= FULL {
        Check::fail(name, found, remedy)
    } else if percent >= NEARLY_FULL {
        Check::warn(name, found, remedy)
    } else {
        Check::ok(name, found)
    }
}

fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}

/// Consumers on the log that are not ours.
pub(super) async fn consumers(log: &Log) -> Check {
    let name = "log.consumers";
    match log.foreign_consumers().await {
        Ok(consumers) if consumers.is_empty() => {
            Check::ok(name, "nobody else reads the log".to_owned())
        }
        Ok(consumers) => {
            let names: Vec<String> = consumers.into_iter().map(|consumer| consumer.name).collect();
            let remedy = "applications read the feed (`rollcall subscriber add`); then `rollcall consumer delete NAME`";
            Check::warn(
                name,
                format!("somebody reads the log itself: {}", names.join(", ")),
                remedy,
            )
        }
        Err(error) => Check::warn(
            name,
            format!("the consumers cannot be listed: {error}"),
            "ask as the operator's NATS user: `rollcall consumer list`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_store_warns_from_four_fifths_on() {
        let of = |percent| filled("log.room", percent, String::new(), "room").verdict;
        assert_eq!((of(79), of(80), of(95)), (Verdict::Ok, Verdict::Warn, Verdict::Fail));
        assert_eq!((percent(1, 0), percent(u64::MAX, u64::MAX)), (0, 1));
    }

    #[test]
    fn what_a_disk_keeps_for_root_counts_neither_as_used_nor_as_free() {
        assert_eq!(in_use(100, 50, 30), 62, "50 used, 30 free for others");
        assert_eq!((in_use(100, 100, 95), in_use(100, 5, 0), in_use(0, 0, 0)), (0, 100, 0));
    }
}
