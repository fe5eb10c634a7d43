//! Postgres: its version, what it promises, its room, its clock, and who may read what.

use eventlog::clock;
use jiff::{SignedDuration, Timestamp};
use projector::Database;
use tokio_postgres::Row;

use super::check::Check;
use super::server::apart;

/// The oldest version that still gets fixes.
const OLDEST: i32 = 140_000;
/// So many per cent of the connections may be taken.
const NEARLY_ALL: i32 = 85;

/// What Postgres says of itself.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(super) struct Facts {
    version: String,
    version_number: i32,
    fsync: bool,
    full_page_writes: bool,
    synchronous_commit: bool,
    connections: i32,
    connections_most: i32,
    bytes: i64,
    clock_ahead: SignedDuration,
    within: SignedDuration,
    encrypted: bool,
    by_socket: bool,
    standby: bool,
    has_reader: bool,
    may_be_reader: bool,
}

/// Why Postgres could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unasked {
    #[error("borrow a connection")]
    Connect(#[from] deadpool_postgres::PoolError),
    #[error("ask Postgres about itself")]
    Ask(#[from] tokio_postgres::Error),
}

pub(super) async fn look(database: &Database) -> Result<Facts, Unasked> {
    let client = database.pool().get().await?;
    let asked = clock::now();
    let row = client.query_one(include_str!("../../sql/examine_postgres.sql"), &[]).await?;
    Ok(read(&row, asked, clock::now())?)
}

fn read(row: &Row, asked: Timestamp, answered: Timestamp) -> Result<Facts, tokio_postgres::Error> {
    let within = answered.duration_since(asked);
    let theirs: Timestamp = row.try_get("now")?;
    Ok(Facts {
        version: row.try_get("version")?,
        version_number: row.try_get("version_number")?,
        fsync: row.try_get("fsync")?,
        full_page_writes: row.try_get("full_page_writes")?,
        synchronous_commit: row.try_get("synchronous_commit")?,
        connections: row.try_get("connections")?,
        connections_most: row.try_get("connections_most")?,
        bytes: row.try_get("bytes")?,
        clock_ahead: theirs.duration_since(asked + within / 2),
        within,
        encrypted: row.try_get("encrypted")?,
        by_socket: row.try_get("by_socket")?,
        standby: row.try_get("standby")?,
        has_reader: row.try_get("has_reader")?,
        may_be_reader: row.try_get("may_be_reader")?,
    })
}

pub(super) fn checks(facts: &Facts, private: bool) -> Vec<Check> {
    vec![
        Check::ok("postgres.reachable", format!("it answered in {} ms", facts.within.as_millis())),
        version(facts),
        durability(facts),
        connections(facts),
        encryption(facts, private),
        apart(
            "clock.postgres",
            "Postgres",
            facts.clock_ahead.abs() - facts.within / 2,
            facts.clock_ahead,
        ),
        Check::ok("postgres.size", format!("the database takes {} MiB", facts.bytes >> 20)),
        reader(facts),
    ]
}

fn version(facts: &Facts) -> Check {
    let name = "postgres.version";
    let found = format!("Postgres {}", facts.version);
    if facts.standby {
        let remedy = "point DATABASE_URL at the primary: a standby takes no writes";
        return Check::fail(name, format!("{found}, a standby"), remedy);
    }
    if facts.version_number >= OLDEST {
        return Check::ok(name, found);
    }
    Check::warn(name, found, "upgrade to a version of Postgres that still gets fixes")
}

fn durability(facts: &Facts) -> Check {
    let off: Vec<&str> = [
        (facts.fsync, "fsync"),
        (facts.full_page_writes, "full_page_writes"),
        (facts.synchronous_commit, "synchronous_commit"),
    ]
    .into_iter()
    .filter_map(|(on, name)| (!on).then_some(name))
    .collect();
    if off.is_empty() {
        return Check::ok("postgres.durability", "what is committed is on disk");
    }
    let found = format!("{} is off: a power cut may damage read models unnoticed", off.join(", "));
    let remedy = "turn these on in postgresql.conf; after a crash with fsync or full_page_writes off, rebuild the read models (`rollcall replay plan`)";
    Check::warn("postgres.durability", found, remedy)
}

fn connections(facts: &Facts) -> Check {
    let name = "postgres.connections";
    let found =
        format!("{} of {} connections are taken", facts.connections, facts.connections_most);
    let taken = facts.connections.saturating_mul(100).checked_div(facts.connections_most);
    if taken.unwrap_or(100) < NEARLY_ALL {
        return Check::ok(name, found);
    }
    let remedy = "raise max_connections, or see who else connects: a projection that finds no connection stands still";
    Check::warn(name, found, remedy)
}

fn encryption(facts: &Facts, private: bool) -> Check {
    let name = "postgres.tls";
    if facts.encrypted {
        Check::ok(name, "the connection to Postgres is encrypted")
    } else if facts.by_socket || private {
        Check::ok(name, "the connection to Postgres does not leave this machine")
    } else {
        let remedy = "where it crosses a network, say sslmode=require in DATABASE_URL; on loopback this may stay";
        Check::warn(name, "the connection to Postgres is not encrypted", remedy)
    }
}

fn reader(facts: &Facts) -> Check {
    let name = "postgres.reader-role";
    if facts.has_reader && facts.may_be_reader {
        return Check::ok(name, "reads become the role rollcall_reader, which sees one tenant");
    }
    let found = "reads cannot become the role rollcall_reader, so only each statement's own conditions hold tenants apart";
    let remedy = "as an administrator: CREATE ROLE rollcall_reader; GRANT rollcall_reader TO the user of DATABASE_URL; then start again";
    Check::fail(name, found, remedy)
}
