//! Servers end with whoever started them, even when that is killed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use embedded::{Nats, Postgres};

const DIR: &str = "EMBEDDED_TEST_DIR";

/// What the holder tells: pids and the place of the temporary directories.
struct Told {
    /// Of the four servers.
    servers: Vec<String>,
    /// Of a child that has nothing to do with them, and outlives the holder.
    bystander: String,
    temporary: PathBuf,
}

/// Not a test: a program that holds four servers until it is killed.
#[test]
#[ignore = "the other tests run it as a program of its own"]
fn holder() {
    let dir = PathBuf::from(std::env::var_os(DIR).expect("started by another test"));
    let held = (Nats::start(&dir.join("nats")).unwrap(), Nats::start_for_tests().unwrap());
    let kept = (Postgres::start(&dir.join("pg")).unwrap(), Postgres::start_for_tests().unwrap());
    let mut bystander = Command::new("sleep").arg("600").stdout(Stdio::null()).spawn().unwrap();
    let pids = [held.0.pid(), held.1.pid(), kept.0.pid(), kept.1.pid(), bystander.id()];
    fs::write(dir.join("told.part"), pids.map(|pid| pid.to_string()).join("\n")).unwrap();
    fs::rename(dir.join("told.part"), dir.join("told")).unwrap();
    bystander.wait().unwrap();
}

fn hold(dir: &Path) -> (Child, Told) {
    let temporary = dir.join("tmp");
    fs::create_dir(&temporary).unwrap();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "holder", "--ignored"])
        .env(DIR, dir)
        .env("TMPDIR", &temporary)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait("the holder has its servers", || {
        assert_eq!(holder.try_wait().unwrap(), None, "the holder could not start them");
        dir.join("told").exists()
    });
    let told = fs::read_to_string(dir.join("told")).unwrap();
    let mut pids: Vec<String> = told.lines().map(str::to_owned).collect();
    let bystander = pids.pop().unwrap();
    (holder, Told { servers: pids, bystander, temporary })
}

#[track_caller]
fn wait(what: &str, mut condition: impl FnMut() -> bool) {
    let asked = Instant::now();
    while !condition() {
        assert!(asked.elapsed() < Duration::from_mins(3), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(name: &str, pid: &str) -> bool {
    let kill = ["-c", r#"kill -s "$1" "$2" 2>/dev/null"#, "kill", name, pid];
    Command::new("sh").args(kill).status().unwrap().success()
}

fn alive(pid: &str) -> bool {
    signal("0", pid)
}

#[test]
fn servers_and_temporary_directories_go_when_their_holder_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut holder, told) = hold(dir.path());
    assert!(told.servers.iter().all(|pid| alive(pid)), "a server never lived");
    assert_eq!(fs::read_dir(&told.temporary).unwrap().count(), 2, "one for each test server");

    holder.kill().unwrap();
    holder.wait().unwrap();
    wait("all servers are gone", || !told.servers.iter().any(|pid| alive(pid)));
    wait("the temporary directories are gone", || {
        fs::read_dir(&told.temporary).unwrap().next().is_none()
    });
    let log = fs::read_to_string(dir.path().join("pg/postgres.log")).unwrap();
    assert!(log.contains("received fast shutdown request"), "it was not asked to end: {log}");
    assert!(alive(&told.bystander), "another child died as well, so this shows nothing");
    signal("KILL", &told.bystander);
    assert!(dir.path().join("pg/data").is_dir(), "data was removed that is no test's");
}

#[test]
fn a_program_that_was_killed_can_be_started_again_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut holder, told) = hold(dir.path());
    holder.kill().unwrap();
    let nats = Nats::start(&dir.path().join("nats"));
    let postgres = Postgres::start(&dir.path().join("pg"));
    holder.wait().unwrap();
    signal("KILL", &told.bystander);
    assert!(nats.is_ok(), "{}", nats.unwrap_err());
    assert!(postgres.is_ok(), "{}", postgres.unwrap_err());
}

#[test]
fn a_server_that_was_stopped_is_gone_with_its_temporary_directory() {
    let nats = Nats::start_for_tests().unwrap();
    let pid = nats.pid().to_string();
    let ports = format!("nats-server_{pid}.ports");
    let ours = || {
        let parents = [std::env::temp_dir(), PathBuf::from("/dev/shm")];
        let entries = parents.iter().filter_map(|parent| fs::read_dir(parent).ok()).flatten();
        entries.flatten().map(|entry| entry.path()).find(|path| path.join(&ports).exists())
    };
    let dir = ours().expect("its ports are written down somewhere");
    nats.stop();
    assert!(!alive(&pid), "{pid} lives on");
    assert!(!dir.exists(), "{} was left behind", dir.display());
}
