//! A private Postgres starts under every account, survives a crash, and harms no other server.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;

fn launch(search: &Search, dir: &Path, account: Account) -> Result<Postgres, EmbeddedError> {
    Postgres::launch(search, dir, Durability::ForTests, Some(account), None, &|_| {})
}

/// What was fetched before, copied to where every user can read it, as a cache below `/root`
/// cannot be.
fn open_search() -> (Search, tempfile::TempDir) {
    let copy = tempfile::tempdir().unwrap();
    fs::set_permissions(copy.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let search = Search::from_env();
    if search.cache.is_dir() {
        let from = search.cache.join(".");
        assert!(
            Command::new("cp").arg("-R").args([&from, copy.path()]).status().unwrap().success()
        );
    }
    (Search { cache: copy.path().to_owned(), ..search }, copy)
}

#[test]
fn every_account_serves_crashes_and_comes_back() {
    let (search, _copy) = open_search();
    for account in Account::possible() {
        let dir = tempfile::tempdir().unwrap();
        let mut postgres = launch(&search, dir.path(), account).unwrap();
        postgres.create_database("kept").unwrap();
        postgres.kill9();
        postgres.restart().unwrap_or_else(|e| panic!("{account:?} after a crash: {e}"));
        let socket = postgres.plan.socket_file();
        let opened = Session::open(&socket, USER, "kept").unwrap();
        assert!(opened.is_ok(), "{account:?} lost its database");
        postgres.stop();
        assert!(!socket.exists(), "{account:?} did not end in good order");

        let chosen = Account::choose(&dir.path().join("data"));
        launch(&search, dir.path(), chosen)
            .unwrap_or_else(|e| panic!("{chosen:?} cannot use what {account:?} made: {e}"));
    }
}

#[test]
fn a_place_that_the_other_user_cannot_enter_is_named() {
    let (search, _copy) = open_search();
    let closed = tempfile::tempdir().unwrap();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let dir = closed.path().join("postgres");
    for account in Account::possible() {
        let started = launch(&search, &dir, account);
        match (account, started) {
            (Account::Own | Account::Namespace, started) => drop(started.unwrap()),
            (Account::Other { .. }, Err(e @ EmbeddedError::NoAccount { .. })) => {
                assert!(e.to_string().contains(dir.to_str().unwrap()), "{e}");
            }
            (Account::Other { .. }, started) => panic!("not refused: {started:?}"),
        }
        fs::remove_dir_all(&dir).unwrap();
    }
}

#[test]
fn a_crashed_servers_pid_that_is_somebody_elses_by_now_does_no_harm() {
    let scratch = tempfile::tempdir().unwrap();
    let mut postgres = Postgres::start(scratch.path()).unwrap();
    postgres.kill9();
    let file = postgres.plan.data().join("postmaster.pid");
    let words = fs::read_to_string(&file).expect("a killed server leaves its pid file");
    let (_, rest) = words.split_once('\n').unwrap();
    fs::write(&file, format!("{}\n{rest}", std::process::id())).unwrap();
    postgres.restart().unwrap();
}

#[test]
fn a_server_that_somebody_else_started_on_the_data_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(dir.path()).unwrap();
    let refusal = cluster::remove_stale_pid(dir.path(), &postgres.plan.data())
        .expect_err("a server answers there")
        .to_string();
    assert!(refusal.contains(&postgres.pid().to_string()), "does not name the pid: {refusal}");
    assert!(postgres.plan.data().join("postmaster.pid").exists(), "its pid file was removed");
}
