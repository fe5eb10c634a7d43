//! nats-server: its version, its clock, how it is reached, what this process may do there.

use eventlog::{Examination, UserFacts};
use jiff::SignedDuration;

use super::check::Check;
use super::surroundings::Sync;

/// The first version that writes several events at once.
const OLDEST: (u64, u64) = (2, 12);
/// Clocks may differ by this much before ages and expiry say something else than people mean.
pub(super) const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(2);
const CLOCKS_FAR_APART: SignedDuration = SignedDuration::from_secs(60);
/// Credentials that end sooner are to be renewed now.
const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

pub(super) fn checks(seen: &Examination, synced: &Sync, private: bool) -> Vec<Check> {
    vec![
        version(&seen.version),
        sync(synced),
        encryption(seen.encrypted, private),
        clock(seen),
        user(&seen.user, private),
        expiry(&seen.user),
    ]
}

fn version(version: &str) -> Check {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found >= OLDEST {
        return Check::ok("nats.version", format!("nats-server {version}"));
    }
    let remedy = "install nats-server 2.12 or later: older ones write several events one by one";
    Check::fail("nats.version", format!("nats-server {version}"), remedy)
}

fn sync(sync: &Sync) -> Check {
    let name = "nats.sync";
    match sync {
        Sync::Always => Check::ok(name, "nats-server syncs before it acknowledges"),
        Sync::Every(interval) => Check::fail(
            name,
            format!(
                "nats-server syncs every {} s: a power cut takes what it has acknowledged since",
                interval.as_secs()
            ),
            "set `sync_interval: always` in the block `jetstream` of its settings, and restart it",
        ),
        Sync::Untold => Check::warn(
            name,
            "whether nats-server syncs before it acknowledges cannot be seen by a client",
            "see that its settings say `sync_interval: always`; for the doctor to see it, set `http: 127.0.0.1:8222` there and start Rollcall with --nats-monitor http://HOST:8222",
        ),
        Sync::NoAnswer => Check::warn(
            name,
            "the monitoring port of nats-server that --nats-monitor names gave no answer",
            "see that its settings say `http: HOST:PORT`, and that this process reaches it",
        ),
    }
}

fn encryption(encrypted: bool, private: bool) -> Check {
    let name = "nats.tls";
    if encrypted {
        Check::ok(name, "the connection to nats-server is encrypted")
    } else if private {
        Check::ok(name, "nats-server is this program's own, on loopback")
    } else {
        Check::warn(
            name,
            "the connection to nats-server is not encrypted",
            "where it crosses a network, set `tls { … }` in the settings of nats-server and use a tls:// URL; on loopback this may stay",
        )
    }
}

fn clock(seen: &Examination) -> Check {
    let ahead = seen.log.as_ref().ok().and_then(|log| Some((log.clock_ahead?, log.within)));
    let Some((ahead, within)) = ahead else {
        let remedy = "see the check log.stream";
        return Check::warn("clock.nats", "nats-server did not tell its time", remedy);
    };
    // What the question took may be all of the difference.
    apart("clock.nats", "nats-server", ahead.abs() - within / 2, ahead)
}

/// The check of another server's clock.
pub(super) fn apart(
    name: &str,
    whose: &str,
    at_least: SignedDuration,
    ahead: SignedDuration,
) -> Check {
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    let found =
        format!("the clock of {whose} is {} ms {side} this machine's", ahead.abs().as_millis());
    let remedy = "run an NTP client (chrony, systemd-timesyncd) on all machines";
    if at_least < CLOCKS_APART {
        Check::ok(name, found)
    } else if at_least < CLOCKS_FAR_APART {
        Check::warn(name, found, remedy)
    } else {
        Check::fail(name, found, remedy)
    }
}

fn user(user: &Result<UserFacts, String>, private: bool) -> Check {
    let name = "nats.permissions";
    let remedy = "give this process a user of its own, with the permissions that deploy/nats-server.conf lists for `operate`";
    match user {
        _ if private => Check::ok(name, "nats-server is this program's own, and takes no users"),
        Ok(UserFacts { name: user, dangers, .. }) if dangers.is_empty() => {
            Check::ok(name, format!("the user {user} may neither purge, delete nor change the log"))
        }
        Ok(UserFacts { name: user, dangers, .. }) => {
            let who = if user.is_empty() { "anybody who connects" } else { user };
            Check::warn(name, format!("{who} may {}", dangers.join(", ")), remedy)
        }
        Err(why) => Check::warn(
            name,
            format!("nats-server does not tell what this process may do: {why}"),
            "permit its user to publish to `$SYS.REQ.USER.INFO`, as deploy/nats-server.conf does",
        ),
    }
}

fn expiry(user: &Result<UserFacts, String>) -> Check {
    let name = "nats.credentials";
    match user.as_ref().ok().and_then(|user| user.expires_in) {
        Some(left) => {
            let found = format!("this process's NATS credentials expire in {} h", left.as_hours());
            let remedy =
                "make new credentials (nsc) and put them in the file that NATS_CREDENTIALS names";
            if left > EXPIRES_SOON {
                Check::ok(name, found)
            } else {
                Check::fail(name, found, remedy)
            }
        }
        None => Check::ok(name, "this process's NATS credentials do not expire"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn an_old_server_and_one_that_syncs_later_fail() {
        for (told, verdict) in
            [("2.11.9", Verdict::Fail), ("2.12.0", Verdict::Ok), ("3.0.0", Verdict::Ok)]
        {
            assert_eq!(version(told).verdict, verdict, "{told}");
        }
        assert_eq!(sync(&Sync::Always).verdict, Verdict::Ok);
        assert_eq!(sync(&Sync::Untold).verdict, Verdict::Warn);
        let later = sync(&Sync::Every(Duration::from_mins(2)));
        assert_eq!(later.verdict, Verdict::Fail);
        assert!(later.found.contains("120 s"), "{later:?}");
        assert!(later.remedy.is_some_and(|remedy| remedy.contains("sync_interval: always")));
    }

    #[test]
    fn clocks_that_are_apart_are_told_whichever_is_ahead() {
        let of = |seconds: i64| {
            let ahead = SignedDuration::from_secs(seconds);
            apart("clock.nats", "nats-server", ahead.abs(), ahead)
        };
        assert_eq!(of(1).verdict, Verdict::Ok);
        assert_eq!((of(5).verdict, of(-5).verdict), (Verdict::Warn, Verdict::Warn));
        assert_eq!(of(-3600).verdict, Verdict::Fail);
        assert!(of(-3600).found.contains("behind"), "{:?}", of(-3600));
    }

    #[test]
    fn credentials_that_end_soon_fail() {
        let user = |days: i64| {
            let expires_in = Some(SignedDuration::from_hours(24 * days));
            Ok(UserFacts { name: "operate".to_owned(), dangers: vec![], expires_in })
        };
        assert_eq!(expiry(&user(30)).verdict, Verdict::Ok);
        assert_eq!(expiry(&user(3)).verdict, Verdict::Fail);
    }
}
