//! The arrows between our crates, as the README draws them: they run one way, down.
//!
//! Cargo is asked what each crate is built from, tests apart. A new crate comes under the rules
//! that begin with "only" by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

type Names = BTreeSet<String>;

const DOORS: [&str; 5] = ["api", "delivery", "ingest", "operations", "portal"];
const PROJECTIONS: [&str; 4] = ["activity", "directory", "retention", "teams"];

/// Whatever reaches out of a process.
const MACHINES: [&str; 13] = [
    "async-nats",
    "axum",
    "deadpool-postgres",
    "fastrand",
    "futures-util",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "socket2",
    "tokio",
    "tokio-postgres",
    "tracing",
];

#[test]
fn the_pure_crates_touch_no_machine() {
    for pure in ["acts", "events", "feed", "requests", "scim", "roster"] {
        let all = everything_under(pure);
        let machines: Vec<_> = MACHINES.iter().filter(|machine| all.contains(**machine)).collect();
        assert!(machines.is_empty(), "{pure} is pure, but stands on {machines:?}");
    }
}

#[test]
fn the_languages_stand_on_nothing_of_ours() {
    stands_on_nothing_but("events", &[]);
    stands_on_nothing_but("scim", &[]);
}

#[test]
fn the_acts_of_operators_know_events_and_nothing_else_of_ours() {
    stands_on_nothing_but("acts", &["events"]);
}

#[test]
fn the_feed_knows_events_and_nothing_else_of_ours() {
    stands_on_nothing_but("feed", &["events"]);
}

#[test]
fn what_is_recorded_of_requests_knows_events_and_nothing_else_of_ours() {
    stands_on_nothing_but("requests", &["events"]);
}

#[test]
fn the_rules_know_events_and_nothing_else_of_ours() {
    stands_on_nothing_but("roster", &["events"]);
}

#[test]
fn the_log_and_the_projector_know_events_and_no_rules() {
    stands_on_nothing_but("eventlog", &["events"]);
    stands_on_nothing_but("projector", &["acts", "eventlog", "events", "traces"]);
}

#[test]
fn the_doors_share_what_knows_neither_the_log_nor_tables() {
    stands_on_nothing_but("web", &["acts", "cipher", "events", "traces"]);
    only(&["access", "api", "delivery", "ingest", "operations", "portal", "rollcall"], "web");
}

#[test]
fn the_simulator_shares_no_code_with_the_server_that_it_tests() {
    stands_on_nothing_but("simulator", &[]);
}

#[test]
fn only_the_cipher_encrypts_and_it_knows_nothing_of_ours() {
    stands_on_nothing_but("cipher", &[]);
    only(&["cipher"], "ring");
}

#[test]
fn the_embedded_servers_know_nothing_of_what_they_serve() {
    stands_on_nothing_but("embedded", &[]);
}

#[test]
fn doors_and_projections_never_call_each_other() {
    for service in DOORS.iter().chain(&PROJECTIONS) {
        // The reads of the JSON API and of operators ask through the projections' own queries, and
        // operators through the delivery's.
        let reads = ["api", "operations"].contains(service);
        let operates = |other: &&&str| *service == "operations" && **other == "delivery";
        let asks = |other: &&&str| operates(other) || reads && PROJECTIONS.contains(other);
        let called: Vec<_> = DOORS
            .iter()
            .chain(&PROJECTIONS)
            .filter(|other| ARROWS[*service].contains(**other))
            .filter(|other| !asks(other))
            .collect();
        assert!(
            called.is_empty(),
            "{service} → {called:?}: services meet in the log and in tables"
        );
    }
}

#[test]
fn a_door_stands_on_what_it_is_a_door_to() {
    let commanding = ["access", "eventlog", "events", "roster", "web", "writer"];
    stands_on_nothing_but("access", &["acts", "eventlog", "events", "roster", "web", "writer"]);
    let operating =
        [&commanding[..], &["acts", "cipher", "feed", "projector", "requests"], &PROJECTIONS]
            .concat();
    let telling = ["acts", "cipher", "feed", "projector"];
    stands_on_nothing_but("operations", &[&operating[..], &["delivery"]].concat());
    stands_on_nothing_but("delivery", &[&commanding[..], &telling].concat());
    // What the portal shows and does goes through the other doors' routes, which the program hands over.
    stands_on_nothing_but(
        "portal",
        &[&commanding[..], &["acts", "cipher", "projector", "requests"]].concat(),
    );
    stands_on_nothing_but("ingest", &[&commanding[..], &["cipher", "requests", "scim"]].concat());
    stands_on_nothing_but("api", &[&commanding[..], &["feed", "projector"], &PROJECTIONS].concat());
}

#[test]
fn who_writes_to_the_log_is_built_without_sql() {
    for package in ["eventlog", "writer", "access", "ingest"] {
        let all = everything_under(package);
        for sql in ["tokio-postgres", "deadpool-postgres"] {
            assert!(!all.contains(sql), "{package} is built from {sql}");
        }
    }
}

#[test]
fn a_projection_needs_no_rules_and_no_scim() {
    for projection in PROJECTIONS {
        stands_on_nothing_but(projection, &["events", "projector"]);
    }
}

#[test]
fn only_the_log_knows_jetstream() {
    only(&["eventlog"], "async-nats");
}

#[test]
fn only_the_projector_the_projections_and_who_reads_their_tables_know_sql() {
    // The portal keeps its sessions there, and reads no table of anybody else's.
    let knowing =
        [&["projector", "api", "delivery", "operations", "portal"], &PROJECTIONS[..]].concat();
    only(&knowing, "tokio-postgres");
    only(&knowing, "deadpool-postgres");
}

#[test]
fn only_the_traces_know_opentelemetry() {
    stands_on_nothing_but("traces", &[]);
    for package in ["opentelemetry", "opentelemetry_sdk", "opentelemetry-otlp"] {
        only(&["traces"], package);
    }
    only(&["projector", "rollcall", "web", "writer"], "traces");
}

#[test]
fn only_ingest_speaks_scim() {
    only(&["ingest"], "scim");
}

#[test]
fn the_write_engine_knows_the_log_and_the_rules_and_no_door() {
    stands_on_nothing_but("writer", &["eventlog", "events", "roster", "traces"]);
    only(&["access", "api", "delivery", "ingest", "operations", "portal", "rollcall"], "writer");
}

#[test]
fn only_the_write_engine_decides() {
    // The doors ask for intents, and read the roster.
    only(&["access", "api", "delivery", "ingest", "operations", "portal", "writer"], "roster");
}

#[test]
fn only_the_program_runs_services() {
    for service in ["api", "ingest", "operations", "portal", "embedded", "simulator"] {
        only(&["rollcall"], service);
    }
    only(&["rollcall", "operations"], "delivery");
    for projection in PROJECTIONS {
        only(&["rollcall", "api", "operations"], projection);
    }
    only(&[], "rollcall");
    for tests in ["browsing", "contract", "kit"] {
        only(&[], tests);
    }
}

#[test]
fn only_our_own_crates_may_log_more_than_warnings_and_all_of_them_may() {
    let ours: Names = rollcall::telemetry::OURS.iter().map(|name| (*name).to_owned()).collect();
    let crates: Names = ARROWS.keys().cloned().collect();
    assert_eq!(ours, crates, "a crate of ours that is not named in rollcall::telemetry is silent");
}

/// Holds that `package` has no arrow to another crate of ours than these.
#[track_caller]
fn stands_on_nothing_but(package: &str, allowed: &[&str]) {
    let beyond: Vec<_> = ARROWS[package]
        .iter()
        .filter(|to| ARROWS.contains_key(*to) && !allowed.contains(&to.as_str()))
        .collect();
    assert!(beyond.is_empty(), "{package} → {beyond:?}, but it may know only {allowed:?}");
}

/// Holds that none of our crates but these has an arrow to `package`.
#[track_caller]
fn only(allowed: &[&str], package: &str) {
    let beyond: Vec<_> = ARROWS
        .iter()
        .filter(|(from, to)| to.contains(package) && !allowed.contains(&from.as_str()))
        .map(|(from, _)| from)
        .collect();
    assert!(beyond.is_empty(), "{beyond:?} → {package}, which only {allowed:?} may know");
}

/// What each of our crates names as its dependencies.
static ARROWS: LazyLock<BTreeMap<String, Names>> = LazyLock::new(|| {
    let mut arrows = BTreeMap::<String, Names>::new();
    let mut from = String::new();
    for line in tree(&["--workspace", "--no-dedupe", "--depth", "1", "--prefix", "depth"]).lines() {
        let (depth, package) = line.split_at(line.len().min(1));
        match depth {
            "0" => {
                name(package).clone_into(&mut from);
                arrows.entry(from.clone()).or_default();
            }
            "1" => {
                arrows.entry(from.clone()).or_default().insert(name(package).to_owned());
            }
            _ => {}
        }
    }
    // Only tests stand on these, whatever they stand on themselves.
    for tests in ["browsing", "contract", "kit"] {
        arrows.remove(tests);
    }
    arrows
});

/// All crates that `package` is built from, itself included.
fn everything_under(package: &str) -> Names {
    let listed = tree(&["--package", package, "--prefix", "none"]);
    listed.lines().map(|line| name(line).to_owned()).collect()
}

fn name(line: &str) -> &str {
    line.split(' ').next().unwrap_or(line)
}

/// `cargo tree` needs no manifest of another platform's crates, which a fresh clone does not have.
fn tree(arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let answer = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal"])
        .args(arguments)
        .current_dir(root)
        .output()
        .expect("cargo runs where tests run");
    let complaint = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "cargo tree {arguments:?}: {complaint}");
    String::from_utf8(answer.stdout).expect("cargo writes UTF-8")
}
